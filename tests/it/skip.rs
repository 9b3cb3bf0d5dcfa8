//! A test that cannot run on a machine says so. In CI that is a failure, unless `.ci/run` has said beforehand what is missing.

use std::io::Write as _;
use std::path::Path;

/// What the tests have to do without, separated by commas. `.ci/run` sets it after it tried to install everything.
const WITHOUT: &str = "TOKAUDIT_TESTS_WITHOUT";

/// Whether the samples and corpora beside the repository are there.
fn has_data() -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").is_dir()
}

/// Says that a test is skipped, or a part of it, because something is missing: `chromium`, `soffice`, `shellcheck`, `strace`,
/// `python3`, `permissions` or `corpora`. Fails in CI if nobody announced it.
pub(crate) fn skip(missing: &str, about: &str) {
    let ci = std::env::var("CI").unwrap_or_default();
    let without = std::env::var(WITHOUT).unwrap_or_default();
    if let Err(why) = check(missing, &ci, &without, has_data()) {
        panic!("{about}: {why}");
    }
    // Unlike `eprintln!`, this is shown for a test that passes.
    let _ = writeln!(std::io::stderr(), "\n!! SKIPPED without {missing}: {about}");
}

fn check(missing: &str, ci: &str, without: &str, has_data: bool) -> Result<(), String> {
    if !matches!(ci, "1" | "true") {
        return Ok(());
    }
    if missing == "corpora" && has_data {
        return Err("../shared/data is there, but not what this test needs of it".to_owned());
    }
    if without.split(',').any(|name| name == missing) {
        return Ok(());
    }
    Err(format!("{missing} is missing; CI skips no test unless {WITHOUT} names what is missing"))
}

#[test]
fn ci_skips_nothing_that_was_not_announced() {
    for ci in ["1", "true"] {
        assert!(check("chromium", ci, "", false).is_err_and(|why| why.contains("chromium")));
        assert!(check("chromium", ci, "soffice,corpora", false).is_err());
        assert!(check("chromium", ci, "soffice,chromium", false).is_ok());
        assert!(check("corpora", ci, "", false).is_err());
        assert!(check("corpora", ci, "corpora", false).is_ok());
        // What is there cannot be announced as missing.
        assert!(check("corpora", ci, "corpora", true).is_err());
    }
    for elsewhere in ["", "0", "false"] {
        assert!(check("chromium", elsewhere, "", false).is_ok());
        assert!(check("corpora", elsewhere, "", true).is_ok());
    }
}

#[test]
fn every_test_is_skipped_by_the_same_function_and_for_a_reason_that_ci_can_announce() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = std::fs::read_to_string(root.join(".ci/run")).expect(".ci/run");
    let call = concat!("skip", "(\"");
    let mut reasons = 0;
    for file in crate::complete::test_files() {
        let text = std::fs::read_to_string(root.join("tests/it").join(&file)).expect("a file of tests");
        let own = text.lines().any(|line| line.contains("eprintln!(") && line.to_lowercase().contains("skip"));
        assert!(!own || file == "skip.rs", "{file} has its own way to skip a test");
        for rest in text.split(call).skip(1) {
            let missing = rest.split('"').next().unwrap_or_default();
            let announced = run.contains(&format!("|| without {missing} "));
            assert!(announced, "{file}: .ci/run does not say when {missing} is missing");
            reasons += 1;
        }
    }
    assert!(reasons >= 7, "{reasons} reasons");
}

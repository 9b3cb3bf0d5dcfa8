//! The ready jobs: every command of the program in them is run once, on the example.

use std::path::Path;

use crate::program::{command, finish};

const POLICY: &str = "[[gate]]\nid = \"spend\"\nmetric = \"spend\"\nmax = 1000.0\n";

#[test]
fn every_command_of_the_ready_jobs_runs() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/templates");
    let mut ran = 0;
    for entry in std::fs::read_dir(&templates).expect("the templates") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a template");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("tokaudit.toml"), POLICY).expect("a policy");
        for line in text.lines() {
            let line = line.trim().trim_start_matches("- ").trim_start_matches("run: ");
            let Some(rest) = line.strip_prefix("tokaudit ") else { continue };
            // The example stands in for the logs and the repository.
            let rest = rest.replace("\"$LOGS\" --repo .", "--example").replace("\"$MONTH\"", "2026-04");
            let arguments: Vec<&str> = rest.split(' ').collect();
            let done = finish(command(&arguments).current_dir(folder.path()));
            assert_eq!(done.code, Some(0), "{}: {line}\n{}", path.display(), done.stderr);
            ran += 1;
        }
    }
    assert!(ran >= 9, "{ran} commands");
}

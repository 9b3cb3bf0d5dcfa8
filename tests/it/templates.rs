//! The ready jobs: every script in them is run as the service would, with the example for the logs and stand-ins for what
//! needs the service; `shellcheck` reads them where it is installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::clean;

const POLICY: &str = "[[gate]]\nid = \"spend\"\nmetric = \"spend\"\nmax = 1000.0\n";
/// Puts the example in the place of the logs and the repository, and notes each command.
const TOKAUDIT: &str = "#!/bin/bash\necho \"tokaudit $*\" >> \"$CALLS\"\nfor word in \"$@\"; do case $word in usage-logs) set -- \"${@/#usage-logs/--example}\";; esac; done\n\
    arguments=(); skip=; for word in \"$@\"; do\n  if [ \"$word\" = --repo ]; then skip=1; elif [ -n \"$skip\" ]; then skip=; else arguments+=(\"$word\"); fi\ndone\n\
    exec \"$REAL\" \"${arguments[@]}\"\n";
/// Answers with what the scripts read: a list of pull requests, the number of a comment.
const GH: &str = "#!/bin/bash\necho \"gh $*\" >> \"$CALLS\"\ncase \"$1 $2\" in\n  'pr list') echo '[]';;\n  'run list') echo 7;;\n  'run download') exit 1;;\n\
    'api --paginate') printf '%s\\n' \"$OLD\";;\n  'api --method') grep -q '<!-- tokaudit -->' comment.md;;\n  *) exit 9;;\nesac\n";

/// The scripts of a workflow: the blocks below `run: |`, what stands behind `run:`, and the items below `script:`.
fn scripts(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let block = || lines[at + 1..].iter().take_while(|next| indent(next) > indent(line) && !next.trim().is_empty());
        let plain = line.trim().trim_start_matches("- ");
        if plain == "run: |" {
            found.push(block().map(|next| next.trim_start().to_owned()).collect::<Vec<_>>().join("\n"));
        } else if let Some(one) = plain.strip_prefix("run: ") {
            found.push(one.to_owned());
        } else if plain == "script:" {
            let items = block().filter_map(|next| next.trim().strip_prefix("- ")).map(str::to_owned);
            found.push(items.collect::<Vec<_>>().join("\n"));
        }
    }
    found
}

fn templates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/templates");
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the templates").map(|entry| entry.expect("an entry").path()).collect();
    all.sort_unstable();
    all
}

/// Runs the scripts of a template one after the other and answers with the commands that they gave.
fn dry_run(template: &Path, old: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("bin")).expect("a folder");
    for (name, text) in [("tokaudit", TOKAUDIT), ("gh", GH), ("git", "#!/bin/bash\necho \"git $*\" >> \"$CALLS\"\n")] {
        let file = path("bin").join(name);
        std::fs::write(&file, text).expect("a script");
        assert!(Command::new("chmod").arg("+x").arg(&file).status().expect("chmod").success());
    }
    std::fs::write(path("tokaudit.toml"), POLICY).expect("a policy");
    let search = format!("{}:{}", path("bin").display(), std::env::var("PATH").expect("a path"));
    let text = std::fs::read_to_string(template).expect("a template");
    for script in scripts(&text) {
        let done = clean("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script])
            .current_dir(folder.path())
            .env("PATH", &search)
            .env("REAL", env!("CARGO_BIN_EXE_tokaudit"))
            .env("XDG_CACHE_HOME", path("cache"))
            .env("CALLS", path("calls"))
            .env("OLD", old)
            .envs([("LOGS", "usage-logs"), ("MONTH", "2026-04"), ("NUMBER", "20"), ("HEAD", "feature/none")])
            .envs([("GITHUB_REPOSITORY", "acme/shop"), ("GITHUB_WORKFLOW", "token spend")])
            .envs(["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"].map(|name| (name, path(name))))
            .output()
            .expect("bash");
        assert!(done.status.success(), "{}: {script}\n{}", template.display(), String::from_utf8_lossy(&done.stderr));
    }
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap_or_default();
    read("calls") + &read("GITHUB_OUTPUT") + &read("GITHUB_STEP_SUMMARY")
}

#[test]
fn every_script_of_the_ready_jobs_runs() {
    let mut commands = 0;
    for template in templates() {
        let said = dry_run(&template, "");
        commands += said.lines().filter(|line| line.starts_with("tokaudit ")).count();
        let name = template.file_name().expect("a name").to_string_lossy().into_owned();
        if name == "monthly-report.yml" {
            assert!(
                said.contains("gate=pass") && said.contains("spend_usd=") && said.contains("| spend | spend | pass |")
            );
        }
        if name == "pull-request-comment.yml" {
            assert!(said.contains("gh api --method POST repos/acme/shop/issues/20/comments"), "{said}");
            let again = dry_run(&template, "123");
            assert!(again.contains("--method PATCH repos/acme/shop/issues/comments/123"), "{again}");
        }
    }
    assert!(commands >= 11, "{commands} commands");
}

#[test]
fn ready_jobs_are_sound_shell_and_pin_what_they_use() {
    let has_shellcheck = Command::new("shellcheck").arg("--version").output().is_ok_and(|done| done.status.success());
    if !has_shellcheck {
        crate::skip::skip("shellcheck", "a look at the scripts of the ready jobs");
    }
    for template in templates() {
        let text = std::fs::read_to_string(&template).expect("a template");
        assert!(!text.contains('\t') && text.is_ascii(), "{}", template.display());
        for used in text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: ")) {
            let commit = used.split(['@', ' ']).nth(1).expect("a version");
            assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{used}");
        }
        for script in scripts(&text) {
            // What the service fills in would run as code if a branch were named so; it goes through the environment.
            assert!(!script.contains("${{"), "{script}");
            if has_shellcheck {
                let file = tempfile::NamedTempFile::new().expect("a file");
                std::fs::write(file.path(), format!("#!/bin/bash\n{script}\n")).expect("a script");
                let done =
                    Command::new("shellcheck").arg("-e").arg("SC2155").arg(file.path()).output().expect("shellcheck");
                assert!(done.status.success(), "{script}\n{}", String::from_utf8_lossy(&done.stdout));
            }
        }
    }
}

//! The example is the same every time, git accepts it, and its truth agrees with a plain recount of its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, NaiveDate};
use sha2::{Digest, Sha256};

use super::recount::Recount;
use super::{Example, SessionFate, TokenTruth, build};

/// The head of `shop`. It changes only with the plan or the templates, and then on purpose.
const SHOP_HEAD: &str = "2811414ff0ae202507702789a07a83d3f3986f41";

fn built() -> (tempfile::TempDir, Example) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let example = build(folder.path()).expect("the example builds");
    (folder, example)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
    let entries = walk.into_iter().map(|entry| entry.expect("a readable folder"));
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

fn digest(folder: &Path) -> Vec<(PathBuf, String)> {
    let hash = |path: &Path| format!("{:x}", Sha256::digest(std::fs::read(path).expect("a readable file")));
    let relative = |path: &Path| path.strip_prefix(folder).expect("below the folder").to_owned();
    files_below(folder).into_iter().map(|path| (relative(&path), hash(&path))).collect()
}

fn git(repo: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.arg("--git-dir").arg(repo).args(arguments).output().ok()?;
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn two_builds_are_the_same_to_the_byte() {
    let (one, first) = built();
    let (two, second) = built();
    assert_eq!(digest(one.path()), digest(two.path()));
    assert_eq!(first.truth, second.truth);
    let shop: Vec<_> = first.truth.landings.iter().filter(|landing| landing.repository == "shop").collect();
    assert_eq!(shop.last().map(|landing| landing.sha.as_str()), Some(SHOP_HEAD));
    assert!(build(one.path()).is_err(), "a second company in the same folder");
}

#[test]
fn the_example_does_not_depend_on_the_machine() {
    let (folder, example) = built();
    let root = folder.path().to_string_lossy().into_owned();
    let mut bytes = 0;
    for path in files_below(&example.logs) {
        let text = std::fs::read_to_string(&path).expect("a log in UTF-8");
        assert!(!text.contains(&root), "{}", path.display());
        bytes += text.len();
    }
    assert!((800_000..2_500_000).contains(&bytes), "{bytes} bytes of logs");
}

#[test]
fn git_finds_no_error_and_the_lines_of_the_truth() {
    let (_folder, example) = built();
    for repo in &example.repos {
        let Some(said) = git(repo, &["fsck", "--full", "--strict", "--no-dangling"]) else { return };
        assert_eq!(said.trim(), "");
        let format = "--format=commit %H";
        let arguments =
            ["log", "--first-parent", "-m", "--reverse", "--numstat", "-M", "--histogram", format, "refs/heads/main"];
        let log = git(repo, &arguments).expect("git is there");
        let name = repo.file_stem().expect("a name").to_string_lossy().into_owned();
        let expected: Vec<_> = example.truth.landings.iter().filter(|landing| landing.repository == name).collect();
        let mut seen: Vec<(String, u64, u64)> = Vec::new();
        for line in log.lines().filter(|line| !line.is_empty()) {
            if let Some(sha) = line.strip_prefix("commit ") {
                seen.push((sha.to_owned(), 0, 0));
            } else if let Some((_, added, deleted)) = seen.last_mut() {
                let mut fields = line.split('\t').map(|field| field.parse::<u64>().unwrap_or(0));
                *added += fields.next().unwrap_or(0);
                *deleted += fields.next().unwrap_or(0);
            }
        }
        let from_truth: Vec<_> = expected.iter().map(|l| (l.sha.clone(), l.added, l.deleted)).collect();
        assert_eq!(seen, from_truth);
        let alive: u64 = expected.iter().map(|landing| landing.alive).sum();
        let text: u64 = expected.iter().map(|landing| landing.added).sum::<u64>()
            - expected.iter().map(|landing| landing.deleted).sum::<u64>();
        assert_eq!(alive, text);
    }
}

#[test]
fn commits_that_sessions_print_exist_where_the_truth_says_so() {
    let (_folder, example) = built();
    let opened: Vec<_> = example.repos.iter().map(|path| gix::open(path).expect("a repository")).collect();
    let has = |sha: &str| {
        let id = gix::ObjectId::from_hex(sha.as_bytes()).expect("an object id");
        opened.iter().any(|repo| repo.find_commit(id).is_ok())
    };
    let mut logs: BTreeMap<String, String> = BTreeMap::new();
    for path in files_below(&example.logs) {
        logs.insert(path.to_string_lossy().into_owned(), std::fs::read_to_string(&path).expect("a log"));
    }
    for session in &example.truth.sessions {
        let log = logs.iter().find(|(path, _)| path.contains(&session.id) && !path.contains("subagents"));
        let (_, log) = log.expect("a file named after the session");
        for made in &session.produced {
            assert_eq!(has(&made.printed), made.stored, "{}", made.printed);
            assert!(log.contains(&format!(" {}] ", &made.printed[..7])), "{} prints {}", session.id, made.printed);
            assert!([&made.sha, &made.landing].into_iter().flatten().all(|sha| has(sha)));
        }
    }
}

#[test]
fn fates_agree_with_the_landings() {
    let (_folder, example) = built();
    let truth = &example.truth;
    for session in &truth.sessions {
        let landings: BTreeSet<&String> = session.produced.iter().filter_map(|made| made.landing.as_ref()).collect();
        let landed: Vec<_> = truth.landings.iter().filter(|landing| landings.contains(&landing.sha)).collect();
        let added: u64 = landed.iter().map(|landing| landing.added).sum();
        let dead: u64 = landed.iter().map(|landing| landing.dead_in_14_days).sum();
        let expected = if landed.iter().any(|landing| landing.reverted) {
            SessionFate::Reverted
        } else if landed.is_empty() {
            session.fate
        } else if dead * 4 >= added {
            SessionFate::Churned
        } else {
            SessionFate::Merged
        };
        assert_eq!(session.fate, expected, "{} of {}: {dead} of {added} lines", session.id, session.person);
        let only_talks = matches!(session.fate, SessionFate::Question | SessionFate::OffTask);
        assert!(!only_talks || session.produced.is_empty(), "{}", session.id);
    }
}

#[test]
fn a_plain_recount_finds_the_truth() {
    let (_folder, example) = built();
    let truth = &example.truth;
    let mut recount = Recount::default();
    let paths = files_below(&example.logs);
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a log");
        if path.to_string_lossy().contains(".codex") { recount.codex(&text) } else { recount.claude(&text) }
    }
    recount.resolve_claude_messages();
    let counts = truth.counts;
    assert_eq!(counts.files, paths.len() as u64);
    assert_eq!(counts.lines, recount.lines);
    let from_truth = (counts.kept, counts.duplicate, counts.replayed, counts.ignored, counts.rejected);
    let kept = recount.kept.len() as u64;
    assert_eq!(from_truth, (kept, recount.duplicate, recount.replayed, recount.ignored, recount.rejected));
    assert_eq!(truth.total.requests, kept);

    let mut by_model: BTreeMap<String, TokenTruth> = BTreeMap::new();
    let mut by_day: BTreeMap<NaiveDate, TokenTruth> = BTreeMap::new();
    let mut by_session: BTreeMap<String, TokenTruth> = BTreeMap::new();
    let mut total = TokenTruth::default();
    for kept in &recount.kept {
        let day = DateTime::parse_from_rfc3339(&kept.time).expect("a time").date_naive();
        total += kept.tokens;
        *by_model.entry(kept.model.clone()).or_default() += kept.tokens;
        *by_day.entry(day).or_default() += kept.tokens;
        *by_session.entry(kept.session.clone()).or_default() += kept.tokens;
    }
    let long = recount.kept.iter().filter(|kept| kept.tokens.prompt() > 200_000).count();
    assert_eq!(long, 1, "requests above 200,000 tokens");
    assert_eq!(truth.total.tokens, total);
    assert_eq!(truth.by_model.iter().map(|(k, v)| (k.clone(), v.tokens)).collect::<BTreeMap<_, _>>(), by_model);
    assert_eq!(truth.by_day.iter().map(|(k, v)| (*k, v.tokens)).collect::<BTreeMap<_, _>>(), by_day);
    let from_truth = truth.sessions.iter().map(|session| (session.id.clone(), session.spend.tokens));
    assert_eq!(from_truth.collect::<BTreeMap<_, _>>(), by_session);
}

#[test]
fn the_company_has_every_oddity_and_enough_of_everything() {
    let (_folder, example) = built();
    let truth = &example.truth;
    let kinds: BTreeSet<&str> = truth.oddities.iter().map(|oddity| oddity.kind).collect();
    let expected = [
        "api-error",
        "codex-fork",
        "cold-cache",
        "half-by-hand",
        "long-context",
        "model-change",
        "no-request-id",
        "null-info",
        "outside-repository",
        "parallel-sessions",
        "placeholder-output",
        "pull-link",
        "repeated-total",
        "resumed-session",
        "retry-loop",
        "sidechain-replay",
        "subagent-file",
        "subagent-progress",
        "synthetic",
        "truncated-line",
        "two-branches",
        "worktree",
    ];
    assert_eq!(kinds, expected.into_iter().collect());
    assert!((60..=90).contains(&truth.sessions.len()), "{} sessions", truth.sessions.len());
    let counts = truth.counts;
    assert!(counts.duplicate > 100 && counts.replayed > 2 && counts.ignored >= 4 && counts.rejected == 1, "{counts:?}");
    let tokens = truth.total.tokens;
    assert!(tokens.cache_write_5m > 0 && tokens.cache_write_1h > 0 && tokens.reasoning > 0);
    let people: BTreeSet<&str> = truth.sessions.iter().map(|session| session.person).collect();
    assert_eq!(people.len(), 5);
    let shop = truth.landings.iter().filter(|landing| landing.repository == "shop").count();
    assert!((40..=60).contains(&shop), "{shop} landings");
}

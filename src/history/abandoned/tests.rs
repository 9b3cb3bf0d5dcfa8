//! Branches with each possible fate, in repositories that git made.

use super::*;
use crate::history::tests::Fixture;
use crate::history::{History, HistoryOptions, read};

/// A mainline of one commit with a file of ten lines.
fn begun() -> Fixture {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", text("a", 10));
    fixture.write("b.txt", text("b", 10));
    fixture.commit("Begin");
    fixture
}

fn text(name: &str, lines: usize) -> String {
    (0..lines).map(|at| format!("line {at} of {name}\n")).collect()
}

fn branch(fixture: &Fixture, name: &str) {
    fixture.git(&["checkout", "-q", "-b", name, "main"]);
}

fn back(fixture: &Fixture) {
    fixture.git(&["checkout", "-q", "main"]);
}

/// A branch of two commits that adds six lines in its own file.
fn work(fixture: &mut Fixture, name: &str) {
    branch(fixture, name);
    fixture.write(&format!("{name}.txt"), text(name, 3));
    fixture.commit("Work");
    fixture.write(&format!("{name}.txt"), text(name, 6));
    fixture.commit("More work");
    back(fixture);
}

fn survey_at(fixture: &Fixture, as_of: Option<i64>) -> History {
    let as_of = as_of.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let options = HistoryOptions { max_branches: usize::MAX, as_of, ..HistoryOptions::default() };
    read(&fixture.path(), &options).expect("a readable history")
}

/// Names and fates, half a year after the last commit.
fn fates(fixture: &Fixture) -> Vec<(String, Fate)> {
    let history = survey_at(fixture, Some(fixture.clock + 180 * 86_400));
    history.branches.unwrap_or_default().into_iter().map(|branch| (branch.names.join(" "), branch.fate)).collect()
}

fn merged(by: MatchedBy, into: &str) -> Fate {
    Fate::Merged { by, into: into.to_owned() }
}

#[test]
fn an_unmerged_branch_is_in_flight_and_then_abandoned() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    let last = fixture.clock;
    let day = 86_400;
    for (as_of, fate) in [
        (Some(last), Fate::InFlight),
        (Some(last + 30 * day - 1), Fate::InFlight),
        (Some(last + 30 * day), Fate::Abandoned),
        // By default the time is that of the mainline's newest commit, which is earlier here.
        (None, Fate::InFlight),
    ] {
        let history = survey_at(&fixture, as_of);
        let branches = history.branches.unwrap_or_default();
        assert_eq!(branches.len(), 1);
        let branch = &branches[0];
        assert_eq!((branch.names.join(" ").as_str(), &branch.fate), ("refs/heads/side", &fate), "{as_of:?}");
        assert_eq!((branch.commits, branch.added, branch.added_effective), (2, Some(6), Some(6)));
        assert_eq!((branch.author.name.as_str(), branch.tip.len()), ("Ann", 40));
        assert_eq!(branch.last_commit_time, DateTime::from_timestamp(last, 0));
    }
}

#[test]
fn nothing_is_surveyed_unless_asked_for() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    assert_eq!(read(&fixture.path(), &HistoryOptions::default()).expect("a history").branches, None);
}

#[test]
fn a_merged_branch_is_reachable_and_not_listed() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    assert_eq!(fates(&fixture), []);
}

#[test]
fn a_rebased_branch_is_merged_by_patches() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    fixture.write("a.txt", text("another", 10));
    fixture.commit("Move on");
    fixture.git(&["cherry-pick", "main..side"]);
    let head = fixture.git(&["rev-parse", "HEAD"]);
    assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), merged(MatchedBy::PatchId, &head))]);
}

#[test]
fn a_rebased_branch_that_was_then_merged_is_merged_by_patches_into_the_merge() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    fixture.write("a.txt", text("another", 10));
    fixture.commit("Move on");
    fixture.git(&["checkout", "-q", "-b", "rebased", "side"]);
    fixture.git(&["rebase", "-q", "main"]);
    back(&fixture);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge", "rebased"]);
    let head = fixture.git(&["rev-parse", "HEAD"]);
    assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), merged(MatchedBy::PatchId, &head))]);
}

#[test]
fn one_cherry_pick_of_two_does_not_merge_a_branch() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    fixture.write("a.txt", text("another", 10));
    fixture.commit("Move on");
    fixture.git(&["cherry-pick", "side~1"]);
    assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), Fate::Abandoned)]);
}

#[test]
fn cherry_picks_count_where_the_mainline_moved_lines_in_between() {
    let mut fixture = begun();
    branch(&fixture, "side");
    fixture.write("a.txt", text("a", 10).replace("line 8 of a", "line eight of a"));
    fixture.commit("Work");
    back(&fixture);
    fixture.write("a.txt", format!("a new first line\n{}", text("a", 10)));
    fixture.commit("Move on");
    fixture.git(&["cherry-pick", "side"]);
    let head = fixture.git(&["rev-parse", "HEAD"]);
    assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), merged(MatchedBy::PatchId, &head))]);
}

#[test]
fn a_squash_onto_an_unmoved_mainline_has_the_tree() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    fixture.git(&["merge", "-q", "--squash", "side"]);
    let squash = fixture.commit("Work (#1)");
    fixture.write("b.txt", "later\n");
    fixture.commit("Later");
    assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), merged(MatchedBy::Tree, &squash))]);
}

#[test]
fn a_squash_onto_a_moved_mainline_has_the_whole_patch() {
    let mut fixture = begun();
    branch(&fixture, "side");
    fixture.write("a.txt", text("a", 10).replace("line 8 of a", "line eight of a"));
    fixture.commit("Work");
    fixture.write("side.txt", text("side", 3));
    fixture.commit("More work");
    back(&fixture);
    fixture.write("a.txt", format!("a new first line\n{}", text("a", 10)));
    fixture.commit("Move on");
    fixture.git(&["merge", "-q", "--squash", "side"]);
    let squash = fixture.commit("Work (#1)");
    assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), merged(MatchedBy::CumulativePatch, &squash))]);
}

#[test]
fn a_squash_that_was_edited_has_the_lines() {
    for (kept, expected) in [(8, true), (7, false)] {
        let mut fixture = begun();
        branch(&fixture, "side");
        fixture.write("side.txt", text("side", 4));
        fixture.commit("Work");
        fixture.write("side.txt", text("side", 10));
        fixture.commit("More work");
        back(&fixture);
        fixture.write("a.txt", "other\n");
        fixture.commit("Move on");
        fixture.write("side.txt", format!("{}{}", text("side", kept), text("something else", 10 - kept)));
        let squash = fixture.commit("Work (#1)");
        let fate = if expected { merged(MatchedBy::Lines, &squash) } else { Fate::Abandoned };
        assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), fate)], "{kept}");
    }
}

#[test]
fn a_squash_that_shares_no_line_has_the_number() {
    for (reference, subject, expected) in [
        ("refs/pull/4/head", "Work (#4)", true),
        ("refs/merge-requests/4/head", "Work\n\nSee merge request g/p!4", true),
        ("refs/pull/4/head", "Merged PR 4: Work", true),
        ("refs/pull/4/head", "Work (#5)", false),
        ("refs/pull/4/head", "Revert \"Work (#4)\"", false),
    ] {
        let mut fixture = begun();
        // The same number before the branch began is another project's.
        fixture.commit("Import (#4)");
        branch(&fixture, "side");
        fixture.write("side.txt", text("draft", 10));
        fixture.commit("Work");
        fixture.git(&["update-ref", reference, "HEAD"]);
        back(&fixture);
        fixture.git(&["branch", "-qD", "side"]);
        fixture.write("side.txt", text("final", 10));
        let squash = fixture.commit(subject);
        let fate = if expected { merged(MatchedBy::Number, &squash) } else { Fate::Abandoned };
        assert_eq!(fates(&fixture), [(reference.to_owned(), fate)], "{subject}");
    }
}

#[test]
fn lines_that_land_long_afterwards_do_not_count() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    fixture.clock += 31 * 86_400;
    fixture.write("side.txt", format!("{}one more\n", text("side", 6)));
    fixture.commit("Something alike");
    assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), Fate::Abandoned)]);
}

#[test]
fn a_branch_that_only_reverts_is_not_merged_by_the_tree_it_returns_to() {
    let mut fixture = begun();
    fixture.write("a.txt", "other\n");
    fixture.commit("Change a");
    branch(&fixture, "side");
    fixture.clock += 3_600;
    fixture.git(&["revert", "--no-edit", "HEAD"]);
    back(&fixture);
    assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), Fate::Abandoned)]);
}

#[test]
fn a_branch_that_merged_its_own_squash_back_is_merged() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    fixture.write("b.txt", "other\n");
    fixture.commit("Move on");
    fixture.git(&["merge", "-q", "--squash", "side"]);
    let squash = fixture.commit("Work (#1)");
    fixture.git(&["checkout", "-q", "side"]);
    fixture.git(&["merge", "-q", "--no-ff", "-m", "Merge main", "main"]);
    back(&fixture);
    assert_eq!(fates(&fixture), [("refs/heads/side".to_owned(), merged(MatchedBy::Tree, &squash))]);
}

#[test]
fn names_of_one_tip_are_one_branch_and_records_are_not_a_branch() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    let tip = fixture.git(&["rev-parse", "side"]);
    for name in ["refs/pull/7/head", "refs/remotes/origin/side", "refs/merge-requests/2/head"] {
        fixture.git(&["update-ref", name, &tip]);
    }
    for name in
        ["refs/heads/entire/checkpoints/v1", "refs/notes/x", "refs/pull/7/merge", "refs/remotes/origin/entire/x"]
    {
        let id = fixture.git(&["commit-tree", "-m", name, "-p", &tip, "main^{tree}"]);
        fixture.git(&["update-ref", name, &id]);
    }
    let apart = fixture.git(&["commit-tree", "-m", "Apart", "main^{tree}"]);
    fixture.git(&["update-ref", "refs/remotes/origin/main", &apart]);
    let names = "refs/heads/side refs/merge-requests/2/head refs/pull/7/head refs/remotes/origin/side";
    assert_eq!(fates(&fixture), [(names.to_owned(), Fate::Abandoned)]);
}

#[test]
fn a_branch_without_a_common_commit_is_unrelated() {
    let mut fixture = begun();
    fixture.git(&["checkout", "-q", "--orphan", "pages"]);
    fixture.commit("Publish");
    back(&fixture);
    assert_eq!(fates(&fixture), [("refs/heads/pages".to_owned(), Fate::Unrelated)]);
}

#[test]
fn a_branch_has_the_tools_of_its_commits_and_its_name() {
    let mut fixture = begun();
    branch(&fixture, "codex/side");
    fixture.write("side.txt", text("side", 3));
    fixture.commit("Work\n\nCo-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>");
    back(&fixture);
    let history = survey_at(&fixture, None);
    let branches = history.branches.unwrap_or_default();
    let tools: Vec<_> = branches[0].assisted.iter().map(|one| (one.tool, one.evidence)).collect();
    assert_eq!(tools, [("claude-code", Evidence::CoAuthorEmail), ("codex", Evidence::BranchName)]);
}

#[test]
fn missing_objects_of_a_branch_leave_its_fate_unknown() {
    let mut fixture = begun();
    work(&mut fixture, "whole");
    work(&mut fixture, "side");
    let lost = |what: &str| {
        let id = fixture.git(&["rev-parse", what]);
        let file = fixture.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
        std::fs::remove_file(file).expect("a loose object");
    };
    lost("side:side.txt");
    let names = |name: &str| format!("refs/heads/{name}");
    assert_eq!(fates(&fixture), [(names("side"), Fate::Unknown), (names("whole"), Fate::Abandoned)]);
    lost("side^{tree}");
    assert_eq!(fates(&fixture)[0].1, Fate::Unknown);
    lost("side");
    let history = survey_at(&fixture, None);
    let branches = history.branches.unwrap_or_default();
    assert_eq!((&branches[0].fate, branches[0].last_commit_time), (&Fate::Unknown, None));
    assert_eq!(history.diagnostics.count("branch-unreadable"), 1);
}

#[test]
fn any_number_of_threads_gives_the_same_fates() {
    let mut fixture = begun();
    for at in 0..12 {
        work(&mut fixture, &format!("side{at}"));
        if at % 3 == 0 {
            fixture.git(&["merge", "-q", "--squash", &format!("side{at}")]);
            fixture.commit("Squash");
        }
    }
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| survey_at(&fixture, None))
    };
    let one = run(1);
    assert_eq!(one.branches.as_ref().map(Vec::len), Some(12));
    assert_eq!(one, run(4));
}

fn kept(by: KeptBy) -> Fate {
    Fate::Kept { by }
}

#[test]
fn maintenance_branches_are_kept_and_not_abandoned() {
    let mut fixture = begun();
    for name in ["plain", "1.x", "tagged"] {
        work(&mut fixture, name);
    }
    fixture.git(&["tag", "-a", "-m", "One", "v1.0.1", "tagged"]);
    fixture.git(&["tag", "archive/plain", "plain"]);
    // A branch with cherry-picks of single commits of the mainline over a quarter.
    for number in 0..3 {
        fixture.write(&format!("fix{number}.txt"), text("fix", 6 + number));
        fixture.commit(&format!("Fix {number}"));
    }
    fixture.git(&["checkout", "-q", "-b", "follower", "main~3"]);
    fixture.write("own.txt", text("own", 6));
    fixture.commit("Prepare");
    for commit in ["main~2", "main~1", "main"] {
        fixture.clock += 40 * 86_400;
        fixture.git(&["cherry-pick", "-x", commit]);
    }
    back(&fixture);
    let of = |name: &str, fate| (format!("refs/heads/{name}"), fate);
    assert_eq!(
        fates(&fixture),
        [
            of("1.x", kept(KeptBy::Name)),
            of("follower", kept(KeptBy::Copies(3))),
            of("plain", Fate::Abandoned),
            of("tagged", kept(KeptBy::Release("v1.0.1".to_owned()))),
        ]
    );
    // If it was merged, it counts as merged.
    fixture.git(&["merge", "-q", "--squash", "1.x"]);
    let squash = fixture.commit("Take all of it");
    assert_eq!(fates(&fixture)[0], of("1.x", merged(MatchedBy::CumulativePatch, &squash)));
    // A pull request is meant to be merged, whatever its name.
    fixture.git(&["update-ref", "refs/pull/7/head", "tagged"]);
    fixture.git(&["branch", "-qD", "tagged"]);
    assert_eq!(fates(&fixture).last(), Some(&("refs/pull/7/head".to_owned(), Fate::Abandoned)));
}

#[test]
fn a_branch_with_cherry_picks_of_a_few_days_is_like_others() {
    let mut fixture = begun();
    for number in 0..3 {
        fixture.write(&format!("fix{number}.txt"), text("fix", 6 + number));
        fixture.commit(&format!("Fix {number}"));
    }
    fixture.git(&["checkout", "-q", "-b", "follower", "main~3"]);
    fixture.write("own.txt", text("own", 6));
    fixture.commit("Prepare");
    fixture.git(&["cherry-pick", "-x", "main~2", "main~1", "main"]);
    back(&fixture);
    assert_eq!(fates(&fixture), [("refs/heads/follower".to_owned(), Fate::Abandoned)]);
}

#[test]
fn branches_of_bots_are_recognised() {
    let mut fixture = begun();
    work(&mut fixture, "person");
    branch(&fixture, "dependabot/npm/lodash");
    fixture.write("package.txt", text("package", 6));
    fixture.git(&["add", "-A"]);
    let author = "--author=dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>";
    fixture.git(&["commit", "-q", author, "-m", "Bump"]);
    fixture.git(&["checkout", "-q", "-b", "helped"]);
    fixture.write("package.txt", text("package", 7));
    fixture.commit("Help it");
    back(&fixture);
    let branches = survey_at(&fixture, Some(fixture.clock + 180 * 86_400)).branches.unwrap_or_default();
    let found: Vec<_> =
        branches.iter().map(|one| (one.names.join(" "), one.bot, one.fate == Fate::Abandoned)).collect();
    let of = |name: &str, bot| (format!("refs/heads/{name}"), bot, true);
    assert_eq!(found, [of("dependabot/npm/lodash", true), of("helped", false), of("person", false)]);
}

#[test]
fn progress_of_the_survey_ends_at_its_total() {
    let mut fixture = begun();
    work(&mut fixture, "side");
    let seen = std::sync::Mutex::new(Vec::new());
    let note = |done, total| seen.lock().expect("no panic elsewhere").push((done, total));
    let reading = HistoryOptions { progress: Some(&note), ..HistoryOptions::default() };
    read(&fixture.path(), &reading).expect("a readable history");
    let without = seen.lock().expect("no panic elsewhere").drain(..).next_back().expect("a step");
    read(&fixture.path(), &HistoryOptions { max_branches: usize::MAX, ..reading }).expect("a readable history");
    let steps = seen.into_inner().expect("no panic elsewhere");
    let (done, total) = *steps.last().expect("a step");
    assert_eq!(done, total);
    assert!(total > without.1 && steps.is_sorted(), "{steps:?}");
}

//! Whose a landing is, and what it takes back, in repositories that merge.

use super::*;

const BOT: &str = "acme-merge[bot] <5+acme-merge[bot]@users.noreply.github.com>";
const UPDATER: &str = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>";

impl Fixture {
    /// Commits everything in the worktree as somebody else.
    fn commit_as(&mut self, who: &str, message: &str) -> String {
        self.commit(message);
        self.git(&["commit", "-q", "--amend", "--no-edit", &format!("--author={who}")]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// A branch with commits, each a path with its text, its author and its message; merged with a message by `by`.
    fn merge(&mut self, by: &str, message: &str, commits: &[(&str, String, &str, &str)]) -> String {
        self.git(&["checkout", "-q", "-b", "topic"]);
        for (path, text, who, message) in commits {
            self.write(path, text);
            self.commit_as(who, message);
        }
        self.git(&["checkout", "-q", "main"]);
        self.clock += 60;
        self.git(&["merge", "-q", "--no-ff", "--no-commit", "topic"]);
        self.git(&["branch", "-qD", "topic"]);
        self.git(&["commit", "-q", &format!("--author={by}"), "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }
}

const ANN: &str = "Ann <ann@example.org>";

fn lines(of: &str, count: usize) -> String {
    (0..count).map(|at| format!("let {of}_{at} = {at};\n")).collect()
}

#[test]
fn a_merge_is_automation_if_all_that_it_merged_is_whoever_pressed_the_button() {
    let mut fixture = Fixture::new();
    fixture.write("a.rs", lines("first", 2));
    fixture.commit("Begin");
    fixture.merge(BOT, "Merge pull request #1 from ann/b", &[("b.rs", lines("second", 10), ANN, "Add b")]);
    fixture.merge(ANN, "Merge pull request #2 from acme/up", &[("c.rs", lines("third", 20), UPDATER, "Bump c")]);
    let fixed = lines("fourth", 5) + &lines("fixed", 3);
    let both = [("d.rs", lines("fourth", 5), ANN, "Add d"), ("d.rs", fixed, BOT, "Autofix")];
    fixture.merge(ANN, "Merge pull request #3 from ann/d", &both);
    let history = fixture.read();
    let bots: Vec<bool> = history.commits.iter().map(|commit| commit.bot).collect();
    assert_eq!(bots, [false, false, true, false]);
    assert_eq!((history.totals.added, history.totals.added_effective), (40, 17), "neither c.rs nor the autofix");
    assert_eq!(history.totals.bot_commits, 1);
}

#[test]
fn an_account_of_automation_that_commits_what_an_agent_signed_is_an_author() {
    let mut fixture = Fixture::new();
    fixture.commit("Begin");
    let runner = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>";
    for (at, (who, below)) in [
        (runner, "Co-authored-by: Claude <noreply@anthropic.com>"),
        (BOT, "🤖 Generated with [Claude Code](https://claude.com/claude-code)"),
        (BOT, "Agent-Logs-Url: https://github.com/acme/shop/sessions/1"),
        (runner, "Co-authored-by: Bo <bo@example.org>"),
    ]
    .into_iter()
    .enumerate()
    {
        fixture.write(&format!("{at}.rs"), lines("of_ci", 4));
        fixture.commit_as(who, &format!("Change {at}\n\n{below}"));
    }
    let bots: Vec<bool> = fixture.read().commits.iter().map(|commit| commit.bot).collect();
    assert_eq!(bots, [false, false, false, false, true]);
}

/// What a landing takes back, by subject: all that it names, and of these what is taken back in whole.
fn taken_back(history: &History, subject: &str) -> (Vec<String>, Vec<String>) {
    let commit = history.commits.iter().find(|commit| commit.subject == subject).expect("a landing");
    let subject = |id: &String| history.commits.iter().find(|one| one.id == *id).map(|one| one.subject.clone());
    let whole = history.commits.iter().filter(|one| one.reverted_by.as_ref() == Some(&commit.id));
    (commit.reverts.iter().filter_map(subject).collect(), whole.map(|one| one.subject.clone()).collect())
}

#[test]
fn what_a_merged_commit_says_that_it_reverts_is_taken_back_by_the_landing() {
    let six = "Merge pull request #6 from ann/six";
    let title = "Add six\n\nIt was asked for.";
    for (nth, (branch, says)) in [
        ("undo", "Revert \"Merge pull request #6 from ann/six\"\n\nThis reverts commit WHOLE, reversing\nchanges made to 1234567."),
        ("undo", "Mend\n\nThis reverts commit SHORT."),
        ("undo", "Mend\n\nThis reverts commits ONE and TWO."),
        ("undo", "Revert \"Add six\""),
        ("undo", "Revert \"Add six (#6)\" (#8)\n\nReverts acme/shop#6"),
        ("undo", "Back out \"Something else\"\n\nOriginal commit changeset: SHORT"),
        ("undo", "revert: six\n\nRefs: SHORT"),
        ("revert-6-six", "Take it out again"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut fixture = Fixture::new();
        fixture.write("a.rs", lines("base", 6));
        fixture.commit("Begin");
        let one = lines("base", 6) + &lines("one", 4);
        let commits = [("a.rs", one.clone(), ANN, "Begin six"), ("a.rs", one + &lines("two", 4), ANN, "Finish six")];
        let whole = fixture.merge(ANN, &format!("{six}\n\n{title}"), &commits);
        let [first, second] = ["HEAD^2~1", "HEAD^2"].map(|name| fixture.git(&["rev-parse", name]));
        // A line on top, so that the revert is no exact contrary.
        fixture.write("a.rs", "// top\n".to_owned() + &lines("base", 6) + &lines("one", 4) + &lines("two", 4));
        fixture.commit("Touch a (#7)");
        let says = says.replace("WHOLE", &whole).replace("SHORT", &whole[..9]);
        let says = says.replace("ONE", &first).replace("TWO", &second[..12]);
        let back = [("a.rs", "// top\n".to_owned() + &lines("base", 6), ANN, says.as_str())];
        fixture.merge(ANN, &format!("Merge pull request #8 from acme/{branch}"), &back);
        let history = fixture.read();
        let expected = (vec![six.to_owned()], vec![six.to_owned()]);
        let found = taken_back(&history, &format!("Merge pull request #8 from acme/{branch}"));
        assert_eq!(found, expected, "{nth}: {says}");
        let dead = lives(&history).into_iter().filter(|life| life.3 == Some("reverted")).map(|life| life.4).sum::<u32>();
        assert_eq!(dead, 8, "{nth}: {says}");
    }
}

#[test]
fn a_part_of_a_landing_that_goes_does_not_take_the_landing_back() {
    let mut fixture = Fixture::new();
    fixture.write("a.rs", lines("base", 3));
    fixture.commit("Begin");
    let six = "Merge pull request #6 from ann/six";
    fixture.merge(
        ANN,
        six,
        &[("b.rs", lines("one", 4), ANN, "Begin six"), ("c.rs", lines("two", 4), ANN, "Finish six")],
    );
    fixture.write("b.rs", lines("one", 5));
    fixture.commit("Touch b (#7)");
    fixture.write("b.rs", "let none = 0;\n");
    fixture.commit("Revert \"Begin six\" (#8)");
    assert_eq!(taken_back(&fixture.read(), "Revert \"Begin six\" (#8)"), (vec![six.to_owned()], vec![]));
    // A branch that mends itself takes nothing back.
    fixture.write("c.rs", lines("three", 4));
    fixture.commit("Partial revert of #6 (#9)");
    assert_eq!(taken_back(&fixture.read(), "Partial revert of #6 (#9)"), (vec![six.to_owned()], vec![]));
    let own = [("d.rs", lines("d", 9), ANN, "Try d"), ("d.rs", lines("e", 2), ANN, "Revert \"Try d\"")];
    fixture.merge(ANN, "Merge pull request #10 from ann/d", &own);
    assert_eq!(taken_back(&fixture.read(), "Merge pull request #10 from ann/d"), (vec![], vec![]));
}

#[test]
fn what_landed_again_is_taken_back_again() {
    let mut fixture = Fixture::new();
    fixture.write("a.rs", lines("base", 3));
    fixture.commit("Begin");
    let with = |top: usize| lines("top", top) + &lines("base", 3) + &lines("alpha", 6);
    let without = |top: usize| lines("top", top) + &lines("base", 3);
    fixture.write("a.rs", with(0));
    let first = fixture.commit("Add alpha (#1)");
    fixture.write("a.rs", without(0));
    fixture.commit("Revert \"Add alpha (#1)\" (#2)");
    fixture.write("a.rs", with(0));
    let again = fixture.commit("Reapply \"Add alpha (#1)\" (#3)");
    fixture.write("a.rs", with(1));
    fixture.commit("Touch a (#4)");
    fixture.write("a.rs", without(1));
    // It names the first landing, and what it takes back is the return.
    let last = fixture.commit(&format!("Mend (#5)\n\nThis reverts commit {first}."));
    let history = fixture.read();
    let by = |id: &str| history.commits.iter().find(|one| one.id == id).and_then(|one| one.reverted_by.clone());
    assert_eq!(by(&again), Some(last));
    let dead: Vec<_> = lives(&history).into_iter().filter(|life| life.1 == "Add alpha (#1)").collect();
    assert_eq!(dead, [("a.rs", "Add alpha (#1)", Some("Mend (#5)"), Some("reverted"), 6)]);
}

#[test]
fn a_merge_keeps_the_title_and_the_branch_of_its_pull_request() {
    let mut fixture = Fixture::new();
    fixture.commit("Begin");
    let message = "Merge pull request #6 from ann/six\n\nFix the till";
    fixture.merge(ANN, message, &[("b.rs", lines("one", 4), ANN, "Begin six")]);
    let history = fixture.read();
    let landing = &history.commits[1];
    assert_eq!((landing.headline(), landing.merged_branch.as_deref()), ("Fix the till", Some("six")));
    assert_eq!(history.commits[0].headline(), "Begin");
}

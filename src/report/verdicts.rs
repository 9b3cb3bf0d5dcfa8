//! What became of every merged change, branch and session, and why: for the document, the tables, the ledger and `explain`.

use std::io;

use serde::Serialize;

use super::page::{Cell, Table, columns, grouped, many};
use super::sink::Sink;
use crate::fate::{LineCounts, Rule, Ruling, Thresholds};
use crate::history::History;
use crate::measure::verdicts::Verdict;
use crate::model::link::{Tier, Unlinked};
use crate::model::money::Money;
use crate::model::period::rfc3339;

/// One class of what a merged change, branch or session cost, and what decided it.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct VerdictDoc {
    /// What the money bought: `change` (merged), `branch` (not merged), or neither: `session`, or `requests` without a session.
    pub of: &'static str,
    /// The repository.
    pub repo: Option<String>,
    /// The first-parent commit of a merged change.
    pub landing: Option<String>,
    /// When it was merged.
    pub landed_at: Option<String>,
    /// The pull request that it names.
    pub pull_request: Option<u64>,
    /// The branch, or a commit, that was not merged.
    pub branch: Option<String>,
    /// When work on it ended.
    pub last_activity: Option<String>,
    /// The session: in every row by session, and where nothing was bought.
    pub session_id: Option<String>,
    /// The class of the bar.
    pub class: &'static str,
    /// What the class says about the money, as in `waterfall`.
    pub tone: &'static str,
    /// What it was for.
    pub purpose: &'static str,
    /// What became of it.
    pub fate: &'static str,
    /// The rule that decided; `explain rules` has them all.
    pub rule: &'static str,
    /// The rule in words, with the numbers that it rests on.
    pub why: String,
    /// Its spend.
    pub cost_usd: Money,
    /// Lines that count which the merged change brought.
    pub lines_born: Option<u64>,
    /// Of these, lines gone within 30 days.
    pub lines_gone: Option<u64>,
    /// Lines that count which it deleted or replaced.
    pub lines_replaced: Option<u64>,
    /// Of these, lines of known origin.
    pub lines_replaced_known: Option<u64>,
    /// Of those, AI-assisted lines young enough for a fix to blame.
    pub lines_replaced_assisted: Option<u64>,
    /// AI-assisted lines among them that are young enough to make it a rewrite.
    pub lines_replaced_recent: Option<u64>,
}

impl VerdictDoc {
    fn new(verdict: &Verdict, histories: &[History]) -> Self {
        let Verdict { bought, session, ruling, cost, lines, last } = verdict;
        let commit = bought.commit(histories);
        let class = ruling.class();
        let count = |of: fn(&LineCounts) -> u64| lines.as_ref().map(of);
        Self {
            of: bought.word(session.as_deref()),
            repo: bought.history(histories).map(History::name),
            landing: commit.map(|commit| commit.id.clone()),
            landed_at: commit.map(|commit| rfc3339(commit.commit_time)),
            pull_request: commit.and_then(|commit| commit.pull_request),
            branch: bought.branch().map(str::to_owned),
            last_activity: last.map(rfc3339),
            session_id: session.clone(),
            class: class.word(),
            tone: class.tone().word(),
            purpose: ruling.purpose.word(),
            fate: ruling.fate.word(),
            rule: ruling.rule.word(),
            why: why(*ruling, lines.unwrap_or_default()),
            cost_usd: *cost,
            lines_born: count(|lines| lines.born),
            lines_gone: count(|lines| lines.dead),
            lines_replaced: count(|lines| lines.killed),
            lines_replaced_known: count(|lines| lines.killed_known),
            lines_replaced_assisted: count(|lines| lines.killed_assisted),
            lines_replaced_recent: count(|lines| lines.killed_recent),
        }
    }

    /// Its cells, in the order of the tables.
    fn cells(&self) -> Vec<(&'static str, Cell)> {
        let text = |text: &Option<String>| Cell::Text(text.clone());
        vec![
            ("of", Cell::text(self.of)),
            ("repo", text(&self.repo)),
            ("landing", text(&self.landing)),
            ("landed_at", text(&self.landed_at)),
            ("pull_request", Cell::Count(self.pull_request)),
            ("branch", text(&self.branch)),
            ("last_activity", text(&self.last_activity)),
            ("session_id", text(&self.session_id)),
            ("class", Cell::text(self.class)),
            ("tone", Cell::text(self.tone)),
            ("purpose", Cell::text(self.purpose)),
            ("fate", Cell::text(self.fate)),
            ("rule", Cell::text(self.rule)),
            ("why", Cell::text(self.why.clone())),
            ("cost_usd", Cell::Money(Some(self.cost_usd))),
            ("lines_born", Cell::Count(self.lines_born)),
            ("lines_gone", Cell::Count(self.lines_gone)),
            ("lines_replaced", Cell::Count(self.lines_replaced)),
            ("lines_replaced_known", Cell::Count(self.lines_replaced_known)),
            ("lines_replaced_assisted", Cell::Count(self.lines_replaced_assisted)),
            ("lines_replaced_recent", Cell::Count(self.lines_replaced_recent)),
        ]
    }
}

/// The documents of verdicts.
pub(super) fn documents(verdicts: &[Verdict], histories: &[History]) -> Vec<VerdictDoc> {
    verdicts.iter().map(|one| VerdictDoc::new(one, histories)).collect()
}

/// Verdicts as a table for spreadsheets.
pub(super) fn table(verdicts: &[VerdictDoc]) -> Table {
    let names: Vec<(&'static str, &'static str)> =
        super::tables::VERDICT_COLUMNS.iter().map(|column| (column.name, column.name)).collect();
    let row = |one: &VerdictDoc| one.cells().into_iter().map(|(_, cell)| cell).collect();
    Table { columns: columns(&names), rows: verdicts.iter().map(row).collect() }
}

/// Verdicts as rows of the ledger.
///
/// # Errors
/// Those of the writer.
pub fn rows(verdicts: &[Verdict], histories: &[History], sink: &mut Sink<'_>) -> io::Result<()> {
    verdicts.iter().try_for_each(|one| sink.row(&VerdictDoc::new(one, histories).cells()))
}

/// A rule in words, with the numbers that it rests on.
pub(super) fn why(ruling: Ruling, lines: LineCounts) -> String {
    let limits = Thresholds::DEFAULT;
    let LineCounts { born, dead, killed, killed_known, killed_assisted, killed_recent } = lines;
    let changed = lines.changed();
    match ruling.rule {
        Rule::FixOfAssisted => format!(
            "a fix; {} of the {} that it replaced were AI-assisted and at most {} days old",
            grouped(killed_assisted),
            many(killed, "line"),
            limits.blamed_within.num_days()
        ),
        Rule::FixOfOther => format!(
            "a fix; only {} of the {} that it replaced were AI-assisted and at most {} days old",
            grouped(killed_assisted),
            many(killed, "line"),
            limits.blamed_within.num_days()
        ),
        Rule::FixOfUnknown => {
            format!(
                "a fix; of the {} that it replaced, {} have a known origin",
                many(killed, "line"),
                grouped(killed_known)
            )
        }
        Rule::RewroteAssisted => format!(
            "{} of the {} that it changed replaced or removed AI-assisted lines at most {} days old",
            grouped(killed_recent),
            many(changed, "line"),
            limits.recent.num_days()
        ),
        Rule::GoneEarly => {
            format!(
                "{} of its {} were gone within {} days",
                grouped(dead),
                many(born, "new line"),
                limits.horizon.num_days()
            )
        }
        Rule::Lasted => format!(
            "{} of its {} were still there after {} days",
            grouped(born - dead),
            many(born, "new line"),
            limits.horizon.num_days()
        ),
        Rule::Removed => format!(
            "{} of the {} that it changed are removals of other or older lines, with nothing in their place",
            grouped(lines.removed()),
            many(changed, "line"),
        ),
        Rule::Upkeep => format!(
            "upkeep by its title or its paths; {} of its {} were still there after {} days",
            grouped(born - dead),
            many(born, "new line"),
            limits.horizon.num_days()
        ),
        rule => about(rule),
    }
}

/// What a rule means.
pub(super) fn about(rule: Rule) -> String {
    let limits = Thresholds::DEFAULT;
    let horizon = limits.horizon.num_days();
    match rule {
        Rule::FailedRequest => "the log marks the request as failed".to_owned(),
        Rule::OffTaskPrompt => "the prompt is probably off task, and nothing ties it to code".to_owned(),
        Rule::NoEdits => "in the repository, without edits and without a commit".to_owned(),
        Rule::UncommittedRecently => format!("edits that no commit or branch holds, less than {horizon} days old"),
        Rule::Uncommitted => format!("edits that no commit or branch holds, at least {horizon} days old"),
        Rule::Weaker(Tier::Explicit | Tier::Strong) => "tied to code by matching lines or files only".to_owned(),
        Rule::Weaker(Tier::Medium) => "tied to code by the name of a branch only".to_owned(),
        Rule::Weaker(Tier::Weak) => "tied to code only by the same person at the same time".to_owned(),
        Rule::NotLinked(reason @ (Unlinked::NoEdits | Unlinked::Uncommitted)) => reason.meaning().to_owned(),
        Rule::NotLinked(Unlinked::OtherRepository) => "in a folder or repository that was not read".to_owned(),
        Rule::NotLinked(Unlinked::NoRepository) => "the log does not say in which folder".to_owned(),
        Rule::NotLinked(Unlinked::NoSession) => "requests without a session".to_owned(),
        Rule::NoHistory => "no repository was read".to_owned(),
        Rule::OpenRecently => format!("not merged, and worked on in the last {horizon} days"),
        Rule::NotMerged => format!("not merged, and at rest for {horizon} days or more"),
        Rule::TriedOut => format!("not merged, at rest for {horizon} days or more, and marked as tried out on purpose"),
        Rule::MergedRecently => format!("merged less than {horizon} days before the data ends"),
        Rule::TakenBack => "a later change takes it back".to_owned(),
        Rule::FixOfAssisted => format!(
            "a fix; at least {}% of the lines that it replaced were AI-assisted and at most {} days old",
            limits.blamed_percent,
            limits.blamed_within.num_days()
        ),
        Rule::FixOfOther => format!(
            "a fix; less than {}% of the lines that it replaced were AI-assisted and at most {} days old",
            limits.blamed_percent,
            limits.blamed_within.num_days()
        ),
        Rule::FixOfUnknown => "a fix; the lines that it replaced have no known origin".to_owned(),
        Rule::RewroteAssisted => format!(
            "the share of a change's lines that replaced or removed AI-assisted lines at most {} days old",
            limits.recent.num_days()
        ),
        Rule::AnsweredReview => "written after the first review by another person and before the merge".to_owned(),
        Rule::GoneEarly => format!("the share of a change's new lines that were gone within {horizon} days"),
        Rule::Removed => {
            "the share of a change's lines that it removed with nothing in their place: other or older code".to_owned()
        }
        Rule::NoLines => "no lines that count: a move, a change of spaces, or files that machines write".to_owned(),
        Rule::Upkeep => "upkeep by its title or its paths, and the share of its lines that lasted".to_owned(),
        Rule::Lasted => format!("the share of a change's new lines that were still there after {horizon} days"),
    }
}

/// The page of `explain rules`.
#[must_use]
pub fn explained() -> String {
    let mut text = String::from(
        "What decides in which class of the bar a dollar is. `verdicts` of the audit's JSON, `--table verdicts` and the workbook have\n\
         the rule and the lines of every merged change, unmerged branch and session; `session_verdicts` has the same by\n\
         session. The rows of each sum to the bar. `explain '#12'`, `explain SHA`, `explain BRANCH` and `explain SESSION` show one.\n\n",
    );
    for rule in Rule::all() {
        text += &format!("  {:<22}  {}\n", rule.word(), about(rule));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fate::{Fate, Purpose};

    #[test]
    fn every_rule_has_a_word_of_its_own_and_says_what_it_means() {
        let mut words: Vec<&str> = Rule::all().into_iter().map(Rule::word).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
        assert!(Rule::all().into_iter().all(|rule| about(rule).len() > 15));
    }

    #[test]
    fn a_verdict_says_on_how_many_lines_it_rests() {
        let lines =
            LineCounts { born: 20, dead: 4, killed: 1_010, killed_known: 8, killed_assisted: 6, killed_recent: 3 };
        let said = |rule| why(Ruling { purpose: Purpose::Function, fate: Fate::Surviving, rule }, lines);
        assert_eq!(said(Rule::GoneEarly), "4 of its 20 new lines were gone within 30 days");
        assert_eq!(said(Rule::Lasted), "16 of its 20 new lines were still there after 30 days");
        assert_eq!(
            said(Rule::FixOfAssisted),
            "a fix; 6 of the 1,010 lines that it replaced were AI-assisted and at most 90 days old"
        );
        assert_eq!(
            said(Rule::RewroteAssisted),
            "3 of the 1,010 lines that it changed replaced or removed AI-assisted lines at most 21 days old"
        );
    }
}

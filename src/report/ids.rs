//! Every figure and every table that a page can hold, by id, with the reader who looks for it.
//!
//! Renderers arrange a page by these ids and never by a title.

use crate::ledger::GroupKey;

/// Who reads a part of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Budgets, forecasts and bills.
    Finance,
    /// What teams got for the spend.
    Engineering,
    /// Models, tokens and what could be saved.
    Platform,
    /// Single sessions and branches.
    Developers,
}

/// The questions that the first screen of a report answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// What did we get for the money?
    Gained,
    /// How sure is it?
    Sure,
    /// What should we do?
    Todo,
}

/// Where a figure belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the first screen, as part of an answer.
    First(Question),
    /// In the part of one reader.
    For(Reader),
}

/// A part of the page of an audit, which may be asked for alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What the spend became.
    Outcome,
    /// Whether it gets better, and unusual days.
    Trend,
    /// What could be saved.
    Savings,
    /// Which work cost most.
    Changes,
    /// Whether code lasts.
    Lasting,
    /// Where it is spent.
    Spend,
    /// How sure it is.
    Sure,
    /// Every figure of the page.
    Figures,
}

impl Part {
    /// All of them, with the words of `--only`.
    pub const ALL: [(&'static str, Self); 8] = [
        ("outcome", Self::Outcome),
        ("trend", Self::Trend),
        ("savings", Self::Savings),
        ("changes", Self::Changes),
        ("lasting", Self::Lasting),
        ("spend", Self::Spend),
        ("sure", Self::Sure),
        ("figures", Self::Figures),
    ];
}

/// Parts that were asked for; the default is all of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts([bool; Part::ALL.len()]);

impl Parts {
    /// These parts.
    #[must_use]
    pub fn of(parts: &[Part]) -> Self {
        Self(Part::ALL.map(|(_, part)| parts.contains(&part)))
    }

    /// Whether no part was asked for alone.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::default()
    }

    /// Whether a part was asked for.
    #[must_use]
    pub fn has(self, part: Part) -> bool {
        Part::ALL.iter().zip(self.0).any(|((_, one), is_asked)| *one == part && is_asked)
    }
}

/// A figure of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactId {
    /// What was spent.
    Spend,
    /// Of it, a product's own traffic.
    Application,
    /// What the spend became.
    Became,
    /// How much of it is linked to code.
    Coverage,
    /// Output counts that are placeholders.
    InDoubt,
    /// What could be saved.
    ToSave,
    /// What the month will have cost.
    Forecast,
    /// A budget.
    Budget,
    /// What changed between the last two full months.
    Change,
    /// Seats of subscriptions.
    Seats,
    /// Prompts to assistants that seats cover.
    BySeat,
    /// What was invoiced.
    Billed,
    /// What tools estimated themselves.
    Reported,
    /// What bills have and logs do not explain.
    Unreconciled,
    /// Lines that landed.
    Merged,
    /// Spend over lines.
    PerLine,
    /// Reviews of pull requests.
    Reviews,
    /// Waiting at an hourly rate.
    HumanCost,
    /// Before and after a day.
    Since,
    /// Assisted landings beside others.
    Assisted,
    /// Use that is off task.
    OffTask,
    /// Lines alive after 14 days.
    AliveAfter14,
    /// Lines alive after 30 days.
    AliveAfter30,
    /// Lines dead within 14 days.
    DeadWithin14,
    /// What says who used it.
    Users,
    /// Tokens by kind.
    Tokens,
    /// What became of the records.
    Read,
    /// Formats of the files.
    Formats,
}

impl FactId {
    /// All of them, in the order of the pages.
    pub const ALL: [Self; 28] = [
        Self::Spend,
        Self::Application,
        Self::Became,
        Self::Coverage,
        Self::InDoubt,
        Self::ToSave,
        Self::Forecast,
        Self::Budget,
        Self::Change,
        Self::Seats,
        Self::BySeat,
        Self::Billed,
        Self::Reported,
        Self::Unreconciled,
        Self::Merged,
        Self::PerLine,
        Self::Reviews,
        Self::HumanCost,
        Self::Since,
        Self::Assisted,
        Self::OffTask,
        Self::AliveAfter14,
        Self::AliveAfter30,
        Self::DeadWithin14,
        Self::Users,
        Self::Tokens,
        Self::Read,
        Self::Formats,
    ];

    /// Its label on a page, and where it belongs.
    const fn entry(self) -> (&'static str, Place) {
        match self {
            Self::Spend => ("Spend", Place::First(Question::Gained)),
            Self::Application => ("Application", Place::First(Question::Gained)),
            Self::Became => ("Lasted", Place::First(Question::Gained)),
            Self::Coverage => ("Traced", Place::First(Question::Sure)),
            Self::InDoubt => ("Under-reported", Place::First(Question::Sure)),
            Self::ToSave => ("To save", Place::First(Question::Todo)),
            Self::Forecast => ("Forecast", Place::For(Reader::Finance)),
            Self::Budget => ("Budget", Place::For(Reader::Finance)),
            Self::Change => ("Change", Place::For(Reader::Finance)),
            Self::Seats => ("Seats", Place::For(Reader::Finance)),
            Self::BySeat => ("By seat", Place::For(Reader::Finance)),
            Self::Billed => ("Billed", Place::For(Reader::Finance)),
            Self::Reported => ("Reported", Place::For(Reader::Finance)),
            Self::Unreconciled => ("Unreconciled", Place::For(Reader::Finance)),
            Self::Merged => ("Merged", Place::For(Reader::Engineering)),
            Self::PerLine => ("Per line", Place::For(Reader::Engineering)),
            Self::Reviews => ("Reviews", Place::For(Reader::Engineering)),
            Self::HumanCost => ("Human cost", Place::For(Reader::Engineering)),
            Self::Since => ("Since", Place::For(Reader::Engineering)),
            Self::Assisted => ("AI-assisted", Place::For(Reader::Engineering)),
            Self::OffTask => ("Off task", Place::For(Reader::Engineering)),
            Self::AliveAfter14 => ("Alive at 14 days", Place::For(Reader::Engineering)),
            Self::AliveAfter30 => ("Alive at 30 days", Place::For(Reader::Engineering)),
            Self::DeadWithin14 => ("Gone within 14 days", Place::For(Reader::Engineering)),
            Self::Users => ("Users", Place::For(Reader::Platform)),
            Self::Tokens => ("Tokens", Place::For(Reader::Platform)),
            Self::Read => ("Read", Place::For(Reader::Platform)),
            Self::Formats => ("Formats", Place::For(Reader::Platform)),
        }
    }

    /// Its label on a page: a word or two.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.entry().0
    }

    /// Where it belongs.
    #[must_use]
    pub const fn place(self) -> Place {
        self.entry().1
    }
}

/// A table of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionId {
    /// Where each dollar went; the bar is drawn from it.
    Waterfall,
    /// The shape of a vendor's published figure.
    VendorShape,
    /// What could be saved.
    Savings,
    /// The most expensive landings.
    Landings,
    /// Spend that is linked to no code.
    Unlinked,
    /// Merged pull requests by size.
    PullRequestSizes,
    /// From what sessions wrote to what lasted.
    Funnel,
    /// The same by tool, model, team and repository.
    FunnelParts,
    /// The ledger of projects.
    Projects,
    /// Spend by initiative.
    Initiatives,
    /// Spend by priority of issues.
    Priorities,
    /// Models by type of work.
    Models,
    /// What limits would have stopped.
    Limits,
    /// Unusual days.
    UnusualDays,
    /// Spend by type of work.
    WorkTypes,
    /// Spend by a key of the ledger.
    By(GroupKey),
    /// Spend by the keys that `spend` was asked for.
    ByKeys,
    /// Spend by team, small teams together.
    ByTeam,
    /// Cost centres and teams by vendor and month.
    Chargeback,
    /// The mainlines of `history`.
    Mainlines,
    /// Survival of lines.
    Survival,
    /// Churn by month, folder or marker.
    Churn,
    /// The tools that commits name.
    Tools,
    /// Churn by team of the author.
    ChurnByTeam,
    /// How lines died.
    Deaths,
    /// Branches beside the mainline.
    Branches,
    /// The files of `sources`.
    Files,
    /// The days that sources cover, where they differ.
    Spans,
    /// The places of `sources`.
    Places,
}

impl SectionId {
    /// The part of an audit's page that it is in.
    #[must_use]
    pub const fn part(self) -> Part {
        match self {
            Self::Waterfall | Self::VendorShape | Self::Unlinked | Self::Funnel | Self::FunnelParts => Part::Outcome,
            Self::UnusualDays | Self::By(GroupKey::Day | GroupKey::Week | GroupKey::Month) => Part::Trend,
            Self::Savings | Self::Models | Self::Limits => Part::Savings,
            Self::Landings | Self::PullRequestSizes | Self::Projects | Self::Initiatives | Self::Priorities => {
                Part::Changes
            }
            Self::Mainlines
            | Self::Survival
            | Self::Churn
            | Self::Tools
            | Self::ChurnByTeam
            | Self::Deaths
            | Self::Branches => Part::Lasting,
            Self::WorkTypes | Self::By(_) | Self::ByKeys | Self::ByTeam | Self::Chargeback => Part::Spend,
            Self::Files | Self::Spans | Self::Places => Part::Sure,
        }
    }

    /// Who looks for it.
    #[must_use]
    pub const fn reader(self) -> Reader {
        match self {
            Self::UnusualDays | Self::Spans | Self::Chargeback | Self::By(GroupKey::Day | GroupKey::Week) => {
                Reader::Finance
            }
            Self::Landings
            | Self::Unlinked
            | Self::PullRequestSizes
            | Self::Funnel
            | Self::FunnelParts
            | Self::Projects
            | Self::Initiatives
            | Self::Priorities
            | Self::WorkTypes
            | Self::Models
            | Self::ByTeam
            | Self::Mainlines
            | Self::Survival
            | Self::Churn
            | Self::Tools
            | Self::ChurnByTeam
            | Self::Deaths
            | Self::Branches => Reader::Engineering,
            Self::By(GroupKey::Branch | GroupKey::Session) => Reader::Developers,
            Self::Waterfall
            | Self::Limits
            | Self::VendorShape
            | Self::Savings
            | Self::By(_)
            | Self::ByKeys
            | Self::Files
            | Self::Places => Reader::Platform,
        }
    }
}

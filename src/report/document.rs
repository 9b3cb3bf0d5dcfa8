//! The machine-readable documents. Keys are only ever added within a schema version.
//!
//! Money is a decimal string in USD, tokens are integers, times RFC 3339 UTC, unknown is `null`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::alarms::{self, Alarm};
use super::attribution::{CoverageDoc, UnitDoc};
use super::burn::BurnDoc;
use super::business::BusinessDoc;
use super::chargeback::ChargeDoc;
use super::comparison::ComparisonDoc;
use super::fates::{ClassDoc, FatesDoc};
use super::findings::FindingDoc;
use super::funnel::FunnelDoc;
use super::headline::HeadlineDoc;
use super::limits::LimitDoc;
use super::lorenz::LorenzDoc;
use super::models::ModelsDoc;
use super::preset::PresetDoc;
use super::projects::ProjectsDoc;
use super::reviews::PullRequestsDoc;
use super::scoped::ScopedDoc;
use super::seats::SeatsDoc;
use super::sessions_used::SessionDoc;
use super::spread::SpreadDoc;
use super::survival::SurvivalOfDoc;
use super::trend::{TrendDoc, TrendVerdictDoc};
use super::use_of::{OffTaskDoc, WorkTypeDoc};
use super::verdicts::VerdictDoc;
use crate::company::outcomes::{OutcomeSum, Outcomes};
use crate::diagnostics::Diagnostic;
use crate::ledger::{Group, GroupKey, OtherCurrency, Reconciliation, Spend};
use crate::measure::cost_kinds::CostKinds;
use crate::measure::material::Run;
use crate::measure::sayable::Unknown;
use crate::metrics::Figure;
use crate::model::basis::Basis;
use crate::model::hash::hash_text;
use crate::model::money::Money;
use crate::model::period::{Period, rfc3339};
use crate::sources::FileReport;

/// Version of the documents' shape.
pub const SCHEMA_VERSION: u32 = 1;

/// Version of the definitions: numbers of different versions do not compare.
pub const METHOD_VERSION: u32 = 3;

/// A document of any command.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Document {
    /// `tokaudit/<command>`.
    pub schema: &'static str,
    /// See [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// See [`METHOD_VERSION`].
    pub method_version: u32,
    /// Version of the program.
    pub tool_version: &'static str,
    /// The period asked for.
    pub period: PeriodDoc,
    /// Newest observation in the price book, for commands that price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_book_date: Option<String>,
    /// What was read.
    pub inputs: Vec<InputDoc>,
    /// What must be said before the first figure, in order; empty where nothing is.
    pub alarms: Vec<Alarm>,
    /// The command's own part.
    #[serde(flatten)]
    #[schemars(skip)]
    pub body: Body,
    /// What was noticed on the way.
    pub diagnostics: Vec<Diagnostic>,
}

impl Document {
    /// A document of a command, about the recognised files.
    pub(super) fn new(
        schema: &'static str,
        period: &Period,
        files: &[FileReport],
        body: Body,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        Self {
            schema,
            schema_version: SCHEMA_VERSION,
            method_version: METHOD_VERSION,
            tool_version: env!("CARGO_PKG_VERSION"),
            period: PeriodDoc::from(period),
            price_book_date: None,
            inputs: files.iter().filter(|file| file.format.is_some()).map(InputDoc::from).collect(),
            alarms: alarms::of_notices(&diagnostics),
            body,
            diagnostics,
        }
    }
}

/// The part of a document that depends on the command.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Body {
    /// `spend`.
    Spend(Box<SpendDoc>),
    /// `sources`.
    Sources(SourcesDoc),
    /// `history`.
    History(HistoryDoc),
    /// `audit`.
    Audit(Box<AuditDoc>),
}

/// A period; open ends are `null`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PeriodDoc {
    /// First instant inside.
    pub from: Option<String>,
    /// First instant after.
    pub to: Option<String>,
    /// IANA name of the zone.
    pub tz: &'static str,
}

impl From<&Period> for PeriodDoc {
    fn from(period: &Period) -> Self {
        Self { from: period.from.map(rfc3339), to: period.to.map(rfc3339), tz: period.tz.name() }
    }
}

/// One input file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct InputDoc {
    /// The path as it was given or found.
    pub path: String,
    /// Bytes before decompression.
    pub bytes: u64,
    /// The recognised format.
    pub format: Option<&'static str>,
    /// Records read.
    pub records: u64,
    /// The earliest and the latest kept record.
    pub first: Option<DateTime<Utc>>,
    /// See `first`.
    pub last: Option<DateTime<Utc>>,
}

impl From<&FileReport> for InputDoc {
    fn from(file: &FileReport) -> Self {
        Self {
            path: file.path.clone(),
            bytes: file.bytes,
            format: file.format,
            records: file.counts.records_read,
            first: file.first,
            last: file.last,
        }
    }
}

/// Body of `spend`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SpendDoc {
    /// One row per combination of keys.
    pub rows: Vec<RowDoc>,
    /// The sums over all rows.
    pub totals: SpendFields,
    /// Where it was asked for users or teams: the sums by what says who the user is, `record`, `log_folder`, `home_folder` or
    /// nothing.
    pub user_evidence: Vec<RowDoc>,
    /// What was billed in other currencies and not converted: in no sum of dollars.
    pub other_currencies: Vec<OtherCurrencyDoc>,
    /// What became of the records read.
    pub reconciliation: Reconciliation,
}

/// Amounts in a currency that no rate converts.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct OtherCurrencyDoc {
    /// The code of the currency.
    pub currency: String,
    /// The sum, in the currency.
    pub amount: Money,
    /// How many records it is of.
    pub records: u64,
}

impl OtherCurrencyDoc {
    /// Those of a run.
    #[must_use]
    pub fn all(run: &Run) -> Vec<Self> {
        let all = run.ledger.other_currencies(&run.period).into_iter();
        all.map(|OtherCurrency { currency, amount, records }| Self { currency, amount, records }).collect()
    }
}

/// A row of spend.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RowDoc {
    /// The value per key; `null` is unknown.
    pub key: BTreeMap<&'static str, Option<String>>,
    /// The sums.
    #[serde(flatten)]
    pub fields: SpendFields,
}

impl RowDoc {
    /// A row from a group of the ledger.
    #[must_use]
    pub fn new(keys: &[GroupKey], group: &Group) -> Self {
        let key = keys.iter().zip(&group.key).map(|(key, value)| (key.as_str(), value.clone())).collect();
        Self { key, fields: SpendFields::from(&group.spend) }
    }
}

/// The sums of a row or of a total.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct SpendFields {
    /// Kept records, without those that a seat covers.
    pub records: u64,
    /// Requests, as far as sources count them; `null` where none does.
    pub requests: Option<u64>,
    /// Their distinct sessions.
    pub sessions: u64,
    /// Tokens by bucket.
    pub tokens: TokensDoc,
    /// What was spent: the amount on a bill where there is one, else tokens × list price; each dollar once.
    pub cost_usd: Option<Money>,
    /// The part of `cost_usd` that a bill (or a gateway) has and the finest sources do not explain; negative the other way.
    pub unreconciled_usd: Money,
    /// Records of spend that another record counts.
    pub overlapping_records: u64,
    /// Tokens × list price over priced records; `null` when none has a price.
    pub list_cost_usd: Option<Money>,
    /// Invoiced.
    pub billed_cost_usd: Option<Money>,
    /// The tools' own estimates.
    pub reported_cost_usd: Option<Money>,
    /// Records without a price.
    pub unpriced_records: u64,
    /// Their tokens.
    pub unpriced_tokens: u64,
    /// Output counts that are placeholders.
    pub output_in_doubt: DoubtDoc,
    /// Prompts to assistants that seats cover; they are in no other sum.
    pub by_seat: BySeatDoc,
}

/// Prompts to assistants that seats cover.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct BySeatDoc {
    /// How many.
    pub prompts: u64,
    /// Distinct conversations.
    pub conversations: u64,
    /// Tokens of prompts and answers, estimated from the length of their texts.
    pub estimated_tokens: u64,
}

/// Tokens by bucket: disjoint but for `reasoning`, which is a part of `output`.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct TokensDoc {
    /// Fresh input.
    pub input: Option<u64>,
    /// Read from a cache.
    pub cache_read: Option<u64>,
    /// Written for five minutes, or for a time that the log does not state.
    pub cache_write_5m: Option<u64>,
    /// Written for one hour.
    pub cache_write_1h: Option<u64>,
    /// Written, reasoning included.
    pub output: Option<u64>,
    /// The part of `output` spent on reasoning.
    pub reasoning: Option<u64>,
}

/// Records whose output count is a placeholder.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct DoubtDoc {
    /// How many.
    pub records: u64,
    /// Their recorded output, which the sums use.
    pub recorded_tokens: u64,
    /// Their output as estimated from the visible text.
    pub estimated_tokens: u64,
    /// What the difference would add at list price.
    pub estimated_extra_usd: Money,
}

impl From<&Spend> for SpendFields {
    fn from(spend: &Spend) -> Self {
        let tokens = spend.tokens;
        let five = tokens.cache_write_5m.into_iter().chain(tokens.cache_write_unspecified).reduce(|a, b| a + b);
        Self {
            records: spend.records,
            requests: spend.requests,
            sessions: spend.sessions,
            tokens: TokensDoc {
                input: tokens.input,
                cache_read: tokens.cache_read,
                cache_write_5m: five,
                cache_write_1h: tokens.cache_write_1h,
                output: tokens.output,
                reasoning: tokens.reasoning,
            },
            cost_usd: spend.cost,
            unreconciled_usd: spend.unreconciled,
            overlapping_records: spend.overlapping_records,
            list_cost_usd: spend.list_cost,
            billed_cost_usd: spend.billed_cost,
            reported_cost_usd: spend.reported_cost,
            unpriced_records: spend.unpriced_records,
            unpriced_tokens: spend.unpriced_tokens,
            output_in_doubt: DoubtDoc {
                records: spend.doubtful_records,
                recorded_tokens: spend.doubtful_recorded,
                estimated_tokens: spend.doubtful_estimated,
                estimated_extra_usd: spend.doubt_cost,
            },
            by_seat: BySeatDoc {
                prompts: spend.seats.prompts,
                conversations: spend.seats.conversations,
                estimated_tokens: spend.seats.estimated_tokens,
            },
        }
    }
}

/// Body of `sources`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SourcesDoc {
    /// One entry per file.
    pub files: Vec<FileReport>,
    /// Where logs were looked for; `null` if they were named.
    pub places: Option<Vec<PlaceDoc>>,
    /// The sums.
    pub reconciliation: Reconciliation,
}

/// A place where an agent keeps logs, and what is there.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct PlaceDoc {
    /// The format whose logs are expected, or the name of an agent that is known and not read.
    pub format: &'static str,
    /// The folder or file; `*` is any name.
    pub place: String,
    /// The environment variable that names it, if one does.
    pub variable: Option<&'static str>,
    /// Whether anything is there.
    pub is_there: bool,
    /// Files there that were read as a known format.
    pub files: u64,
    /// Records kept of them.
    pub kept: u64,
    /// The way from the folder of an editor, if it is one of theirs; the page sums these.
    #[serde(skip)]
    pub in_editors: Option<&'static str>,
}

/// Body of `history`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HistoryDoc {
    /// One entry per repository.
    pub repos: Vec<RepoDoc>,
}

/// One repository's mainline.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RepoDoc {
    /// Normalised remote, else the folder's name.
    pub repo: String,
    /// Newest commit of the mainline.
    pub head: String,
    /// The mainline's branch.
    pub branch: Option<String>,
    /// Which commits count: always the first-parent line.
    pub ledger: &'static str,
    /// First-parent commits.
    pub commits_mainline: u64,
    /// All reachable commits.
    pub commits_all: u64,
    /// First-parent commits inside the period.
    pub landings: u64,
    /// Of those, merge commits.
    pub merge_landings: u64,
    /// Of the landings, those of bots.
    pub bot_landings: u64,
    /// Distinct pull requests that the landings name.
    pub pull_requests: u64,
    /// Text lines added by the landings.
    pub merged_lines: u64,
    /// Of those, effective lines.
    pub merged_lines_effective: u64,
    /// Text lines deleted.
    pub deleted_lines: u64,
    /// Of those, effective lines.
    pub deleted_lines_effective: u64,
    /// Lines born: added, and neither moved nor brought back nor changed in white space alone.
    pub lines_born: u64,
    /// Lines that died: deleted, and neither moved nor changed in white space alone.
    pub lines_died: u64,
    /// Lines that a landing took from one place and put in another.
    pub lines_moved: u64,
    /// Lines that a landing brought back.
    pub lines_restored: u64,
    /// Lines that changed in white space alone.
    pub lines_respaced: u64,
    /// Text lines at the head; `null` when older history was not read.
    pub alive_lines: Option<u64>,
    /// Changed files whose lines cannot be counted.
    pub binary_files: u64,
    /// Landings of the period that a later landing says it reverts or undoes exactly.
    pub reverted_commits: u64,
    /// Lines that merged commits wrote and rewrote or deleted again before they landed; `null` when these were too many
    /// to follow.
    pub reworked_before_landing: Option<u64>,
    /// Of the lines born in the period, those that died within a number of days.
    pub churn: Vec<ChurnDoc>,
    /// The same of effective lines.
    pub churn_effective: Vec<ChurnDoc>,
    /// Shares of the lines born in the period that live longer than a number of days.
    pub survival: Vec<SurvivalDoc>,
    /// Days until half of them have died; `null` while more than half live, or fewer than 100 could be watched for as long.
    pub half_life_days: Option<f64>,
    /// Effective lines deleted over effective lines added.
    pub del_add_ratio: Option<crate::metrics::Quantity>,
    /// How lines died in the period.
    pub deaths: DeathsDoc,
    /// By month of birth.
    pub by_month: Vec<LineGroupDoc>,
    /// By first folder, the largest first; the smallest together.
    pub by_path: Vec<LineGroupDoc>,
    /// Lines whose commits say that a tool assisted them, and the others.
    pub by_assistance: Vec<LineGroupDoc>,
    /// By the team of their author, without teams of fewer than five people and what would reveal them; `null` when
    /// the configuration names no teams.
    pub by_team: Option<Vec<LineTeamDoc>>,
    /// The tools that commits name.
    pub assisted: Vec<ToolDoc>,
    /// Branches and pull requests of people and agents whose work never landed and rested for long; `null` when nobody
    /// looked. Those of bots and those that are kept on purpose are counted in `branches` alone.
    pub abandoned_branches: Option<u64>,
    /// All branches and pull requests beside the mainline by what became of them, zeros included; `null` when nobody
    /// looked.
    pub branches: Option<BTreeMap<&'static str, u64>>,
    /// Branches that are not meant to be merged, with the evidence; `null` when nobody looked.
    pub kept_branches: Option<Vec<KeptBranchDoc>>,
    /// The mainline's last commit time, which ends every observation.
    pub observed_until: Option<String>,
    /// Whether older history is missing.
    pub shallow: bool,
}

/// Lines that died soon after their birth.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ChurnDoc {
    /// The days.
    pub days: u32,
    /// Lines born and watched for as long.
    pub born: u64,
    /// Of those, lines that died within the days.
    pub dead: u64,
    /// Dead over born; `null` when fewer than 100 lines were watched for as long.
    pub ratio: Option<f64>,
    /// Lines born too late to be watched for as long.
    pub censored: u64,
}

/// A point of a survival curve.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SurvivalDoc {
    /// The days.
    pub days: u32,
    /// Share alive; `null` when fewer than 100 lines could be watched for as long.
    pub alive: Option<f64>,
    /// Lower end of the 95% interval.
    pub lo: Option<f64>,
    /// Upper end.
    pub hi: Option<f64>,
    /// Lines alive and watched at that age.
    pub at_risk: u64,
}

/// Lines of one group.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LineGroupDoc {
    /// What they share.
    pub key: String,
    /// Lines born.
    pub merged_lines: u64,
    /// Churn for each of the usual days.
    pub churn: Vec<ChurnDoc>,
    /// Survival, estimated from all lines for as long as each was watched; unknown where too few were watched for as long.
    pub survival: Vec<SurvivalDoc>,
}

/// A line of maintenance beside the mainline.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct KeptBranchDoc {
    /// All references to its tip.
    pub names: Vec<String>,
    /// Commits that the mainline does not have.
    pub commits: u64,
    /// The evidence that it is kept: `release-tag`, `cherry-picks` or `name`.
    pub evidence: &'static str,
    /// The tag, or how many copies of mainline commits it has.
    pub detail: Option<String>,
}

/// Lines of one team's authors.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LineTeamDoc {
    /// The team; `null` is everybody who is in none.
    pub team: Option<String>,
    /// How many people wrote them.
    pub people: u64,
    /// Lines born.
    pub merged_lines: u64,
    /// Of those, lines whose commits say that a tool assisted them.
    pub assisted_lines: u64,
    /// Churn for each of the usual days.
    pub churn: Vec<ChurnDoc>,
    /// Shares that live longer than a number of days.
    pub survival: Vec<SurvivalDoc>,
}

/// How lines died in the period, in files that count.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct DeathsDoc {
    /// All of them.
    pub lines: u64,
    /// By the author who wrote them.
    pub same_author: u64,
    /// By another author.
    pub other_author: u64,
    /// By a commit that takes another one back.
    pub reverted: u64,
    /// Of lines older than what was read.
    pub unknown_author: u64,
    /// Deleted younger than this many days: rework.
    pub rework_days: u32,
    /// Lines of rework.
    pub rework: u64,
    /// Rework over all; `null` when no line died.
    pub rework_share: Option<f64>,
}

/// What one tool assisted.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ToolDoc {
    /// The tool.
    pub tool: &'static str,
    /// Commits that say so, merged ones included.
    pub commits: u64,
    /// Lines they brought to the mainline.
    pub merged_lines: u64,
    /// The most trusted marker found.
    pub evidence: &'static str,
}

/// The sums of an audit.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct TotalsDoc {
    /// As in `spend`.
    #[serde(flatten)]
    pub fields: SpendFields,
    /// `list_cost_usd` by kind of token; sums to it.
    pub cost_by_kind_usd: CostKindsDoc,
}

/// List cost by kind of token.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct CostKindsDoc {
    /// Fresh input.
    pub input: Money,
    /// Read from a cache.
    pub cache_read: Money,
    /// Written to a cache.
    pub cache_write: Money,
    /// Output, reasoning included.
    pub output: Money,
    /// Fees of tools, and what has no price for each kind.
    pub other: Money,
}

impl From<&CostKinds> for CostKindsDoc {
    fn from(kinds: &CostKinds) -> Self {
        let [input, cache_read, cache_write, output] = kinds.tokens;
        Self { input, cache_read, cache_write, output, other: kinds.other }
    }
}

/// Body of `audit`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AuditDoc {
    /// Which sentence a report begins with, and its values.
    pub headline: HeadlineDoc,
    /// As in `spend`, with the list cost by kind of token.
    pub totals: TotalsDoc,
    /// As in `spend`.
    pub other_currencies: Vec<OtherCurrencyDoc>,
    /// Spend by each key of the page, complete.
    pub spend_by: BTreeMap<&'static str, Vec<RowDoc>>,
    /// As in `history`.
    pub repos: Vec<RepoDoc>,
    /// The metrics.
    pub metrics: Vec<MetricDoc>,
    /// Share of cost by evidence tier; `null` without a repository.
    pub coverage: Option<CoverageDoc>,
    /// Landings and branches with their cost, the most expensive first; `null` without a repository.
    pub units: Option<Vec<UnitDoc>>,
    /// Sessions of development, the most expensive first; they sum to the cost of the period.
    pub sessions: Vec<SessionDoc>,
    /// Where each dollar went, in headline order; sums to the cost of the period.
    pub waterfall: Vec<ClassDoc>,
    /// What the waterfall rests on.
    pub fates: FatesDoc,
    /// What became of every merged change, unmerged branch and session, and what decided it; sums to `waterfall`, class by class.
    pub verdicts: Vec<VerdictDoc>,
    /// The same by session and what it bought; sums to `waterfall`, too.
    pub session_verdicts: Vec<VerdictDoc>,
    /// Spend of development, which the bar, links and lines are of, and of application traffic.
    pub scope: ScopeDoc,
    /// Where spend is going; `null` without a priced day.
    pub burn: Option<BurnDoc>,
    /// What could be saved, ranked; empty when what sessions did was not read.
    pub findings: Vec<FindingDoc>,
    /// Spend by type of work; empty when what sessions did was not read.
    pub work_types: Vec<WorkTypeDoc>,
    /// How unequally sessions cost: points of the Lorenz curve; empty for fewer than ten sessions.
    pub lorenz: Vec<LorenzDoc>,
    /// Cost centres and teams by vendor and month; sums to the cost of the period.
    pub chargeback: Vec<ChargeDoc>,
    /// Figures of single teams, repositories and models.
    pub scoped: Vec<ScopedDoc>,
    /// How much of the use was off task; `null` without --off-task.
    pub off_task: Option<OffTaskDoc>,
    /// Closed issues and other outcomes of the window; `null` without an export of them.
    pub outcomes: Option<OutcomesDoc>,
    /// Spend by initiative and priority of issues; `null` without an export of issues that has them.
    pub business: Option<BusinessDoc>,
    /// Which model did which work, and whether a cheaper one did as well; `null` without a repository.
    pub models: Option<ModelsDoc>,
    /// What the limits of `[[limit]]` would have stopped, in their order.
    pub limits: Vec<LimitDoc>,
    /// From what sessions wrote to what lasted, in lines and dollars; `null` without a repository.
    pub funnel: Option<FunnelDoc>,
    /// What was worked on, and whether it came to a release; `null` without a repository.
    pub projects: Option<ProjectsDoc>,
    /// Merged pull requests by size, and their reviews; `null` without a repository.
    pub pull_requests: Option<PullRequestsDoc>,
    /// Seats of subscriptions; `null` without an export of five or more.
    pub seats: Option<SeatsDoc>,
    /// How spend is spread.
    pub spread: SpreadDoc,
    /// How long new lines live: all of them, those of AI-assisted commits and the others, over all repositories; empty without one.
    pub survival: Vec<SurvivalOfDoc>,
    /// Three measures by month; empty without a repository, and where the git history is cut off.
    pub trend: Vec<TrendDoc>,
    /// Whether each measure is better in the later of the last two months that count.
    pub trend_verdicts: Vec<TrendVerdictDoc>,
    /// Before and after a change, and assisted landings beside others.
    pub comparison: ComparisonDoc,
    /// The shape of a vendor's published figure; `null` unless asked for.
    pub preset: Option<PresetDoc>,
    /// The window that logs and history share, for ratios.
    pub window: PeriodDoc,
    /// What became of the records read.
    pub reconciliation: Reconciliation,
}

/// Spend by scope; the two sum to the totals.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ScopeDoc {
    /// Building software.
    pub development: SpendFields,
    /// A product's own requests, as `[scope]` of the configuration defines them.
    pub application: SpendFields,
}

/// What came out of the spend besides code.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct OutcomesDoc {
    /// What counts as an outcome, as the policy says it.
    pub definition: Option<String>,
    /// A hash of that text, so that a change of it shows.
    pub definition_hash: Option<String>,
    /// By type, in the order of the types' names.
    pub rows: Vec<OutcomeDoc>,
}

/// Outcomes of one type.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct OutcomeDoc {
    /// The type; empty when the export has none.
    pub r#type: String,
    /// Issues closed.
    pub issues: u64,
    /// Of these, issues with linked spend.
    pub linked_issues: u64,
    /// Spend linked to them.
    pub cost_usd: Money,
    /// Landings behind it, once per issue that they name.
    pub landings: u64,
    /// Counted outcomes that are no issues.
    pub counted: u64,
    /// Of all, those taken back.
    pub reversed: u64,
}

impl OutcomesDoc {
    /// The sums by type, with the definition.
    #[must_use]
    pub fn new(outcomes: &Outcomes, by_type: BTreeMap<String, OutcomeSum>) -> Self {
        let rows = by_type.into_iter().map(|(kind, sum)| OutcomeDoc {
            r#type: kind,
            issues: sum.issues,
            linked_issues: sum.linked,
            cost_usd: sum.cost,
            landings: sum.landings,
            counted: sum.counted,
            reversed: sum.reversed,
        });
        let hash = |text: &String| format!("{:016x}", hash_text(text));
        Self {
            definition: outcomes.definition.clone(),
            definition_hash: outcomes.definition.as_ref().map(hash),
            rows: rows.collect(),
        }
    }
}

/// One metric.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct MetricDoc {
    /// Stable id.
    pub id: &'static str,
    /// A short code of the metric.
    pub code: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// The value; `null` is unknown.
    pub value: Option<crate::metrics::Quantity>,
    /// Its unit.
    pub unit: &'static str,
    /// What was divided.
    pub numerator: Option<crate::metrics::Quantity>,
    /// By what.
    pub denominator: Option<crate::metrics::Quantity>,
    /// Units behind it.
    pub n: u64,
    /// Share of the cost or of the records that the value covers.
    pub coverage: Option<crate::metrics::Quantity>,
    /// Lower end of the 95% range; `null` where the value rests on too few pull requests, merged changes or sessions.
    pub lo: Option<crate::metrics::Quantity>,
    /// Upper end.
    pub hi: Option<crate::metrics::Quantity>,
    /// The prices it is made of (`list`; `billed`; `billed, else list` for both) and what it covers, such as `list, linked`.
    /// Figures of different bases do not compare.
    pub basis: Basis,
    /// Why the value is unknown, and what would bring it.
    pub missing: Option<String>,
    /// The same for programs; `null` where the value is known.
    pub unknown: Option<UnknownDoc>,
    /// Its definition, for renderers that print it.
    #[serde(skip)]
    pub about: &'static str,
}

/// Why a value is unknown.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct UnknownDoc {
    /// `missing` (an input, or what the figure divides by), `cut_history` (a shallow clone), `too_few`, or `too_early`.
    pub reason: &'static str,
    /// The day from which it can be judged, where it is too early.
    pub from: Option<String>,
    /// How many units it takes, where there are too few or they are too young.
    pub needed: Option<u64>,
}

impl From<&Unknown> for UnknownDoc {
    fn from(unknown: &Unknown) -> Self {
        Self { reason: unknown.word(), from: unknown.from().map(|day| day.to_string()), needed: unknown.needed() }
    }
}

impl From<&Figure> for MetricDoc {
    fn from(figure: &Figure) -> Self {
        let Figure { metric, measured, unknown } = figure;
        Self {
            id: metric.id,
            code: metric.code,
            name: metric.name,
            value: measured.value,
            unit: metric.unit,
            numerator: measured.numerator,
            denominator: measured.denominator,
            n: measured.n,
            coverage: measured.coverage,
            lo: measured.interval.map(|(lo, _)| lo),
            hi: measured.interval.map(|(_, hi)| hi),
            basis: measured.basis,
            missing: unknown.map(|unknown| unknown.to_string()),
            unknown: unknown.as_ref().map(UnknownDoc::from),
            about: metric.about,
        }
    }
}

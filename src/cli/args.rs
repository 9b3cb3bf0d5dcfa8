//! The flags, shaped for people. [`super::run::Prepared`] turns them into validated options for the library.

use std::path::PathBuf;

use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::clock;
use crate::ledger::{GroupKey, TAG};
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::report::page::Part;
use crate::report::render::{CsvStyle, RENDERERS};
use crate::report::tables::{self, TableSpec};
use crate::report::topics;
use crate::sources::SOURCES;

const AFTER_HELP: &str = "\
Examples:
  tokaudit audit --example                           a report on a made-up company
  tokaudit audit                                     this machine's logs and the repository of this folder
  tokaudit audit exports/ --repo . --month 2026-05   a month of exported logs
  tokaudit spend ~/.claude/projects --by model --by day --format csv
  tokaudit explain formats                           what is read, and how it is counted

Exit codes: 0 done; 1 a gate failed; 2 flags or configuration; 3 an input is missing, unreadable or not recognised;
4 too little data or unread figures under --strict; 70 an internal sum did not reconcile (a bug).";

/// Audits AI token spend offline: what was spent, what it became in git, how sure the numbers are.
#[derive(Debug, Parser)]
#[command(name = "tokaudit", version, after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
#[command(max_term_width = 110)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The whole audit: spend, what became of it, how far the numbers can be trusted (the default command)
    Audit(ReportArgs),
    /// Tokens and cost by model, day, person, team and more, from logs alone
    Spend(SpendArgs),
    /// The main branch of a git repository: merged changes, new and deleted lines
    History(HistoryArgs),
    /// What would be read: files, formats, records, repeats, rejected lines, periods
    Sources(ReportArgs),
    /// The rows behind the report, as CSV, JSON lines or Parquet
    Ledger(LedgerArgs),
    /// Checks a report against the limits of a policy; exit code 1 when one is broken
    Gate(GateArgs),
    /// What one pull request cost, as a comment in Markdown; nothing when there is nothing to say
    Comment(CommentArgs),
    /// Compares two audits: what changed, and whether that is more than noise
    Compare(CompareArgs),
    /// Classifies prompts: how far they are from work, and what kind of work they ask for
    Classify(ClassifyArgs),
    /// Explains a format, a metric, a notice, a setting or an exit code
    Explain(ExplainArgs),
    /// A completion script for a shell, on standard output
    Completions {
        /// The shell
        shell: Shell,
    },
    /// The manual page, on standard output
    Man,
}

#[derive(Debug, Args)]
pub(super) struct CommentArgs {
    /// The number of the pull request, once it is merged
    #[arg(long, value_name = "NUMBER")]
    pub(super) pull_request: Option<u64>,
    /// Its branch, while it is open
    #[arg(long, value_name = "BRANCH", required_unless_present = "pull_request")]
    pub(super) head: Option<String>,
    /// No comment when the pull request cost less, in dollars [default: comment.min_usd of tokaudit.toml, else 0]
    #[arg(long, value_name = "USD", value_parser = dollars)]
    pub(super) min_usd: Option<Money>,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

fn dollars(text: &str) -> Result<Money, String> {
    Money::parse_usd(text).map_err(|_| format!("`{text}` is not a number of dollars, for example 0.5"))
}

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The earlier audit as JSON
    pub(super) old: PathBuf,
    /// The later one
    pub(super) new: PathBuf,
    /// How changes are written [default: by the ending of --out, else table]
    #[arg(long, value_enum)]
    pub(super) format: Option<CompareFormat>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CompareFormat {
    /// Aligned lines
    Table,
    /// One JSON document
    Json,
    /// A table for a comment
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct SpendArgs {
    /// Group by this key; repeat it to combine keys: day, week, month, model, provider, vendor, source, session, project, branch,
    /// user, team, cost-center, scope, or tag:NAME for the value of a tag
    #[arg(long, value_name = "KEY", value_parser = group_key)]
    by: Vec<GroupKey>,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

impl SpendArgs {
    /// The keys, each once; by model when none is given.
    pub(super) fn keys(&self) -> Vec<GroupKey> {
        let mut keys = Vec::new();
        for key in &self.by {
            keys.extend(Some(*key).filter(|key| !keys.contains(key)));
        }
        if keys.is_empty() { vec![GroupKey::Model] } else { keys }
    }
}

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// Repository, or a folder inside one [default: the current folder]
    path: Option<PathBuf>,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    pub(super) format: FormatArgs,
}

impl HistoryArgs {
    /// The flags with the path among the repositories.
    pub(super) fn run(&self) -> RunArgs {
        let mut run = self.run.clone();
        run.repo.extend(self.path.clone());
        run
    }
}

#[derive(Debug, Args)]
pub(super) struct LedgerArgs {
    /// The table to write
    #[arg(long, value_enum, default_value_t = LedgerTable::Usage)]
    pub(super) table: LedgerTable,
    /// How rows are written [default: by the ending of --out, else jsonl]
    #[arg(long, value_enum)]
    pub(super) format: Option<LedgerFormat>,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LedgerTable {
    /// One row per request that counts
    Usage,
    /// One row per session: what it used and what it did
    Sessions,
    /// One row per commit on the main branch
    Commits,
    /// One row per file that such a commit changed
    Changes,
    /// One row per group of lines that were added and deleted together
    Lines,
    /// One row per session and the commit, merged change or branch that it is linked to
    Links,
    /// One row per part of a request's cost, and where it went
    Journal,
    /// One row per class of what a merged change, branch or session cost, with what decided it
    Verdicts,
    /// The same by session
    SessionVerdicts,
    /// What vendors count as results: lines, commits, pull requests, accepted suggestions
    Values,
    /// The requests that count, in the columns of FOCUS 1.2
    Focus,
    /// The price book
    Prices,
}

impl LedgerTable {
    /// Its columns.
    pub(super) fn spec(self) -> &'static TableSpec {
        match self {
            Self::Usage => &tables::USAGE,
            Self::Sessions => &tables::SESSIONS,
            Self::Commits => &tables::COMMITS,
            Self::Changes => &tables::CHANGES,
            Self::Lines => &tables::LINES,
            Self::Links => &tables::LINKS,
            Self::Journal => &tables::JOURNAL,
            Self::Verdicts => &tables::VERDICTS,
            Self::SessionVerdicts => &tables::SESSION_VERDICTS,
            Self::Values => &tables::VALUES,
            Self::Focus => &tables::FOCUS,
            Self::Prices => &tables::PRICES,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LedgerFormat {
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values (RFC 4180)
    Csv,
    /// Apache Parquet with typed columns; binary, so it needs --out or a pipe
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum VerdictFormat {
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values (RFC 4180)
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct GateArgs {
    /// An audit as JSON
    pub(super) report: PathBuf,
    /// A file with `[[gate]]` tables; `explain gate` has the keys [default: the configuration]
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    pub(super) policy: Option<PathBuf>,
    /// The configuration with `[[gate]]` tables [default: the nearest tokaudit.toml]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Ignore tokaudit.toml; --policy names the gates
    #[arg(long, conflicts_with = "config")]
    pub(super) no_config: bool,
    /// An earlier audit as JSON, for max_increase
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// How outcomes are written [default: by the ending of --out, else table]
    #[arg(long, value_enum)]
    pub(super) format: Option<GateFormat>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Fail with exit code 4 when there is too little data to judge a gate
    #[arg(long)]
    pub(super) strict: bool,
    /// The date to use as today, for waivers
    #[arg(long, value_name = "DATE", value_parser = clock::day)]
    pub(super) as_of: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GateFormat {
    /// A line for each gate
    Table,
    /// One JSON document
    Json,
    /// JUnit XML
    Junit,
    /// A table for the summary of a job
    Markdown,
    /// Annotations of a GitHub job
    Github,
    /// Lines for the file that GITHUB_OUTPUT names: spend_usd, coverage, gate
    Outputs,
}

#[derive(Debug, Args)]
pub(super) struct ClassifyArgs {
    /// JSON lines with `text` and optionally `id` and `context`; `-` is standard input
    #[arg(default_value = "-")]
    pub(super) file: PathBuf,
    /// How verdicts are written [default: by the ending of --out, else jsonl]
    #[arg(long, value_enum)]
    pub(super) format: Option<VerdictFormat>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Threads to use [default: one per processor]; the result does not depend on it
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(super) threads: Option<usize>,
    /// Print only errors on standard error
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A topic (`tokaudit explain` lists them); the id of a format, a metric or a notice; or a commit, a session, a branch,
    /// or a pull request as `#12` or `acme/shop#12`: what it became, its links, their evidence, and what was rejected
    pub(super) topic: Option<String>,
    /// Log files and folders, for a commit, a session, a branch, a pull request or `waste`; after `schema`, the name of a document
    #[arg(value_name = "LOGS")]
    rest: Vec<PathBuf>,
    /// Write `metrics`, `formats` or `notices` as a page of Markdown
    #[arg(long)]
    pub(super) markdown: bool,
    #[command(flatten)]
    source: SourceArg,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

impl ExplainArgs {
    /// The document of `explain schema DOCUMENT`.
    pub(super) fn document(&self) -> Option<&str> {
        self.rest.first().and_then(|name| name.to_str())
    }

    /// Whether logs or repositories are named.
    pub(super) fn has_inputs(&self) -> bool {
        !self.rest.is_empty() || !self.run.repo.is_empty()
    }

    /// The logs of every other topic.
    pub(super) fn input(&self) -> InputArgs {
        InputArgs { logs: self.rest.clone(), source: self.source.clone() }
    }
}

/// What `audit`, `spend` and `sources` take.
#[derive(Debug, Clone, Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) run: RunArgs,
    #[command(flatten)]
    pub(super) format: FormatArgs,
}

/// The logs to read.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct InputArgs {
    /// Log files and folders, .gz and .zst included; `-` is standard input [default: the agents' own folders]
    pub(super) logs: Vec<PathBuf>,
    #[command(flatten)]
    source: SourceArg,
}

impl InputArgs {
    /// The format that every file is read as.
    pub(super) fn format(&self) -> Option<&'static str> {
        let wanted = self.source.source_format.as_deref()?;
        SOURCES.iter().map(|source| source.id()).find(|id| *id == wanted)
    }
}

#[derive(Debug, Clone, Default, Args)]
pub(super) struct SourceArg {
    /// Read every file as this format instead of detecting it; `tokaudit explain formats` lists the formats
    #[arg(long = "as", value_name = "FORMAT", hide_possible_values = true, value_parser = PossibleValuesParser::new(SOURCES.iter().map(|source| source.id())))]
    source_format: Option<String>,
}

/// How a report is written.
#[derive(Debug, Clone, Args)]
pub(super) struct FormatArgs {
    /// How the report is written; several, separated by commas, go into the folder that --out names [default: by the ending
    /// of --out, else table]
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(RENDERERS.iter().map(|renderer| renderer.id())))]
    pub(super) format: Vec<String>,
    /// With --format csv, the table of an audit to write; with a folder as --out, all of them are written [default: long]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(topics::names().into_iter().map(|(name, _)| name)), help_heading = "Output")]
    pub(super) table: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct RunArgs {
    /// Use a built-in made-up company instead of logs and repositories
    #[arg(long)]
    pub(super) example: bool,
    /// Repository to read, bare or not; repeatable [default: the one of the current folder]
    #[arg(long, value_name = "PATH", help_heading = "Scope")]
    pub(super) repo: Vec<PathBuf>,
    /// The main branch [default: the remote's, then HEAD's]
    #[arg(long, value_name = "BRANCH", help_heading = "Scope")]
    pub(super) branch: Option<String>,
    /// Do not use or write the cache of histories
    #[arg(long, help_heading = "Scope")]
    pub(super) no_cache: bool,
    /// Folder of the cache of histories [default: tokaudit in the user's cache folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache", help_heading = "Scope")]
    pub(super) cache_dir: Option<PathBuf>,
    /// Look at every branch and pull request that is not merged, however many there are
    #[arg(long, help_heading = "Scope")]
    pub(super) branches: bool,
    /// Also read the transcripts on the checkpoint branches of the repositories; the default when no logs are named
    #[arg(long, help_heading = "Scope")]
    pub(super) checkpoints: bool,
    /// A log format whose spend is on another account than the bills, so that no bill shows it; repeatable
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(SOURCES.iter().map(|source| source.id())),
          hide_possible_values = true, help_heading = "Scope")]
    pub(super) separate: Vec<String>,
    /// Classify what prompts are about, in memory; the default for this machine's own logs and for the example
    #[arg(long, help_heading = "Scope")]
    pub(super) off_task: bool,
    /// Pull requests as `gh pr list --state all --json number,url,headRefName,mergeCommit,state,createdAt,mergedAt,isDraft,author,
    /// labels,reviews,commits`, GitHub REST or GitLab export them; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Scope")]
    pub(super) pull_requests: Vec<PathBuf>,
    /// Issues or other outcomes as CSV from Jira, Linear or any tool: key, type, closed_at, count, priority, initiative, value, currency;
    /// repeatable
    #[arg(long, value_name = "FILE", help_heading = "Scope")]
    pub(super) outcomes: Vec<PathBuf>,
    /// Deployments as CSV, which say what was released instead of tags: at, repository, commit or tag; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Scope")]
    pub(super) deployments: Vec<PathBuf>,
    /// Seats of subscriptions as CSV: user, assigned_at, monthly_usd, last_activity_at; repeatable, reported as sums only
    #[arg(long, value_name = "FILE", help_heading = "Scope")]
    pub(super) seats: Vec<PathBuf>,
    /// Show a vendor's published figure beside your own
    #[arg(long, value_enum, value_name = "NAME", help_heading = "Output")]
    pub(super) preset: Option<PresetName>,
    /// The weakest evidence that counts in the headline: explicit (recorded), strong (matched), medium (same branch) or weak
    /// (same time) [default: strong]
    #[arg(long, value_name = "TIER", value_parser = tier, help_heading = "Scope")]
    pub(super) min_tier: Option<Tier>,
    /// First day of the period
    #[arg(long, value_name = "DATE", value_parser = clock::day, help_heading = "Scope")]
    pub(super) since: Option<NaiveDate>,
    /// Last day of the period, included
    #[arg(long, value_name = "DATE", value_parser = clock::day, help_heading = "Scope")]
    pub(super) until: Option<NaiveDate>,
    /// The last days up to and including today, for example 7d or 4w
    #[arg(long, value_name = "DAYS", value_parser = clock::days, conflicts_with_all = ["since", "until", "month"], help_heading = "Scope")]
    pub(super) last: Option<u32>,
    /// One calendar month, for example 2026-05
    #[arg(long, value_name = "MONTH", conflicts_with_all = ["since", "until"], help_heading = "Scope")]
    pub(super) month: Option<String>,
    /// Time zone in which days begin and end [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = clock::zone, help_heading = "Scope")]
    pub(super) tz: Option<Tz>,
    /// Teams, budgets, repositories, limits; `explain config` lists the keys [default: the nearest tokaudit.toml]
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    pub(super) config: Option<PathBuf>,
    /// Ignore tokaudit.toml
    #[arg(long, conflicts_with = "config", help_heading = "Run")]
    pub(super) no_config: bool,
    /// Prices that replace or extend the built-in ones: CSV in the columns of `ledger --table prices`, or a catalogue as LiteLLM,
    /// models.dev or genai-prices publish it
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    pub(super) prices: Option<PathBuf>,
    /// The day from which the prices of a catalogue hold [default: the day in its name, else that of the file]
    #[arg(long, value_name = "DATE", value_parser = clock::day)]
    pub(super) prices_from: Option<NaiveDate>,
    /// The date to use as today, so that a run can be repeated
    #[arg(long, value_name = "DATE", value_parser = clock::day, help_heading = "Run")]
    pub(super) as_of: Option<NaiveDate>,
    /// Threads to use [default: one per processor]; the result does not depend on it
    #[arg(long, value_name = "N", value_parser = threads, help_heading = "Run")]
    pub(super) threads: Option<usize>,
    /// Fail with exit code 4 when there is too little data for a report, or when records hold figures that are not read
    #[arg(long, help_heading = "Run")]
    pub(super) strict: bool,
    /// Write to this file, or for several formats this folder, instead of standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) out: Option<PathBuf>,
    /// The separator of CSV cells
    #[arg(long, value_enum, default_value_t = Separator::Comma, help_heading = "Output")]
    csv_separator: Separator,
    /// The decimal sign of CSV
    #[arg(long, value_enum, default_value_t = DecimalSign::Point, help_heading = "Output")]
    csv_decimal: DecimalSign,
    /// Begin CSV with a byte order mark, for Excel
    #[arg(long, help_heading = "Output")]
    pub(super) csv_bom: bool,
    /// The whole page of an audit with all its tables, instead of a first screen
    #[arg(long, help_heading = "Output")]
    pub(super) details: bool,
    /// Only these parts of the page of an audit: outcome, trend, savings, changes, lasting, spend, sure, figures
    #[arg(long, value_name = "PART", value_delimiter = ',', value_parser = part, conflicts_with = "details", help_heading = "Output")]
    pub(super) only: Vec<Part>,
    /// Use only ASCII on the page [default: by the locale]
    #[arg(long, help_heading = "Output")]
    pub(super) ascii: bool,
    /// Colours on the page
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, help_heading = "Output")]
    pub(super) color: ColorChoice,
    /// Print every notice on standard error
    #[arg(short, long, help_heading = "Output")]
    pub(super) verbose: bool,
    /// Print only errors on standard error
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub(super) quiet: bool,
    /// No progress bars
    #[arg(long, help_heading = "Output")]
    pub(super) no_progress: bool,
}

impl RunArgs {
    /// How CSV is written.
    pub(super) fn csv(&self) -> CsvStyle {
        let separator = match self.csv_separator {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
        };
        CsvStyle { separator, comma: self.csv_decimal == DecimalSign::Comma, mark: self.csv_bom }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Separator {
    /// `,`
    Comma,
    /// `;`, for use with a decimal comma
    Semicolon,
    /// A tab
    Tab,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DecimalSign {
    /// `1.5`
    Point,
    /// `1,5`
    Comma,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PresetName {
    /// Fixing, rewriting and review friction of a dollar, May 2026; the vendor's formula is not published
    Entelligence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Parses a kind of evidence.
pub(super) fn tier(text: &str) -> Result<Tier, String> {
    let found = Tier::ALL.into_iter().find(|tier| tier.word() == text);
    found.ok_or_else(|| format!("`{text}` is not a kind of evidence. Use explicit, strong, medium or weak"))
}

/// A part of the page of an audit.
fn part(text: &str) -> Result<Part, String> {
    let known = || Part::ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let found = Part::ALL.iter().find(|(name, _)| *name == text);
    found.map(|(_, part)| *part).ok_or_else(|| format!("it is one of {}", known()))
}

fn threads(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|count| (1..=1024).contains(count))
        .ok_or_else(|| format!("`{text}` is not a number from 1 to 1024"))
}

/// A key of `--by`.
fn group_key(text: &str) -> Result<GroupKey, String> {
    if text.strip_prefix(TAG).is_some_and(|name| !name.trim().is_empty()) {
        // It lives as long as the process, as the command line does.
        return Ok(GroupKey::Tag(Box::leak(text.to_owned().into_boxed_str())));
    }
    GroupKey::named(text).ok_or_else(|| {
        let known: Vec<String> = GroupKey::ALL.iter().map(|(name, _)| name.replace('_', "-")).collect();
        format!("the keys are {} and {TAG}NAME, the value of a tag", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_flags_hold_together() {
        Cli::command().debug_assert();
    }
}

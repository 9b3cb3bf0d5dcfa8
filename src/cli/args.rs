//! The flags, shaped for people; [`Common::options`] turns them into what the library takes.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::{cache, clock, configuration};
use crate::error::{Error, Result};
use crate::ledger::GroupKey;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::options::{Preset, RunOptions};
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
4 too little data under --strict; 70 an internal sum did not reconcile (a bug).";

/// Audits AI token spend offline: what was spent, what it became in git, how sure the numbers are.
#[derive(Debug, Parser)]
#[command(name = "tokaudit", version, after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
#[command(max_term_width = 110)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The audit page: spend, what was merged, how far the numbers can be trusted (the default command)
    Audit(AuditArgs),
    /// Tokens and cost by any key, from logs alone
    Spend(SpendArgs),
    /// The mainline of a git repository: landings, merged and deleted lines
    History(HistoryArgs),
    /// What would be read: files, formats, records, duplicates, rejected lines, periods
    Sources(AuditArgs),
    /// The canonical tables, row by row
    Ledger(LedgerArgs),
    /// A report against the limits of a policy: exit code 1 when one is broken
    Gate(GateArgs),
    /// What one pull request cost, as a comment in Markdown; nothing when there is nothing to say
    Comment(CommentArgs),
    /// Two audits side by side: what changed, and whether that is more than noise
    Compare(CompareArgs),
    /// How far prompts are from work, and what kind of work they ask for
    Classify(ClassifyArgs),
    /// What a format, a metric or an exit code means
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
    /// The number of the pull request, which its landing names
    #[arg(long, value_name = "NUMBER")]
    pub(super) pull_request: Option<u64>,
    /// Its branch, while it is open
    #[arg(long, value_name = "BRANCH", required_unless_present = "pull_request")]
    pub(super) head: Option<String>,
    /// No comment below so many dollars [default: comment.min_usd of tokaudit.toml, else 0]
    #[arg(long, value_name = "USD", value_parser = dollars)]
    pub(super) min_usd: Option<Money>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

impl CommentArgs {
    /// The same without the pull request.
    pub(super) fn common(&self) -> Common {
        Common { input: self.input.clone(), run: self.run.clone(), format: FormatArg::of("markdown") }
    }
}

fn dollars(text: &str) -> std::result::Result<Money, String> {
    Money::parse_usd(text).map_err(|_| format!("`{text}` is no number of dollars"))
}

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The earlier audit as JSON
    pub(super) old: PathBuf,
    /// The later one
    pub(super) new: PathBuf,
    /// How changes are written
    #[arg(long, value_enum, default_value_t = CompareFormat::Table)]
    pub(super) format: CompareFormat,
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

#[derive(Debug, Clone, Args)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Args)]
pub(super) struct SpendArgs {
    /// Group by this key; repeat it to combine keys
    #[arg(long, value_name = "KEY", value_parser = PossibleValuesParser::new(GroupKey::ALL.iter().map(|(name, _)| *name)))]
    by: Vec<String>,
    #[command(flatten)]
    pub(super) common: Common,
}

impl SpendArgs {
    /// The keys, each once; by model when none is given.
    pub(super) fn keys(&self) -> Vec<GroupKey> {
        let mut keys = Vec::new();
        for name in &self.by {
            let key = GroupKey::ALL.iter().find(|(known, _)| known == name).map(|(_, key)| *key);
            keys.extend(key.filter(|key| !keys.contains(key)));
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
    format: FormatArg,
}

impl HistoryArgs {
    /// The same as a run without logs.
    pub(super) fn common(&self) -> Common {
        let mut run = self.run.clone();
        run.repo.extend(self.path.clone());
        Common { input: InputArgs::default(), run, format: self.format.clone() }
    }
}

#[derive(Debug, Args)]
pub(super) struct LedgerArgs {
    /// The table to write
    #[arg(long, value_enum, default_value_t = LedgerTable::Usage)]
    pub(super) table: LedgerTable,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = LedgerFormat::Jsonl)]
    pub(super) format: LedgerFormat,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

impl LedgerArgs {
    /// How CSV is written.
    pub(super) fn csv(&self) -> CsvStyle {
        self.run.csv()
    }

    /// The same without the row format.
    pub(super) fn common(&self) -> Common {
        Common { input: self.input.clone(), run: self.run.clone(), format: FormatArg::of("json") }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LedgerTable {
    /// One row per kept usage record
    Usage,
    /// One row per session: what it used and what it did
    Sessions,
    /// One row per first-parent commit
    Commits,
    /// One row per path that a first-parent commit changed
    Changes,
    /// One row per group of lines with the same birth and death
    Lines,
    /// One row per session and the commit, landing or branch that it is tied to
    Links,
    /// One row per part of a usage record, and where it went
    Journal,
    /// What vendors count on the value side: lines, commits, pull requests, accepts
    Values,
    /// The records that count, in the columns of FOCUS 1.2
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
    /// RFC 4180
    Csv,
    /// Apache Parquet with typed columns; needs --out
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum VerdictFormat {
    /// One JSON object a line
    Jsonl,
    /// RFC 4180
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct GateArgs {
    /// An audit as JSON
    pub(super) report: PathBuf,
    /// The file with the `[[gate]]` tables
    #[arg(long, value_name = "FILE", default_value = "tokaudit.toml")]
    pub(super) policy: PathBuf,
    /// An earlier audit as JSON, for max_increase
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// How outcomes are written
    #[arg(long, value_enum, default_value_t = GateFormat::Table)]
    pub(super) format: GateFormat,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Fail with exit code 4 when a gate has too little to judge by
    #[arg(long)]
    pub(super) strict: bool,
    /// The day to take for today, for waivers
    #[arg(long, value_name = "DAY", value_parser = clock::day)]
    pub(super) as_of: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GateFormat {
    /// One line a gate
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
    /// JSON lines with `text`, perhaps `id` and `context`; `-` is standard input
    #[arg(default_value = "-")]
    pub(super) file: PathBuf,
    /// How verdicts are written
    #[arg(long, value_enum, default_value_t = VerdictFormat::Jsonl)]
    pub(super) format: VerdictFormat,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Threads to use [default: one per processor]; the result does not depend on it
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(super) threads: Option<usize>,
    /// Say nothing but errors on standard error
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// `formats`, `metrics`, `prices`, `links`, `ledger`, `schema` and the name of a document, `config`, `off-task`, `waste`,
    /// `coverage`, `lines`, `exit-codes`, the id of a format or a metric; or a commit, a session, or a pull request as
    /// `#12`: its links, their evidence, and what was rejected
    pub(super) topic: Option<String>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

impl ExplainArgs {
    /// The word after the topic.
    pub(super) fn second(&self) -> Option<&str> {
        self.input.logs.first().and_then(|path| path.to_str())
    }

    /// The same without the topic.
    pub(super) fn common(&self) -> Common {
        Common { input: self.input.clone(), run: self.run.clone(), format: FormatArg::of("table") }
    }
}

/// What `audit`, `spend` and `sources` share.
#[derive(Debug, Clone, Args)]
pub(super) struct Common {
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) run: RunArgs,
    #[command(flatten)]
    pub(super) format: FormatArg,
}

#[derive(Debug, Clone, Default, Args)]
pub(super) struct InputArgs {
    /// Log files and folders, .gz and .zst included; `-` is standard input [default: the agents' own folders]
    pub(super) logs: Vec<PathBuf>,
    /// Read every file as this format instead of looking at its content
    #[arg(long = "as", value_name = "FORMAT", value_parser = PossibleValuesParser::new(SOURCES.iter().map(|source| source.id())))]
    source_format: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct FormatArg {
    /// How the report is written; several, separated by commas, go into the folder that --out names
    #[arg(long, default_value = "table", value_delimiter = ',', value_parser = PossibleValuesParser::new(RENDERERS.iter().map(|renderer| renderer.id())))]
    pub(super) format: Vec<String>,
    /// With --format csv, the table of an audit to write; with a folder as --out, all of them are written [default: long]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(topics::names().into_iter().map(|(name, _)| name)), help_heading = "Output")]
    pub(super) table: Option<String>,
}

impl FormatArg {
    /// Of that name, and all of it.
    fn of(format: &str) -> Self {
        Self { format: vec![format.to_owned()], table: None }
    }
}

#[derive(Debug, Clone, Args)]
pub(super) struct RunArgs {
    /// Run on a built-in made-up company instead of logs and repositories
    #[arg(long)]
    pub(super) example: bool,
    /// Repository to read, bare or not; repeatable [default: the one of the current folder]
    #[arg(long, value_name = "PATH", help_heading = "Scope")]
    pub(super) repo: Vec<PathBuf>,
    /// Branch to take for the mainline [default: the remote's, then HEAD's]
    #[arg(long, value_name = "BRANCH", help_heading = "Scope")]
    branch: Option<String>,
    /// Keep no history for the next run, and use none
    #[arg(long, help_heading = "Scope")]
    no_cache: bool,
    /// Folder where histories are kept for the next run [default: tokaudit in the user's cache folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache", help_heading = "Scope")]
    cache_dir: Option<PathBuf>,
    /// Find out what became of every branch and pull request beside the mainline, however many there are
    #[arg(long, help_heading = "Scope")]
    branches: bool,
    /// Read the transcripts on the checkpoint branches of the repositories, too; done unasked where no logs are named
    #[arg(long, help_heading = "Scope")]
    checkpoints: bool,
    /// Look at what prompts are about, in memory; done unasked on this machine's own logs and on the example
    #[arg(long, help_heading = "Scope")]
    off_task: bool,
    /// Pull requests as `gh pr list --state all --json number,url,headRefName,mergeCommit,state,createdAt,mergedAt,isDraft,author,
    /// labels,reviews,commits`, GitHub REST or GitLab export them; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Scope")]
    pull_requests: Vec<PathBuf>,
    /// Closed issues or other outcomes as CSV, of Jira, Linear or any tool: key, type, closed_at, count; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Scope")]
    outcomes: Vec<PathBuf>,
    /// Seats of subscriptions as CSV: user, assigned_at, monthly_usd, last_activity_at; repeatable, shown as sums only
    #[arg(long, value_name = "FILE", help_heading = "Scope")]
    seats: Vec<PathBuf>,
    /// Show the shape of a vendor's published figure beside the bar
    #[arg(long, value_enum, value_name = "NAME", help_heading = "Output")]
    preset: Option<PresetName>,
    /// Evidence that a link needs to count in the headline: explicit, strong, medium or weak [default: strong]
    #[arg(long, value_name = "TIER", value_parser = tier, help_heading = "Scope")]
    min_tier: Option<Tier>,
    /// First day, included
    #[arg(long, value_name = "DAY", value_parser = clock::day, help_heading = "Scope")]
    since: Option<NaiveDate>,
    /// Last day, included
    #[arg(long, value_name = "DAY", value_parser = clock::day, help_heading = "Scope")]
    until: Option<NaiveDate>,
    /// Exactly so many whole days up to today, such as 7d or 4w
    #[arg(long, value_name = "DAYS", value_parser = clock::days, conflicts_with_all = ["since", "until", "month"], help_heading = "Scope")]
    last: Option<u32>,
    /// One calendar month, such as 2026-05
    #[arg(long, value_name = "MONTH", conflicts_with_all = ["since", "until"], help_heading = "Scope")]
    month: Option<String>,
    /// Time zone that days are cut in [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = clock::zone, help_heading = "Scope")]
    tz: Option<Tz>,
    /// Teams, budgets, repositories, limits; `explain config` has the keys [default: the nearest tokaudit.toml]
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    config: Option<PathBuf>,
    /// Prices over the embedded book, in the columns of `ledger --table prices`
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    prices: Option<PathBuf>,
    /// The day to take for today, so that a run can be repeated
    #[arg(long, value_name = "DAY", value_parser = clock::day, help_heading = "Run")]
    as_of: Option<NaiveDate>,
    /// Threads to use [default: one per processor]; the result does not depend on it
    #[arg(long, value_name = "N", value_parser = threads, help_heading = "Run")]
    pub(super) threads: Option<usize>,
    /// Fail with exit code 4 when there is too little data for a report
    #[arg(long, help_heading = "Run")]
    pub(super) strict: bool,
    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) out: Option<PathBuf>,
    /// What stands between the cells of CSV
    #[arg(long, value_enum, default_value_t = Separator::Comma, help_heading = "Output")]
    csv_separator: Separator,
    /// The decimal sign of CSV
    #[arg(long, value_enum, default_value_t = DecimalSign::Point, help_heading = "Output")]
    csv_decimal: DecimalSign,
    /// Begin CSV with a mark of UTF-8, for Excel
    #[arg(long, help_heading = "Output")]
    csv_bom: bool,
    /// Only ASCII on the page [default: found out from the locale]
    #[arg(long, help_heading = "Output")]
    pub(super) ascii: bool,
    /// Colours on the page
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, help_heading = "Output")]
    pub(super) color: ColorChoice,
    /// Say everything that was noticed on standard error
    #[arg(short, long, help_heading = "Output")]
    pub(super) verbose: bool,
    /// Say nothing but errors on standard error
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
    /// `;`, where a comma is the decimal sign
    Semicolon,
    /// A tabulator
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
enum PresetName {
    /// Fixing, rewriting and review friction of a dollar, May 2026; shape only, the vendor's formula is unpublished
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

impl Common {
    /// The options of a run.
    pub(super) fn options(
        &self,
        logs: Vec<PathBuf>,
        default_places: bool,
        repositories: Vec<PathBuf>,
        as_of: Option<NaiveDate>,
    ) -> Result<RunOptions> {
        let run = &self.run;
        // The example is the same everywhere, whatever lies around.
        let (config, folder) = configuration::read(run.config.as_deref(), !run.example)?;
        let unusable =
            |message: String| Error::usage(format!("tokaudit.toml: {message}"), "see `tokaudit explain config`");
        let said_tz = config.tz.as_deref().map(clock::zone).transpose().map_err(unusable)?;
        let said_tier = config.min_tier.as_deref().map(tier).transpose().map_err(unusable)?;
        let tz = run.tz.or(said_tz).unwrap_or(Tz::UTC);
        let as_of = run.as_of.or(as_of).map_or_else(clock::now, end_of_day);
        let period = clock::period(run.since, run.until, run.last, run.month.as_deref(), tz, as_of)
            .map_err(|message| Error::usage(message, "tokaudit audit --help shows the flags of a period"))?;
        let source_format = self.input.source_format.as_deref();
        let format = SOURCES.iter().map(|source| source.id()).find(|id| Some(*id) == source_format);
        Ok(RunOptions {
            logs,
            default_places,
            checkpoints: run.checkpoints || default_places,
            shown_below: None,
            format,
            repositories,
            branch: run.branch.clone(),
            cache: if run.no_cache || run.example { None } else { cache::place(run.cache_dir.as_deref()) },
            follow_all_merged: false,
            most_branches: if run.branches { usize::MAX } else { FEW_BRANCHES },
            min_tier: run.min_tier.or(said_tier).unwrap_or_default(),
            pull_requests: run.pull_requests.clone(),
            outcomes: if run.outcomes.is_empty() {
                config.outcomes.iter().map(|file| folder.join(file)).collect()
            } else {
                run.outcomes.clone()
            },
            seats: if run.seats.is_empty() {
                config.seats.iter().map(|file| folder.join(file)).collect()
            } else {
                run.seats.clone()
            },
            preset: run.preset.map(|PresetName::Entelligence| Preset::Entelligence),
            off_task: run.off_task || config.off_task.unwrap_or(default_places || run.example),
            explain: false,
            period,
            prices: run.prices.clone().or(config.prices.as_ref().map(|file| folder.join(file))),
            config,
            as_of,
        })
    }
}

/// So many branches beside the mainline are looked at unasked; more take a while.
const FEW_BRANCHES: usize = 300;

/// `--as-of D` stands for the end of that day, so that the day itself is not in the future.
fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default()).and_utc()
}

fn tier(text: &str) -> std::result::Result<Tier, String> {
    let found = Tier::ALL.into_iter().find(|tier| tier.word() == text);
    found.ok_or_else(|| format!("`{text}` is none of explicit, strong, medium, weak"))
}

fn threads(text: &str) -> std::result::Result<usize, String> {
    text.parse()
        .ok()
        .filter(|count| (1..=1024).contains(count))
        .ok_or_else(|| format!("`{text}` is no number from 1 to 1024"))
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

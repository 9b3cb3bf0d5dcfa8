//! Usage logs → observations of usage records, session activity, and counts of what was set aside.
//!
//! A format is one file here, one line in [`SOURCES`] and one fixture folder. Formats are recognised by content,
//! never by a file's name.

pub mod agents;
mod anthropic;
mod cloud;
mod copilot;
mod cursor;
mod deepseek;
mod export;
mod gateway;
pub mod generic;
mod json;
mod observability;
mod openai;
pub mod reading;
mod table;
mod transcript;
mod usage_object;

pub use reading::detect::Head;
pub use reading::driver::{Reading, read};
pub use reading::{FileReport, ReadOptions, Undated};

use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostics, Severity};
use crate::model::activity::{Activity, What};
use crate::model::hash::hash_text;
use crate::model::name::Names;
use crate::model::observations::Observations;
use crate::model::origin::{FileId, Origin};
use crate::model::pending::Pending;
use crate::model::prompt::PromptReader;
use crate::model::value_fact::ValueFacts;

/// Every usage-log format that is read, in detection order: most specific first.
pub static SOURCES: &[&dyn Source] = &[
    &agents::codex::Codex,
    &agents::aider::Aider,
    &agents::aider_analytics::AiderAnalytics,
    &agents::gemini::Gemini,
    &agents::opencode::OpenCode,
    &agents::copilot_cli::CopilotCli,
    &agents::qwen::Qwen,
    &agents::pi::Pi,
    &agents::kimi::KIMI,
    &agents::muse::MUSE,
    &agents::claude_code::ClaudeCode,
    &agents::droid::DROID,
    &agents::goose::Goose,
    &agents::crush::Crush,
    &agents::zed::Zed,
    &agents::copilot_chat::COPILOT_CHAT,
    &observability::gemini_telemetry::GEMINI_TELEMETRY,
    &agents::copilot_otel::COPILOT_OTEL,
    &agents::codebuff::CODEBUFF,
    &agents::amp::AMP,
    &agents::cline::CLINE,
    &anthropic::code_analytics::CODE_ANALYTICS,
    &anthropic::usage_report::USAGE_REPORT,
    &anthropic::cost_report::COST_REPORT,
    &anthropic::console_usage::CONSOLE_USAGE,
    &anthropic::console_cost::CONSOLE_COST,
    &anthropic::enterprise_spend::ENTERPRISE_SPEND,
    &openai::costs::COSTS,
    &openai::usage::USAGE,
    &openai::batch::BATCH,
    &openai::dashboard_cost::DASHBOARD_COST,
    &deepseek::DEEPSEEK,
    &openai::dashboard_usage::DashboardUsage,
    &copilot::usage_report::USAGE_REPORT,
    &copilot::requests::REQUESTS,
    &copilot::billing::BILLING,
    &copilot::metrics::METRICS,
    &cursor::usage_csv::USAGE_CSV,
    &cursor::events::EVENTS,
    &cursor::team::TEAM,
    &cursor::code_tracking::CODE_TRACKING,
    &cursor::code_commits::CODE_COMMITS,
    &gateway::litellm_daily::LITELLM_DAILY,
    &gateway::litellm::LITELLM,
    &gateway::openrouter::OPENROUTER,
    &gateway::openrouter_daily::OPENROUTER_DAILY,
    &gateway::openrouter_generation::OPENROUTER_GENERATION,
    &gateway::portkey::PORTKEY,
    &gateway::cloudflare::CLOUDFLARE,
    &gateway::kong::KONG,
    &gateway::helicone::HELICONE,
    &gateway::helicone_csv::HELICONE_CSV,
    &gateway::vercel_report::VERCEL_REPORT,
    &observability::otlp::OTLP,
    &observability::langfuse::LANGFUSE,
    &observability::langfuse_csv::LANGFUSE_CSV,
    &observability::langsmith::LANGSMITH,
    &observability::langsmith_table::LANGSMITH_TABLE,
    &cloud::bedrock::BEDROCK,
    &cloud::focus::FOCUS,
    &cloud::focus_json::FOCUS_JSON,
    &cloud::aws_cur::AWS_CUR,
    &cloud::aws_cur::AWS_CUR_2,
    &cloud::azure_cost::AZURE_COST,
    &cloud::azure_apim::AZURE_APIM,
    &cloud::vertex_billing::VERTEX_BILLING,
    &usage_object::USAGE_OBJECT,
    &generic::Generic,
];

/// A usage-log format.
pub trait Source: Sync {
    /// Stable kebab-case id, as `--as` takes it and reports show it.
    fn id(&self) -> &'static str;

    /// What people call it.
    fn title(&self) -> &'static str;

    /// Where it comes from, how to export it, how it is counted and what it lacks: what `explain` prints.
    fn about(&self) -> &'static str;

    /// The columns of a table without which it is not read, which are all that tokens and money hang on; none for what is no
    /// table.
    fn columns(&self) -> Vec<String> {
        Vec::new()
    }

    /// Sets of keys, of which a JSON export has all of one, at any depth; none for what is known by more than its keys.
    fn keys(&self) -> &'static [&'static [&'static str]] {
        &[]
    }

    /// Whether it reads a column or key of this name whatever else a file holds, as the canonical columns are.
    fn knows(&self, _name: &str) -> bool {
        false
    }

    /// Folders where the tool keeps its logs on this machine.
    fn default_places(&self, _places: &Places<'_>) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Whether the first bytes of a file look like this format.
    fn sniff(&self, head: &Head<'_>) -> Sniff;

    /// How a file of this format is read, given its first bytes.
    fn open(&self, head: &Head<'_>, options: &ReadOptions) -> Parser;
}

/// The verdict of a format on the head of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniff {
    /// It is this format.
    Yes,
    /// It is not.
    No,
    /// It comes close, but these columns or keys are missing.
    Missing(Vec<&'static str>),
}

/// How the bytes of a file are handed to a format.
pub enum Parser {
    /// One JSON value a line; files of several such formats may be joined into one.
    Lines(Box<dyn LineParser>),
    /// The whole stream, decompressed.
    Stream(Box<dyn StreamParser>),
    /// A database file, opened by its path.
    Database(Box<dyn DatabaseParser>),
}

/// Reads one format that writes one JSON value a line.
pub trait LineParser {
    /// Takes a whole line, or declines it as another format's.
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken;

    /// Takes a line too long to hold, as a stream that ends where the line does.
    fn long_line(&mut self, line: &mut dyn std::io::Read, at: Origin, out: &mut Batch) -> Taken;

    /// The file ends.
    fn finish(&mut self, _out: &mut Batch) {}
}

/// What a [`LineParser`] did with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The line is of this format (whether or not it held usage).
    Yes,
    /// The line is valid JSON of another shape.
    Foreign,
    /// The line is not JSON.
    Malformed,
}

/// Reads a format that is not lines.
pub trait StreamParser {
    /// Reads the stream to its end.
    ///
    /// # Errors
    /// Only errors of the reader; bad records are counted in `out`.
    fn read(&mut self, input: &mut dyn std::io::Read, file: FileId, out: &mut Batch) -> std::io::Result<()>;
}

/// Reads a format that is a database file.
pub trait DatabaseParser {
    /// Reads all rows.
    ///
    /// # Errors
    /// When the database cannot be opened or is damaged; bad records are counted in `out`.
    fn read(&mut self, path: &Path, file: FileId, out: &mut Batch) -> std::io::Result<()>;
}

/// Home folder and environment of this machine, handed in so that the library reads neither itself.
pub struct Places<'a> {
    /// The user's home folder.
    pub home: Option<&'a Path>,
    /// Looks up an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

/// How many records were read and what became of them; `read` is the sum of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// Lines, whether or not they held usage.
    pub lines_read: u64,
    /// Lines that held usage, and lines that could not be read.
    pub records_read: u64,
    /// Distinct records.
    pub kept: u64,
    /// Further observations of a kept record.
    pub duplicate: u64,
    /// History that a fork or a side thread wrote again.
    pub replayed: u64,
    /// Lines that are damaged or hold impossible counts.
    pub rejected: u64,
    /// Usage that no provider billed: synthetic messages, API errors, empty counters.
    pub ignored: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.lines_read += other.lines_read;
        self.records_read += other.records_read;
        self.kept += other.kept;
        self.duplicate += other.duplicate;
        self.replayed += other.replayed;
        self.rejected += other.rejected;
        self.ignored += other.ignored;
    }
}

/// What reading one file gives.
#[derive(Debug, Default)]
pub struct Batch {
    /// The texts that the records point to.
    pub names: Names,
    /// Usage by record id.
    pub usage: Observations,
    /// Usage that counts unless something else tells of it.
    pub pending: Pending,
    /// What vendors count on the value side.
    pub values: ValueFacts,
    /// What sessions did; empty unless asked for.
    pub activity: Activity,
    /// `records_read`, `rejected`, `ignored` and what the format itself knows as duplicate or replayed.
    pub counts: Counts,
    /// What was noticed.
    pub diagnostics: Diagnostics,
    /// The path to show in notices.
    pub path: String,
    /// When records are dated that tell no time.
    pub undated: Option<Undated>,
    /// Who reads prompts; without one only their length is kept.
    pub prompts: Option<PromptReader>,
}

/// The notice on usage that is told once more.
const TOLD: &str = "told-twice";
const TOLD_TEXT: &str = "usage that other spans or events tell of, too, was set aside: totals of agents, spans beside the \
                         events of the same calls";

impl Batch {
    /// Counts a damaged record and says where it stands.
    pub fn reject(&mut self, kind: &'static str, message: &str, line: u64) {
        self.counts.records_read += 1;
        self.counts.rejected += 1;
        self.notice(Severity::Warning, kind, message, line);
    }

    /// Counts usage that nobody billed.
    pub fn ignore(&mut self, kind: &'static str, message: &str, line: u64) {
        self.counts.records_read += 1;
        self.counts.ignored += 1;
        self.notice(Severity::Note, kind, message, line);
    }

    /// Counts usage that something else told of, too.
    pub fn repeat(&mut self, line: u64) {
        self.counts.records_read += 1;
        self.counts.duplicate += 1;
        self.notice(Severity::Note, TOLD, TOLD_TEXT, line);
    }

    /// The time of a record that tells none, which is noted; `None` where such records are refused.
    pub fn undated(&mut self, line: u64) -> Option<Undated> {
        let undated = self.undated?;
        let message = "records tell no time; they are dated and priced at the period asked for, or at the date of the run \
                       (--since with --until, --month, --as-of)";
        self.notice(Severity::Warning, "undated", message, line);
        Some(undated)
    }

    /// What is kept of a prompt.
    #[must_use]
    pub fn prompt(&self, text: &str) -> What {
        let facts = self.prompts.map(|read| Box::new(read(text)));
        What::Prompt { chars: transcript::chars(text), digest: hash_text(text.trim()), facts }
    }

    /// Notes something about a line.
    pub fn notice(&mut self, severity: Severity, kind: &'static str, message: &str, line: u64) {
        self.diagnostics.add(severity, kind, message, format_args!("{}:{line}", self.path));
    }
}

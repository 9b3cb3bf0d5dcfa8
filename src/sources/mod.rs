//! Usage logs and exports → usage records, session activity, and counts of what was set aside.
//!
//! - In: files, recognised by their content and never by their name. Out: a [`Reading`].
//! - Refuses: damaged records, which are counted and named in notices; the records around them are kept.
//!
//! A format is one file in `agents/` or a vendor's folder, one line in [`SOURCES`], and one folder of fixtures. There is one
//! way for each kind of input:
//!
//! | input | way | take it for |
//! |---|---|---|
//! | JSON, each value stands alone | a static `json::page::Page` | exports, APIs, gateways, most agents |
//! | JSON, values depend on earlier ones | `json::reader::ValueReader` | transcripts that name the session or model once |
//! | JSON lines of gigabytes | [`LineParser`] over serde types (`json::lenient`) | Claude Code and Codex; others if a profile says so |
//! | CSV, TSV, Parquet | a static `table::sheet::Sheet` | every table of a vendor |
//! | SQLite | `TableReader` of `reading/table_reader.rs`, or a [`DatabaseParser`] | agents with a database |
//! | other text | [`StreamParser`] | aider's chat history |
//!
//! All of them fill a `record::Draft` or find out in `values` that a number is damaged. A number is known, absent or
//! damaged until the draft is finished, and a damaged one rejects its record, so no format can count it as missing.

pub mod agents;
mod anthropic;
mod aside;
mod assistants;
mod batch;
mod batch_results;
mod cloud;
mod copilot;
mod cursor;
mod deepseek;
pub mod facts;
mod figures;
mod file_version;
mod format;
mod gateway;
pub mod generic;
mod hosts;
mod json;
pub mod known_unread;
mod observability;
mod openai;
pub mod places;
pub mod reading;
mod record;
mod rejection;
mod table;
mod transcript;
mod usage_object;
mod values;

pub use batch::{Batch, RecordCounts};
pub use figures::findings::{UNREAD_FIGURES, UnreadFigure};
pub use file_version::FileVersion;
pub use format::{DatabaseParser, LineParser, Parser, Source, StreamParser, Taken};
pub use places::{Environment, Place};
pub use reading::detect::{Head, Sniff};
pub use reading::driver::{Reading, read};
pub use reading::{FileReport, ReadOptions, Undated};

/// Every format, in the order of detection: the most specific ones first.
pub static SOURCES: &[&dyn Source] = &[
    &agents::codex::Codex,
    &agents::aider::Aider,
    &agents::aider_analytics::AiderAnalytics,
    &agents::gemini::Gemini,
    // Its database has OpenCode's tables, too.
    &agents::zcode::ZCode,
    &agents::opencode::OpenCode,
    &agents::copilot_cli::CopilotCli,
    &agents::copilot_cli::store::CopilotStore,
    &agents::qwen::Qwen,
    &agents::dsh::Dsh,
    &agents::pi::Pi,
    &agents::kimi_code::KimiCode,
    &agents::kimi::Kimi,
    &agents::muse::MUSE,
    &agents::claude_code::ClaudeCode,
    &agents::claude_code::headless::Headless,
    &agents::qwen::headless::QwenHeadless,
    &agents::claude_code::session_meta::SESSION_META,
    &agents::droid::DROID,
    &agents::droid::session::DroidSession,
    &agents::goose::Goose,
    &agents::hermes::Hermes,
    &agents::crush::Crush,
    &agents::zed::Zed,
    // A journal begins with the keys of a chat.
    &agents::copilot_chat::Journal,
    &agents::copilot_chat::COPILOT_CHAT,
    &observability::gemini_telemetry::GEMINI_TELEMETRY,
    &agents::copilot_otel::COPILOT_OTEL,
    &agents::codebuff::CODEBUFF,
    &agents::amp::AMP,
    &agents::cline_cli::CLINE_CLI,
    &agents::cline::CLINE,
    &agents::codex::exec::CodexExec,
    &agents::continue_dev::CONTINUE,
    &agents::vibe::Vibe,
    &agents::grok::Grok,
    &agents::junie::Junie,
    &agents::antigravity::Antigravity,
    &agents::kiro::KIRO,
    &agents::kiro::log::KiroLog,
    &anthropic::code_analytics::CODE_ANALYTICS,
    &anthropic::usage_report::USAGE_REPORT,
    &anthropic::cost_report::COST_REPORT,
    &anthropic::console_usage::CONSOLE_USAGE,
    &anthropic::console_cost::CONSOLE_COST,
    &anthropic::enterprise_spend::ENTERPRISE_SPEND,
    &openai::costs::COSTS,
    &openai::usage::USAGE,
    &openai::legacy_usage::LEGACY_USAGE,
    &batch_results::anthropic::ANTHROPIC_BATCH,
    &batch_results::gemini::GEMINI_BATCH,
    &batch_results::bedrock::BEDROCK_BATCH,
    &batch_results::xai::XAI_BATCH,
    &batch_results::openai::OPENAI_BATCH,
    &openai::dashboard_cost::DASHBOARD_COST,
    &deepseek::DEEPSEEK,
    &deepseek::DEEPSEEK_COST,
    &openai::dashboard_usage::DashboardUsage,
    &copilot::usage_report::USAGE_REPORT,
    &copilot::requests::REQUESTS,
    &copilot::metered_usage::METERED_USAGE,
    &copilot::billing::BILLING,
    &copilot::metrics::METRICS,
    &cursor::usage_csv::USAGE_CSV,
    &cursor::events::EVENTS,
    &cursor::team::TEAM,
    &cursor::code_tracking::CODE_TRACKING,
    &cursor::code_commits::CODE_COMMITS,
    &gateway::litellm_activity::LITELLM_ACTIVITY,
    &gateway::litellm_report::LITELLM_REPORT,
    &gateway::litellm_daily::LITELLM_DAILY,
    &gateway::litellm_daily_csv::LITELLM_DAILY_CSV,
    &gateway::litellm_usage::LITELLM_USAGE,
    &gateway::litellm_usage_csv::LITELLM_USAGE_CSV,
    &gateway::litellm::LITELLM,
    &gateway::litellm_csv::LITELLM_CSV,
    &gateway::openrouter::OPENROUTER,
    &gateway::openrouter_daily::OPENROUTER_DAILY,
    &gateway::openrouter_api::OPENROUTER_API,
    &gateway::openrouter_generation::OPENROUTER_GENERATION,
    &gateway::portkey::PORTKEY,
    &gateway::cloudflare::CLOUDFLARE,
    &gateway::cloudflare_logpush::CLOUDFLARE_LOGPUSH,
    &gateway::opencode_console::OPENCODE_CONSOLE,
    &gateway::kong::KONG,
    &gateway::helicone::HELICONE,
    &gateway::helicone_csv::HELICONE_CSV,
    &gateway::vercel_report::VERCEL_REPORT,
    &observability::traces::otlp::OTLP,
    &observability::traces::jaeger::JAEGER,
    &observability::traces::plain_spans::PLAIN_SPANS,
    &observability::langfuse_daily::LANGFUSE_DAILY,
    &observability::langfuse::LANGFUSE,
    &observability::langfuse_csv::LANGFUSE_CSV,
    &observability::langsmith::LANGSMITH,
    &observability::langsmith_table::LANGSMITH_TABLE,
    &assistants::chatgpt::CHATGPT,
    &assistants::claude_chat::CLAUDE_CHAT,
    &assistants::m365_copilot::M365_COPILOT,
    &assistants::gemini_workspace::GEMINI_WORKSPACE,
    &cloud::bedrock::Bedrock,
    &cloud::focus::FOCUS,
    &cloud::focus_json::FOCUS_JSON,
    &cloud::aws_cur::AWS_CUR,
    &cloud::aws_cur::AWS_CUR_2,
    &cloud::aws_cost_explorer::AWS_COST_EXPLORER,
    &cloud::azure_cost::AZURE_COST,
    &cloud::azure_cost_analysis::AZURE_COST_ANALYSIS,
    &cloud::azure_apim::AZURE_APIM,
    &cloud::vertex_billing::VERTEX_BILLING,
    &cloud::vertex_billing::VERTEX_BILLING_JSON,
    &cloud::vertex_billing::GOOGLE_COST_TABLE,
    &hosts::fireworks::FIREWORKS,
    &hosts::langdock::LANGDOCK,
    &hosts::databricks::DATABRICKS,
    &hosts::databricks_billing::DATABRICKS_BILLING,
    &hosts::snowflake::SNOWFLAKE,
    &hosts::devin::DEVIN,
    &hosts::augment::AUGMENT,
    &observability::langsmith_usage::LANGSMITH_USAGE,
    &hosts::mimo::MIMO,
    &cloud::cloudzero::CLOUDZERO,
    &usage_object::USAGE_OBJECT,
    &generic::Generic,
];

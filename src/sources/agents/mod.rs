//! Logs that coding agents leave on the machine where they run: one file per agent. Agents do not know each other.

pub mod aider;
pub mod aider_analytics;
pub(super) mod amp;
pub(super) mod antigravity;
pub mod claude_code;
pub(super) mod cline;
pub(super) mod cline_cli;
pub(super) mod codebuff;
pub mod codex;
pub(super) mod continue_dev;
pub(super) mod copilot_chat;
pub mod copilot_cli;
pub(super) mod copilot_otel;
pub(super) mod crush;
pub(super) mod droid;
pub(super) mod dsh;
pub mod gemini;
pub(super) mod goose;
pub(super) mod grok;
pub(super) mod hermes;
pub(super) mod junie;
pub(super) mod kimi;
pub(super) mod kimi_code;
pub(super) mod kiro;
pub(super) mod muse;
pub mod opencode;
mod paths;
pub mod pi;
pub mod qwen;
pub(super) mod vibe;
pub(super) mod zcode;
pub(super) mod zed;

use crate::model::usage::RecordId;

/// The usage of a thread of Codex, which its session in `~/.codex` has with more detail than the logs of programs that run Codex.
fn codex_thread_usage(thread: &str) -> RecordId {
    RecordId::of(&["codex-exec", thread, "usage"])
}

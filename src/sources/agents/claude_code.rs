//! Claude Code transcripts: `projects/<encoded cwd>/<session>.jsonl`, subagents in `subagents/agent-*.jsonl`.
//!
//! - In: JSON lines. Seen: versions 2.0.64 to 2.1.117. The vendor does not document them; the shapes are those of real files.
//! - Out: a record per message id over all files, and the events of the session.
//! - Refuses: damaged counts, and records for which no line so far had a time.
//!
//! Traps:
//! - A message is written once per content block, each time with the usage so far: counts grow, the largest is final, and the
//!   same `message.id` is on several lines and, after a resume, in several files.
//! - A relay's ids of messages may be the same for all answers, so only the vendor's own ids are trusted alone (`answers`).
//! - Subagents have two shapes: lines with `isSidechain`, and (2.0, 2.1) `progress` lines whose usage is nested at
//!   `data.message.message.usage` and is nowhere else.
//! - A side thread replays its parent's messages under the same id with a new `requestId`.
//! - `<synthetic>` messages and API errors were never billed.
//! - From 2.1.12 on, `output_tokens` is often a placeholder far below the actual output; [`crate::model::observation`] flags
//!   such records.
//! - `usage.iterations` lists the requests of an answer. Those of an adviser, which has a model of its own, and of a compaction are
//!   in no other count.
//! - `input_tokens` excludes everything cached; `output_tokens` includes thinking.

mod answers;
mod facts;
pub(in crate::sources) mod headless;
pub(in crate::sources) mod session_meta;
mod shape;
mod transcript;

use crate::sources::reading::detect::Head;
use crate::sources::{Parser, ReadOptions, Sniff, Source};
use answers::ID;
use transcript::Transcript;

/// The format of Claude Code.
#[derive(Debug)]
pub struct ClaudeCode;

impl Source for ClaudeCode {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Claude Code transcripts"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one folder per working directory, kept by Claude Code itself for 30 days unless \
         cleanupPeriodDays says otherwise.\n\
         Where: ~/.claude/projects, ~/.config/claude/projects, or CLAUDE_CONFIG_DIR.\n\
         Counted: one record per message id over all files, the largest value per field; where a relay made the id, one \
         per id and request, or per answer where it names no request; subagents of both shapes; \
         advisers and compaction as requests of their own; \
         5-minute and 1-hour cache writes separately.\n\
         Set aside: repeated lines (duplicate), side threads that replay their parent (replayed), <synthetic> and \
         API-error messages (ignored), lines that are not JSON (rejected).\n\
         Lacks: the bill. Costs are list prices; output counts of versions 2.1.12 to 2.1.29 are placeholders."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let line = has("sessionId") && (has("uuid") || has("type")) && !has("messages");
        let bare = has("message") && has("timestamp") && !has("session_id");
        let preamble = has("type") && (has("leafUuid") || has("snapshot"));
        if line || bare || preamble {
            Sniff::Yes
        } else if has("type") && has("message") {
            Sniff::Missing(vec!["sessionId", "timestamp"])
        } else {
            Sniff::No
        }
    }

    fn open(&self, _head: &Head<'_>, options: &ReadOptions) -> Parser {
        Parser::Lines(Box::new(Transcript::new(options.activity)))
    }
}

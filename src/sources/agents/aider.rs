//! aider's chat history: `.aider.chat.history.md` in the root of a repository.
//!
//! - In: Markdown that every chat appends to. Seen: 0.84, and the report lines that the source of 0.86 prints.
//! - Out: a record per `> Tokens:` line, and the edits and commits that aider reports.
//! - Refuses: report lines with unreadable counts, and messages of chats without a start time.
//!
//! Traps:
//! - Only the start of a chat has a time, in local time without a zone: every record of the chat carries it.
//! - Counts are rounded as printed (`6.3k`); the cost of a message is the tool's own estimate, rounded to cents.
//! - `sent` includes cache writes and cache reads, if those are printed.
//! - `> Commit 1a2b3c4 subject` names a commit by aider, which may also contain changes that the person made before an edit.
//! - The file also contains what a person pasted and what the model wrote; only lines that start with `> ` are reports.

use chrono::{DateTime, NaiveDateTime, Utc};
use std::collections::HashMap;
use std::io::Read;

use crate::model::activity::What;
use crate::model::money::Money;
use crate::model::origin::{FileId, Origin};
use crate::model::path::{self, Drives};
use crate::model::usage::{RecordId, TokenCounts};
use crate::sources::reading::detect::Head;
use crate::sources::reading::lines::{Line, Lines};
use crate::sources::transcript::replaced_lines;
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::values::amount::Amount;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, StreamParser};

const ID: &str = "aider";
const START: &str = "# aider chat started at ";

/// The format of aider's chat history.
#[derive(Debug)]
pub struct Aider;

impl Source for Aider {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "aider chat histories"
    }

    fn about(&self) -> &'static str {
        "Markdown, one file per repository, appended to by every chat.\n\
         Where: .aider.chat.history.md in the root of the repository (AIDER_CHAT_HISTORY_FILE); name the file or the \
         folder.\n\
         Counted: one record per line `> Tokens: … sent, … received`, as printed, with the printed cost as the tool's \
         estimate; cache writes and hits, if printed, separately from what was sent.\n\
         Set aside: the same chat in a copy of the file (duplicate), report lines that cannot be read (rejected).\n\
         Lacks: the bill, exact counts (6.3k is 6,300), and the time of a message: all messages of a chat have the time \
         of its start, taken as UTC. The analytics log (format aider-analytics) has exact counts and times."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let first = head.first_line();
        if first.starts_with(START) {
            Sniff::Yes
        } else if first.starts_with("> Aider v") || first.starts_with("> Tokens: ") {
            Sniff::Missing(vec!["# aider chat started at"])
        } else {
            Sniff::No
        }
    }

    fn open(&self, _head: &Head<'_>, options: &ReadOptions) -> Parser {
        Parser::Stream(Box::new(ChatHistory { activity: options.activity, ..ChatHistory::default() }))
    }
}

/// The state of a chat history while it is read.
#[derive(Default)]
struct ChatHistory {
    activity: bool,
    session: SessionContext,
    started: Option<DateTime<Utc>>,
    model: Option<String>,
    /// How many messages of the chat have been reported.
    messages: u64,
    prompt: String,
    prompting: bool,
    block: EditBlock,
    /// Replacements proposed in the answer, by path, until aider reports that it applied them.
    proposed: HashMap<String, (Vec<u64>, u32)>,
}

/// A SEARCH/REPLACE block.
#[derive(Default)]
struct EditBlock {
    /// The last line that could name the file.
    path: String,
    old: String,
    new: String,
    inside: Option<Side>,
}

#[derive(Clone, Copy)]
enum Side {
    Search,
    Replace,
}

impl StreamParser for ChatHistory {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let mut lines = Lines::new(input);
        loop {
            let line = lines.number() + 1;
            match lines.next()? {
                None => break,
                Some(Line::Long(_)) => {}
                Some(Line::Whole(bytes)) => self.line(&String::from_utf8_lossy(bytes), Origin { file, line }, out),
            }
            out.counts.lines_read += 1;
        }
        self.end_prompt(Origin { file, line: lines.number() }, out);
        Ok(())
    }
}

impl ChatHistory {
    fn line(&mut self, line: &str, at: Origin, out: &mut Batch) {
        if let Some(when) = line.strip_prefix(START) {
            self.end_prompt(at, out);
            self.start(when.trim(), at, out);
            return;
        }
        if let Some(prompt) = line.strip_prefix("#### ") {
            if !self.prompting {
                self.proposed.clear();
            }
            self.prompting = true;
            self.prompt.push_str(prompt.trim_end());
            self.prompt.push('\n');
            return;
        }
        self.end_prompt(at, out);
        match line.strip_prefix("> ") {
            // A block that the model left open must not swallow the reports that follow it.
            Some(report) => self.report(report.trim_end(), at, out),
            None if self.activity => self.answer(line),
            None => {}
        }
    }

    fn start(&mut self, when: &str, at: Origin, out: &mut Batch) {
        let activity = self.activity;
        let started = NaiveDateTime::parse_from_str(when, "%Y-%m-%d %H:%M:%S").ok().map(|local| local.and_utc());
        let session = SessionContext { id: Some(format!("aider {when}")), ..SessionContext::default() };
        *self = Self { activity, session, started, ..Self::default() };
        if started.is_none() {
            out.notice(
                crate::diagnostics::Severity::Warning,
                "bad-time",
                "the start of a chat is not a date and time, so its messages cannot be assigned to a day",
                at.line,
            );
        }
    }

    fn end_prompt(&mut self, at: Origin, out: &mut Batch) {
        if std::mem::take(&mut self.prompting) {
            let prompt = std::mem::take(&mut self.prompt);
            // Commands such as /add and /run are not prompts, but only their slash distinguishes them.
            self.event(out.prompt(prompt.trim_end()), at, out);
        }
    }

    fn report(&mut self, report: &str, at: Origin, out: &mut Batch) {
        let after = |marker: &str| report.strip_prefix(marker);
        if let Some(counts) = after("Tokens: ") {
            self.block.inside = None;
            self.tokens(counts, at, out);
        } else if let Some(model) = after("Main model: ").or_else(|| after("Model: ")) {
            remember(&mut self.model, model.split(" with ").next());
        } else if let Some(version) = after("Aider v") {
            remember(&mut self.session.version, Some(version));
        } else if let Some(folder) = after("Git working dir: ") {
            remember(&mut self.session.cwd, Some(folder));
        } else if let Some(path) = after("Applied edit to ") {
            let (added, deleted) = self.proposed.remove(&comparable(path)).unwrap_or_default();
            let path = out.names.intern(path);
            self.event(What::Edit { path, added, deleted }, at, out);
        } else if let Some(commit) = after("Commit ") {
            let sha = commit.split(' ').next().unwrap_or_default();
            if (7..=40).contains(&sha.len()) && sha.bytes().all(|b| b.is_ascii_hexdigit()) {
                let sha = out.names.intern(sha);
                self.event(What::Commit { sha }, at, out);
            }
        }
    }

    fn tokens(&mut self, report: &str, at: Origin, out: &mut Batch) {
        let (Some(tokens), Some(started)) = (parse_tokens(report), self.started) else {
            out.reject("bad-count", "a line of token counts cannot be read", at.line);
            return;
        };
        self.messages += 1;
        let session = self.session.id.as_deref().unwrap_or_default();
        // The position in the chat distinguishes equal messages; a copy of the file has the same positions.
        let id = RecordId::of(&[ID, session, &self.messages.to_string(), report]);
        let mut record = self.session.request_draft(ID, id, at, started, out);
        record.tokens = tokens.into();
        record.time_zone_assumed = true;
        record.model = out.names.intern_some(self.model.as_deref());
        record.reported_cost = parse_cost(report);
        out.add(record);
    }

    /// Collects the SEARCH/REPLACE blocks of an answer.
    fn answer(&mut self, line: &str) {
        let block = &mut self.block;
        let bare = line.trim_end();
        match block.inside {
            None if bare.starts_with("<<<<<<< SEARCH") => {
                (block.old, block.new) = Default::default();
                block.inside = Some(Side::Search);
            }
            None => {
                if !bare.is_empty() && !bare.starts_with("```") {
                    block.path = comparable(bare.trim_matches(|c| matches!(c, '`' | '*' | ' ' | ':')));
                }
            }
            Some(Side::Search) if bare.starts_with("=======") => block.inside = Some(Side::Replace),
            Some(Side::Replace) if bare.starts_with(">>>>>>> REPLACE") => {
                block.inside = None;
                let (added, deleted) = replaced_lines(&block.old, &block.new);
                let proposed = self.proposed.entry(block.path.clone()).or_default();
                proposed.0.extend(added);
                proposed.1 += deleted;
            }
            Some(side) => {
                let text = if matches!(side, Side::Search) { &mut block.old } else { &mut block.new };
                text.push_str(line);
                text.push('\n');
            }
        }
    }

    fn event(&self, what: What, at: Origin, out: &mut Batch) {
        if let (true, Some(started)) = (self.activity, self.started) {
            self.session.add_event(&at.line.to_string(), what, started, at, out);
        }
    }
}

/// A path in comparable form.
fn comparable(path: &str) -> String {
    path::clean(path, Drives::default()).into_owned()
}

/// Parses `6.3k sent, 1.2k cache write, 4k cache hit, 55 received. Cost: …`.
fn parse_tokens(report: &str) -> Option<TokenCounts> {
    let counts = report.split(" Cost: ").next()?.trim_end_matches('.');
    let (mut sent, mut received, mut write, mut hit) = (None, None, None, None);
    for part in counts.split(", ") {
        let (number, what) = part.split_once(' ')?;
        let slot = match what {
            "sent" => &mut sent,
            "received" => &mut received,
            "cache write" => &mut write,
            "cache hit" => &mut hit,
            _ => return None,
        };
        *slot = Some(parse_rounded(number)?);
    }
    let cached = write.unwrap_or(0) + hit.unwrap_or(0);
    let sent = sent?;
    Some(TokenCounts {
        input: Some(sent.saturating_sub(cached)),
        cache_read: hit,
        cache_write_unspecified: write,
        output: received,
        ..TokenCounts::default()
    })
}

/// Parses `55`, `6.3k` or `1.2M`.
fn parse_rounded(number: &str) -> Option<u64> {
    let (digits, factor) = match number.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1_000_000),
        None => number.strip_suffix(['m', 'M']).map_or((number, 1_000), |digits| (digits, 1_000_000_000)),
    };
    let thousandths = crate::model::money::parse_decimal(&digits.replace(',', ""), 3).ok()?;
    u64::try_from(thousandths * factor / 1_000_000).ok()
}

/// The cost of the message in `… Cost: $0.0084 message, $0.03 session.`.
fn parse_cost(report: &str) -> Amount {
    let cost = report.split_once("Cost: $").and_then(|(_, cost)| cost.split_once(" message"));
    cost.map_or(Amount::Absent, |(cost, _)| Amount::known_or_invalid(Money::parse_usd(cost).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_line_is_read_as_printed() {
        let tokens = parse_tokens(
            "12k sent, 3.1k cache write, 1k cache hit, 10.0k received. Cost: $0.02 message, $0.1 session.",
        );
        let tokens = tokens.expect("a report line");
        assert_eq!((tokens.input, tokens.cache_write_unspecified), (Some(7_900), Some(3_100)));
        assert_eq!((tokens.cache_read, tokens.output), (Some(1_000), Some(10_000)));
        assert_eq!(parse_tokens("513 sent, 55 received.").and_then(|tokens| tokens.input), Some(513));
        assert_eq!(parse_tokens("some sent, 55 received."), None);
        assert_eq!(
            parse_cost("1 sent, 1 received. Cost: $0.0084 message, $0.03 session."),
            Amount::Known(Money::from_nanos(8_400_000))
        );
        assert_eq!(parse_cost("1 sent, 1 received. Cost: $x7 message, $0.03 session."), Amount::Invalid);
        assert_eq!(parse_cost("1 sent, 1 received."), Amount::Absent);
        assert_eq!(parse_rounded("1.25M"), Some(1_250_000));
    }
}

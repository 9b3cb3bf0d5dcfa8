//! aider's analytics log, written with `--analytics-log FILE`: one event a line.
//!
//! - In: JSON lines. Seen: 0.86. Out: a record per answered message.
//! - Refuses: events without a time, and damaged counts.
//!
//! Traps:
//! - `message_send` is one answered message; the other events hold no usage.
//! - `total_cost` is cumulative over the run; `cost` is that of the message.
//! - aider writes `REDACTED` for models that it does not know.
//! - `prompt_tokens` is what the vendor reports, including cached tokens if the vendor includes them.

use crate::model::origin::Origin;
use crate::model::usage::{RecordId, TokenCounts};
use crate::sources::json::access::{self, ValueLine, ValueLines, counts, dollars, has_map, text, time};
use crate::sources::json::node::Node;
use crate::sources::reading::detect::Head;
use crate::sources::transcript::session::{SessionContext, add_record};
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const ID: &str = "aider-analytics";

/// The format of aider's analytics log.
#[derive(Debug)]
pub struct AiderAnalytics;

impl Source for AiderAnalytics {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "aider analytics logs"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one event each.\n\
         Export: `aider --analytics-log FILE` (AIDER_ANALYTICS_LOG) from now on; nothing is sent anywhere.\n\
         Counted: one record per message_send event; its cost as the tool's estimate.\n\
         Set aside: repeated events (duplicate), damaged counts (rejected).\n\
         Lacks: the bill, the session, the folder, cached tokens. Do not add the chat history of the same period: it \
         reports the same messages with rounded counts."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        if has("event") && has("properties") && has("time") && has("user_id") { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Lines(ValueLines::new(Events::default()))
    }
}

#[derive(Default)]
struct Events {
    /// The previous message and how many equal ones preceded it: times are whole seconds, so equal messages can be distinct.
    previous: Option<(RecordId, u64)>,
}

impl ValueLine for Events {
    fn take(&mut self, line: &Node<'_>, at: Origin, out: &mut Batch) -> Taken {
        let (Some(event), true) = (text(line, "event"), has_map(line, "properties")) else { return Taken::Foreign };
        if event != "message_send" {
            return Taken::Yes;
        }
        let Some(written) = time(line, "time") else {
            out.reject("no-timestamp", "a record has no timestamp, so it belongs to no day", at.line);
            return Taken::Yes;
        };
        let paths = ["properties.prompt_tokens", "properties.completion_tokens"];
        let Some([input, output]) = counts(line, paths) else {
            out.reject("bad-count", "a token count is negative, fractional or out of range", at.line);
            return Taken::Yes;
        };
        let user = text(line, "user_id");
        let properties = serde_json::to_string(access::at(line, "properties")).unwrap_or_default();
        let key = RecordId::of(&[ID, user.unwrap_or(""), &written.timestamp_micros().to_string(), &properties]);
        let ordinal = match self.previous {
            Some((previous, ordinal)) if previous == key => ordinal + 1,
            _ => 0,
        };
        let id = if ordinal == 0 { key } else { key.again(ordinal) };
        self.previous = Some((key, ordinal));
        let tokens = TokenCounts { input, output, ..TokenCounts::default() };
        let mut record = SessionContext::default().request_record(ID, id, at, written, tokens, out);
        record.model = out.names.intern_some(text(line, "properties.main_model").filter(|name| *name != "None"));
        record.user = out.names.intern_some(user);
        record.reported_cost = dollars(line, "properties.cost");
        add_record(record, out);
        Taken::Yes
    }
}

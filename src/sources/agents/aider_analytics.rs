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
use crate::model::usage::{RecordId, UsageRecord};
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::{Draft, INSIDE, Written};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;
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
        reader::lines(Events::default())
    }
}

#[derive(Default)]
struct Events {
    /// The previous message and how many equal ones preceded it: times are whole seconds, so equal messages can be distinct.
    previous: Option<(RecordId, u64)>,
}

impl ValueReader for Events {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let (Some(event), true) = (line.text("event"), line.has_map("properties")) else { return Taken::Foreign };
        if event != "message_send" {
            return Taken::Yes;
        }
        let Some(written) = line.instant("time") else {
            out.reject_record(NO_TIME, at);
            return Taken::Yes;
        };
        let mut draft = Draft::new(UsageRecord::blank(ID, at, written));
        draft.request_count = Count::Known(1);
        let names = ["properties/prompt_tokens", "properties/completion_tokens", "properties/total_tokens"];
        let [input, output, total] = names.map(|name| line.count(name));
        draft.tokens = Written { input, output, total, ..Written::default() }.settle(INSIDE);
        let footing = draft.tokens.footing;
        draft.reported_cost = line.amount("properties/cost", DOLLARS);
        match draft.finish() {
            Ok(record) => {
                let user = line.text("user_id");
                record.model = out.names.intern_some(line.text("properties/main_model").filter(|name| *name != "None"));
                record.user = out.names.intern_some(user);
                let properties = line.at("properties").to_string();
                let key = RecordId::of(&[ID, user.unwrap_or(""), &written.timestamp_micros().to_string(), &properties]);
                record.id = self.numbered(key);
                out.counts.records_read += 1;
                out.note_footing(ID, footing, at.line);
                out.usage.add_record(record);
            }
            Err(rejection) => out.reject_record(rejection, at),
        }
        Taken::Yes
    }
}

impl Events {
    /// The key of a message, with a number if equal messages preceded it.
    fn numbered(&mut self, key: RecordId) -> RecordId {
        let ordinal = match self.previous {
            Some((previous, ordinal)) if previous == key => ordinal + 1,
            _ => 0,
        };
        self.previous = Some((key, ordinal));
        if ordinal == 0 { key } else { key.again(ordinal) }
    }
}

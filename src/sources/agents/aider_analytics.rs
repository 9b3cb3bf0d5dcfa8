//! aider's analytics log, written with `--analytics-log FILE`: one event a line.
//!
//! Seen: 0.86. Traps:
//! - `message_send` is one answered message; the other events hold no usage.
//! - `total_cost` is cumulative over the run; `cost` is of the message.
//! - Names of models that aider does not know are written as `REDACTED`.
//! - `prompt_tokens` is what the vendor reports, cached tokens included where it includes them.

use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::json::access::Json;
use crate::sources::json::node::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::{DraftTokens, NO_TIME};
use crate::sources::transcript::session::Session;
use crate::sources::values::amount::DOLLARS;
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
         Export: `aider --analytics-log FILE` (AIDER_ANALYTICS_LOG) from now on; nothing needs to be sent anywhere.\n\
         Counted: one record per message_send event; its cost as the tool's estimate.\n\
         Set aside: repeated events (duplicate), damaged counts (rejected).\n\
         Lacks: the bill, the session, the folder, cached tokens. Do not add the chat history of the same period: it \
         reports the same messages, rounded."
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
    /// The message before and how many equal ones stood before it; within one second they have no finer clock.
    before: Option<(RecordId, u64)>,
}

impl ValueReader for Events {
    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let (Some(event), true) = (line.text("event"), line.has_map("properties")) else { return Taken::Foreign };
        if event != "message_send" {
            return Taken::Yes;
        }
        let Some(written) = line.instant("time") else {
            out.reject_record(NO_TIME, at);
            return Taken::Yes;
        };
        let user = line.text("user_id");
        let properties = line.at("properties").to_string();
        let key = RecordId::of(&[ID, user.unwrap_or(""), &written.timestamp_micros().to_string(), &properties]);
        let mut draft = Session::default().request(ID, key, at, written, out);
        draft.tokens = DraftTokens {
            input: line.count("properties/prompt_tokens"),
            output: line.count("properties/completion_tokens"),
            ..DraftTokens::default()
        };
        draft.model = out.names.intern_some(line.text("properties/main_model").filter(|name| *name != "None"));
        draft.user = out.names.intern_some(user);
        draft.reported_cost = line.amount("properties/cost", DOLLARS);
        match draft.finish() {
            Ok(mut record) => {
                record.id = self.numbered(key);
                out.counts.records_read += 1;
                out.usage.add_record(&record);
            }
            Err(rejection) => out.reject_record(rejection, at),
        }
        Taken::Yes
    }
}

impl Events {
    /// The key of a message, with its number if equal messages came right before it.
    fn numbered(&mut self, key: RecordId) -> RecordId {
        let ordinal = match self.before {
            Some((before, ordinal)) if before == key => ordinal + 1,
            _ => 0,
        };
        self.before = Some((key, ordinal));
        if ordinal == 0 { key } else { key.again(ordinal) }
    }
}

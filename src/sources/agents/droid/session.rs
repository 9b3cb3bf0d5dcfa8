//! Droid's sessions, `<session>.jsonl`: they hold no usage, but say when a session was that its settings do not date.

use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::agents::droid::DROID;
use crate::sources::agents::paths::file_stem;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::transcript::blocks::Blocks;
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const ID: &str = "droid-session";

/// The time of a session.
pub(super) fn session_time(name: &str) -> RecordId {
    RecordId::of(&[ID, name])
}

/// The format of Droid's sessions.
#[derive(Debug)]
pub(in crate::sources) struct DroidSession;

impl Source for DroidSession {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Droid (Factory) sessions"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one file per session, beside its settings.\n\
         Where: ~/.factory/sessions (DROID_SESSIONS_DIR).\n\
         Counted: nothing; the last message dates the session where its settings do not, and the first line has its folder.\n\
         Lacks: tokens, which are in the settings, and the branch."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let is_start = head.has_text("type", "session_start") && has("id") && !has("timestamp");
        if is_start { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Session::default())
    }
}

#[derive(Default)]
struct Session {
    context: SessionContext,
    blocks: Blocks,
}

impl ValueReader for Session {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        if line.text("type").is_none() {
            return Taken::Foreign;
        }
        let Some(name) = file_stem(&out.path).map(str::to_owned) else { return Taken::Yes };
        if line.text("type") == Some("session_start") {
            remember(&mut self.context.id, Some(&name));
            remember(&mut self.context.cwd, line.text("cwd"));
            if let Some(folder) = out.names.intern_some(line.text("cwd")) {
                let session = out.names.intern(&name);
                out.folders.note(DROID.id, session, folder);
            }
        }
        if let Some(time) = line.instant("timestamp") {
            out.pending.note_time(session_time(&name), time);
            if out.wants_activity && line.has_map("message") {
                let message = (line.at("message"), line.text("id").unwrap_or_default());
                self.blocks.add_message(message, &self.context, time, at, out);
            }
        }
        Taken::Yes
    }
}

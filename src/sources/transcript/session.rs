//! What the records and events of one session share, for formats that tell it once or line by line.

use chrono::{DateTime, Utc};

use crate::model::activity::{Event, What};
use crate::model::origin::Origin;
use crate::model::usage::{RecordId, UsageRecord, hash_text};
use crate::sources::Batch;
use crate::sources::record::Draft;
use crate::sources::values::count::Count;

/// The session that is being read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session {
    pub(crate) id: Option<String>,
    pub(crate) parent: Option<String>,
    pub(crate) cwd: Option<String>,
    pub(crate) branch: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) subagent: bool,
}

impl Session {
    /// A record of one request of the session; the format fills in the rest.
    pub(in crate::sources) fn request(
        &self,
        source: &'static str,
        id: RecordId,
        at: Origin,
        time: DateTime<Utc>,
        out: &mut Batch,
    ) -> Draft {
        let names = &mut out.names;
        let mut name = |text: &Option<String>| names.intern_some(text.as_deref());
        let mut draft = Draft::new(UsageRecord {
            id,
            session: name(&self.id),
            parent_session: name(&self.parent),
            cwd: name(&self.cwd),
            branch: name(&self.branch),
            repository: name(&self.repository),
            client_version: name(&self.version),
            subagent: self.subagent,
            ..UsageRecord::blank(source, at, time)
        });
        draft.request_count = Count::Known(1);
        draft
    }

    /// Adds an event; `key` and `what` tell it from every other event of the session.
    pub(crate) fn event(&self, key: &str, what: What, time: DateTime<Utc>, at: Origin, out: &mut Batch) {
        let told = match &what {
            What::Tool { name, .. } | What::Edit { path: name, .. } | What::Commit { sha: name } => {
                out.names.text(*name)
            }
            _ => "",
        };
        let kind = std::mem::discriminant(&what);
        let id = hash_text(&format!("{:?}:{time}:{key}:{kind:?}:{told}", self.id));
        let names = &mut out.names;
        let mut name = |text: &Option<String>| names.intern_some(text.as_deref());
        let (session, cwd, branch) = (name(&self.id), name(&self.cwd), name(&self.branch));
        out.activity.push(Event {
            id,
            origin: at,
            at: time,
            session,
            cwd,
            branch,
            request: None,
            subagent: self.subagent,
            what,
        });
    }
}

/// Remembers a text that is present.
pub(crate) fn remember(slot: &mut Option<String>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty())
        && slot.as_deref() != Some(text)
    {
        *slot = Some(text.to_owned());
    }
}

//! What the records and events of one session share, for formats that log it once or on some lines.
//!
//! - In: ids, folders, branches as a transcript logs them. Out: records and events that carry them.
//! - Refuses: nothing; what was not logged stays unknown.

use chrono::{DateTime, Utc};

use crate::model::activity::{Event, What};
use crate::model::hash::hash_text;
use crate::model::origin::Origin;
use crate::model::usage::{RecordId, UsageRecord};
use crate::sources::Batch;
use crate::sources::record::Draft;
use crate::sources::values::count::Count;

/// What is known of the session that is being read.
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionContext {
    pub(crate) id: Option<String>,
    pub(crate) parent: Option<String>,
    pub(crate) cwd: Option<String>,
    pub(crate) branch: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) subagent: bool,
    /// Its forks have its events again, unchanged, so the session is no part of what tells events apart.
    pub(crate) is_copied: bool,
    /// Its events have no times of their own, so the time is no part of that either.
    pub(crate) is_undated: bool,
}

impl SessionContext {
    /// A record of one request with its session; the format fills in the rest.
    pub(in crate::sources) fn request_draft(
        &self,
        source: &'static str,
        id: RecordId,
        at: Origin,
        time: DateTime<Utc>,
        out: &mut Batch,
    ) -> Draft {
        let names = &mut out.names;
        let mut name = |text: &Option<String>| names.intern_some(text.as_deref());
        let mut record = Draft::new(UsageRecord::blank(source, at, time));
        record.id = id;
        record.request_count = Count::Known(1);
        record.session = name(&self.id);
        record.parent_session = name(&self.parent);
        record.cwd = name(&self.cwd);
        record.branch = name(&self.branch);
        record.repository = name(&self.repository);
        record.client_version = name(&self.version);
        record.subagent = self.subagent;
        record
    }

    /// Adds an event; `key` and `what` distinguish it from the other events of the session.
    ///
    /// What a subagent is asked is what its agent writes, so it is no prompt.
    pub(crate) fn add_event(&self, key: &str, what: What, time: DateTime<Utc>, at: Origin, out: &mut Batch) {
        if self.subagent && matches!(what, What::Prompt { .. }) {
            return;
        }
        let subject = match &what {
            What::Tool { name, .. } | What::Edit { path: name, .. } | What::Commit { sha: name } => {
                out.names.text(*name)
            }
            _ => "",
        };
        let kind = std::mem::discriminant(&what);
        let session = self.id.as_ref().filter(|_| !self.is_copied);
        let id = if self.is_undated {
            format!("{session:?}:{key}:{kind:?}:{subject}")
        } else {
            format!("{session:?}:{time}:{key}:{kind:?}:{subject}")
        };
        let id = hash_text(&id);
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

/// Stores a text unless it is absent or empty.
pub(crate) fn remember(slot: &mut Option<String>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty())
        && slot.as_deref() != Some(text)
    {
        *slot = Some(text.to_owned());
    }
}

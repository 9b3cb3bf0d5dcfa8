//! Logs of agents that are read like an export: one [`Page`] and the folders where the tool keeps them.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::model::bill::Authority;
use crate::model::usage::{TokenCounts, UsageRecord};
use crate::sources::export::blank;
use crate::sources::json::page::{Page, Sink};
use crate::sources::reading::detect::Head;
use crate::sources::{Parser, Places, ReadOptions, Sniff, Source};

/// A tool's logs.
pub(in crate::sources) struct Agent {
    pub(in crate::sources) page: Page,
    /// The environment variable that names the folder.
    pub(in crate::sources) env: &'static str,
    /// The folders below the user's home otherwise.
    pub(in crate::sources) homes: &'static [&'static str],
}

impl Source for Agent {
    fn id(&self) -> &'static str {
        self.page.id
    }

    fn title(&self) -> &'static str {
        self.page.title
    }

    fn about(&self) -> &'static str {
        self.page.about
    }

    fn default_places(&self, places: &Places<'_>) -> Vec<PathBuf> {
        folders(self.env, self.homes, places)
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        self.page.sniff(head)
    }

    fn open(&self, head: &Head<'_>, options: &ReadOptions) -> Parser {
        self.page.open(head, options)
    }
}

/// The folder that an environment variable names, else folders below the user's home.
pub(in crate::sources) fn folders(env: &str, homes: &[&str], places: &Places<'_>) -> Vec<PathBuf> {
    if let Some(set) = (places.env)(env).filter(|set| !set.is_empty()) {
        return vec![PathBuf::from(set)];
    }
    places.home.map(|home| homes.iter().map(|folder| home.join(folder)).collect()).unwrap_or_default()
}

/// A request that an agent logged, without more than its time and tokens.
pub(in crate::sources) fn request(sink: &Sink<'_>, start: DateTime<Utc>, tokens: TokenCounts) -> UsageRecord {
    let mut record = blank(sink.id, Authority::Transcript, sink.at, start);
    record.tokens = tokens;
    record.request_count = Some(1);
    record
}

/// The file's name up to its first dot, where a tool tells the session nowhere else.
pub(in crate::sources) fn stem(path: &str) -> Option<&str> {
    let name = path.rsplit(['/', '\\']).next()?;
    name.split('.').next().filter(|stem| !stem.is_empty())
}

/// The folder that a file of this name lies in, where a tool tells the session nowhere else.
pub(in crate::sources) fn folder_of<'a>(path: &'a str, names: &[&str]) -> Option<&'a str> {
    let mut parts = path.rsplit(['/', '\\']);
    let name = parts.next()?;
    names.contains(&name).then(|| parts.next()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_named_by_files_and_folders() {
        assert_eq!(stem("/home/dana/.factory/sessions/ab-1.settings.json"), Some("ab-1"));
        assert_eq!(folder_of("tasks/17/ui_messages.json", &["ui_messages.json"]), Some("17"));
        assert_eq!(folder_of("tasks/17/x.json", &["ui_messages.json"]), None);
    }
}

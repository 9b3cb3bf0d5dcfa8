//! Entire: the `Entire-Checkpoint` trailers of a commit, and the checkpoint branch that lists the sessions of each.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::SessionMetadata;
use crate::link::repository_index::RepositoryIndex;

/// The trailer's key.
const KEY: &str = "entire-checkpoint";

/// Checkpoints.
#[derive(Debug)]
pub(super) struct Checkpoint;

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    session_id: Option<String>,
    #[serde(default)]
    session_ids: Vec<String>,
}

impl SessionMetadata for Checkpoint {
    fn id(&self) -> &'static str {
        "checkpoint"
    }

    fn about(&self) -> &'static str {
        "the commit's Entire-Checkpoint trailer, resolved to its sessions on the branch entire/checkpoints/v1"
    }

    fn read(&self, repo: &RepositoryIndex<'_>) -> Vec<(String, String)> {
        let mut sessions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (id, content) in &repo.work.checkpoints {
            let Ok(metadata) = serde_json::from_slice::<Metadata>(content) else { continue };
            let named = metadata.session_id.into_iter().chain(metadata.session_ids);
            sessions.entry(id).or_default().extend(named.map(|name| without_date(&name).to_owned()));
        }
        let mut found = Vec::new();
        for one in &repo.work.commits {
            let trailers = one.commit.trailers.iter().filter(|trailer| trailer.key.eq_ignore_ascii_case(KEY));
            let ids: BTreeSet<&str> = trailers.map(|trailer| trailer.value.trim()).collect();
            let named: BTreeSet<&String> = ids.iter().filter_map(|id| sessions.get(id)).flatten().collect();
            found.extend(named.into_iter().map(|session| (session.clone(), one.commit.id.clone())));
        }
        found
    }

    fn is_complete(&self) -> bool {
        true
    }
}

/// Older checkpoints put the date before the session's id: `2026-01-28-70d782f7-…`.
pub(super) fn without_date(name: &str) -> &str {
    let is_date = |text: &str| {
        let digits = text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 | 10 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        digits && text.len() == 11
    };
    name.split_at_checked(11).filter(|(date, rest)| is_date(date) && !rest.is_empty()).map_or(name, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_before_an_id_is_dropped() {
        assert_eq!(without_date("2026-01-28-70d782f7-b303"), "70d782f7-b303");
        assert_eq!(without_date("70d782f7-b303-4e48"), "70d782f7-b303-4e48");
        assert_eq!(without_date("2026-01-28-"), "2026-01-28-");
    }
}

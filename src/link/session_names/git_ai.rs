//! git-ai's authorship notes: `refs/notes/ai`, schema `authorship/3.0.0`.
//!
//! A note is a list of paths with keys and line ranges, a line `---`, and JSON that explains the keys. The JSON has the
//! id of the agent's session, so keys need not be recomputed.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::SessionMetadata;
use crate::model::work::Work;

/// Authorship notes.
#[derive(Debug)]
pub(super) struct GitAi;

#[derive(Deserialize)]
struct Note {
    #[serde(default)]
    prompts: BTreeMap<String, Author>,
    #[serde(default)]
    sessions: BTreeMap<String, Author>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(default)]
    agent_id: Option<Agent>,
}

#[derive(Deserialize)]
struct Agent {
    #[serde(default)]
    id: Option<String>,
}

impl SessionMetadata for GitAi {
    fn id(&self) -> &'static str {
        "git-ai-note"
    }

    fn about(&self) -> &'static str {
        "a note of git-ai on the commit (refs/notes/ai) names the agent's session; fetch notes with \
         `git fetch origin 'refs/notes/*:refs/notes/*'`"
    }

    fn read(&self, work: &Work) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (sha, body) in &work.notes {
            let sessions = sessions(&String::from_utf8_lossy(body));
            found.extend(sessions.into_iter().map(|session| (session, sha.clone())));
        }
        found
    }

    fn is_complete(&self) -> bool {
        true
    }
}

/// The sessions that a note names, each once.
fn sessions(body: &str) -> Vec<String> {
    let json = match body.strip_prefix("---\n").or_else(|| body.split_once("\n---\n").map(|(_, json)| json)) {
        Some(json) => json,
        None => return Vec::new(),
    };
    let Ok(note) = serde_json::from_str::<Note>(json) else { return Vec::new() };
    let authors = note.sessions.into_values().chain(note.prompts.into_values());
    let mut ids: Vec<String> = authors.filter_map(|author| author.agent_id?.id).filter(|id| !id.is_empty()).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_read_behind_the_attestations() {
        let body = "a file.rs\n  s_1::t_2 1-5,9\n---\n{\"schema_version\":\"authorship/3.0.0\",\"prompts\":\
                    {\"0123\":{\"agent_id\":{\"tool\":\"cursor\",\"id\":\"b\",\"model\":\"m\"}}},\"sessions\":\
                    {\"s_1\":{\"agent_id\":{\"tool\":\"claude\",\"id\":\"a\"}},\"s_2\":{\"human_author\":\"x\"}}}";
        assert_eq!(sessions(body), ["a", "b"]);
        assert_eq!(sessions("---\n{\"prompts\":{\"k\":{\"agent_id\":{\"id\":\"c\"}}}}"), ["c"]);
        assert!(sessions("no json").is_empty());
        assert!(sessions("x\n---\n{broken").is_empty());
    }
}

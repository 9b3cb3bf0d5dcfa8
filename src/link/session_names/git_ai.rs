//! git-ai's authorship notes: `refs/notes/ai`, schema `authorship/3.0.0`.
//!
//! A note is a list of paths with keys and line ranges, a line `---`, and JSON that explains the keys. The JSON has the
//! id of the agent's session, so keys need not be recomputed. Notes are copied when commits are rewritten, and sometimes to
//! the wrong one: a note about files that the commit did not change, or about another commit, proves nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::SessionMetadata;
use crate::link::repository_index::RepositoryIndex;

/// Authorship notes.
#[derive(Debug)]
pub(super) struct GitAi;

#[derive(Deserialize)]
struct Note {
    #[serde(default)]
    base_commit_sha: Option<String>,
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

    fn read(&self, repo: &RepositoryIndex<'_>) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (sha, body) in &repo.work.notes {
            let body = String::from_utf8_lossy(body);
            let Some((paths, note)) = parse(&body) else { continue };
            if !is_about_others(repo, sha, &paths, note.base_commit_sha.as_deref()) {
                found.extend(sessions(note).into_iter().map(|session| (session, sha.clone())));
            }
        }
        found
    }

    fn is_complete(&self) -> bool {
        true
    }
}

/// The paths that a note attests, and what explains it.
fn parse(body: &str) -> Option<(Vec<&str>, Note)> {
    let (attested, json) = match body.strip_prefix("---\n") {
        Some(json) => ("", json),
        None => body.split_once("\n---\n")?,
    };
    let paths = attested.lines().filter(|line| !line.is_empty() && !line.starts_with(' '));
    let paths = paths.map(|line| line.trim_matches('"')).collect();
    Some((paths, serde_json::from_str(json).ok()?))
}

/// The sessions that a note names, each once.
fn sessions(note: Note) -> Vec<String> {
    let authors = note.sessions.into_values().chain(note.prompts.into_values());
    let mut ids: Vec<String> = authors.filter_map(|author| author.agent_id?.id).filter(|id| !id.is_empty()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Whether a note is about other commits than the one that carries it.
fn is_about_others(repo: &RepositoryIndex<'_>, sha: &str, paths: &[&str], base: Option<&str>) -> bool {
    let Some(index) = repo.index_of(sha) else { return false };
    let one = repo.commit(index);
    // Only files that the repository is known to have say something: those of merges and excluded ones are not known.
    let is_of_others = |path: &&str| repo.path_of(path).is_some_and(|known| !one.paths.contains(&known));
    let has_other_files = !one.is_merge() && !paths.is_empty() && paths.iter().all(is_of_others);
    let is_copied = base.filter(|base| *base != sha).is_some_and(|base| {
        let is_noted = || repo.work.notes.binary_search_by(|(noted, _)| noted.as_str().cmp(base)).is_ok();
        let is_other = |at: u32| repo.canonical[at as usize] != repo.canonical[index as usize];
        let is_parent = one.commit.parents.iter().any(|parent| parent == base);
        !is_parent && is_noted() && repo.index_of(base).is_some_and(is_other)
    });
    has_other_files || is_copied
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(body: &str) -> Vec<String> {
        parse(body).map(|(_, note)| sessions(note)).unwrap_or_default()
    }

    #[test]
    fn sessions_are_read_behind_the_attestations() {
        let body = "a file.rs\n  s_1::t_2 1-5,9\n---\n{\"schema_version\":\"authorship/3.0.0\",\"prompts\":\
                    {\"0123\":{\"agent_id\":{\"tool\":\"cursor\",\"id\":\"b\",\"model\":\"m\"}}},\"sessions\":\
                    {\"s_1\":{\"agent_id\":{\"tool\":\"claude\",\"id\":\"a\"}},\"s_2\":{\"human_author\":\"x\"}}}";
        assert_eq!(named(body), ["a", "b"]);
        assert_eq!(named("---\n{\"prompts\":{\"k\":{\"agent_id\":{\"id\":\"c\"}}}}"), ["c"]);
        assert!(named("no json").is_empty());
        assert!(named("x\n---\n{broken").is_empty());
    }
}

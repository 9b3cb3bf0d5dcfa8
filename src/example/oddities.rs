//! What is unusual in the logs on purpose, described for the truth.

use super::repo::Repo;
use super::sessions_plan::{INTERNAL, PlannedSession, Quirk};
use super::truth::Oddity;

/// The oddities of a session that worked on this many branches.
pub(super) fn of_session(session: &PlannedSession, id: &str, branches: usize) -> Vec<Oddity> {
    let mut found: Vec<(&'static str, &'static str)> = session.quirks.iter().map(|&quirk| describe(quirk)).collect();
    if session.model == INTERNAL {
        found.push(("no-request-id", "a model without a public price, behind an endpoint without request ids"));
    }
    if session.repo.map(Repo::name).is_none() {
        found.push(("outside-repository", "the agent ran in the home folder, outside any repository"));
    }
    if branches > 1 {
        found.push(("two-branches", "one session that worked on two branches, one after the other"));
    }
    found.into_iter().map(|(kind, note)| Oddity { kind, session: id.to_owned(), note }).collect()
}

fn describe(quirk: Quirk) -> (&'static str, &'static str) {
    match quirk {
        Quirk::SubagentFile => ("subagent-file", "a subagent on a smaller model has its own file below `subagents/`"),
        Quirk::SubagentProgress => {
            ("subagent-progress", "a subagent appears only in progress lines, each message twice")
        }
        Quirk::Resumes(_) => ("resumed-session", "the file begins with a copy of the lines of an earlier session"),
        Quirk::Aside => ("sidechain-replay", "a side question repeats two messages under new request ids"),
        Quirk::Synthetic => ("synthetic", "a `<synthetic>` line that no model wrote"),
        Quirk::ApiError => ("api-error", "an API error line; nothing was used"),
        Quirk::PlaceholderOutput => {
            ("placeholder-output", "recorded output is 1 to 3 tokens; the visible text is much longer")
        }
        Quirk::Truncated => ("truncated-line", "the last line was cut off; what its request used is unknown"),
        Quirk::LongContext => ("long-context", "one request has a prompt above 200,000 tokens; a compaction follows"),
        Quirk::Retries => ("retry-loop", "the same failing command four times in a row"),
        Quirk::Switches(_) => ("model-change", "another model from the middle on"),
        Quirk::Worktree(_) => ("worktree", "the agent ran in a linked worktree"),
        Quirk::PullLink => ("pull-link", "the session opened a pull request"),
        Quirk::ColdCache => ("cold-cache", "a pause of 71 minutes, after which the whole context is written again"),
        Quirk::HalfByHand => ("half-by-hand", "the person wrote the second half of the commit"),
        Quirk::Parallel => ("parallel-sessions", "another session worked on the same branch at the same time"),
        Quirk::RepeatedTotal => ("repeated-total", "one token count is written twice with the same total"),
        Quirk::NullInfo => ("null-info", "one token count has no numbers"),
        Quirk::Forks(_) => ("codex-fork", "the file begins with the history of the session that it was forked from"),
    }
}

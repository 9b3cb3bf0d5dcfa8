//! Trailers with the id or the URL of a session: `Claude-Session`, `Entire-Session`, `Amp-Thread-ID`, `Agent-Logs-Url`, ….

use super::SessionMetadata;
use super::checkpoint::without_date;
use crate::link::repository_index::RepositoryIndex;

/// How the keys of such trailers end.
const ENDINGS: &[&str] = &["-session", "-session-id", "-thread-id", "-conversation-id", "agent-logs-url"];

/// Session trailers.
#[derive(Debug)]
pub(super) struct SessionTrailer;

impl SessionMetadata for SessionTrailer {
    fn id(&self) -> &'static str {
        "session-trailer"
    }

    fn about(&self) -> &'static str {
        "a trailer of the commit whose key ends with -Session, -Session-Id, -Thread-ID, -Conversation-Id or \
         Agent-Logs-Url names the session, by its id or by a URL that ends with it"
    }

    fn read(&self, repo: &RepositoryIndex<'_>) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for one in &repo.work.commits {
            for trailer in &one.commit.trailers {
                let key = trailer.key.to_ascii_lowercase();
                if ENDINGS.iter().any(|ending| key.ends_with(ending)) {
                    let address = trailer.value.trim().split(['?', '#']).next().unwrap_or_default();
                    let name = address.trim_end_matches('/');
                    let name = without_date(name.rsplit('/').next().unwrap_or(name));
                    if !name.is_empty() && !name.contains(char::is_whitespace) {
                        found.push((name.to_owned(), one.commit.id.clone()));
                    }
                }
            }
        }
        found
    }

    fn is_complete(&self) -> bool {
        false
    }
}

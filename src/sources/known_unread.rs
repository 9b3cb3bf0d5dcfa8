//! Agents whose files on a machine are known and not read, because they hold no usage or because no one has shown what they hold.
//!
//! - In: the path and the first bytes of a file, or a name. Out: what it is, why it is not read, and what helps instead.
//! - Refuses: nothing. Their places are rows of `places`, under the first of their names.

use crate::sources::places;
use crate::sources::reading::detect::{Head, Sniff};

/// An agent that is known and not read.
#[derive(Debug)]
pub struct KnownUnread {
    /// What it is called, the name of its places first.
    pub names: &'static [&'static str],
    /// The agent and what it keeps.
    pub title: &'static str,
    /// Why that is not read.
    pub why: &'static str,
    /// What has its usage.
    pub instead: &'static str,
    /// Folders and files one after another on the way to such a file; `*` is any run of characters.
    ways: &'static [&'static str],
    /// A table of a SQLite database with some of its columns.
    tables: &'static [(&'static str, &'static [&'static str])],
    /// Keys that a JSON file has, at any depth.
    keys: &'static [&'static [&'static str]],
}

const NOTHING: KnownUnread =
    KnownUnread { names: &[], title: "", why: "", instead: "", ways: &[], tables: &[], keys: &[] };

/// What is said where files of such an agent are met.
pub const NOT_READ: &str = "what an agent keeps here is known and not read, so the sums lack it";

/// What helps where a vendor shows usage and no export of it is read.
const OWN_TABLE: &str =
    "copy what the vendor's page of usage shows into a table with the columns of `tokaudit explain generic`";

/// Every agent that is known and not read, by its first name.
pub static KNOWN_UNREAD: &[KnownUnread] = &[
    KnownUnread {
        names: &["antigravity-pb"],
        title: "Antigravity, conversations of older versions",
        why: "the .pb files are encrypted",
        instead: "conversations that a newer version has opened are databases, which are read (`tokaudit explain antigravity`)",
        ways: &[".gemini/antigravity*/conversations/*.pb", ".gemini/antigravity*/implicit/*.pb"],
        ..NOTHING
    },
    KnownUnread {
        names: &["augment", "auggie"],
        title: "Augment, sessions of Auggie",
        why: "it is paid in credits, of which the sessions say nothing, and no version's source has shown what their counts are",
        instead: OWN_TABLE,
        ways: &[".augment/sessions/*.json"],
        keys: &[&["chatHistory", "response_nodes", "agentState"]],
        ..NOTHING
    },
    KnownUnread {
        names: &["command-code", "commandcode"],
        title: "Command Code, transcripts",
        why: "they hold texts, and the counts of requests are kept by the vendor",
        instead: OWN_TABLE,
        ways: &[".commandcode/projects"],
        ..NOTHING
    },
    KnownUnread {
        names: &["cursor", "cursor-local", "cursor-cli", "cursor-agent"],
        title: "Cursor, chats of the editor and of its CLI",
        why: "recent versions write no counts of tokens into them",
        instead: "export the usage from the dashboard (Usage > Export CSV, `tokaudit explain cursor-usage`), or take the Admin API's \
                  (`tokaudit explain cursor-events`)",
        ways: &[
            "Cursor*/User/globalStorage/state.vscdb",
            "Cursor*/User/workspaceStorage/*/state.vscdb",
            ".cursor/chats",
            ".cursor/projects/*/agent-transcripts",
            ".cursor-server/data/User/globalStorage/state.vscdb",
        ],
        tables: &[("cursorDiskKV", &["key", "value"])],
        ..NOTHING
    },
    KnownUnread {
        names: &["devin", "devin-cli"],
        title: "Devin, transcripts of its CLI",
        why: "it is paid in ACUs, and what is written of them and of tokens differs between versions",
        instead: "export the consumption (`tokaudit explain devin-consumption`)",
        ways: &["devin/cli/transcripts", "devin/cli/sessions.db"],
        keys: &[&["steps", "committed_acu_cost"]],
        ..NOTHING
    },
    KnownUnread {
        names: &["grok-log"],
        title: "Grok Build, its log of all sessions",
        why: "it has the requests whose sums the sessions have",
        instead: "the sessions in ~/.grok/sessions are read (`tokaudit explain grok-build`)",
        ways: &[".grok/logs/unified.jsonl"],
        ..NOTHING
    },
    KnownUnread {
        names: &["kiro-chats", "kiro-cli"],
        title: "Kiro, chats of the editor and the database of the CLI's first engine",
        why: "they hold neither credits nor tokens",
        instead: "newer sessions have credits and are read (`tokaudit explain kiro`)",
        ways: &[
            "kiro.kiroagent/*/*.chat",
            "kiro.kiroagent/workspace-sessions",
            "kiro.kiroagent/dev_data",
            "kiro-cli/data.sqlite3",
        ],
        tables: &[("conversations_v2", &["conversation_id", "value"])],
        ..NOTHING
    },
    KnownUnread {
        names: &["trae"],
        title: "Trae, the editor's state",
        why: "the counts are kept by the vendor alone",
        instead: OWN_TABLE,
        ways: &["Trae*/User/globalStorage/state.vscdb", "Trae*/User/workspaceStorage/*/state.vscdb"],
        ..NOTHING
    },
    KnownUnread {
        names: &["warp"],
        title: "Warp, its database",
        why: "it has a sum of tokens per conversation, neither by kind nor by request",
        instead: OWN_TABLE,
        ways: &["warp.sqlite"],
        tables: &[("agent_conversations", &["conversation_id"]), ("ai_queries", &["exchange_id", "conversation_id"])],
        ..NOTHING
    },
    KnownUnread {
        names: &["windsurf", "codeium"],
        title: "Windsurf, conversations of Cascade",
        why: "they are encrypted, and the counts are kept by the vendor",
        instead: OWN_TABLE,
        ways: &[
            ".codeium/windsurf*/cascade",
            "Windsurf*/User/globalStorage/state.vscdb",
            "Windsurf*/User/workspaceStorage/*/state.vscdb",
        ],
        ..NOTHING
    },
    KnownUnread {
        names: &["zcode-log"],
        title: "ZCode, its log",
        why: "it is written without counts of tokens",
        instead: "the database ~/.zcode/cli/db/db.sqlite is read (`tokaudit explain zcode`)",
        ways: &[".zcode/cli/log/*.jsonl"],
        ..NOTHING
    },
];

/// The agent of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static KnownUnread> {
    KNOWN_UNREAD.iter().find(|known| known.names.iter().any(|own| own.eq_ignore_ascii_case(name)))
}

impl KnownUnread {
    /// The agent of a file, by the way to it and by its first bytes.
    pub(in crate::sources) fn of(path: &str, head: &Head<'_>) -> Option<&'static Self> {
        let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
        KNOWN_UNREAD.iter().find(|known| {
            known.ways.iter().any(|way| is_on(way, &parts))
                || known.tables.iter().any(|(table, columns)| head.sniff_table(table, columns) == Sniff::Yes)
                || head.is_json() && known.keys.iter().any(|keys| keys.iter().all(|key| head.has_key(key)))
        })
    }

    /// What it is, why it is not read and what helps, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("{}: {}; {}", self.title, self.why, self.instead)
    }

    /// Where its files are below a home folder `~`, for lists.
    #[must_use]
    pub fn shown(&self) -> Vec<String> {
        self.names.first().map(|name| places::shown(name)).unwrap_or_default()
    }
}

/// Whether the parts of a path have those of a way one after another.
fn is_on(way: &str, parts: &[&str]) -> bool {
    let wanted: Vec<&str> = way.split('/').collect();
    parts.windows(wanted.len()).any(|found| found.iter().zip(&wanted).all(|(name, of)| places::matches(name, of)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_agents_that_are_not_read_are_known_wherever_they_were_copied() {
        let name = |path: &str| {
            KnownUnread::of(path, &Head::new(b"\0")).and_then(|known| known.names.first()).copied().unwrap_or_default()
        };
        assert_eq!(name("/home/dana/.config/Cursor/User/globalStorage/state.vscdb"), "cursor");
        assert_eq!(name("backup\\Cursor\\User\\globalStorage\\state.vscdb"), "cursor");
        assert_eq!(name("/home/dana/.cursor/projects/p/agent-transcripts/a/a.jsonl"), "cursor");
        assert_eq!(name(".gemini/antigravity-cli/conversations/c.pb"), "antigravity-pb");
        assert_eq!(name("old/warp.sqlite"), "warp");
        assert_eq!(name(".config/Code/User/globalStorage/state.vscdb"), "");
        assert_eq!(name(".gemini/antigravity-cli/conversations/c.db"), "");
    }
}

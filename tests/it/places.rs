//! A run without arguments finds the logs of every agent, on every system, where the agent keeps them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tokaudit::sources::SOURCES;
use tokaudit::sources::places::{Environment, Place, System, has, places};

use crate::program;

/// Files that agents write, below a home folder: the format, and where it is on each system.
const LINUX: &[(&str, &str)] = &[
    ("claude-code", ".claude/projects/-home-dana-shop/s.jsonl"),
    ("claude-code", ".config/claude/projects/-home-dana-shop/s.jsonl"),
    ("claude-code", ".config/Claude/local-agent-mode-sessions/a/b/local_c/.claude/projects/p/s.jsonl"),
    ("claude-code", ".config/CherryStudio/.claude/projects/p/s.jsonl"),
    ("claude-code", ".config/CherryStudio/Data/Agents/.claude/projects/p/s.jsonl"),
    ("codex", ".codex/sessions/2026/05/04/rollout-1.jsonl"),
    ("codex", ".codex/archived_sessions/rollout-1.jsonl"),
    ("gemini-cli", ".gemini/tmp/hash/chats/session-1.json"),
    ("qwen-code", ".qwen/projects/p/chats/s.jsonl"),
    ("copilot-cli", ".copilot/session-state/1/events.jsonl"),
    ("copilot-cli-store", ".copilot/session-store.db"),
    ("copilot-otel", ".copilot/otel/traces.jsonl"),
    ("copilot-chat", ".config/Code/User/workspaceStorage/abc/chatSessions/1.jsonl"),
    ("copilot-chat", ".config/Code/User/globalStorage/emptyWindowChatSessions/1.jsonl"),
    ("copilot-chat", ".config/Code/User/profiles/7a/globalStorage/emptyWindowChatSessions/1.json"),
    ("copilot-chat", ".config/Code - Insiders/User/workspaceStorage/abc/chatSessions/1.json"),
    ("copilot-chat", ".config/VSCodium/User/workspaceStorage/abc/chatSessions/1.json"),
    ("copilot-chat", ".vscode-server/data/User/workspaceStorage/abc/chatSessions/1.jsonl"),
    ("copilot-chat", ".vscode-server-insiders/data/User/workspaceStorage/abc/chatSessions/1.jsonl"),
    ("opencode", ".local/share/opencode/storage/message/ses_1/msg_1.json"),
    ("opencode", ".local/share/opencode/opencode.db"),
    ("opencode", ".local/share/opencode/opencode-next.db"),
    ("opencode", ".local/share/kilo/kilo.db"),
    ("opencode", ".local/share/mimocode/mimocode.db"),
    ("opencode", ".local/share/mimocode/storage/message/ses_1/msg_1.json"),
    ("opencode", ".local/share/kilo/storage/message/ses_1/msg_1.json"),
    ("goose", ".local/share/goose/sessions/sessions.db"),
    ("zed", ".local/share/zed/threads/threads.db"),
    ("zed", ".var/app/dev.zed.Zed/data/zed/threads/threads.db"),
    ("pi", ".pi/agent/sessions/p/s.jsonl"),
    ("pi", ".omp/agent/sessions/p/s.jsonl"),
    ("pi", ".openclaw/agents/main/sessions/s.jsonl"),
    ("pi", ".clawdbot/agents/main/sessions/s.jsonl"),
    ("pi", ".moltbot/agents/main/sessions/s.jsonl"),
    ("pi", ".moldbot/agents/main/sessions/s.jsonl"),
    ("pi", ".senpi/agent/sessions/p/s.jsonl"),
    ("pi", ".prime/agent/sessions/p/s.jsonl"),
    ("pi", ".gjc/agent/sessions/p/s.jsonl"),
    ("pi", ".config/kimchi/harness/sessions/p/s.jsonl"),
    ("cline", ".config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json"),
    ("cline", ".config/Code/User/globalStorage/rooveterinaryinc.roo-cline/tasks/1/ui_messages.json"),
    ("cline", ".config/Code/User/globalStorage/kilocode.kilo-code/tasks/1/ui_messages.json"),
    ("cline", ".config/Code/User/globalStorage/zoocodeorganization.zoo-code/tasks/1/ui_messages.json"),
    ("cline", ".config/Code - Insiders/User/globalStorage/rooveterinaryinc.roo-cline/tasks/1/ui_messages.json"),
    ("cline", ".config/VSCodium/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json"),
    ("cline", ".config/Cursor/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json"),
    ("cline", ".config/Windsurf/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json"),
    ("cline", ".config/Code/User/profiles/7a/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json"),
    ("cline", ".vscode-server/data/User/globalStorage/rooveterinaryinc.roo-cline/tasks/1/ui_messages.json"),
    ("cline", ".vscode-remote/data/User/globalStorage/rooveterinaryinc.roo-cline/tasks/1/ui_messages.json"),
    ("cline", ".cursor-server/data/User/globalStorage/kilocode.kilo-code/tasks/1/ui_messages.json"),
    ("cline", ".local/share/code-server/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json"),
    ("cline", ".cline/data/tasks/1/ui_messages.json"),
    ("cline-cli", ".cline/data/sessions/1/1.messages.json"),
    ("hermes", ".hermes/state.db"),
    ("hermes", ".hermes/profiles/night/state.db"),
    ("amp", ".local/share/amp/threads/T-1.json"),
    ("codebuff", ".config/manicode/projects/p/chats/1/chat-messages.json"),
    ("codebuff", ".config/manicode-dev/projects/p/chats/1/chat-messages.json"),
    ("continue", ".continue/dev_data/0.2.0/tokensGenerated.jsonl"),
    ("continue", ".continue/sessions/3f.json"),
    ("droid", ".factory/sessions/s.settings.json"),
    ("dsh", ".dsh/sessions/a/session.jsonl"),
    ("kimi-cli", ".kimi/sessions/h/s/wire.jsonl"),
    ("kimi-code", ".kimi-code/sessions/wd_1/s/agents/main/wire.jsonl"),
    ("mistral-vibe", ".vibe/logs/session/session_1/meta.json"),
    ("grok-build", ".grok/sessions/%2Fsrv%2Fshop/s/updates.jsonl"),
    ("junie", ".junie/sessions/session-260710-080000-a1b2/events.jsonl"),
    ("antigravity", ".gemini/antigravity-cli/conversations/c.db"),
    ("antigravity", ".gemini/antigravity-ide/conversations/c.db"),
    ("antigravity", ".gemini/antigravity/conversations/c.db"),
    ("kiro", ".kiro/sessions/cli/k.json"),
    ("kiro", ".config/Kiro/User/globalStorage/kiro.kiroagent/4f1e/77aa/exec-1"),
    ("kiro", ".kiro-server/data/User/globalStorage/kiro.kiroagent/4f1e/77aa/exec-1"),
    ("kiro-log", ".kiro/sessions/cli/k.jsonl"),
    ("kiro-log", ".kiro/sessions/4f1e/sess_a/messages.jsonl"),
    ("zcode", ".zcode/cli/db/db.sqlite"),
];

const MAC: &[(&str, &str)] = &[
    ("claude-code", ".claude/projects/p/s.jsonl"),
    ("claude-code", "Library/Application Support/Claude/local-agent-mode-sessions/a/b/.claude/projects/p/s.jsonl"),
    ("claude-code", "Library/Application Support/CherryStudio/.claude/projects/p/s.jsonl"),
    ("codex", ".codex/sessions/2026/05/04/rollout-1.jsonl"),
    ("copilot-chat", "Library/Application Support/Code/User/workspaceStorage/abc/chatSessions/1.jsonl"),
    ("copilot-chat", "Library/Application Support/Code - Insiders/User/globalStorage/emptyWindowChatSessions/1.jsonl"),
    ("cline", "Library/Application Support/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json"),
    (
        "cline",
        "Library/Application Support/Cursor/User/globalStorage/rooveterinaryinc.roo-cline/tasks/1/ui_messages.json",
    ),
    ("cline", "Library/Application Support/VSCodium/User/globalStorage/kilocode.kilo-code/tasks/1/ui_messages.json"),
    ("goose", "Library/Application Support/Block/goose/sessions/sessions.db"),
    ("goose", ".local/share/goose/sessions/sessions.db"),
    ("zed", "Library/Application Support/Zed/threads/threads.db"),
    ("opencode", ".local/share/opencode/opencode.db"),
    ("kimi-code", "Library/Application Support/kimi-desktop/sessions/s/wire.jsonl"),
    ("gemini-cli", ".gemini/tmp/hash/chats/session-1.json"),
    ("pi", ".pi/agent/sessions/p/s.jsonl"),
    ("grok-build", ".grok/sessions/%2FUsers%2Fdana/s/updates.jsonl"),
    ("junie", ".junie/sessions/session-260710-080000-a1b2/events.jsonl"),
    ("antigravity", ".gemini/antigravity-ide/conversations/c.db"),
    ("kiro", "Library/Application Support/Kiro/User/globalStorage/kiro.kiroagent/4f1e/77aa/exec-1"),
    ("kiro-log", ".kiro/sessions/4f1e/sess_a/messages.jsonl"),
    ("zcode", ".zcode/cli/db/db.sqlite"),
];

const WINDOWS: &[(&str, &str)] = &[
    ("claude-code", ".claude/projects/p/s.jsonl"),
    ("claude-code", "AppData/Roaming/Claude/local-agent-mode-sessions/a/b/.claude/projects/p/s.jsonl"),
    ("claude-code", "AppData/Roaming/CherryStudio/.claude/projects/p/s.jsonl"),
    ("claude-code", "AppData/Roaming/CherryStudio/Data/Agents/.claude/projects/p/s.jsonl"),
    ("codex", ".codex/sessions/2026/05/04/rollout-1.jsonl"),
    ("copilot-chat", "AppData/Roaming/Code/User/workspaceStorage/abc/chatSessions/1.jsonl"),
    ("cline", "AppData/Roaming/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json"),
    ("cline", "AppData/Roaming/Windsurf/User/globalStorage/rooveterinaryinc.roo-cline/tasks/1/ui_messages.json"),
    ("goose", "AppData/Roaming/Block/goose/data/sessions/sessions.db"),
    ("zed", "AppData/Local/Zed/threads/threads.db"),
    ("opencode", ".local/share/opencode/opencode.db"),
    ("copilot-cli", ".copilot/session-state/1/events.jsonl"),
    ("kimi-code", "AppData/Roaming/kimi-desktop/sessions/s/wire.jsonl"),
    ("grok-build", ".grok/sessions/C%3A%5CUsers%5Cdana/s/updates.jsonl"),
    ("junie", ".junie/sessions/session-260710-080000-a1b2/events.jsonl"),
    ("antigravity", ".gemini/antigravity/conversations/c.db"),
    ("kiro", "AppData/Roaming/Kiro/User/globalStorage/kiro.kiroagent/4f1e/77aa/exec-1"),
    ("zcode", ".zcode/cli/db/db.sqlite"),
];

/// A folder with an empty file in it.
fn with_file(path: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(path);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
    std::fs::write(file, "").expect("a file");
    folder
}

/// The formats of the places that hold a file.
fn formats_of(places: &[Place], file: &Path) -> BTreeSet<&'static str> {
    let holds = |place: &&Place| place.found().iter().any(|path| file.starts_with(path));
    places.iter().filter(holds).map(|place| place.format).collect()
}

#[test]
fn every_place_of_every_system_is_looked_at_under_its_agent() {
    for (system, table) in [(System::Linux, LINUX), (System::Mac, MAC), (System::Windows, WINDOWS)] {
        for (format, path) in table {
            let home = with_file(path);
            let drives = Path::new("/nowhere");
            let all = places(&Environment { system, home: Some(home.path()), env: &|_| None, drives });
            let found = formats_of(&all, &home.path().join(path));
            assert_eq!(found, BTreeSet::from([*format]), "{system:?}: {path}");
        }
    }
}

/// Formats of files that lie in the places of another format.
const BESIDE_ANOTHER: [&str; 2] = ["copilot-chat-journal", "droid-session"];

#[test]
fn every_agent_has_a_place_or_says_that_it_has_none() {
    let lacking = SOURCES.iter().filter(|source| {
        let about = source.about();
        let says_so = about.contains("no default folder is searched") || about.contains("name the file or the");
        about.contains("Where:") && !says_so && !has(source.id()) && !BESIDE_ANOTHER.contains(&source.id())
    });
    assert_eq!(lacking.map(|source| source.id()).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_variable_of_the_tool_or_of_the_system_moves_its_place() {
    for (format, variable, value, path) in [
        ("claude-code", "CLAUDE_CONFIG_DIR", "work", "work/projects/p/s.jsonl"),
        ("claude-code", "XDG_CONFIG_HOME", "xdg", "xdg/claude/projects/p/s.jsonl"),
        ("codex", "CODEX_HOME", "cx", "cx/sessions/r.jsonl"),
        ("gemini-cli", "GEMINI_CLI_HOME", "g", "g/.gemini/tmp/h/chats/s.json"),
        ("copilot-cli", "COPILOT_HOME", "c", "c/session-state/1/events.jsonl"),
        ("opencode", "XDG_DATA_HOME", "data", "data/opencode/opencode.db"),
        ("opencode", "OPENCODE_DB", "mine.db", "mine.db"),
        ("goose", "XDG_DATA_HOME", "data", "data/goose/sessions/sessions.db"),
        ("zed", "XDG_DATA_HOME", "data", "data/zed/threads/threads.db"),
        ("pi", "PI_CODING_AGENT_DIR", "pi", "pi/sessions/s.jsonl"),
        ("pi", "OPENCLAW_STATE_DIR", "claw", "claw/agents/main/sessions/s.jsonl"),
        ("pi", "SENPI_CODING_AGENT_DIR", "senpi", "senpi/sessions/s.jsonl"),
        ("pi", "PRIME_AGENT_CODING_AGENT_DIR", "prime", "prime/sessions/s.jsonl"),
        ("pi", "GJC_CODING_AGENT_DIR", "gjc", "gjc/sessions/s.jsonl"),
        ("pi", "KIMCHI_CODING_AGENT_DIR", "kimchi", "kimchi/sessions/s.jsonl"),
        ("kimi-cli", "KIMI_SHARE_DIR", "kimi", "kimi/sessions/h/s/wire.jsonl"),
        ("kimi-code", "KIMI_CODE_HOME", "kc", "kc/sessions/w/s/agents/main/wire.jsonl"),
        ("mistral-vibe", "VIBE_HOME", "v", "v/logs/session/s/meta.json"),
        ("grok-build", "GROK_HOME", "gr", "gr/sessions/%2Fsrv/s/updates.jsonl"),
        ("junie", "JUNIE_HOME", "j", "j/sessions/session-1/events.jsonl"),
        ("kiro", "KIRO_HOME", "k", "k/sessions/cli/k.json"),
        ("kiro-log", "KIRO_HOME", "k", "k/sessions/4f1e/sess_a/messages.jsonl"),
        (
            "cline",
            "XDG_CONFIG_HOME",
            "xdg",
            "xdg/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json",
        ),
        (
            "cline",
            "VSCODE_PORTABLE",
            "port",
            "port/user-data/User/globalStorage/kilocode.kilo-code/tasks/1/ui_messages.json",
        ),
    ] {
        let folder = with_file(path);
        let home = folder.path().join("home");
        let set = folder.path().join(value).display().to_string();
        let env = |name: &str| (name == variable).then(|| set.clone());
        let system = System::Linux;
        let all = places(&Environment { system, home: Some(&home), env: &env, drives: Path::new("/nowhere") });
        assert_eq!(formats_of(&all, &folder.path().join(path)), BTreeSet::from([format]), "{variable}");
    }
    let folder = with_file("roaming/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json");
    let roaming = folder.path().join("roaming").display().to_string();
    let env = |name: &str| (name == "APPDATA").then(|| roaming.clone());
    let (system, home) = (System::Windows, PathBuf::from("/home/dana"));
    let all = places(&Environment { system, home: Some(&home), env: &env, drives: Path::new("/nowhere") });
    assert!(
        !formats_of(&all, &folder.path().join("roaming/Code/User/globalStorage/saoudrizwan.claude-dev/tasks"))
            .is_empty()
    );
}

#[test]
fn the_homes_of_windows_are_looked_at_from_within_wsl_only() {
    let path = "c/Users/dana/AppData/Roaming/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json";
    let drives = with_file(path);
    let home = tempfile::tempdir().expect("a folder");
    let looked_at = |distribution: Option<&str>| {
        let env = |name: &str| distribution.filter(|_| name == "WSL_DISTRO_NAME").map(str::to_owned);
        let (system, home) = (System::Linux, Some(home.path()));
        formats_of(&places(&Environment { system, home, env: &env, drives: drives.path() }), &drives.path().join(path))
    };
    assert_eq!(looked_at(Some("Ubuntu")), BTreeSet::from(["cline"]));
    assert_eq!(looked_at(None), BTreeSet::new());
}

#[test]
fn a_run_without_arguments_lists_every_place_and_what_is_there() {
    let home = tempfile::tempdir().expect("a folder");
    let log = home.path().join(".claude/projects/p/s.jsonl");
    std::fs::create_dir_all(log.parent().expect("a folder")).expect("folders");
    let line = r#"{"type":"assistant","timestamp":"2026-05-04T08:00:00Z","sessionId":"s","requestId":"r","message":{"id":"m","model":"claude-opus-4-6","usage":{"input_tokens":1,"output_tokens":2}}}"#;
    std::fs::write(&log, line).expect("a log");
    std::fs::create_dir_all(home.path().join(".codex/sessions")).expect("a folder");
    let run = |arguments: &[&str]| {
        program::finish(program::command(arguments).env("HOME", home.path()).current_dir(home.path()))
    };
    let ran = run(&["sources", "--format", "json"]);
    let document = ran.json();
    let rows = document["places"].as_array().expect("places");
    let of = |end: &str| {
        let row = rows.iter().find(|row| row["place"].as_str().is_some_and(|place| place.ends_with(end)));
        row.map(|row| (row["is_there"].as_bool(), row["files"].as_u64(), row["kept"].as_u64())).expect("a place")
    };
    assert_eq!(of("/.claude/projects"), (Some(true), Some(1), Some(1)));
    assert_eq!(of("/.codex/sessions"), (Some(true), Some(0), Some(0)));
    assert_eq!(of("/.gemini/tmp"), (Some(false), Some(0), Some(0)));
    assert!(run(&["sources"]).stdout.contains("nothing there"));

    std::fs::remove_file(&log).expect("the log");
    let nothing = run(&["sources"]);
    assert_eq!(nothing.code, Some(3));
    assert!(nothing.stdout.contains("/.claude/projects") && nothing.stdout.contains("nothing there"));
    let spend = run(&["spend"]);
    assert!(spend.code == Some(3) && spend.stderr.contains("`tokaudit sources` lists them"), "{}", spend.stderr);
}

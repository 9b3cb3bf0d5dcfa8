//! Where agents keep their logs: the one table of default places, for Linux, macOS, Windows and WSL.
//!
//! - In: the [`Environment`], which the command line passes in. Out: [`Place`]s, whether or not anything is there, and the paths that exist.
//! - A new agent is a row of `TABLE`. Names of variables are those that the tools themselves read; where one is set, the tool looks
//!   nowhere else, and neither does this.

use std::io;
use std::path::{Path, PathBuf};

/// An operating system, as far as places of logs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux and other Unix systems.
    Linux,
    /// macOS.
    Mac,
    /// Windows.
    Windows,
}

impl System {
    /// The system that this program was built for.
    pub const OWN: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::Mac
    } else {
        Self::Linux
    };
}

/// What places depend on. The command line passes it in, so that the library does not read it.
pub struct Environment<'a> {
    /// The system.
    pub system: System,
    /// The user's home folder.
    pub home: Option<&'a Path>,
    /// Looks up an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// Where Windows' drives are mounted under WSL; usually `/mnt`.
    pub drives: &'a Path,
}

impl Environment<'_> {
    /// A variable that is set to something.
    fn variable(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.is_empty())
    }

    /// The folder that a variable names, or else one below home.
    fn folder(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        self.variable(variable).map(PathBuf::from).or_else(|| Some(self.home?.join(below_home)))
    }
}

/// A place where an agent keeps logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The format whose logs are expected; of files that are not read, the agent's name in `known_unread`.
    pub format: &'static str,
    /// Whether the files there are read.
    pub is_read: bool,
    /// The variable that names it, if one does.
    pub variable: Option<&'static str>,
    /// The way from the `User` folder of an editor of VS Code's family, if it is one of theirs.
    pub in_editors: Option<&'static str>,
    /// The folder that it lies below.
    root: PathBuf,
    /// The way from there, with `/`; a `*` is any run of characters of one name.
    way: String,
}

impl Place {
    /// The place as people write it, with a `*` where any name may be.
    #[must_use]
    pub fn shown(&self) -> String {
        self.whole().display().to_string()
    }

    fn whole(&self) -> PathBuf {
        if self.way.is_empty() { self.root.clone() } else { self.root.join(&self.way) }
    }

    /// The paths that are there, in order. A folder that may not be looked into counts as being there: what is in it is missing.
    #[must_use]
    pub fn found(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let parts: Vec<&str> = self.way.split('/').filter(|part| !part.is_empty()).collect();
        walk(self.root.clone(), &parts, &mut found);
        found.sort();
        found
    }
}

/// Follows the rest of a way from a folder.
fn walk(from: PathBuf, rest: &[&str], found: &mut Vec<PathBuf>) {
    let literal = rest.iter().take_while(|part| !part.contains('*')).count();
    let folder = rest[..literal].iter().fold(from, |folder, part| folder.join(part));
    let Some((pattern, rest)) = rest[literal..].split_first() else {
        if folder.try_exists().unwrap_or_else(|err| err.kind() == io::ErrorKind::PermissionDenied) {
            found.push(folder);
        }
        return;
    };
    match std::fs::read_dir(&folder) {
        Ok(entries) => {
            for entry in entries.flatten().filter(|entry| matches(&entry.file_name().to_string_lossy(), pattern)) {
                walk(entry.path(), rest, found);
            }
        }
        Err(err) if err.kind() == io::ErrorKind::PermissionDenied => found.push(folder),
        Err(_) => {}
    }
}

/// Whether a name is of a pattern with at most one `*`.
pub(in crate::sources) fn matches(name: &str, pattern: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else { return name == pattern };
    name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
}

/// What a place of the table lies below.
#[derive(Debug, Clone, Copy)]
enum Base {
    /// The home folder, on every system.
    Home,
    /// `XDG_CONFIG_HOME`, or `.config` below home.
    Config,
    /// `XDG_DATA_HOME`, or `.local/share` below home.
    Data,
    /// `XDG_STATE_HOME`, or `.local/state` below home.
    State,
    /// `Library/Application Support` of macOS.
    Support,
    /// `APPDATA` of Windows.
    Roaming,
    /// `LOCALAPPDATA` of Windows.
    Local,
    /// What [`Self::Config`], [`Self::Support`] and [`Self::Roaming`] are to desktop programs of the three systems.
    Desktop,
    /// The `User` folder of every editor of VS Code's family, and of its profiles.
    Editor,
}

/// The places of an agent.
struct Row {
    /// The format whose logs are expected.
    format: &'static str,
    /// Variables of the tool, and the ways from the folder that one names. The first that is set decides.
    variables: &'static [(&'static str, &'static [&'static str])],
    /// Without a variable, these.
    places: &'static [(Base, &'static str)],
}

/// Editors of VS Code's family, by the name of their folder.
const EDITORS: [&str; 12] = [
    "Code",
    "Code - Insiders",
    "Code - OSS",
    "VSCodium",
    "VSCodium - Insiders",
    "Cursor",
    "Windsurf",
    "Windsurf - Next",
    "Trae",
    "Kiro",
    "Antigravity",
    "Positron",
];

/// `User` folders below home of editors that run without a window: over SSH, in WSL, in dev containers and in browsers.
const SERVERS: [&str; 9] = [
    ".vscode-server/data/User",
    ".vscode-server-insiders/data/User",
    ".vscode-remote/data/User",
    ".vscodium-server/data/User",
    ".cursor-server/data/User",
    ".windsurf-server/data/User",
    ".kiro-server/data/User",
    ".openvscode-server/data/User",
    ".local/share/code-server/User",
];

const TABLE: &[Row] = &[
    Row {
        format: "claude-code",
        variables: &[("CLAUDE_CONFIG_DIR", &["projects"])],
        places: &[(Base::Home, ".claude/projects"), (Base::Config, "claude/projects")],
    },
    // Programs that carry Claude Code in them; its variable is not theirs.
    Row {
        format: "claude-code",
        variables: &[],
        places: &[
            (Base::Desktop, "Claude/local-agent-mode-sessions"),
            (Base::Desktop, "CherryStudio/.claude/projects"),
            (Base::Desktop, "CherryStudio/Data/Agents/.claude/projects"),
        ],
    },
    Row {
        format: "codex",
        variables: &[("CODEX_HOME", &["sessions", "archived_sessions"])],
        places: &[(Base::Home, ".codex/sessions"), (Base::Home, ".codex/archived_sessions")],
    },
    Row {
        format: "gemini-cli",
        variables: &[("GEMINI_CLI_HOME", &[".gemini/tmp"]), ("GEMINI_DATA_DIR", &["tmp"])],
        places: &[(Base::Home, ".gemini/tmp")],
    },
    Row {
        format: "qwen-code",
        variables: &[("QWEN_HOME", &["projects"]), ("QWEN_DATA_DIR", &["projects"])],
        places: &[(Base::Home, ".qwen/projects")],
    },
    Row {
        format: "copilot-cli",
        variables: &[("COPILOT_HOME", &["session-state"])],
        places: &[(Base::Home, ".copilot/session-state")],
    },
    Row {
        format: "copilot-cli-store",
        variables: &[("COPILOT_HOME", &["session-store.db"])],
        places: &[(Base::Home, ".copilot/session-store.db")],
    },
    Row {
        format: "copilot-otel",
        variables: &[("COPILOT_OTEL_FILE_EXPORTER_PATH", &[""])],
        places: &[(Base::Home, ".copilot/otel")],
    },
    Row {
        format: "copilot-chat",
        variables: &[("COPILOT_CHAT_DIR", &[""])],
        places: &[
            (Base::Editor, "workspaceStorage/*/chatSessions"),
            (Base::Editor, "globalStorage/emptyWindowChatSessions"),
        ],
    },
    Row { format: "opencode", variables: &[("OPENCODE_DB", &[""])], places: &[] },
    Row {
        format: "opencode",
        variables: &[("OPENCODE_DATA_DIR", &[""])],
        places: &[(Base::Data, "opencode/storage"), (Base::Data, "opencode/*.db")],
    },
    Row {
        format: "opencode",
        variables: &[("KILO_DATA_DIR", &[""])],
        places: &[(Base::Data, "kilo/storage"), (Base::Data, "kilo/*.db")],
    },
    Row {
        format: "opencode",
        variables: &[],
        places: &[(Base::Data, "mimocode/storage"), (Base::Data, "mimocode/*.db")],
    },
    Row {
        format: "goose",
        variables: &[("GOOSE_PATH_ROOT", &[""])],
        places: &[
            (Base::Data, "goose/sessions"),
            (Base::Support, "Block/goose/sessions"),
            (Base::Support, "Block/goose/data/sessions"),
            (Base::Roaming, "Block/goose/data/sessions"),
        ],
    },
    Row {
        format: "zed",
        variables: &[("ZED_DATA_DIR", &[""])],
        places: &[
            (Base::Data, "zed/threads"),
            (Base::Home, ".var/app/dev.zed.Zed/data/zed/threads"),
            (Base::Support, "Zed/threads"),
            (Base::Local, "Zed/threads"),
        ],
    },
    Row {
        format: "pi",
        variables: &[("PI_CODING_AGENT_DIR", &["sessions"]), ("PI_AGENT_DIR", &["sessions"])],
        places: &[(Base::Home, ".pi/agent/sessions")],
    },
    // Programs that are Pi under another name.
    Row { format: "pi", variables: &[], places: &[(Base::Home, ".omp/agent/sessions")] },
    Row {
        format: "pi",
        variables: &[("SENPI_CODING_AGENT_DIR", &["sessions"])],
        places: &[(Base::Home, ".senpi/agent/sessions")],
    },
    Row {
        format: "pi",
        variables: &[("PRIME_AGENT_CODING_AGENT_DIR", &["sessions"])],
        places: &[(Base::Home, ".prime/agent/sessions")],
    },
    Row {
        format: "pi",
        variables: &[("GJC_CODING_AGENT_DIR", &["sessions"])],
        places: &[(Base::Home, ".gjc/agent/sessions")],
    },
    Row {
        format: "pi",
        variables: &[("KIMCHI_CODING_AGENT_DIR", &["sessions"])],
        places: &[(Base::Config, "kimchi/harness/sessions")],
    },
    Row {
        format: "pi",
        variables: &[("OPENCLAW_STATE_DIR", &[""]), ("OPENCLAW_DIR", &[""])],
        places: &[
            (Base::Home, ".openclaw"),
            (Base::Home, ".clawdbot"),
            (Base::Home, ".moltbot"),
            (Base::Home, ".moldbot"),
        ],
    },
    Row {
        format: "cline",
        variables: &[("CLINE_DATA_DIR", &["tasks"]), ("CLINE_DIR", &[""])],
        places: &[(Base::Home, ".cline/data/tasks")],
    },
    Row {
        format: "cline-cli",
        variables: &[
            ("CLINE_SESSION_DATA_DIR", &[""]),
            ("CLINE_DATA_DIR", &["sessions"]),
            ("CLINE_DIR", &["data/sessions"]),
        ],
        places: &[(Base::Home, ".cline/data/sessions")],
    },
    Row {
        format: "hermes",
        variables: &[("HERMES_HOME", &["state.db", "profiles/*/state.db"])],
        places: &[(Base::Home, ".hermes/state.db"), (Base::Home, ".hermes/profiles/*/state.db")],
    },
    Row {
        format: "cline",
        variables: &[],
        places: &[
            (Base::Editor, "globalStorage/saoudrizwan.claude-dev/tasks"),
            (Base::Editor, "globalStorage/rooveterinaryinc.roo-cline/tasks"),
            (Base::Editor, "globalStorage/kilocode.kilo-code/tasks"),
            (Base::Editor, "globalStorage/zoocodeorganization.zoo-code/tasks"),
        ],
    },
    Row { format: "amp", variables: &[("AMP_DATA_DIR", &[""])], places: &[(Base::Data, "amp/threads")] },
    Row {
        format: "codebuff",
        variables: &[("CODEBUFF_DATA_DIR", &[""])],
        places: &[(Base::Config, "manicode*/projects")],
    },
    Row {
        format: "continue",
        variables: &[("CONTINUE_GLOBAL_DIR", &["dev_data", "sessions"])],
        places: &[(Base::Home, ".continue/dev_data"), (Base::Home, ".continue/sessions")],
    },
    Row { format: "droid", variables: &[("DROID_SESSIONS_DIR", &[""])], places: &[(Base::Home, ".factory/sessions")] },
    Row { format: "dsh", variables: &[("DSH_HOME", &["sessions"])], places: &[(Base::Home, ".dsh/sessions")] },
    Row {
        format: "kimi-cli",
        variables: &[("KIMI_SHARE_DIR", &["sessions"]), ("KIMI_DATA_DIR", &[""])],
        places: &[(Base::Home, ".kimi/sessions")],
    },
    Row {
        format: "kimi-code",
        variables: &[("KIMI_CODE_HOME", &["sessions"])],
        places: &[(Base::Home, ".kimi-code/sessions"), (Base::Desktop, "kimi-desktop")],
    },
    Row {
        format: "mistral-vibe",
        variables: &[("VIBE_HOME", &["logs/session"])],
        places: &[(Base::Home, ".vibe/logs/session")],
    },
    Row {
        format: "grok-build",
        variables: &[("GROK_HOME", &["sessions/*/*/updates.jsonl"])],
        places: &[(Base::Home, ".grok/sessions/*/*/updates.jsonl")],
    },
    Row {
        format: "junie",
        variables: &[("JUNIE_HOME", &["sessions/*/events.jsonl"])],
        places: &[(Base::Home, ".junie/sessions/*/events.jsonl")],
    },
    Row {
        format: "antigravity",
        variables: &[],
        places: &[
            (Base::Home, ".gemini/antigravity-cli/conversations"),
            (Base::Home, ".gemini/antigravity-ide/conversations"),
            (Base::Home, ".gemini/antigravity/conversations"),
        ],
    },
    Row {
        format: "kiro",
        variables: &[("KIRO_HOME", &["sessions/cli/*.json"])],
        places: &[(Base::Home, ".kiro/sessions/cli/*.json"), (Base::Editor, "globalStorage/kiro.kiroagent")],
    },
    Row {
        format: "kiro-log",
        variables: &[("KIRO_HOME", &["sessions/cli/*.jsonl", "sessions/*/*/messages.jsonl"])],
        places: &[(Base::Home, ".kiro/sessions/cli/*.jsonl"), (Base::Home, ".kiro/sessions/*/*/messages.jsonl")],
    },
    Row { format: "zcode", variables: &[], places: &[(Base::Home, ".zcode/cli/db/db.sqlite")] },
    Row { format: "muse-code", variables: &[("MUSE_DATA_DIR", &[""])], places: &[] },
];

/// Places of agents that are known and not read.
const UNREAD: &[Row] = &[
    Row { format: "augment", variables: &[], places: &[(Base::Home, ".augment/sessions")] },
    Row { format: "command-code", variables: &[], places: &[(Base::Home, ".commandcode/projects")] },
    Row {
        format: "cursor",
        variables: &[],
        places: &[
            (Base::Desktop, "Cursor/User/globalStorage/state.vscdb"),
            (Base::Home, ".cursor/chats"),
            (Base::Home, ".cursor/projects/*/agent-transcripts"),
        ],
    },
    Row {
        format: "devin",
        variables: &[],
        places: &[(Base::Data, "devin/cli/transcripts"), (Base::Support, "Devin/User/acp-events")],
    },
    Row {
        format: "kiro-chats",
        variables: &[],
        places: &[(Base::Data, "kiro-cli/data.sqlite3"), (Base::Support, "kiro-cli/data.sqlite3")],
    },
    Row { format: "trae", variables: &[], places: &[(Base::Desktop, "Trae*/User/globalStorage/state.vscdb")] },
    Row {
        format: "warp",
        variables: &[],
        places: &[
            (Base::State, "warp-terminal/warp.sqlite"),
            (Base::Support, "dev.warp.Warp-*/warp.sqlite"),
            (Base::Home, "Library/Group Containers/*.dev.warp/Library/Application Support/dev.warp.Warp-*/warp.sqlite"),
            (Base::Local, "warp/Warp/data/warp.sqlite"),
        ],
    },
    Row { format: "windsurf", variables: &[], places: &[(Base::Home, ".codeium/windsurf*/cascade")] },
];

/// Every place where logs may be, in the order of the table, whether or not anything is there; those that are not read come last.
#[must_use]
pub fn places(environment: &Environment<'_>) -> Vec<Place> {
    let mut all: Vec<Place> = TABLE.iter().flat_map(|row| of_row(row, environment)).collect();
    if environment.system == System::Linux && environment.variable("WSL_DISTRO_NAME").is_some() {
        // Programs of Windows keep theirs on its drives.
        let homes = environment.drives.join("*/Users/*");
        let windows =
            Environment { system: System::Windows, home: Some(&homes), env: &|_| None, drives: environment.drives };
        let below_drives = |place: Place| {
            let way = place.whole();
            let way = way.strip_prefix(environment.drives).unwrap_or(&way);
            Place { root: environment.drives.to_owned(), way: way.display().to_string(), ..place }
        };
        all.extend(TABLE.iter().flat_map(|row| of_row(row, &windows)).map(below_drives));
    }
    let unread = UNREAD.iter().flat_map(|row| of_row(row, environment));
    all.extend(unread.map(|place| Place { is_read: false, ..place }));
    all
}

/// The paths to read that places have, without those that lie in others of them.
#[must_use]
pub fn outermost(places: &[(Place, Vec<PathBuf>)]) -> Vec<PathBuf> {
    let read = places.iter().filter(|(place, _)| place.is_read);
    let mut all: Vec<PathBuf> = read.flat_map(|(_, found)| found.iter().cloned()).collect();
    all.sort();
    all.dedup_by(|later, kept| later.starts_with(kept));
    all
}

/// Whether a format has a place of its own, so that it need not be exported.
#[must_use]
pub fn has(format: &str) -> bool {
    TABLE.iter().any(|row| row.format == format)
}

/// The places of a format below a home folder `~` of Linux, for lists.
#[must_use]
pub fn shown(format: &str) -> Vec<String> {
    let home = Some(Path::new("~"));
    let environment = Environment { system: System::Linux, home, env: &|_| None, drives: Path::new("/mnt") };
    // Of the editors' folders one will do.
    let is_shown = |place: &&Place| {
        let is_first = place.way.starts_with("Code/User/") && !place.way.contains("profiles/*/");
        place.format == format && (place.in_editors.is_none() || is_first)
    };
    places(&environment).iter().filter(is_shown).map(Place::shown).collect()
}

fn of_row(row: &Row, environment: &Environment<'_>) -> Vec<Place> {
    let set = row.variables.iter().find_map(|(name, ways)| Some((*name, *ways, environment.variable(name)?)));
    if let Some((name, ways, value)) = set {
        // Claude Code's may be a list.
        let folders = value.split(',').map(str::trim).filter(|folder| !folder.is_empty());
        let place = |folder: &str, way: &&str| Place {
            format: row.format,
            is_read: true,
            variable: Some(name),
            in_editors: None,
            root: PathBuf::from(folder),
            way: (*way).to_owned(),
        };
        return folders.flat_map(|folder| ways.iter().map(move |way| place(folder, way))).collect();
    }
    let mut all = Vec::new();
    for (base, own) in row.places {
        for (root, start) in roots(*base, environment) {
            let way = if start.is_empty() { (*own).to_owned() } else { format!("{start}/{own}") };
            let in_editors = matches!(base, Base::Editor).then_some(*own);
            all.push(Place { format: row.format, is_read: true, variable: None, in_editors, root, way });
        }
    }
    all
}

/// The folders of a base, each with a way to it.
fn roots(base: Base, environment: &Environment<'_>) -> Vec<(PathBuf, String)> {
    let on = |system: System, variable: &str, below_home: &str| {
        (environment.system == system).then(|| environment.folder(variable, below_home)).flatten()
    };
    let support = || on(System::Mac, "", "Library/Application Support");
    let roaming = || on(System::Windows, "APPDATA", "AppData/Roaming");
    let config = || environment.folder("XDG_CONFIG_HOME", ".config");
    let one = match base {
        Base::Home => environment.home.map(PathBuf::from),
        Base::Config => config(),
        Base::Data => environment.folder("XDG_DATA_HOME", ".local/share"),
        Base::State => environment.folder("XDG_STATE_HOME", ".local/state"),
        Base::Support => support(),
        Base::Roaming => roaming(),
        Base::Local => on(System::Windows, "LOCALAPPDATA", "AppData/Local"),
        Base::Desktop | Base::Editor => match environment.system {
            System::Linux => config(),
            System::Mac => support(),
            System::Windows => roaming(),
        },
    };
    if !matches!(base, Base::Editor) {
        return one.into_iter().map(|root| (root, String::new())).collect();
    }
    let mut users: Vec<(PathBuf, String)> = Vec::new();
    users.extend(one.into_iter().flat_map(|root| EDITORS.map(|name| (root.clone(), format!("{name}/User")))));
    users.extend(environment.home.into_iter().flat_map(|home| SERVERS.map(|way| (home.to_owned(), way.to_owned()))));
    let portable = environment.variable("VSCODE_PORTABLE");
    users.extend(portable.map(|folder| (PathBuf::from(folder), "user-data/User".to_owned())));
    let with_profiles = |(root, way): (PathBuf, String)| [(root.clone(), way.clone()), (root, way + "/profiles/*")];
    users.into_iter().flat_map(with_profiles).collect()
}

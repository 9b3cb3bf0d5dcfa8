//! Paths as logs of any system write them → one form for one folder or file.
//!
//! - `C:\src\shop`, `c:/src/shop`, `\\?\C:\src\shop`, `/mnt/c/src/shop` of WSL, `/cygdrive/c/src/shop`, `file:///c%3A/src/shop` and
//!   `/c/src/shop` of Git Bash are `C:/src/shop`; `\\wsl$\Ubuntu\home\dana` is `/home/dana`; a share is `//server/share`.
//! - Names on a drive or a share differ in more than their case; names on other systems may differ in nothing else.
//! - Only the text is looked at: the folder need not exist on this machine.

use std::borrow::Cow;

/// Letters of drives, for paths such as `/c/src`, which may be a drive of Git Bash or a folder of another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drives(u32);

/// Where systems beside Windows show its drives.
const MOUNTS: &[&str] = &["/mnt/", "/cygdrive/", "/host_mnt/", "/run/desktop/mnt/host/"];
/// How Windows names the files of a Linux in it; the name of that Linux follows.
const LINUX_SHARES: &[&str] = &["//wsl$/", "//wsl.localhost/"];
/// Folders that contain home folders.
const HOMES: &[&str] = &["/home/", "/Users/", "/var/home/", "/export/home/", "/usr/home/"];
/// The same on a drive.
const HOMES_ON_DRIVES: &[&str] = &["/users/", "/documents and settings/"];
/// Home folders of machines, images and services, in which anybody may work.
#[rustfmt::skip]
const SHARED_HOMES: &[&str] = &[
    "abc", "actions", "admin", "administrator", "agent", "all users", "alpine", "app", "appuser", "appveyor",
    "azdevops", "azureuser", "bamboo", "bitnami", "build", "builder", "buildkite-agent", "centos", "ci", "circleci",
    "claude", "cloud", "cloud-user", "cloudshell-user", "code", "coder", "codespace", "codex", "container",
    "containeradministrator", "containeruser", "core", "debian", "default", "default user", "demo", "deploy", "dev",
    "devcontainer", "developer", "docker", "drone", "ec2-user", "example", "fedora", "git", "github", "gitlab",
    "gitlab-runner", "gitpod", "guest", "jenkins", "jovyan", "kasm-user", "linuxbrew", "nobody", "node", "opc",
    "openhands", "postgres", "public", "python", "rocky", "root", "rstudio", "runner", "runneradmin", "runneruser",
    "sagemaker-user", "sandbox", "service", "shared", "teamcity", "temp", "test", "tester", "tmp", "travis",
    "ubuntu", "user", "users", "vagrant", "vscode", "vsts", "work", "worker", "workspace", "www-data",
];

impl Drives {
    /// Every letter: for comparing two paths that are cleaned in the same way.
    pub const ALL: Self = Self(u32::MAX);

    /// The drives that paths name without doubt, such as `C:\src` or `/mnt/c/src`.
    #[must_use]
    pub fn of<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let letters = paths.filter_map(|path| on_drive(&clean(path, Self::default())));
        Self(letters.fold(0, |known, letter| known | bit(letter)))
    }
}

fn bit(letter: char) -> u32 {
    u32::from(letter.to_ascii_lowercase()).checked_sub(u32::from('a')).map_or(0, |at| 1 << (at % 26))
}

/// The letter of the drive that a path begins with.
fn on_drive(path: &str) -> Option<char> {
    let &[letter, b':', ref rest @ ..] = path.as_bytes() else { return None };
    let is_drive = letter.is_ascii_alphabetic() && (rest.is_empty() || matches!(rest[0], b'/' | b'\\'));
    is_drive.then_some(char::from(letter))
}

/// A path in its one form: forward slashes, no slash at the end, one spelling of its drive or share.
#[must_use]
pub fn clean(path: &str, drives: Drives) -> Cow<'_, str> {
    let path = match path.strip_prefix("file://") {
        Some(rest) => Cow::Owned(without_escapes(if rest.starts_with('/') { rest } else { &path[5..] })),
        None => Cow::Borrowed(path),
    };
    // On systems whose paths begin with one slash, a backslash is a letter of a name.
    let is_unix = path.starts_with('/') && !path.starts_with("//");
    let path = if !is_unix && path.contains('\\') { Cow::Owned(path.replace('\\', "/")) } else { path };
    let path =
        if path.get(1..).is_some_and(|rest| rest.contains("//")) { Cow::Owned(without_doubles(&path)) } else { path };
    match path {
        Cow::Borrowed(path) => without_mount(path, drives),
        Cow::Owned(path) => Cow::Owned(without_mount(&path, drives).into_owned()),
    }
}

/// Replaces `%20` by what it means.
fn without_escapes(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Repeated slashes are one, but for the two at the start of a share.
fn without_doubles(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for (at, letter) in path.char_indices() {
        if letter != '/' || at < 2 || !out.ends_with('/') {
            out.push(letter);
        }
    }
    out
}

/// A path with forward slashes, without what only says how the folder is reached.
fn without_mount(path: &str, drives: Drives) -> Cow<'_, str> {
    let path = match path.strip_prefix("//?/").or_else(|| path.strip_prefix("//./")) {
        Some(rest) => match rest.get(..4).filter(|start| start.eq_ignore_ascii_case("unc/")) {
            Some(_) => return Cow::Owned(format!("/{}", trimmed(&rest[3..]))),
            None => rest,
        },
        None => path,
    };
    let linux = LINUX_SHARES.iter().find(|share| starts_with(path, share));
    // `//wsl$/Ubuntu/home` → `/home`.
    let path =
        linux.and_then(|share| path[share.len()..].find('/').map(|at| &path[share.len() + at..])).unwrap_or(path);
    let path = path.strip_prefix('/').filter(|rest| on_drive(rest).is_some()).unwrap_or(path);
    let path = trimmed(path);
    if let Some(letter) = on_drive(path) {
        let is_clean = letter.is_ascii_uppercase();
        return if is_clean { Cow::Borrowed(path) } else { Cow::Owned(drive(letter, &path[2..])) };
    }
    let mount = MOUNTS.iter().find_map(|mount| path.strip_prefix(mount));
    let is_known = |letter: char| mount.is_some() || drives.0 & bit(letter) != 0;
    let rest = mount.or_else(|| path.strip_prefix('/')).unwrap_or_default();
    let mut letters = rest.chars();
    match (letters.next(), letters.as_str()) {
        (Some(letter), below)
            if letter.is_ascii_alphabetic() && (below.is_empty() || below.starts_with('/')) && is_known(letter) =>
        {
            Cow::Owned(drive(letter, below))
        }
        _ => Cow::Borrowed(path),
    }
}

fn drive(letter: char, below: &str) -> String {
    format!("{}:{below}", letter.to_ascii_uppercase())
}

fn trimmed(path: &str) -> &str {
    let short = path.trim_end_matches('/');
    if short.is_empty() { &path[..path.len().min(1)] } else { short }
}

fn starts_with(path: &str, prefix: &str) -> bool {
    path.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Whether names that differ only in their case are one name in a clean path.
#[must_use]
pub fn ignores_case(path: &str) -> bool {
    on_drive(path).is_some() || path.starts_with("//")
}

/// Whether a clean path begins at the root of its system.
#[must_use]
pub fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || on_drive(path).is_some()
}

/// A clean path as it is compared: in lower case where case does not matter.
#[must_use]
pub fn comparable(path: &str) -> Cow<'_, str> {
    if ignores_case(path) { Cow::Owned(path.to_lowercase()) } else { Cow::Borrowed(path) }
}

/// What a path has below a folder, both clean: empty if it is that folder, `None` if it is elsewhere.
#[must_use]
pub fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let is_loose = ignores_case(folder);
    let mut rest = path.chars();
    for wanted in folder.trim_end_matches('/').chars() {
        let letter = rest.next()?;
        if letter != wanted && !(is_loose && letter.to_lowercase().eq(wanted.to_lowercase())) {
            return None;
        }
    }
    let rest = rest.as_str();
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// The last part of a clean path.
#[must_use]
pub fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whom the home folder of a path names, in lower case; `None` outside of home folders and in those that many people share.
#[must_use]
pub fn home_user(path: &str) -> Option<String> {
    let path = clean(path, Drives::ALL);
    let user = below_homes(&path)?.split('/').next().filter(|user| !user.is_empty())?.to_lowercase();
    (!SHARED_HOMES.contains(&user.as_str())).then_some(user)
}

/// Whether a path is a home folder itself, and not one below it.
#[must_use]
pub fn is_home(path: &str) -> bool {
    below_homes(&clean(path, Drives::ALL)).is_some_and(|user| !user.is_empty() && !user.contains('/'))
}

/// What a clean path has below the folder of all homes.
fn below_homes(path: &str) -> Option<&str> {
    if on_drive(path).is_some() {
        HOMES_ON_DRIVES.iter().find(|homes| starts_with(&path[2..], homes)).map(|homes| &path[2 + homes.len()..])
    } else {
        HOMES.iter().find_map(|homes| path.strip_prefix(homes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_has_one_form_however_it_is_written() {
        for path in [
            "C:\\src\\shop",
            "c:\\src\\shop\\",
            "c:/src/shop",
            "/C:/src/shop",
            "C:\\\\src\\\\shop",
            "\\\\?\\C:\\src\\shop",
            "/mnt/c/src/shop",
            "/mnt/c/src//shop/",
            "/cygdrive/c/src/shop",
            "/c/src/shop",
            "file:///c%3A/src/shop",
            "file:///C:/src/shop",
            "\\\\wsl$\\Ubuntu\\mnt\\c\\src\\shop",
        ] {
            assert_eq!(clean(path, Drives::of(["D:\\x", "/mnt/c/y"].into_iter())), "C:/src/shop", "{path}");
        }
        for path in [
            "/home/x/a b",
            "/home/x/a b/",
            "//wsl$/Ubuntu/home/x/a b",
            "\\\\WSL.localhost\\Ubuntu-24.04\\home\\x\\a b",
            "file:///home/x/a%20b",
        ] {
            assert_eq!(clean(path, Drives::ALL), "/home/x/a b", "{path}");
        }
        for path in ["\\\\nas\\team\\shop", "//nas/team/shop/", "\\\\?\\UNC\\nas\\team\\shop", "file://nas/team/shop"] {
            assert_eq!(clean(path, Drives::ALL), "//nas/team/shop", "{path}");
        }
        for (path, same) in
            [("", ""), ("/", "/"), ("src\\a.rs", "src/a.rs"), ("/srv/odd\\name", "/srv/odd\\name"), ("C:\\", "C:")]
        {
            assert_eq!(clean(path, Drives::ALL), same, "{path}");
        }
    }

    #[test]
    fn a_folder_of_one_letter_is_a_drive_only_if_there_is_such_a_drive() {
        assert_eq!(clean("/w/shop", Drives::of(["C:/w"].into_iter())), "/w/shop");
        assert_eq!(clean("/mnt/data/shop", Drives::ALL), "/mnt/data/shop");
        assert_eq!(clean("/w/shop", Drives::of(["w:\\shop"].into_iter())), "W:/shop");
    }

    #[test]
    fn case_matters_beside_drives_and_shares() {
        assert_eq!(comparable("C:/Src/Shop"), "c:/src/shop");
        assert_eq!(comparable("//NAS/Team"), "//nas/team");
        assert_eq!(comparable("/srv/Shop"), "/srv/Shop");
        assert_eq!(below("C:/SRC/Shop/a.rs", "C:/src/shop"), Some("a.rs"));
        assert_eq!(below("/srv/Shop/a.rs", "/srv/shop"), None);
        assert_eq!(below("/srv/shopping", "/srv/shop"), None);
        assert_eq!(below("/srv/shop", "/srv/shop"), Some(""));
        assert_eq!(below("/srv/shop", "/"), Some("srv/shop"));
    }

    #[test]
    fn a_home_folder_names_its_person() {
        for path in [
            "/home/dana/src/shop",
            "/Users/Dana",
            "C:\\Users\\dana\\shop",
            "c:/users/DANA",
            "/mnt/c/Users/Dana/shop",
            "/c/Users/dana/shop",
            "\\\\wsl$\\Debian\\home\\dana\\shop",
            "C:\\Documents and Settings\\Dana\\shop",
        ] {
            assert_eq!(home_user(path).as_deref(), Some("dana"), "{path}");
        }
        for path in [
            "/workspace/shop",
            "/srv/home/x/y",
            "/home/",
            "/root/shop",
            "/home/vscode/shop",
            "/home/ubuntu",
            "/Users/Shared/shop",
            "/Users/runner/work",
            "C:\\Users\\runneradmin\\a",
            "C:\\Users\\Public",
            "D:\\a\\shop",
        ] {
            assert_eq!(home_user(path), None, "{path}");
        }
    }
}

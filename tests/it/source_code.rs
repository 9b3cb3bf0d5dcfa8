//! The program's own source as data: files, their code without comments and texts, and which file uses which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A source file.
pub(crate) struct SourceFile {
    /// Below `src`, with slashes.
    pub path: String,
    /// The text with comments, string and character literals blanked out; lines stay where they are.
    pub code: String,
    /// The module's path in the crate, such as `["report", "page"]`; empty for `lib.rs`.
    pub module: Vec<String>,
}

/// Every source file, in the order of its path.
pub(crate) fn files() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let paths = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(|entry| entry.expect("an entry"));
    paths
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).expect("a source file");
            let below = entry.path().strip_prefix(&root).expect("below src");
            let path = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            SourceFile { code: code(&text), module: module(&path), path }
        })
        .collect()
}

fn module(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

/// Blanks comments and literals, so that names in texts are not taken for code.
pub(crate) fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment or literal that begins here ends; `at` itself where none begins.
fn literal_end(chars: &[char], at: usize) -> usize {
    let from = |at: usize| chars.get(at..).unwrap_or_default();
    let find = |start: usize, what: &[char]| {
        (start..chars.len()).find(|end| from(*end).starts_with(what)).map_or(chars.len(), |end| end + what.len())
    };
    let is_name = |c: &char| c.is_alphanumeric() || *c == '_';
    let begins_word = at == 0 || !is_name(&chars[at - 1]);
    match from(at) {
        ['/', '/', ..] => find(at, &['\n']) - 1,
        ['/', '*', ..] => find(at + 2, &['*', '/']),
        ['r', '"' | '#', ..] if begins_word => {
            let hashes = from(at + 1).iter().take_while(|c| **c == '#').count();
            if from(at + 1 + hashes).first() != Some(&'"') {
                return at; // A raw name such as `r#type`.
            }
            find(at + 2 + hashes, &[vec!['"'], vec!['#'; hashes]].concat())
        }
        ['"', ..] => quoted_end(chars, at, '"'),
        ['\'', '\\', ..] => quoted_end(chars, at, '\''),
        ['\'', _, '\'', ..] => at + 3,
        _ => at,
    }
}

fn quoted_end(chars: &[char], begin: usize, quote: char) -> usize {
    let mut at = begin + 1;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// The functions of some code: first line, number of lines, and name.
pub(crate) fn functions(code: &str) -> Vec<(usize, usize, String)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(name) = words.iter().position(|word| *word == "fn").and_then(|at| words.get(at + 1)) else { continue };
        let (mut depth, mut begun) = (0_i32, false);
        // Lines up to the brace that closes the first one; a function without a body ends at its semicolon.
        let end = lines[at..].iter().position(|line| {
            let mut is_end = false;
            for c in line.chars() {
                match c {
                    '{' => (depth, begun) = (depth + 1, true),
                    '}' => depth -= 1,
                    ';' if !begun => is_end = true,
                    _ => {}
                }
            }
            is_end || begun && depth <= 0
        });
        let name = name.split(['(', '<']).next().unwrap_or_default();
        found.push((at + 1, end.map_or(1, |end| end + 1), name.to_owned()));
    }
    found
}

/// Every path that some code names, from `use` items of any form and from expressions: segments from the crate's root.
pub(crate) fn paths(file: &SourceFile) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for (_, path) in imports(file) {
        found.insert(path);
    }
    let spaced = file.code.replace(":: ", "::");
    for word in spaced.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        let segments: Vec<&str> = word.split("::").collect();
        // `crate::{` begins a tree, which the imports have.
        if ["crate", "super"].contains(&segments[0]) && segments.len() > 1 && segments.last() != Some(&"") {
            found.extend(absolute(file, &segments));
        }
    }
    found
}

/// What `use` items bring into scope: the name, and its path from the crate's root.
fn imports(file: &SourceFile) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut rest = file.code.as_str();
    while let Some(at) = rest.find("use ") {
        let begins = rest[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == ')');
        rest = &rest[at + 4..];
        if !begins {
            continue;
        }
        let Some(end) = rest.find(';') else { break };
        let tree: String = rest[..end].replace(" as ", "=").split_whitespace().collect();
        expand(&tree, &[], &mut |segments: &[&str], name: &str| {
            if let Some(path) = absolute(file, segments) {
                found.push((name.to_owned(), path));
            }
        });
        rest = &rest[end..];
    }
    found
}

/// Walks a `use` tree without blanks: `a::{b, c::{self, D as E}}`.
fn expand<'a>(tree: &'a str, before: &[&'a str], take: &mut dyn FnMut(&[&'a str], &str)) {
    let Some(open) = tree.find('{') else {
        let (path, name) = tree.split_once('=').unwrap_or((tree, ""));
        let mut segments: Vec<&str> = before.iter().copied().chain(path.split("::")).collect();
        if segments.last() == Some(&"self") {
            segments.pop();
        }
        let last = segments.last().copied().unwrap_or_default();
        take(&segments, if name.is_empty() { last } else { name });
        return;
    };
    let head: Vec<&str> =
        before.iter().copied().chain(tree[..open].split("::").filter(|part| !part.is_empty())).collect();
    let inner = &tree[open + 1..tree.len() - 1];
    let (mut depth, mut begin) = (0, 0);
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inner[begin..at].is_empty() {
                    expand(&inner[begin..at], &head, take);
                }
                begin = at + 1;
            }
            _ => {}
        }
    }
}

/// A path from the crate's root; `None` for those of other crates.
fn absolute(file: &SourceFile, segments: &[&str]) -> Option<Vec<String>> {
    let mut base = match segments.first()? {
        &"crate" => Vec::new(),
        &("self" | "super") => file.module.clone(),
        first => {
            // A module of its own, named without `self`.
            let declared = file.code.contains(&format!("mod {first};"));
            return declared
                .then(|| file.module.iter().cloned().chain(segments.iter().map(|one| (*one).to_owned())).collect());
        }
    };
    for segment in segments {
        match *segment {
            "crate" | "self" => {}
            "super" => drop(base.pop()),
            name => base.push(name.to_owned()),
        }
    }
    Some(base)
}

/// Which file uses which, by index; items are followed through the modules that hand them on. What a folder's `mod.rs` and the
/// files below it use of each other is left out: they are one module.
pub(crate) fn uses(files: &[SourceFile]) -> BTreeMap<usize, BTreeSet<usize>> {
    let modules: BTreeMap<&[String], usize> = files
        .iter()
        .enumerate()
        .filter(|(_, file)| file.path != "main.rs")
        .map(|(at, file)| (file.module.as_slice(), at))
        .collect();
    let handed_on: Vec<BTreeMap<String, Vec<String>>> =
        files.iter().map(|file| imports(file).into_iter().collect()).collect();
    let resolve = |path: &[String]| {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let length = (0..=path.len()).rev().find(|length| modules.contains_key(&path[..*length]))?;
            let at = modules[&path[..length]];
            match path.get(length).and_then(|name| handed_on[at].get(name)) {
                Some(next) if *next != path => path = [next.as_slice(), &path[length + 1..]].concat(),
                _ => return Some(at),
            }
        }
        None
    };
    let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        for used in paths(file).iter().filter_map(|path| resolve(path)) {
            let (own, other) = (&file.module, &files[used].module);
            if used != at && !own.starts_with(other) && !other.starts_with(own) {
                found.entry(at).or_default().insert(used);
            }
        }
    }
    found
}

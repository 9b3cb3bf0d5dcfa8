//! The layers: a module uses only what stands above it, no two files use each other, and only the command line touches the
//! outside.

use std::collections::{BTreeMap, BTreeSet};

use crate::source_code::{self, SourceFile, code, files, functions, paths};

/// The documentation of the crate, which holds the picture and the layers.
const LIB: &str = include_str!("../../src/lib.rs");
/// A longer function does more than one thing.
const MAX_LINES: usize = 80;

/// The fenced blocks of the crate's documentation: the picture, and the layers.
fn blocks() -> [Vec<&'static str>; 2] {
    let lines =
        LIB.lines().filter_map(|line| line.strip_prefix("//!")).map(|line| line.strip_prefix(' ').unwrap_or(line));
    let all: Vec<&str> = lines.collect();
    let blocks: Vec<Vec<&str>> = all.split(|line| line.starts_with("```")).map(<[&str]>::to_vec).collect();
    [blocks[1].clone(), blocks[3].clone()]
}

/// The modules of each layer.
fn layers() -> Vec<Vec<&'static str>> {
    let [_, table] = blocks();
    let names = |line: &&'static str| line.split("  ").next().unwrap_or_default().split(' ').collect();
    table.iter().map(names).collect()
}

fn layer(name: &str) -> usize {
    layers().iter().position(|modules| modules.contains(&name)).unwrap_or_else(|| panic!("{name} is in no layer"))
}

/// The top-level module of a file.
fn top(file: &SourceFile) -> &str {
    file.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

#[test]
fn the_list_of_modules_is_in_the_order_of_the_layers() {
    let declared: Vec<&str> = LIB.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let listed: Vec<&str> = layers().into_iter().flatten().filter(|name| *name != "main").collect();
    assert_eq!(declared, listed);
}

#[test]
fn data_flows_through_the_picture_from_layer_to_layer() {
    let [picture, _] = blocks();
    let known: BTreeSet<&str> = layers().into_iter().flatten().collect();
    let mut arrows = 0;
    for line in picture {
        let stages: Vec<&str> =
            line.split(['▶', '─', '┐', '┘', '┼', ' ']).filter(|word| known.contains(word)).collect();
        for pair in stages.windows(2) {
            assert!(layer(pair[0]) < layer(pair[1]), "{} → {}", pair[0], pair[1]);
            arrows += 1;
        }
    }
    assert!(arrows >= 6, "{arrows} arrows");
}

#[test]
fn modules_use_only_those_above_them() {
    let mut seen = 0;
    for file in files().iter().filter(|file| file.path != "lib.rs") {
        for path in paths(file) {
            let Some(used) = path.first().filter(|used| layers().iter().flatten().any(|known| known == used)) else {
                continue;
            };
            assert!(
                used == top(file) || layer(used) < layer(top(file)),
                "{} uses crate::{}",
                file.path,
                path.join("::")
            );
            seen += 1;
        }
    }
    assert!(seen > 1000, "{seen} uses");
}

#[test]
fn no_file_uses_a_file_that_uses_it() {
    let files = files();
    let uses = source_code::uses(&files);
    assert!(uses.values().map(BTreeSet::len).sum::<usize>() > 1000);
    let mut circles: Vec<String> = Vec::new();
    for circle in circles_of(files.len(), &uses) {
        circles.push(circle.iter().map(|at| files[*at].path.as_str()).collect::<Vec<_>>().join(" ↔ "));
    }
    assert_eq!(circles, Vec::<String>::new(), "files that use each other");
}

/// Groups of files each of which reaches all others of its group.
fn circles_of(count: usize, uses: &BTreeMap<usize, BTreeSet<usize>>) -> Vec<Vec<usize>> {
    let reach = |from: usize| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            open.extend(uses.get(&at).into_iter().flatten().filter(|next| seen.insert(**next)));
        }
        seen
    };
    let reached: Vec<BTreeSet<usize>> = (0..count).map(reach).collect();
    let mut found: Vec<Vec<usize>> = Vec::new();
    for at in (0..count).filter(|at| reached[*at].contains(at)) {
        if !found.iter().flatten().any(|known| *known == at) {
            found.push(
                (0..count).filter(|other| reached[at].contains(other) && reached[*other].contains(&at)).collect(),
            );
        }
    }
    found
}

#[test]
fn code_is_separated_from_texts_and_comments() {
    let text = "use crate::a; // crate::b\nlet x = \"crate::c \\\" crate::d\"; let y = r#\"crate::e\"\n\"#; let z: &'a str = '\"';";
    let kept = code(text);
    assert_eq!(kept.matches("crate::").count(), 1, "{kept}");
    assert_eq!((kept.lines().count(), kept.contains("&'a str")), (3, true), "{kept}");
}

#[test]
fn paths_are_found_in_every_form() {
    let file = |text: &str| SourceFile {
        path: "a/b.rs".to_owned(),
        code: code(text),
        module: vec!["a".to_owned(), "b".to_owned()],
    };
    let found = |text: &str| paths(&file(text)).into_iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(found("use crate::{\n    c::{self, D as E},\n    f::G,\n};"), ["c", "c::D", "f::G"]);
    assert_eq!(found("fn x() -> crate::h::I { super::j::k() }"), ["a::j::k", "h::I"]);
    assert_eq!(found("pub(super) use self::l::M;\nuse std::io;"), ["a::b::l::M"]);
}

#[test]
fn functions_are_short() {
    assert_eq!(functions("fn a() {\n    {}\n}\nfn b();\n"), [(1, 3, "a".to_owned()), (4, 1, "b".to_owned())]);
    let mut long = Vec::new();
    for file in files() {
        let functions = functions(&file.code).into_iter().filter(|(_, lines, _)| *lines > MAX_LINES);
        long.extend(functions.map(|(_, _, name)| format!("{} {name}", file.path)));
    }
    assert_eq!(long, Vec::<String>::new(), "functions of more than {MAX_LINES} lines");
}

#[test]
fn one_room_names_polars() {
    let naming: Vec<String> =
        files().into_iter().filter(|file| file.code.contains("polars")).map(|file| file.path).collect();
    assert_eq!(naming, ["ledger/frame/cells.rs", "ledger/frame/sums.rs", "ledger/frame.rs"]);
}

/// Whose formats a file of `sources` reads: an agent's, or those of one vendor; `None` for what all of them share.
fn vendor(file: &SourceFile) -> Option<&[String]> {
    let [sources, folder, name, ..] = file.module.as_slice() else { return None };
    match folder.as_str() {
        _ if sources != "sources" || name == "paths" => None, // What the agents share.
        "agents" => Some(&file.module[..3]),
        "anthropic" | "cloud" | "copilot" | "cursor" | "gateway" | "observability" | "openai" => {
            Some(&file.module[..2])
        }
        _ => None,
    }
}

#[test]
fn formats_of_one_vendor_do_not_use_those_of_another() {
    let files = files();
    let mut seen = 0;
    for (at, used) in source_code::uses(&files) {
        for used in used {
            if let (Some(own), Some(other)) = (vendor(&files[at]), vendor(&files[used])) {
                assert_eq!(own, other, "{} uses {}", files[at].path, files[used].path);
                seen += 1;
            }
        }
    }
    assert!(seen > 0 && files.iter().filter_map(vendor).count() > 50, "{seen} uses");
}

#[test]
fn only_the_command_line_touches_the_outside() {
    let outside =
        ["std::env::", "println!", "print!", "SystemTime", "Utc::now", "io::stdout", "io::stderr", "dbg!", "todo!"];
    for file in files().iter().filter(|file| !["cli", "main"].contains(&top(file)) && !file.path.ends_with("tests.rs"))
    {
        let code = file.code.split("#[cfg(test)]").next().unwrap_or_default();
        for word in outside {
            assert!(!code.contains(word), "{} uses {word}", file.path);
        }
    }
}

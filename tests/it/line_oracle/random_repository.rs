//! A seed → a repository whose files go through all that can happen to a line.
//!
//! Written by one `git fast-import`, with fixed names and dates, so a seed always gives the same commits.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// SplitMix64: <https://prng.di.unimi.it/splitmix64.c>.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below one that is not zero.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below a usize")
    }

    fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most + 1 - least)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// git without this machine's settings.
pub(super) fn git(folder: &Path, arguments: &[&str]) -> Command {
    crate::program::git(folder, &[&["-c", "core.quotePath=false", "-c", "core.autocrlf=false"], arguments].concat())
}

/// What a git command prints.
pub(super) fn output(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = git(folder, arguments).output().expect("git runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {errors}");
    output.stdout
}

type Tree = BTreeMap<String, Vec<u8>>;

/// One commit of the mainline.
struct Landed {
    mark: usize,
    id: String,
    before: Tree,
    after: Tree,
}

/// The running `git fast-import`.
struct Import {
    process: Child,
    input: ChildStdin,
    answers: BufReader<ChildStdout>,
    commits: usize,
}

impl Import {
    fn start(folder: &Path) -> Self {
        let arguments = ["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--force"];
        let mut command = git(folder, &arguments);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git fast-import");
        let input = process.stdin.take().expect("a piped input");
        let answers = BufReader::new(process.stdout.take().expect("a piped output"));
        Self { process, input, answers, commits: 0 }
    }

    /// Writes a commit and returns its mark and its id.
    fn commit(
        &mut self,
        branch: &str,
        time: i64,
        message: &str,
        parents: &[usize],
        trees: (&Tree, &Tree),
    ) -> (usize, String) {
        self.commits += 1;
        let mark = self.commits;
        let mut text = format!("commit refs/heads/{branch}\nmark :{mark}\n").into_bytes();
        for role in ["author", "committer"] {
            text.extend(format!("{role} Ann <ann@example.org> {time} +0200\n").into_bytes());
        }
        text.extend(format!("data {}\n{message}\n", message.len()).into_bytes());
        for (at, parent) in parents.iter().enumerate() {
            text.extend(format!("{} :{parent}\n", if at == 0 { "from" } else { "merge" }).into_bytes());
        }
        let (before, after) = trees;
        for path in before.keys().filter(|path| !after.contains_key(*path)) {
            text.extend(format!("D {path}\n").into_bytes());
        }
        for (path, content) in after.iter().filter(|(path, content)| before.get(*path) != Some(content)) {
            text.extend(format!("M 100644 inline {path}\ndata {}\n", content.len()).into_bytes());
            text.extend(content);
            text.push(b'\n');
        }
        text.extend(format!("\nget-mark :{mark}\n").into_bytes());
        self.input.write_all(&text).and_then(|()| self.input.flush()).expect("git fast-import reads");
        let mut id = String::new();
        self.answers.read_line(&mut id).expect("git fast-import answers");
        let id = id.trim();
        assert_eq!(id.len(), 40, "git fast-import names the commit");
        (mark, id.to_owned())
    }

    fn finish(self) {
        let Self { mut process, input, .. } = self;
        drop(input);
        assert!(process.wait().expect("git fast-import ends").success());
    }
}

/// Writes the repository of a seed into a bare one that is new.
pub(super) fn write(seed: u64, folder: &Path) {
    output(folder, &["init", "-q", "--bare", "-b", "main", "."]);
    let mut random = Random(seed);
    let repeats = random.pick(&[0, 0, 8, 25]);
    let mut story = Story { random, repeats, fresh: 0, past: Vec::new(), clock: 1_777_593_600, branches: 0 };
    let mut import = Import::start(folder);
    story.begin(&mut import);
    for _ in 0..story.random.between(8, 30) {
        story.land(&mut import);
    }
    import.finish();
}

struct Story {
    random: Random,
    /// How many lines of a hundred have a text that others have.
    repeats: u64,
    fresh: usize,
    past: Vec<Landed>,
    clock: i64,
    branches: usize,
}

const PATHS: [&str; 8] = [
    "src/main.rs",
    "src/parse.rs",
    "src/deep/er/main.rs",
    "notes.txt",
    "with space.txt",
    "größe.md",
    "a",
    "lib/tool.py",
];

impl Story {
    fn begin(&mut self, import: &mut Import) {
        let mut files = Tree::new();
        for _ in 0..self.random.between(1, 5) {
            self.create(&mut files);
        }
        self.commit_main(import, "Begin", &[], files);
    }

    fn head(&self) -> &Landed {
        self.past.last().expect("the mainline has begun")
    }

    fn tick(&mut self) -> i64 {
        self.clock += match self.random.below(10) {
            0 => 0,
            1 => -7_200,
            2 => 3_000_000,
            _ => 3_600,
        };
        self.clock
    }

    fn commit_main(&mut self, import: &mut Import, message: &str, merged: &[usize], after: Tree) {
        let time = self.tick();
        let before = self.past.last().map(|landed| landed.after.clone()).unwrap_or_default();
        let first = self.past.last().map(|landed| landed.mark);
        let parents: Vec<usize> = first.into_iter().chain(merged.iter().copied()).collect();
        let (mark, id) = import.commit("main", time, message, &parents, (&before, &after));
        self.past.push(Landed { mark, id, before, after });
    }

    /// One more commit on the mainline.
    fn land(&mut self, import: &mut Import) {
        let mut files = self.head().after.clone();
        match self.random.below(20) {
            0..=2 => {
                let which = self.random.below(self.past.len());
                self.revert(import, which);
            }
            // Often the last one, so that reverts get reverted.
            3 => self.revert(import, self.past.len() - 1),
            4..=6 => self.merge(import),
            7 => self.commit_main(import, "Change nothing", &[], files),
            _ => {
                for _ in 0..self.random.between(1, 4) {
                    self.change(&mut files);
                }
                self.commit_main(import, "Change something", &[], files);
            }
        }
    }

    fn revert(&mut self, import: &mut Import, which: usize) {
        let mut files = self.head().after.clone();
        let Landed { id, before, after, .. } = &self.past[which];
        let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            let (was, became) = (before.get(path), after.get(path));
            if was == became {
                continue;
            }
            if files.get(path) == became {
                match was {
                    Some(content) => files.insert(path.clone(), content.clone()),
                    None => files.remove(path),
                };
            } else if let (Some(was), Some(became), Some(now)) = (was, became, files.get(path)) {
                let content = taken_back(was, became, now);
                files.insert(path.clone(), content);
            }
        }
        let says = if self.random.chance(80) { format!("\n\nThis reverts commit {id}.\n") } else { "\n".to_owned() };
        if self.random.chance(15) {
            self.change(&mut files);
        }
        self.commit_main(import, &format!("Revert \"something\"{says}"), &[], files);
    }

    fn merge(&mut self, import: &mut Import) {
        let fork = self.past.len() - 1 - self.random.below(self.past.len().min(3));
        let mut merged = Vec::new();
        let mut files = self.head().after.clone();
        let ours = self.random.chance(15);
        let count = if self.random.chance(25) { 2 } else { 1 };
        for _ in 0..count {
            let begun = self.past[fork].after.clone();
            let mut parent = self.past[fork].mark;
            let mut now = begun.clone();
            self.branches += 1;
            let branch = format!("side-{}", self.branches);
            for _ in 0..self.random.between(1, 3) {
                let before = now.clone();
                for _ in 0..self.random.between(1, 2) {
                    self.change(&mut now);
                }
                let time = self.tick();
                (parent, _) = import.commit(&branch, time, "Work aside", &[parent], (&before, &now));
            }
            merged.push(parent);
            if ours {
                continue;
            }
            let mut paths: Vec<&String> = begun.keys().chain(now.keys()).collect();
            paths.sort();
            paths.dedup();
            for path in paths {
                if begun.get(path) == now.get(path) || begun.get(path) != files.get(path) {
                    continue;
                }
                match now.get(path) {
                    Some(content) => files.insert(path.clone(), content.clone()),
                    None => files.remove(path),
                };
            }
        }
        self.commit_main(import, "Merge branches", &merged, files);
    }

    /// One operation on some file.
    fn change(&mut self, files: &mut Tree) {
        let texts: Vec<String> =
            files.iter().filter(|(_, content)| !content.contains(&0)).map(|(p, _)| p.clone()).collect();
        if texts.is_empty() {
            return self.create(files);
        }
        let path = self.random.pick(&texts);
        let mut lines = lines(&files[&path]);
        match self.random.below(24) {
            0..=3 => {
                let at = self.random.below(lines.len() + 1);
                let new = self.block(1, 6);
                lines.splice(at..at, new);
            }
            4..=6 => {
                self.cut(&mut lines, 1, 5);
            }
            7..=9 => {
                let at = self.random.below(lines.len() + 1);
                let end = lines.len().min(at + self.random.between(1, 4));
                let new = self.block(1, 4);
                lines.splice(at..end, new);
            }
            10 | 11 => self.indent(&mut lines),
            12 => {
                let mut block = self.cut(&mut lines, 2, 8);
                if self.random.chance(30) {
                    self.indent(&mut block);
                }
                let at = self.random.below(lines.len() + 1);
                lines.splice(at..at, block);
            }
            13 | 14 => {
                let mut block = self.cut(&mut lines, 2, 8);
                if self.random.chance(30) {
                    self.indent(&mut block);
                }
                let other = self.random.pick(&texts);
                if other == path {
                    return;
                }
                let mut others = self::lines(&files[&other]);
                let at = self.random.below(others.len() + 1);
                others.splice(at..at, block);
                files.insert(other, joined(&others));
            }
            15 | 16 => return self.rename(files, &path),
            17 => {
                files.remove(&path);
                return;
            }
            18 | 19 => return self.bring_back(files),
            20 => return self.create(files),
            _ => return self.rare(files, &path),
        }
        files.insert(path, joined(&lines));
    }

    /// What happens to whole files.
    fn rare(&mut self, files: &mut Tree, path: &str) {
        let content = files[path].clone();
        let text = String::from_utf8_lossy(&content);
        let new = match self.random.below(7) {
            0 if text.contains("\r\n") => text.replace("\r\n", "\n").into_bytes(),
            0 => text.replace('\n', "\r\n").into_bytes(),
            1 => text.strip_suffix('\n').map_or_else(|| format!("{text}\n"), str::to_owned).into_bytes(),
            2 => Vec::new(),
            3 => [&content[..], b"\0\x01binary\n"].concat(),
            4 => {
                let other = self.random.pick(&files.keys().cloned().collect::<Vec<_>>());
                files.insert(other, content).expect("it was there")
            }
            // Text again, or without its last lines.
            5 => {
                let binary: Vec<String> =
                    files.iter().filter(|(_, it)| it.contains(&0)).map(|(p, _)| p.clone()).collect();
                for path in binary {
                    let text = files[&path].split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
                    files.insert(path, text);
                }
                return;
            }
            _ => {
                let mut lines = lines(&content);
                self.indent(&mut lines);
                self.indent(&mut lines);
                joined(&lines)
            }
        };
        files.insert(path.to_owned(), new);
    }

    fn create(&mut self, files: &mut Tree) {
        let path = self.free_path(files);
        let mut content = match self.random.below(12) {
            0 => Vec::new(),
            1 => format!("\0binary {}\n", self.random.next()).into_bytes(),
            _ => joined(&self.block(3, 40)),
        };
        if self.random.chance(15) {
            content.pop();
        }
        files.insert(path, content);
    }

    fn free_path(&mut self, files: &Tree) -> String {
        let free: Vec<&str> = PATHS.into_iter().filter(|path| !files.contains_key(*path)).collect();
        if free.is_empty() {
            self.fresh += 1;
            return format!("more/file{}.rs", self.fresh);
        }
        self.random.pick(&free).to_owned()
    }

    fn rename(&mut self, files: &mut Tree, path: &str) {
        let to = self.free_path(files);
        let mut lines = lines(&files.remove(path).expect("it was there"));
        if self.random.chance(60) {
            self.cut(&mut lines, 1, 3);
            let at = self.random.below(lines.len() + 1);
            let new = self.block(1, 3);
            lines.splice(at..at, new);
        }
        files.insert(to, joined(&lines));
    }

    /// A file as it was at some time, whether it is there now or not.
    fn bring_back(&mut self, files: &mut Tree) {
        let then = self.random.below(self.past.len().max(1));
        let Some(landed) = self.past.get(then) else { return };
        let paths: Vec<String> = landed.after.keys().cloned().collect();
        if paths.is_empty() {
            return;
        }
        let path = self.random.pick(&paths);
        let mut content = landed.after[&path].clone();
        if self.random.chance(25) && !content.contains(&0) {
            content.extend(joined(&self.block(1, 3)));
        }
        files.insert(path, content);
    }

    fn block(&mut self, least: usize, most: usize) -> Vec<Vec<u8>> {
        (0..self.random.between(least, most)).map(|_| self.line()).collect()
    }

    fn line(&mut self) -> Vec<u8> {
        if self.random.chance(self.repeats) {
            let short = ["}", "    }", "", "    return;", "  );", "else {", "\tbreak;", "   "];
            return format!("{}\n", self.random.pick(&short)).into_bytes();
        }
        self.fresh += 1;
        let words = ["let", "count", "call", "if", "print"];
        let indent = "    ".repeat(self.random.below(3));
        format!("{indent}{} value_{} = {};\n", self.random.pick(&words), self.fresh, self.random.below(100))
            .into_bytes()
    }

    /// Takes some neighbours out.
    fn cut(&mut self, lines: &mut Vec<Vec<u8>>, least: usize, most: usize) -> Vec<Vec<u8>> {
        let at = self.random.below(lines.len() + 1);
        let end = lines.len().min(at + self.random.between(least, most));
        lines.drain(at..end).collect()
    }

    /// Gives some neighbours other white space.
    fn indent(&mut self, lines: &mut [Vec<u8>]) {
        let at = self.random.below(lines.len() + 1);
        let end = lines.len().min(at + self.random.between(1, 8));
        let space = self.random.pick(&[&b"    "[..], b"\t", b" "]);
        for line in &mut lines[at..end] {
            line.splice(0..0, space.iter().copied());
        }
    }
}

/// The change between two contents undone in a third, as far as the changed place is there as it was left.
fn taken_back(was: &[u8], became: &[u8], now: &[u8]) -> Vec<u8> {
    let (was, became, now) = (lines(was), lines(became), lines(now));
    let start = was.iter().zip(&became).take_while(|(a, b)| a == b).count();
    let ends = was[start..].iter().rev().zip(became[start..].iter().rev());
    let end = ends.take_while(|(a, b)| a == b).count();
    let (old, new) = (&was[start..was.len() - end], &became[start..became.len() - end]);
    let place = if new.is_empty() {
        start.checked_sub(1).map_or(Some(0), |before| now.iter().position(|line| *line == was[before]).map(|at| at + 1))
    } else {
        now.windows(new.len()).position(|window| window == new)
    };
    let mut now = now;
    if let Some(at) = place {
        now.splice(at..at + new.len(), old.iter().cloned());
    }
    joined(&now)
}

fn lines(content: &[u8]) -> Vec<Vec<u8>> {
    content.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    let mut content = Vec::new();
    for line in lines {
        // A last line without an end is no longer the last.
        if content.last().is_some_and(|byte| *byte != b'\n') {
            content.push(b'\n');
        }
        content.extend_from_slice(line);
    }
    content
}

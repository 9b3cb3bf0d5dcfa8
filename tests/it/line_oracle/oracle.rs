//! Patches → who each line is, by the rules of the line ledger applied one line at a time.
//!
//! Shares nothing with the ledger: files are lists of single lines, texts are compared as texts, every search looks at
//! everything, and the hunks are git's. By the ledger's rules what two versions begin and end with stays, and has no say
//! in the rest. Git looks at the whole files, which is the same unless one of those lines stands twice; then git is
//! asked again about what lies between.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::patch::{self, Change, Hunk, Patch};
use super::random_repository::git;

/// The fewest neighbours that can move.
const SHORTEST_MOVE: usize = 3;

pub(super) struct Line {
    /// Without white space.
    text: Vec<u8>,
    pub(super) born: usize,
    /// Where it was born.
    pub(super) path: String,
    /// The commit that it died in, and the word for its death.
    pub(super) end: Option<(usize, &'static str)>,
}

#[derive(Default)]
struct File {
    lines: Vec<usize>,
    content: String,
    story: usize,
}

/// A file through renames and absences.
#[derive(Default)]
struct Story {
    /// Its contents so far, and how much it had lost when it got each.
    had: Vec<(String, usize)>,
    /// Commits and the lines they took out.
    lost: Vec<(usize, usize)>,
}

/// What one commit did to one path, in lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Deeds {
    pub(super) born: u64,
    pub(super) died: u64,
    pub(super) moved: u64,
    pub(super) restored: u64,
    pub(super) respaced: u64,
}

/// All lines of a mainline that has been replayed.
#[derive(Default)]
pub(super) struct Oracle<'a> {
    pub(super) lines: Vec<Line>,
    /// By commit, its paths.
    pub(super) deeds: Vec<BTreeMap<String, Deeds>>,
    /// Added and deleted lines of the changes that git was asked about again, by commit and path.
    pub(super) kept_ends: BTreeMap<(usize, String), (u64, u64)>,
    files: BTreeMap<String, File>,
    stories: Vec<Story>,
    /// Stories of deleted files by their last path.
    gone: HashMap<String, usize>,
    /// Old and new path and content of what each commit changed, sorted.
    edits: Vec<Vec<[String; 4]>>,
    contents: HashMap<&'a str, &'a [u8]>,
}

/// A changed file while its commit is replayed.
struct Changed<'a> {
    change: &'a Change,
    file: File,
    new_content: String,
    turned_binary: bool,
    /// Old lines that are not there any more, white space aside, by place.
    removed: Vec<bool>,
    /// New text, and the line that it is; none yet for what the commit brought.
    new: Vec<(Vec<u8>, Option<usize>)>,
    /// Old lines that another place took.
    moved_away: Vec<bool>,
    deeds: Deeds,
}

fn exists(content: &str) -> bool {
    content.bytes().any(|byte| byte != b'0')
}

fn is_binary(content: &[u8]) -> bool {
    content.iter().take(8_000).any(|byte| *byte == 0)
}

fn without_space(line: &[u8]) -> Vec<u8> {
    line.iter().copied().filter(|byte| !b" \t\r\n\x0c".contains(byte)).collect()
}

/// The texts of a content's lines.
fn texts(content: &[u8]) -> Vec<Vec<u8>> {
    content.split_inclusive(|byte| *byte == b'\n').map(without_space).collect()
}

impl<'a> Oracle<'a> {
    /// `contents`: every content of the repository by its name.
    pub(super) fn replay(patches: &[Patch], contents: HashMap<&'a str, &'a [u8]>) -> Self {
        let mut oracle = Self { contents, ..Self::default() };
        for (at, patch) in patches.iter().enumerate() {
            let named =
                |(_, earlier): &(usize, &Patch)| patch.message.contains(&format!("This reverts commit {}", earlier.id));
            let reverted = patches[..at].iter().enumerate().filter(named).map(|(at, _)| at).collect();
            oracle.land(at, &patch.changes, reverted);
        }
        oracle
    }

    /// How many lines are in the files at the end.
    pub(super) fn alive(&self) -> usize {
        self.files.values().map(|file| file.lines.len()).sum()
    }

    /// Paths and contents at the end.
    pub(super) fn head(&self) -> BTreeMap<&str, &str> {
        self.files.iter().map(|(path, file)| (path.as_str(), file.content.as_str())).collect()
    }

    fn land(&mut self, commit: usize, changes: &[Change], mut reverted: Vec<usize>) {
        let mut all: Vec<Changed<'_>> = changes.iter().map(|change| self.take(commit, change)).collect();
        reverted.extend(self.undone(&all));
        for changed in &mut all {
            self.restore(changed, &reverted);
        }
        Self::move_blocks(&mut all, &self.lines);
        for changed in &mut all {
            self.end(commit, changed, &reverted);
        }
        let mut deeds = BTreeMap::new();
        for mut changed in all {
            for (text, line) in &mut changed.new {
                line.get_or_insert_with(|| {
                    let path = changed.change.to.clone();
                    self.lines.push(Line { text: text.clone(), born: commit, path, end: None });
                    changed.deeds.born += 1;
                    self.lines.len() - 1
                });
            }
            deeds.insert(changed.change.to.clone(), changed.deeds);
            self.put_back(changed);
        }
        self.deeds.push(deeds);
    }

    /// Takes a file out and finds which of its lines git removed and added, in more than white space.
    fn take<'c>(&mut self, commit: usize, change: &'c Change) -> Changed<'c> {
        let was_there = change.contents.as_ref().is_none_or(|(old, _)| exists(old));
        let file = if was_there {
            self.files.remove(&change.from).expect("git changes a file that is there")
        } else {
            let story = self.gone.remove(&change.to).unwrap_or_else(|| {
                self.stories.push(Story::default());
                self.stories.len() - 1
            });
            File { story, ..File::default() }
        };
        let new_content = change.contents.as_ref().map_or_else(|| file.content.clone(), |(_, new)| new.clone());
        let new_bytes = self.bytes(&new_content);
        let binary = is_binary(self.bytes(&file.content)) || is_binary(new_bytes);
        let mut removed = vec![binary; file.lines.len()];
        let mut new: Vec<(Vec<u8>, Option<usize>)> = Vec::new();
        let mut deeds = Deeds::default();
        let lines = &self.lines;
        let text = |line: usize| lines[line].text.clone();
        if binary {
            let brought = if is_binary(new_bytes) { Vec::new() } else { texts(new_bytes) };
            new.extend(brought.into_iter().map(|text| (text, None)));
        } else {
            let mut at = 0;
            let between = between_ends(self.bytes(&file.content), new_bytes, &change.hunks);
            if let Some(hunks) = &between {
                let sum = |lines: fn(&Hunk) -> usize| hunks.iter().map(lines).sum::<usize>() as u64;
                let counts = (sum(|hunk| hunk.new.len()), sum(|hunk| hunk.old.len()));
                self.kept_ends.insert((commit, change.to.clone()), counts);
            }
            for hunk in between.as_ref().unwrap_or(&change.hunks) {
                new.extend(file.lines[at..hunk.old_start].iter().map(|&line| (text(line), Some(line))));
                at = hunk.old_start + hunk.old.len();
                let old: Vec<Vec<u8>> = hunk.old.iter().map(|line| without_space(line)).collect();
                let brought: Vec<Vec<u8>> = hunk.new.iter().map(|line| without_space(line)).collect();
                let here = file.lines[hunk.old_start..at].iter().map(|&line| text(line));
                assert!(here.eq(old.iter().cloned()), "git removes the lines that are there");
                assert_eq!(new.len(), hunk.new_start, "git adds lines where the new file has them");
                removed[hunk.old_start..at].fill(true);
                let same = in_common(&old, &brought);
                new.extend(brought.into_iter().map(|text| (text, None)));
                for (old, brought) in same {
                    removed[hunk.old_start + old] = false;
                    new[hunk.new_start + brought].1 = Some(file.lines[hunk.old_start + old]);
                    deeds.respaced += 1;
                }
            }
            new.extend(file.lines[at..].iter().map(|&line| (text(line), Some(line))));
            let result: Vec<_> = new.iter().map(|(text, _)| text.clone()).collect();
            assert_eq!(result, texts(new_bytes), "git's hunks make the new content of the old one");
        }
        let moved_away = vec![false; file.lines.len()];
        let turned_binary = is_binary(new_bytes);
        Changed { change, file, new_content, turned_binary, removed, new, moved_away, deeds }
    }

    fn bytes(&self, content: &str) -> &'a [u8] {
        if exists(content) { self.contents[content] } else { &[] }
    }

    /// The last commit that this one does the exact contrary of.
    fn undone(&mut self, all: &[Changed<'_>]) -> Option<usize> {
        let sorted = |mut edits: Vec<[String; 4]>| {
            edits.sort();
            edits
        };
        let edit = |changed: &Changed<'_>| {
            let Change { from, to, .. } = changed.change;
            let none = |content: &str| if exists(content) { content.to_owned() } else { String::new() };
            [from.clone(), none(&changed.file.content), to.clone(), none(&changed.new_content)]
        };
        let edits: Vec<_> = all.iter().map(edit).collect();
        let contrary = sorted(edits.iter().cloned().map(|[a, b, c, d]| [c, d, a, b]).collect());
        let found = self.edits.iter().rposition(|earlier| *earlier == contrary && !contrary.is_empty());
        self.edits.push(sorted(edits));
        found
    }

    /// A file that returns to an earlier content gets the lines back that it lost since, and one that a revert changes
    /// those that the reverted commit took: the dead ones, the first lost first.
    fn restore(&mut self, changed: &mut Changed<'_>, reverted: &[usize]) {
        let story = &self.stories[changed.file.story];
        let since = story.had.iter().rev().find(|(content, _)| *content == changed.new_content).map(|(_, lost)| *lost);
        for (text, line) in changed.new.iter_mut().filter(|(_, line)| line.is_none()) {
            let back = story.lost.iter().enumerate().find(|(at, (commit, lost))| {
                let lost = &self.lines[*lost];
                let gives = since.is_some_and(|since| *at >= since) || reverted.contains(commit);
                gives && lost.end.is_some() && lost.text == *text
            });
            if let Some((_, (_, lost))) = back {
                self.lines[*lost].end = None;
                *line = Some(*lost);
                changed.deeds.restored += 1;
            }
        }
    }

    /// Going through what is new, each place takes the longest block of what was removed anywhere.
    fn move_blocks(all: &mut [Changed<'_>], lines: &[Line]) {
        for to in 0..all.len() {
            let mut at = 0;
            while at < all[to].new.len() {
                let brought: Vec<&Vec<u8>> =
                    all[to].new[at..].iter().take_while(|(_, line)| line.is_none()).map(|(text, _)| text).collect();
                let (mut longest, mut source) = (0, (0, 0));
                for (from, changed) in all.iter().enumerate() {
                    for start in 0..changed.removed.len() {
                        let there = (start..changed.removed.len())
                            .take_while(|&place| changed.removed[place] && !changed.moved_away[place]);
                        let same = there
                            .zip(&brought)
                            .take_while(|(place, text)| lines[changed.file.lines[*place]].text == ***text);
                        let length = same.count();
                        if length > longest {
                            (longest, source) = (length, (from, start));
                        }
                    }
                }
                let wordy = |text: &&Vec<u8>| text.iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 128);
                if longest < SHORTEST_MOVE || !brought[..longest].iter().any(wordy) {
                    at += 1;
                    continue;
                }
                let (from, start) = source;
                for offset in 0..longest {
                    all[from].moved_away[start + offset] = true;
                    all[to].new[at + offset].1 = Some(all[from].file.lines[start + offset]);
                }
                all[to].deeds.moved += longest as u64;
                at += longest;
            }
        }
    }

    /// Lets the lines die that went nowhere.
    fn end(&mut self, commit: usize, changed: &mut Changed<'_>, reverted: &[usize]) {
        for (place, &number) in changed.file.lines.iter().enumerate().filter(|(place, _)| changed.removed[*place]) {
            self.stories[changed.file.story].lost.push((commit, number));
            if changed.moved_away[place] {
                continue;
            }
            let line = &mut self.lines[number];
            let word = match () {
                () if changed.turned_binary => "binary",
                () if reverted.contains(&line.born) => "reverted",
                () => "deleted",
            };
            line.end = Some((commit, word));
            changed.deeds.died += 1;
        }
    }

    fn put_back(&mut self, changed: Changed<'_>) {
        let Changed { change, file: File { story, .. }, new_content: content, new, .. } = changed;
        if exists(&content) {
            let lines = new.into_iter().filter_map(|(_, line)| line).collect();
            let told = &mut self.stories[story];
            told.had.push((content.clone(), told.lost.len()));
            self.files.insert(change.to.clone(), File { lines, content, story });
        } else {
            self.gone.insert(change.to.clone(), story);
        }
    }
}

/// The lines that stay while those around them change, as places in both: what all common subsequences agree on is plain,
/// and where texts repeat or change places git decides.
fn in_common(old: &[Vec<u8>], new: &[Vec<u8>]) -> Vec<(usize, usize)> {
    let mut shared: Vec<(usize, usize)> = Vec::new();
    for (i, text) in old.iter().enumerate() {
        shared.extend(new.iter().enumerate().filter(|(_, other)| *other == text).map(|(j, _)| (i, j)));
    }
    if shared.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1) { shared } else { asked(old, new) }
}

fn asked(old: &[Vec<u8>], new: &[Vec<u8>]) -> Vec<(usize, usize)> {
    let text = |lines: &[Vec<u8>]| lines.iter().flat_map(|line| line.iter().chain(b"\n")).copied().collect::<Vec<u8>>();
    let mut same = Vec::new();
    let (mut i, mut j) = (0, 0);
    for hunk in compared(&text(old), &text(new)) {
        while i < hunk.old_start {
            same.push((i, j));
            (i, j) = (i + 1, j + 1);
        }
        (i, j) = (i + hunk.old.len(), j + hunk.new.len());
    }
    same.extend((i..old.len()).zip(j..new.len()));
    same
}

fn compared(old: &[u8], new: &[u8]) -> Vec<Hunk> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in [("old", old), ("new", new)] {
        std::fs::write(folder.path().join(name), content).expect("a new file");
    }
    let arguments = ["diff", "--no-index", "--histogram", patch::WHOLE, "--no-color", "--text", "old", "new"];
    patch::hunks(&git(folder.path(), &arguments).output().expect("git runs").stdout)
}

/// The hunks between what two texts begin and end with, where git's own let other lines stay.
fn between_ends(old: &[u8], new: &[u8], hunks: &[Hunk]) -> Option<Vec<Hunk>> {
    let old: Vec<&[u8]> = old.split_inclusive(|byte| *byte == b'\n').collect();
    let new: Vec<&[u8]> = new.split_inclusive(|byte| *byte == b'\n').collect();
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let ends = old[start..].iter().rev().zip(new[start..].iter().rev());
    let end = ends.take_while(|(a, b)| a == b).count();
    let ends = old[..start].iter().chain(&old[old.len() - end..]);
    let stands_twice = |line: &&[u8]| [&old, &new].iter().any(|text| text.iter().filter(|it| *it == line).count() > 1);
    if !ends.into_iter().any(stands_twice) {
        return None;
    }
    let mut found = compared(&old[start..old.len() - end].concat(), &new[start..new.len() - end].concat());
    for hunk in &mut found {
        hunk.old_start += start;
        hunk.new_start += start;
    }
    // Of a hunk that slid into an end it is enough to know that.
    (slid_down(&found, &old, &new) != slid_down(hunks, &old, &new)).then_some(found)
}

/// Where hunks are when those that only remove or only add are as far down as they can be.
fn slid_down(hunks: &[Hunk], old: &[&[u8]], new: &[&[u8]]) -> Vec<[Range<usize>; 2]> {
    let mut next = [old.len(), new.len()];
    let mut found = Vec::new();
    for hunk in hunks.iter().rev() {
        let mut places =
            [hunk.old_start..hunk.old_start + hunk.old.len(), hunk.new_start..hunk.new_start + hunk.new.len()];
        let side = match (hunk.old.is_empty(), hunk.new.is_empty()) {
            (false, true) => Some((0, old)),
            (true, false) => Some((1, new)),
            _ => None,
        };
        if let Some((at, lines)) = side {
            while places[at].end < next[at] && lines[places[at].start] == lines[places[at].end] {
                places = places.map(|place| place.start + 1..place.end + 1);
            }
        }
        next = [places[0].start, places[1].start];
        found.push(places);
    }
    found
}

//! Landings in order → the identity of each line, from its birth to its death.
//!
//! A file is a list of runs of line ids. A landing cuts runs out and inserts others. The lines that were cut out die,
//! unless the same landing, or a later one that reverts it, inserts them again. All files of a landing are replayed
//! together, because lines move between them.

use std::collections::VecDeque;

use foldhash::{HashMap, HashMapExt};

use super::super::blob_diff::{Difference, LineMark};
use super::moves::{self, Lines};
use crate::error::{Error, Result};
use crate::model::line_life::{Death, LineLife};

/// No line, and the death of a line that is alive.
const NONE: u32 = u32::MAX;

/// One path that a landing changed.
pub(in crate::history) struct Edit<'a> {
    pub(in crate::history) path: u32,
    /// The path before a rename.
    pub(in crate::history) from: Option<u32>,
    /// Index of the old content; `None` is no file.
    pub(in crate::history) old: Option<u32>,
    /// Index of the new content.
    pub(in crate::history) new: Option<u32>,
    pub(in crate::history) difference: &'a Difference,
    /// Whether the file is left out of every ratio.
    pub(in crate::history) excluded: bool,
    /// Who wrote and deleted the lines, since a merge lands the work of several commits.
    pub(in crate::history) authors: LineAuthors,
}

/// The commits passed the lines of one changed path, as indexes of contributions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::history) enum LineAuthors {
    /// One commit for all lines.
    One(u32),
    /// One commit for each added line of the difference, and one for each removed line.
    Each { added: Vec<u32>, removed: Vec<u32> },
}

impl LineAuthors {
    /// The author of an added line.
    pub(in crate::history) fn added(&self, at: usize) -> u32 {
        match self {
            Self::One(one) => *one,
            Self::Each { added, .. } => added[at],
        }
    }

    /// Who deleted a removed line.
    pub(in crate::history) fn removed(&self, at: usize) -> u32 {
        match self {
            Self::One(one) => *one,
            Self::Each { removed, .. } => removed[at],
        }
    }
}

/// One commit of the mainline.
pub(in crate::history) struct Landing<'a> {
    /// Index in the mainline.
    pub(in crate::history) index: u32,
    pub(in crate::history) edits: Vec<Edit<'a>>,
    /// The earlier landings that it reverts.
    pub(in crate::history) reverts: Vec<u32>,
    /// Whether `.git-blame-ignore-revs` lists it, or it only reformats.
    pub(in crate::history) ignored: bool,
}

/// How many lines of one path a landing changed in each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::history) struct LineTally {
    pub(in crate::history) born: u64,
    pub(in crate::history) born_effective: u64,
    pub(in crate::history) died: u64,
    pub(in crate::history) died_effective: u64,
    /// Lines that were moved here.
    pub(in crate::history) moved: u64,
    /// Lines that came back to life.
    pub(in crate::history) restored: u64,
    /// Lines that an ignored commit rewrote.
    pub(in crate::history) rewritten: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    first: u32,
    length: u32,
}

#[derive(Default)]
struct FileLines {
    runs: Vec<Run>,
    /// The file through its renames: what it loses can come back to it.
    lineage: usize,
}

impl FileLines {
    fn push(&mut self, first: u32, length: u32) {
        if length == 0 {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if last.first + last.length == first => last.length += length,
            _ => self.runs.push(Run { first, length }),
        }
    }

    fn lines(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.length)).sum()
    }
}

/// What a file lost, in order, and how much it had lost at each of its versions.
#[derive(Default)]
struct Lineage<'a> {
    losses: Vec<Loss<'a>>,
    /// By content: how many losses there were when the file last had it.
    versions: HashMap<u32, usize>,
}

struct Loss<'a> {
    landing: u32,
    lines: Box<[u32]>,
    marks: &'a [LineMark],
}

/// The birth of the lines from the first one up to the next birth's first.
struct Birth {
    first: u32,
    landing: Option<u32>,
    origin: Option<u32>,
    path: u32,
    excluded: bool,
}

#[derive(PartialEq, Eq, Clone, Copy)]
struct DeathEvent {
    landing: u32,
    killer: u32,
    death: Death,
}

/// The state of the mainline's lines between two landings.
pub(in crate::history) struct Replay<'a> {
    files: HashMap<u32, FileLines>,
    /// Lineages of deleted files, by their last path.
    gone: HashMap<u32, usize>,
    lineages: Vec<Lineage<'a>>,
    births: Vec<Birth>,
    /// By line: the index of its death, or [`NONE`].
    deaths: Vec<u32>,
    events: Vec<DeathEvent>,
    effective: Vec<bool>,
    /// Whether there are files before the first landing whose history is not read.
    has_past: bool,
    /// By contribution: whether it is automation.
    automated: Vec<bool>,
}

/// All lines that one landing removes and adds, over all files.
#[derive(Default)]
struct Exchange {
    removed: Lines,
    /// By removed line: its id.
    ids: Vec<u32>,
    /// By removed line: whether it lives on.
    lives_on: Vec<bool>,
    added: Lines,
    /// By added line: the id that it takes over, or [`NONE`] if it is born.
    given: Vec<u32>,
    /// By edit: the first of its lines among the removed and among the added ones.
    starts: Vec<(usize, usize)>,
}

impl<'a> Replay<'a> {
    /// Before the first landing; `has_past` if there are files whose history is not read, and `automated` says by
    /// contribution whether it is automation, whose lines no tally calls effective.
    pub(in crate::history) fn new(has_past: bool, automated: Vec<bool>) -> Self {
        Self {
            files: HashMap::new(),
            gone: HashMap::new(),
            lineages: Vec::new(),
            births: Vec::new(),
            deaths: Vec::new(),
            events: Vec::new(),
            effective: Vec::new(),
            has_past,
            automated,
        }
    }

    /// Replays one landing; the result is by edit.
    ///
    /// # Errors
    /// Fails when the differences contradict the state: a bug, or a repository whose objects contradict each other.
    pub(in crate::history) fn land(&mut self, landing: &Landing<'a>) -> Result<Vec<LineTally>> {
        // A rename may lead to the old path of another one, so all files are taken out before any is put back.
        let mut files = Vec::with_capacity(landing.edits.len());
        for edit in &landing.edits {
            files.push(self.take_file(edit)?);
        }
        let mut exchange = Exchange::default();
        for (edit, file) in landing.edits.iter().zip(&files) {
            exchange.add(edit.difference, file);
        }
        exchange.lives_on = vec![false; exchange.ids.len()];
        exchange.given = vec![NONE; exchange.added.marks.len()];
        let mut tallies = vec![LineTally::default(); landing.edits.len()];
        let restored = self.restore(landing, &files, &mut exchange, &mut tallies);
        exchange.move_lines(restored, &landing.edits, &mut tallies);
        if landing.ignored {
            exchange.keep_rewritten(&landing.edits, &mut tallies);
        }
        self.end_lines(landing, &files, &exchange, &mut tallies);
        for (which, (edit, file)) in landing.edits.iter().zip(files).enumerate() {
            self.put_back(landing, which, edit, file, &exchange, &mut tallies[which])?;
        }
        Ok(tallies)
    }

    /// Takes the file of an edit out of the state, as it is before the edit.
    fn take_file(&mut self, edit: &Edit<'a>) -> Result<FileLines> {
        let before = edit.from.unwrap_or(edit.path);
        let file = match self.files.remove(&before) {
            Some(file) => file,
            None if edit.old.is_none() => {
                let lineage = self.gone.remove(&edit.path).unwrap_or_else(|| self.new_lineage());
                FileLines { runs: Vec::new(), lineage }
            }
            None => {
                let mut file = FileLines { runs: Vec::new(), lineage: self.new_lineage() };
                if self.has_past {
                    let lines = edit.difference.old_lines;
                    let first = self.new_lines(lines, None, None, before, edit.excluded)?;
                    file.push(first, lines);
                }
                let lineage = &mut self.lineages[file.lineage];
                lineage.versions.extend(edit.old.map(|old| (old, 0)));
                file
            }
        };
        if file.lines() != u64::from(edit.difference.old_lines) {
            return Err(unreconciled("the line ledger and a file's content have different numbers of lines"));
        }
        Ok(file)
    }

    fn new_lineage(&mut self) -> usize {
        self.lineages.push(Lineage::default());
        self.lineages.len() - 1
    }

    /// Gives new lines their ids and returns the first one.
    fn new_lines(
        &mut self,
        lines: u32,
        landing: Option<u32>,
        origin: Option<u32>,
        path: u32,
        excluded: bool,
    ) -> Result<u32> {
        let first = u32::try_from(self.deaths.len()).unwrap_or(NONE);
        if first.checked_add(lines).is_none_or(|end| end == NONE) {
            return Err(unreconciled("the history has more than four billion lines"));
        }
        let continues = self.births.last().is_some_and(|last| {
            last.landing == landing && last.origin == origin && last.path == path && last.excluded == excluded
        });
        if lines > 0 && !continues {
            self.births.push(Birth { first, landing, origin, path, excluded });
        }
        self.deaths.resize(self.deaths.len() + lines as usize, NONE);
        self.effective.resize(self.deaths.len(), false);
        Ok(first)
    }

    /// Brings lines back to life where a file returns to an earlier content or the landing reverts another one.
    fn restore(
        &mut self,
        landing: &Landing<'a>,
        files: &[FileLines],
        exchange: &mut Exchange,
        tallies: &mut [LineTally],
    ) -> bool {
        let mut any = false;
        for (which, (edit, file)) in landing.edits.iter().zip(files).enumerate() {
            let (_, start) = exchange.starts[which];
            let added = &exchange.added.marks[start..start + edit.difference.added.len()];
            if added.is_empty() {
                continue;
            }
            let lineage = &self.lineages[file.lineage];
            let since = edit.new.and_then(|new| lineage.versions.get(&new)).copied();
            let reverted = |loss: &Loss<'_>| landing.reverts.contains(&loss.landing);
            let losses = lineage.losses.iter().enumerate();
            let back = losses.filter(|(at, loss)| since.is_some_and(|since| *at >= since) || reverted(loss));
            let mut by_text: HashMap<u64, VecDeque<u32>> = HashMap::new();
            for (_, loss) in back {
                for (&line, mark) in loss.lines.iter().zip(loss.marks) {
                    if self.deaths[line as usize] != NONE {
                        by_text.entry(mark.text()).or_default().push_back(line);
                    }
                }
            }
            if by_text.is_empty() {
                continue;
            }
            for (at, mark) in added.iter().enumerate() {
                let line = by_text.get_mut(&mark.text()).and_then(|lines| {
                    // The same line may have been lost twice.
                    std::iter::from_fn(|| lines.pop_front()).find(|line| self.deaths[*line as usize] != NONE)
                });
                if let Some(line) = line {
                    self.deaths[line as usize] = NONE;
                    exchange.given[start + at] = line;
                    tallies[which].restored += 1;
                    any = true;
                }
            }
        }
        any
    }

    /// Ends the lives of the removed lines that went nowhere else, and records what each file lost.
    fn end_lines(
        &mut self,
        landing: &Landing<'a>,
        files: &[FileLines],
        exchange: &Exchange,
        tallies: &mut [LineTally],
    ) {
        for (which, (edit, file)) in landing.edits.iter().zip(files).enumerate() {
            let removed = edit.difference.removed.len();
            if removed == 0 {
                continue;
            }
            let (start, _) = exchange.starts[which];
            let ids = &exchange.ids[start..start + removed];
            let turned_binary = edit.difference.counts.binary;
            for (at, &line) in ids.iter().enumerate() {
                if exchange.lives_on[start + at] {
                    continue;
                }
                let death = if landing.ignored {
                    Death::Ignored
                } else if turned_binary {
                    Death::Binary
                } else if !landing.reverts.is_empty() && self.is_work_of(line, &landing.reverts) {
                    Death::Reverted
                } else {
                    Death::Deleted
                };
                let event = DeathEvent { landing: landing.index, killer: edit.authors.removed(at), death };
                if self.events.last() != Some(&event) {
                    self.events.push(event);
                }
                self.deaths[line as usize] = u32::try_from(self.events.len() - 1).unwrap_or(NONE);
                tallies[which].died += 1;
                let effective = edit.difference.removed[at].is_effective() && !edit.excluded && !landing.ignored;
                tallies[which].died_effective += u64::from(effective && !self.is_automated(event.killer));
                if self.has_past && self.is_old(line) {
                    self.effective[line as usize] = effective;
                }
            }
            let loss = Loss { landing: landing.index, lines: ids.into(), marks: &edit.difference.removed };
            self.lineages[file.lineage].losses.push(loss);
        }
    }

    fn birth(&self, line: u32) -> Option<&Birth> {
        let after = self.births.partition_point(|birth| birth.first <= line);
        after.checked_sub(1).and_then(|at| self.births.get(at))
    }

    fn is_automated(&self, commit: u32) -> bool {
        self.automated.get(commit as usize).copied().unwrap_or_default()
    }

    /// Whether a line is older than the history that was read.
    fn is_old(&self, line: u32) -> bool {
        self.birth(line).is_some_and(|birth| birth.landing.is_none())
    }

    /// Whether one of these commits added a line.
    fn is_work_of(&self, line: u32, commits: &[u32]) -> bool {
        self.birth(line).is_some_and(|birth| {
            birth.landing.is_some_and(|it| commits.contains(&it))
                || birth.origin.is_some_and(|it| commits.contains(&it))
        })
    }

    /// Puts a file back into the state, as it is after the edit.
    fn put_back(
        &mut self,
        landing: &Landing<'a>,
        which: usize,
        edit: &Edit<'a>,
        file: FileLines,
        exchange: &Exchange,
        tally: &mut LineTally,
    ) -> Result<()> {
        let difference = edit.difference;
        let excluded = edit.excluded || landing.ignored;
        let (_, start) = exchange.starts[which];
        let mut after =
            FileLines { runs: Vec::with_capacity(file.runs.len() + difference.hunks.len()), lineage: file.lineage };
        let mut cursor = Cursor::new(&file.runs);
        let mut at = 0;
        for hunk in &difference.hunks {
            cursor.advance(hunk.old_start, |first, length| after.push(first, length));
            cursor.advance(hunk.old_start + hunk.old_lines, |_, _| ());
            let end = at + hunk.new_lines as usize;
            while at < end {
                let given = exchange.given[start + at];
                if given != NONE {
                    after.push(given, 1);
                    at += 1;
                    continue;
                }
                let origin = edit.authors.added(at);
                let is_born =
                    |line: &usize| exchange.given[start + line] == NONE && edit.authors.added(*line) == origin;
                let together = (at..end).take_while(is_born).count();
                let lines = u32::try_from(together).unwrap_or(NONE);
                let first = self.new_lines(lines, Some(landing.index), Some(origin), edit.path, excluded)?;
                after.push(first, lines);
                let effective = difference.added[at..at + together].iter().map(|mark| mark.is_effective() && !excluded);
                let by_people = u64::from(!self.is_automated(origin));
                for (known, effective) in self.effective[first as usize..].iter_mut().zip(effective) {
                    *known = effective;
                    tally.born_effective += u64::from(effective) * by_people;
                }
                tally.born += together as u64;
                at += together;
            }
        }
        cursor.advance(difference.old_lines, |first, length| after.push(first, length));
        let lineage = &mut self.lineages[after.lineage];
        let losses = lineage.losses.len();
        if let Some(old) = edit.old {
            lineage.versions.entry(old).or_insert(0);
        }
        match edit.new {
            Some(new) => {
                lineage.versions.insert(new, losses);
                after.runs.shrink_to_fit();
                self.files.insert(edit.path, after);
            }
            None => {
                self.gone.insert(edit.path, after.lineage);
            }
        }
        Ok(())
    }

    /// The lives of all lines, in the order of their births.
    pub(in crate::history) fn into_lives(self) -> Vec<LineLife> {
        let mut lives = Vec::new();
        let ends = self.births.iter().skip(1).map(|birth| birth.first as usize).chain([self.deaths.len()]);
        for (birth, end) in self.births.iter().zip(ends) {
            let mut at = birth.first as usize;
            while at < end {
                let event = self.deaths[at];
                let same = self.deaths[at..end].iter().take_while(|&&death| death == event).count();
                let effective = self.effective[at..at + same].iter().filter(|&&effective| effective).count();
                let death = self.events.get(event as usize);
                // Of lines that are older than the history that was read, only the deaths are known.
                if birth.landing.is_some() || death.is_some() {
                    lives.push(LineLife {
                        born: birth.landing,
                        origin: birth.origin,
                        died: death.map(|death| death.landing),
                        killer: death.map(|death| death.killer),
                        death: death.map(|death| death.death),
                        path: birth.path,
                        lines: u32::try_from(same).unwrap_or(NONE),
                        effective: u32::try_from(effective).unwrap_or(NONE),
                        excluded: birth.excluded,
                    });
                }
                at += same;
            }
        }
        lives
    }

    /// Lines in all files.
    pub(in crate::history) fn alive(&self) -> u64 {
        self.files.values().map(FileLines::lines).sum()
    }
}

fn unreconciled(message: &str) -> Error {
    Error::Unreconciled { message: message.to_owned() }
}

/// Walks along the runs of a file by line position.
struct Cursor<'r> {
    runs: &'r [Run],
    at: u32,
    /// Lines of the first run that were passed.
    passed: u32,
}

impl<'r> Cursor<'r> {
    fn new(runs: &'r [Run]) -> Self {
        Self { runs, at: 0, passed: 0 }
    }

    /// Moves to a position and passes on the runs in between.
    fn advance(&mut self, to: u32, mut between: impl FnMut(u32, u32)) {
        while self.at < to {
            let Some((run, rest)) = self.runs.split_first() else { return };
            let length = (run.length - self.passed).min(to - self.at);
            between(run.first + self.passed, length);
            self.at += length;
            self.passed += length;
            if self.passed == run.length {
                self.runs = rest;
                self.passed = 0;
            }
        }
    }
}

impl Exchange {
    /// Adds the lines that a difference removes from a file and adds to it.
    fn add(&mut self, difference: &Difference, file: &FileLines) {
        self.starts.push((self.ids.len(), self.added.marks.len()));
        let mut cursor = Cursor::new(&file.runs);
        for hunk in &difference.hunks {
            cursor.advance(hunk.old_start, |_, _| ());
            let start = self.ids.len();
            cursor.advance(hunk.old_start + hunk.old_lines, |first, length| self.ids.extend(first..first + length));
            if hunk.old_lines > 0 {
                self.removed.blocks.push(start..self.ids.len());
            }
        }
        self.removed.marks.extend_from_slice(&difference.removed);
        let mut start = self.added.marks.len();
        for hunk in difference.hunks.iter().filter(|hunk| hunk.new_lines > 0) {
            let end = start + hunk.new_lines as usize;
            self.added.blocks.push(start..end);
            start = end;
        }
        self.added.marks.extend_from_slice(&difference.added);
    }

    /// The edit that an added line belongs to.
    fn edit_of_added(&self, line: usize) -> usize {
        self.starts.partition_point(|(_, start)| *start <= line) - 1
    }

    /// Finds the lines that were moved within or between files.
    fn move_lines(&mut self, restored: bool, edits: &[Edit<'_>], tallies: &mut [LineTally]) {
        let pairs = if restored {
            // Restored lines cannot be the targets of moves.
            let free = |line: usize| self.given[line] == NONE;
            let mut added = Lines { marks: self.added.marks.clone(), blocks: Vec::new() };
            for block in &self.added.blocks {
                let mut start = block.start;
                for line in block.clone() {
                    if !free(line) {
                        added.blocks.extend((start < line).then_some(start..line));
                        start = line + 1;
                    }
                }
                added.blocks.extend((start < block.end).then_some(start..block.end));
            }
            moves::pairs(&self.removed, &added)
        } else {
            moves::pairs(&self.removed, &self.added)
        };
        debug_assert_eq!(edits.len(), self.starts.len());
        for (old, new) in pairs {
            self.lives_on[old] = true;
            self.given[new] = self.ids[old];
            tallies[self.edit_of_added(new)].moved += 1;
        }
    }

    /// Keeps the lines of an ignored landing alive: the added lines of a hunk take over the ids of its removed ones.
    fn keep_rewritten(&mut self, edits: &[Edit<'_>], tallies: &mut [LineTally]) {
        for (which, edit) in edits.iter().enumerate() {
            let (mut old, mut new) = self.starts[which];
            for hunk in &edit.difference.hunks {
                let removed = (old..old + hunk.old_lines as usize).filter(|&line| !self.lives_on[line]);
                let added = (new..new + hunk.new_lines as usize).filter(|&line| self.given[line] == NONE);
                for (from, to) in removed.zip(added).collect::<Vec<_>>() {
                    self.lives_on[from] = true;
                    self.given[to] = self.ids[from];
                    tallies[which].rewritten += 1;
                }
                old += hunk.old_lines as usize;
                new += hunk.new_lines as usize;
            }
        }
    }
}

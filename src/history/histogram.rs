//! Two sequences of line ids → hunks, as git's histogram diff aligns and slides them.
//!
//! A port of `xdiff/xhistogram.c` (git 2.47). The library's own search mixes up the line positions of the two texts and so
//! misses some occurrences of a line; only its slider and its fallback are used.

use std::ops::Range;

use gix::diff::blob::{Algorithm, Diff, Hunk, IndentHeuristic, IndentLevel, SliderHeuristic, Token};

/// If every common line occurs more often than this in the old part, git compares by the classic algorithm.
const MAX_OCCURRENCES: u32 = 64;
/// No position.
const NONE: u32 = u32::MAX;

/// Aligns sequences one after the other and reuses its memory.
#[derive(Default)]
pub(super) struct Aligner {
    occurrences: Occurrences,
    removed: Vec<bool>,
    added: Vec<bool>,
    diff: Diff,
}

/// Where each line occurs in a part of the old text.
#[derive(Default)]
struct Occurrences {
    /// By line id: how often the line occurs in the part, and its first position there. Zero outside the part.
    of: Vec<(u32, u32)>,
    /// By position: the next one of the same line.
    next: Vec<u32>,
}

/// A part of each text.
#[derive(Clone)]
struct Part {
    old: Range<usize>,
    new: Range<usize>,
}

/// What both texts have in common in a part.
enum Common {
    Nothing,
    Block(Part),
    TooOften,
}

impl Aligner {
    /// The hunks of two texts, in order. All line ids are below `ids`; hunks slide by the lines' `indent`.
    pub(super) fn hunks(
        &mut self,
        old: &[Token],
        new: &[Token],
        ids: u32,
        indent: impl Fn(Token) -> IndentLevel,
    ) -> Vec<Hunk> {
        self.removed.clear();
        self.removed.resize(old.len(), false);
        self.added.clear();
        self.added.resize(new.len(), false);
        self.occurrences.reserve(ids as usize, old.len());
        let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let ends = old[start..].iter().rev().zip(new[start..].iter().rev());
        let end = ends.take_while(|(a, b)| a == b).count();
        self.align(old, new, Part { old: start..old.len() - end, new: start..new.len() - end }, ids);
        if !can_slide(old, &self.removed) && !can_slide(new, &self.added) {
            return self.marked_hunks();
        }
        let mut heuristic = IndentHeuristic::new(indent);
        // Old lines first, as in git: the new ones then slide to them.
        Runs::new(old, &mut self.removed, &self.added).slide(&mut heuristic);
        Runs::new(new, &mut self.added, &self.removed).slide(&mut heuristic);
        self.marked_hunks()
    }

    /// Marks the removed lines of a part of the old text and the added lines of a part of the new one.
    fn align(&mut self, old: &[Token], new: &[Token], first: Part, ids: u32) {
        // A list instead of recursion: a text can be made to nest deeper than the stack.
        let mut left = vec![first];
        while let Some(mut part) = left.pop() {
            // If nothing was added, there is nothing to search for.
            if !part.new.is_empty() {
                self.occurrences.enter(old, part.old.clone());
            }
            loop {
                let Part { old: o, new: n } = part.clone();
                match self.occurrences.rarest_block(old, new, &part) {
                    Common::Block(block) => {
                        let before = Part { old: o.start..block.old.start, new: n.start..block.new.start };
                        let behind = Part { old: block.old.end..o.end, new: block.new.end..n.end };
                        // The occurrences in the longer part stay; the shorter one is entered again later.
                        let is_longer = behind.old.len() > before.old.len();
                        let (longer, shorter) = if is_longer { (behind, before) } else { (before, behind) };
                        self.occurrences.leave_first(old, o.start..longer.old.start);
                        self.occurrences.leave_last(&old[longer.old.end..o.end]);
                        left.push(shorter);
                        part = longer;
                        continue;
                    }
                    Common::Nothing => {
                        self.removed[o].fill(true);
                        self.added[n].fill(true);
                    }
                    Common::TooOften => {
                        self.diff.compute_with(Algorithm::Myers, &old[o.clone()], &new[n.clone()], ids);
                        for (at, mark) in (0..).zip(&mut self.removed[o]) {
                            *mark = self.diff.is_removed(at);
                        }
                        for (at, mark) in (0..).zip(&mut self.added[n]) {
                            *mark = self.diff.is_added(at);
                        }
                    }
                }
                break;
            }
            self.occurrences.leave(&old[part.old]);
        }
    }

    /// The hunks as they are marked.
    fn marked_hunks(&self) -> Vec<Hunk> {
        let number = |at: usize| u32::try_from(at).unwrap_or(NONE);
        let (mut old, mut new) = (0, 0);
        let mut hunks = Vec::new();
        loop {
            // Kept lines are in both texts.
            let both = self.removed[old..].iter().zip(&self.added[new..]);
            let kept = both.take_while(|&(removed, added)| !removed & !added).count();
            let (removed, added) = (run_at(&self.removed, old + kept), run_at(&self.added, new + kept));
            if removed.is_empty() && added.is_empty() {
                return hunks;
            }
            (old, new) = (removed.end, added.end);
            let lines = |range: Range<usize>| number(range.start)..number(range.end);
            hunks.push(Hunk { before: lines(removed), after: lines(added) });
        }
    }
}

/// The consecutive marked lines from a position on.
fn run_at(marks: &[bool], start: usize) -> Range<usize> {
    start..start + marks[start..].iter().take_while(|&&marked| marked).count()
}

/// A run of marked lines in one text, and the run beside it in the other text; either may be empty. A kept line ends a run
/// in both.
///
/// - Source: git's `xdl_change_compact` defines where runs slide to.
struct Runs<'a> {
    lines: &'a [Token],
    marks: &'a mut [bool],
    marks_beside: &'a [bool],
    run: Range<usize>,
    beside: Range<usize>,
}

impl<'a> Runs<'a> {
    fn new(lines: &'a [Token], marks: &'a mut [bool], marks_beside: &'a [bool]) -> Self {
        let (run, beside) = (run_at(marks, 0), run_at(marks_beside, 0));
        Self { lines, marks, marks_beside, run, beside }
    }

    /// Slides every run to where it is most readable.
    fn slide(mut self, heuristic: &mut impl SliderHeuristic) {
        loop {
            if !self.run.is_empty() {
                self.slide_run(heuristic);
            }
            if self.run.end == self.marks.len() {
                return;
            }
            self.run = run_at(self.marks, self.run.end + 1);
            self.step_beside();
        }
    }

    fn slide_run(&mut self, heuristic: &mut impl SliderHeuristic) {
        let (mut earliest, mut has_beside);
        loop {
            let size = self.run.len();
            while self.up() {}
            (earliest, has_beside) = (self.run.end, !self.beside.is_empty());
            while self.down() {
                has_beside |= !self.beside.is_empty();
            }
            // A run that merged with another one on the way may slide further.
            if self.run.len() == size {
                break;
            }
        }
        if self.run.end == earliest {
            return;
        }
        if has_beside {
            // Deleted and added lines at one position are one change.
            while self.beside.is_empty() && self.up() {}
            return;
        }
        let number = |at: usize| u32::try_from(at).unwrap_or(NONE);
        let run = number(self.run.start)..number(self.run.end);
        let best = heuristic.best_slider_end(self.lines, run, number(earliest)) as usize;
        while self.run.end > best && self.up() {}
    }

    /// Moves the run up by a line if that is the same change.
    fn up(&mut self) -> bool {
        let Range { start, end } = self.run;
        if start == 0 || self.lines[start - 1] != self.lines[end - 1] {
            return false;
        }
        self.marks[start - 1] = true;
        self.marks[end - 1] = false;
        self.run = run_until(self.marks, end - 1);
        self.beside = run_until(self.marks_beside, self.beside.start - 1);
        true
    }

    /// Moves the run down by a line if that is the same change.
    fn down(&mut self) -> bool {
        let Range { start, end } = self.run;
        if end == self.lines.len() || self.lines[start] != self.lines[end] {
            return false;
        }
        self.marks[start] = false;
        self.marks[end] = true;
        self.run = start + 1..run_at(self.marks, end).end;
        self.step_beside();
        true
    }

    fn step_beside(&mut self) {
        self.beside = run_at(self.marks_beside, self.beside.end + 1);
    }
}

/// The consecutive marked lines up to a position.
fn run_until(marks: &[bool], end: usize) -> Range<usize> {
    end - marks[..end].iter().rev().take_while(|&&marked| marked).count()..end
}

/// Whether a run of marked lines could also begin a line earlier or later.
fn can_slide(lines: &[Token], marks: &[bool]) -> bool {
    let mut at = 0;
    while let Some(start) = marks[at..].iter().position(|&marked| marked).map(|from| at + from) {
        let end = start + marks[start..].iter().take_while(|&&marked| marked).count();
        let earlier = start > 0 && lines[start - 1] == lines[end - 1];
        let later = end < lines.len() && lines[start] == lines[end];
        if earlier || later {
            return true;
        }
        at = end;
    }
    false
}

impl Occurrences {
    /// Makes room for ids and positions. Every part that was entered was also left, so there is nothing to clear.
    fn reserve(&mut self, ids: usize, positions: usize) {
        self.of.resize(ids.max(self.of.len()), (0, NONE));
        self.next.resize(positions.max(self.next.len()), NONE);
    }

    fn enter(&mut self, old: &[Token], part: Range<usize>) {
        for at in part.rev() {
            let (count, first) = &mut self.of[old[at].0 as usize];
            self.next[at] = *first;
            *first = u32::try_from(at).unwrap_or(NONE);
            *count += 1;
        }
    }

    fn leave(&mut self, old: &[Token]) {
        for token in old {
            self.of[token.0 as usize] = (0, NONE);
        }
    }

    /// Removes the first lines of the part.
    fn leave_first(&mut self, old: &[Token], lines: Range<usize>) {
        for at in lines {
            let (count, first) = &mut self.of[old[at].0 as usize];
            *count -= 1;
            *first = if *count == 0 { NONE } else { self.next[at] };
        }
    }

    /// Removes the last lines of the part. Their positions may remain in the lists of other lines.
    fn leave_last(&mut self, old: &[Token]) {
        for token in old {
            let (count, first) = &mut self.of[token.0 as usize];
            *count -= 1;
            if *count == 0 {
                *first = NONE;
            }
        }
    }

    fn count(&self, token: Token) -> u32 {
        self.of[token.0 as usize].0
    }

    /// The block around common lines that has the rarest line; among several, the longest.
    fn rarest_block(&self, old: &[Token], new: &[Token], part: &Part) -> Common {
        if part.old.is_empty() || part.new.is_empty() {
            return Common::Nothing;
        }
        let (mut best, mut rarest, mut any) = (None::<Part>, MAX_OCCURRENCES + 1, false);
        let mut at = part.new.start;
        while at < part.new.end {
            let mut next = at + 1;
            let (count, mut position) = self.of[new[at].0 as usize];
            any |= count > 0;
            if count > rarest {
                position = NONE;
            }
            while (position as usize) < part.old.end {
                let (block, occurrences) = self.around(old, new, part, (position as usize, at));
                next = next.max(block.new.end);
                // A first block of a single line is taken only if it is rare.
                let longest = best.as_ref().map_or(1, |best| best.old.len());
                // Positions inside the block lead to the same block.
                while (position as usize) < block.old.end {
                    position = self.next[position as usize];
                }
                if block.old.len() > longest || occurrences < rarest {
                    (best, rarest) = (Some(block), occurrences);
                }
            }
            at = next;
        }
        match best {
            _ if any && rarest > MAX_OCCURRENCES => Common::TooOften,
            Some(block) => Common::Block(block),
            None => Common::Nothing,
        }
    }

    /// The common lines around a common line, and how often the rarest of them occurs in the old part.
    fn around(&self, old: &[Token], new: &[Token], part: &Part, (position, at): (usize, usize)) -> (Part, u32) {
        let before = old[part.old.start..position].iter().rev().zip(new[part.new.start..at].iter().rev());
        let before = before.take_while(|(a, b)| a == b).count();
        let after = old[position..part.old.end].iter().zip(&new[at..part.new.end]);
        let after = after.take_while(|(a, b)| a == b).count();
        let block = Part { old: position - before..position + after, new: at - before..at + after };
        let mut rarest = u32::MAX;
        for &token in &old[block.old.clone()] {
            rarest = rarest.min(self.count(token));
            if rarest == 1 {
                break;
            }
        }
        (block, rarest)
    }
}

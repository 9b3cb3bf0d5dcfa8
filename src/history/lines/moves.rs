//! Lines that a commit moved: neither deaths nor births.

use std::iter::successors;
use std::ops::Range;

use foldhash::{HashMap, HashMapExt};

use super::super::blob_diff::LineMark;

/// The shortest block that counts as moved.
const SHORTEST: usize = 3;
/// How many removed blocks to try when many begin with the same lines: tables of equal rows are not worth the time.
const MAX_CANDIDATES: usize = 32;

/// All lines that a commit removed, or all that it added.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) marks: Vec<LineMark>,
    /// Runs of neighbouring lines, in order.
    pub(super) blocks: Vec<Range<usize>>,
}

impl Lines {
    fn long_blocks(&self) -> impl DoubleEndedIterator<Item = &Range<usize>> {
        self.blocks.iter().filter(|block| block.len() >= SHORTEST)
    }
}

/// Pairs removed lines with the added lines that they became, as (removed, added) indexes in the order of the added ones.
///
/// Going through the added lines in order, each takes the longest run of at least three removed lines with the same text,
/// ignoring white space, of which at least one has a letter or digit; among equally long runs the first. No removed line
/// is taken twice.
pub(super) fn pairs(removed: &Lines, added: &Lines) -> Vec<(usize, usize)> {
    if removed.long_blocks().next().is_none() || added.long_blocks().next().is_none() {
        return Vec::new();
    }
    // `first`: where a run occurs first, by its first lines. `next`: by position, the next run with the same first lines,
    // and the end of its block.
    let mut first: HashMap<[u64; SHORTEST], usize> = HashMap::new();
    let mut next = vec![(None, 0); removed.marks.len()];
    for block in removed.long_blocks().rev() {
        for at in (block.start..=block.end - SHORTEST).rev() {
            next[at] = (first.insert(texts(&removed.marks[at..]), at), block.end);
        }
    }
    let mut taken = vec![false; removed.marks.len()];
    let mut found = Vec::new();
    for block in added.long_blocks() {
        let mut at = block.start;
        while at + SHORTEST <= block.end {
            let rest = &added.marks[at..block.end];
            let (mut length, mut source) = (0, 0);
            let candidates = successors(first.get(&texts(rest)).copied(), |&at| next[at].0);
            for from in candidates.filter(|&from| !taken[from]).take(MAX_CANDIDATES) {
                let free = (from..next[from].1)
                    .zip(rest)
                    .take_while(|(old, new)| !taken[*old] && removed.marks[*old].text() == new.text());
                let same = free.count();
                if same > length {
                    (length, source) = (same, from);
                }
            }
            if length < SHORTEST || !rest[..length].iter().any(|mark| mark.is_wordy()) {
                at += 1;
                continue;
            }
            taken[source..source + length].fill(true);
            found.extend((source..source + length).zip(at..));
            at += length;
        }
    }
    found
}

fn texts(marks: &[LineMark]) -> [u64; SHORTEST] {
    std::array::from_fn(|at| marks[at].text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::blob_diff::Marker;

    fn lines(blocks: &[&str]) -> Lines {
        let mut all = Lines::default();
        for block in blocks {
            let start = all.marks.len();
            all.marks.extend(block.lines().map(|line| Marker::default().mark(line.as_bytes())));
            all.blocks.push(start..all.marks.len());
        }
        all
    }

    fn moved(removed: &[&str], added: &[&str]) -> Vec<(usize, usize)> {
        pairs(&lines(removed), &lines(added))
    }

    #[test]
    fn three_lines_are_a_move_and_two_are_not() {
        assert_eq!(moved(&["a\nb\nc\nx"], &["new\na\n  b\nc\ny"]), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(moved(&["a\nb"], &["a\nb"]), []);
        assert_eq!(moved(&["}\n\n}"], &["}\n\n}"]), [], "nothing but brackets");
    }

    #[test]
    fn the_longest_run_wins_and_no_line_moves_twice() {
        assert_eq!(moved(&["a\nb\nc", "a\nb\nc\nd"], &["a\nb\nc\nd"]), [(3, 0), (4, 1), (5, 2), (6, 3)]);
        assert_eq!(moved(&["a\nb\nc"], &["a\nb\nc", "a\nb\nc"]), [(0, 0), (1, 1), (2, 2)]);
    }

    #[test]
    fn a_block_ends_where_its_neighbourhood_does() {
        assert_eq!(moved(&["a\nb", "c\nd"], &["a\nb\nc\nd"]), []);
        assert_eq!(moved(&["a\nb\nc\nd"], &["a\nb", "c\nd"]), []);
    }
}

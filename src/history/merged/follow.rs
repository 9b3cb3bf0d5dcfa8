//! The lines of one path through the commits that changed it.

use super::super::blob_diff::Difference;
use super::super::lines::replay::LineAuthors;

/// The lines of a branch's last version so far, and who deleted those of its first.
#[derive(Default)]
pub(super) struct Followed {
    pub(super) lines: Vec<Line>,
    pub(super) killers: Vec<Option<u32>>,
    /// Lines that the branch wrote, and rewrote or deleted again.
    pub(super) reworked: u64,
}

#[derive(Clone, Copy)]
pub(super) enum Line {
    /// From before the branch: a line of that version.
    Base(u32),
    /// Written by a contribution.
    By(u32),
    /// Written on the mainline meanwhile.
    Elsewhere,
}

impl Followed {
    /// The first version of a path on a branch.
    pub(super) fn of_base(lines: u32) -> Self {
        Self { lines: (0..lines).map(Line::Base).collect(), killers: vec![None; lines as usize], reworked: 0 }
    }

    /// Follows one change; `authors` are those of its lines, or `None` for what came from the mainline meanwhile.
    ///
    /// `None` if the versions do not connect.
    pub(super) fn step(mut self, difference: &Difference, authors: Option<&LineAuthors>) -> Option<Self> {
        if self.lines.len() != difference.old_lines as usize {
            return None;
        }
        let mut after = Vec::with_capacity(difference.new_lines as usize);
        let (mut at, mut removed, mut added) = (0, 0, 0);
        for hunk in &difference.hunks {
            after.extend_from_slice(&self.lines[at..hunk.old_start as usize]);
            at = hunk.old_start as usize + hunk.old_lines as usize;
            for line in &self.lines[hunk.old_start as usize..at] {
                if let (Line::Base(line), Some(authors)) = (line, authors) {
                    self.killers[*line as usize] = Some(authors.removed(removed));
                }
                self.reworked += u64::from(matches!(line, Line::By(_)) && authors.is_some());
                removed += 1;
            }
            for _ in 0..hunk.new_lines {
                after.push(authors.map_or(Line::Elsewhere, |authors| Line::By(authors.added(added))));
                added += 1;
            }
        }
        after.extend_from_slice(&self.lines[at..]);
        self.lines = after;
        Some(self)
    }

    /// Who wrote the lines that a difference adds, by the branch's last version; `to_landed` leads from there to the
    /// version that landed.
    pub(super) fn authors_of_added(&self, difference: &Difference, to_landed: Option<&Difference>) -> Vec<Option<u32>> {
        let author = |line: Option<&Line>| match line {
            Some(Line::By(author)) => Some(*author),
            _ => None,
        };
        let Some(to_landed) = to_landed else {
            return added_lines(difference).map(|line| author(self.lines.get(line))).collect();
        };
        let mut of_landed: Vec<Option<Line>> = Vec::with_capacity(to_landed.new_lines as usize);
        let mut at = 0;
        let same = |range: std::ops::Range<usize>| self.lines.get(range).unwrap_or_default().iter().copied().map(Some);
        for hunk in &to_landed.hunks {
            of_landed.extend(same(at..hunk.old_start as usize));
            at = hunk.old_start as usize + hunk.old_lines as usize;
            of_landed.extend(std::iter::repeat_n(None, hunk.new_lines as usize));
        }
        of_landed.extend(same(at..self.lines.len()));
        added_lines(difference).map(|line| author(of_landed.get(line).and_then(Option::as_ref))).collect()
    }
}

fn added_lines(difference: &Difference) -> impl Iterator<Item = usize> + '_ {
    difference.hunks.iter().flat_map(|hunk| (hunk.new_start..hunk.new_start + hunk.new_lines).map(|line| line as usize))
}

/// The lines of the older version that a difference removes.
pub(super) fn removed_lines(difference: &Difference) -> impl Iterator<Item = usize> + '_ {
    difference.hunks.iter().flat_map(|hunk| (hunk.old_start..hunk.old_start + hunk.old_lines).map(|line| line as usize))
}

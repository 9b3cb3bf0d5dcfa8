//! What the kinds of evidence look at: an indexed repository, and what its sessions and commits have in common.

use super::claims::PlacedEdit;
use super::overlap::{self, Overlap};
use super::people::People;
use super::repository_index::RepositoryIndex;
use super::squashes::{self, Squash};

/// One repository, ready for the kinds of evidence.
pub(super) struct LinkContext<'a> {
    pub(super) repo: RepositoryIndex<'a>,
    /// What sessions and commits have in common.
    pub(super) overlaps: Vec<Overlap>,
    /// The branches of squashes, as sessions on them show; in order of the branches.
    pub(super) squashes: Vec<Squash<'a>>,
    placed: Vec<Vec<PlacedEdit>>,
    people: People<'a>,
}

impl<'a> LinkContext<'a> {
    pub(super) fn new(repo: RepositoryIndex<'a>) -> Self {
        let (overlaps, placed) = overlap::find(&repo);
        let people = People::learn(&repo, &overlaps);
        let squashes = squashes::learn(&repo, &overlaps);
        Self { repo, overlaps, squashes, placed, people }
    }

    /// Where a session edited, in the order of its edits.
    pub(super) fn placed(&self, session: usize) -> &[PlacedEdit] {
        &self.placed[session]
    }

    /// The squashes of a branch, as sessions on it show.
    pub(super) fn squashes_of(&self, branch: &str) -> &[Squash<'a>] {
        let from = self.squashes.partition_point(|one| one.branch < branch);
        let until = self.squashes.partition_point(|one| one.branch <= branch);
        &self.squashes[from..until]
    }

    /// Whether the session's user may be the author of the commit, as far as is known.
    pub(super) fn may_be_author(&self, overlap: &Overlap) -> bool {
        self.may_be_by(overlap.session, overlap.commit)
    }

    /// Whether a session's user may be an author of a commit, as far as is known.
    pub(super) fn may_be_by(&self, session: usize, commit: u32) -> bool {
        self.people.may_be_author(session, commit)
    }

    /// Whether something says that the user of a session is the author of a commit.
    pub(super) fn is_author(&self, session: usize, commit: u32) -> bool {
        self.people.is_author(&self.repo, session, commit)
    }
}

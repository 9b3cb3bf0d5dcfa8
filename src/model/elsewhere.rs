//! What was seen of records beside their kept observation, in tables of its own: some records are seen thousands of times,
//! and a list in each record would be copied at every sighting.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::bill::Authority;
use super::hash::IdHasher;
use super::origin::FileId;
use super::usage::{IdMap, RecordId, UsageRecord};

type Table<K, V> = HashMap<K, V, BuildHasherDefault<IdHasher>>;

/// Visible blocks that a record holds itself; further ones are here.
const OWN_BLOCKS: usize = 16;

/// Repeats of records under other requests or in other files than the kept ones, and blocks of visible output beyond the
/// first ones of a record.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    repeats: Table<(RecordId, FileId, Option<u64>), (u64, Figures)>,
    visible: Table<(RecordId, u64), u32>,
}

/// How often one file has a record that is kept from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// The record.
    pub id: RecordId,
    /// The file.
    pub file: FileId,
    /// The provider's request, as [`super::usage::UsageRecord::request`].
    pub request: Option<u64>,
    /// How often.
    pub count: u64,
    /// The figures there, if the vendor revises its rows.
    pub figures: Figures,
}

/// What a row amounts to, to say what replaced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Figures {
    /// The amount, billed or reported, in nano-dollars.
    pub nanos: i64,
    /// All tokens.
    pub tokens: u64,
}

impl Figures {
    /// The figures of a record that its vendor revises; nothing for others.
    #[must_use]
    pub fn of(record: &UsageRecord) -> Self {
        if !(record.bill.revises && record.bill.authority >= Authority::Gateway) {
            return Self::default();
        }
        let money = record.billed_cost.or(record.reported_cost).or(record.bill.gross_cost);
        let nanos = money.and_then(|money| i64::try_from(money.nanos()).ok()).unwrap_or(0);
        Self { nanos, tokens: record.tokens.total() }
    }
}

impl Elsewhere {
    /// Adds what a file repeats of a record.
    pub(super) fn add_repeat(&mut self, repeat: Repeat) {
        let known = self.repeats.entry((repeat.id, repeat.file, repeat.request)).or_default();
        *known = (known.0 + repeat.count, known.1.max(repeat.figures));
    }

    /// Adds blocks to those of a record; the first ones are kept in its own list.
    pub(super) fn add_visible(&mut self, id: RecordId, own: &mut Vec<(u64, u32)>, blocks: Vec<(u64, u32)>) {
        for (hash, chars) in blocks {
            if own.iter().any(|(known, _)| *known == hash) {
                continue;
            }
            if own.len() < OWN_BLOCKS {
                own.push((hash, chars));
            } else {
                self.visible.insert((id, hash), chars);
            }
        }
    }

    /// Leaves a record only as many blocks as it may hold itself.
    pub(super) fn limit_visible(&mut self, id: RecordId, own: &mut Vec<(u64, u32)>) {
        if own.len() > OWN_BLOCKS {
            let blocks = std::mem::take(own);
            self.add_visible(id, own, blocks);
        }
    }

    /// Adds what another table has. Blocks are not in it: [`super::observations::Observations::into_all`] hands them out.
    pub(super) fn merge(&mut self, repeats: impl Iterator<Item = Repeat>) {
        repeats.for_each(|repeat| self.add_repeat(repeat));
    }

    /// Takes the repeats out.
    pub(super) fn take_repeats(&mut self) -> impl Iterator<Item = Repeat> + use<> {
        std::mem::take(&mut self.repeats).into_iter().map(|((id, file, request), (count, figures))| Repeat {
            id,
            file,
            request,
            count,
            figures,
        })
    }

    /// Takes the blocks out, by record.
    pub(super) fn take_visible(&mut self) -> IdMap<Vec<(u64, u32)>> {
        let mut by_record: IdMap<Vec<(u64, u32)>> = IdMap::default();
        #[expect(clippy::iter_over_hash_type, reason = "the characters of a record are only summed")]
        for ((id, hash), chars) in std::mem::take(&mut self.visible) {
            by_record.entry(id).or_default().push((hash, chars));
        }
        by_record
    }
}

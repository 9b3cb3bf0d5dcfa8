//! Pack files → objects, for all threads of a run.
//!
//! - In: the `objects/pack` folders of a repository and of its alternates, opened once ([`Packs`]), and a [`PackReader`]
//!   per thread, which caches decoded objects for the deltas that build on them.
//! - Out: [`Object`]s of packs with an index (versions 1 and 2). Objects that are in no pack (loose ones, and packs that
//!   arrived since) are left to the caller.
//! - Checked on opening: pack version 2, as many objects as the index has, the checksum that the index expects at the
//!   pack's end. Checked on each read: the CRC-32 of the stored entry (index version 2), that an offset delta leads to
//!   the start of an entry, the Adler-32 of the compressed data, and the declared size of every entry, delta base and
//!   delta result. Not checked: object ids, which would take longer than all the reading; `git fsck` checks them.
//! - Limits: memory is allocated only as far as the data bears out the declared sizes, objects are below 4 GiB, and no
//!   chain of deltas is longer than [`LONGEST_CHAIN`](packs::LONGEST_CHAIN).

mod alternates;
mod cache;
mod delta;
mod inflate;
mod packs;
mod reader;
mod starts;
#[cfg(test)]
mod tests;

pub(super) use self::packs::{Object, Packs};
pub(super) use self::reader::PackReader;

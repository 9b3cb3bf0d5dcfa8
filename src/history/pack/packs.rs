//! Packs and their indexes: finds entries and reads their bytes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gix::odb::pack::{data, index};

use super::alternates;
use super::starts::Starts;

/// Git writes chains of at most 4,095 deltas; a longer one is a circle or an attack.
pub(super) const LONGEST_CHAIN: usize = 1 << 16;

pub(super) const NO_MEMORY: &str = "there is not enough memory for it";

/// An object in memory; a copy shares the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::history) struct Object {
    pub(in crate::history) kind: gix::objs::Kind,
    pub(in crate::history) data: Arc<Vec<u8>>,
}

/// Why an entry of a pack cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {cause}", pack.display())]
pub(in crate::history) struct Damage {
    pack: PathBuf,
    cause: String,
}

/// Every pack of a repository and of its alternates, as of its opening.
pub(in crate::history) struct Packs {
    pub(super) packs: Vec<Pack>,
}

/// One pack and its index.
pub(super) struct Pack {
    pub(super) index: index::File,
    path: PathBuf,
    /// The pack, or why it cannot be used.
    data: Result<data::File, String>,
    /// The same file for reading entries: pages of a mapping would count as memory of the process.
    #[cfg(unix)]
    file: Option<std::fs::File>,
    /// Built when the first entry is read.
    starts: OnceLock<Starts>,
}

/// Where an entry is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryLocation {
    /// Index of the pack.
    pub(super) pack: usize,
    /// Position of the entry in the pack's index.
    pub(super) position: u32,
    /// Offset in the pack.
    pub(super) offset: u64,
}

impl Packs {
    /// Maps the packs of an object folder and of its alternates.
    ///
    /// As in git, a pack without its index, or an index without its pack, is left out. A pack that does not match its index
    /// is kept as damaged, so that reading one of its objects fails with the cause; an unreadable index is left out, and
    /// its objects are missing.
    pub(in crate::history) fn open(objects: &Path, hash: gix::hash::Kind) -> Self {
        let mut packs = Vec::new();
        for folder in alternates::object_folders(objects) {
            let Ok(files) = std::fs::read_dir(folder.join("pack")) else { continue };
            let files = files.filter_map(Result::ok).map(|file| file.path());
            let mut indexes: Vec<PathBuf> =
                files.filter(|path| path.extension().is_some_and(|extension| extension == "idx")).collect();
            indexes.sort();
            packs.extend(indexes.iter().filter_map(|path| Pack::open(path, hash)));
        }
        Self { packs }
    }

    /// Finds an object, in a damaged pack only if no other has it. `recent` is the pack to try first.
    pub(super) fn find(&self, id: &gix::oid, recent: usize) -> Option<EntryLocation> {
        let in_pack = |pack: usize| self.packs.get(pack)?.find(id).map(|position| (pack, position));
        let mut damaged = None;
        for (pack, position) in std::iter::once(recent).chain(0..self.packs.len()).filter_map(in_pack) {
            let location =
                EntryLocation { pack, position, offset: self.packs[pack].index.pack_offset_at_index(position) };
            if self.packs[pack].data.is_ok() {
                return Some(location);
            }
            damaged = Some(location);
        }
        damaged
    }
}

impl Pack {
    fn open(index: &Path, hash: gix::hash::Kind) -> Option<Self> {
        let path = index.with_extension("pack");
        if !path.is_file() {
            return None;
        }
        let index = index::File::at(index, hash).ok()?;
        let data = data::File::at(&path, hash).map_err(|cause| cause.to_string()).and_then(|data| {
            if data.version() != data::Version::V2 {
                Err("the pack's version is not 2".to_owned())
            } else if data.num_objects() != index.num_objects() {
                Err(format!("it holds {} objects, but its index {}", data.num_objects(), index.num_objects()))
            } else if data.checksum() != index.pack_checksum() {
                Err("its end does not match its index: it is cut short, or the index is of another pack".to_owned())
            } else {
                Ok(data)
            }
        });
        Some(Self {
            #[cfg(unix)]
            file: std::fs::File::open(&path).ok(),
            index,
            path,
            data,
            starts: OnceLock::new(),
        })
    }

    fn find(&self, id: &gix::oid) -> Option<u32> {
        self.index.lookup(id)
    }

    fn starts(&self) -> &Starts {
        self.starts.get_or_init(|| Starts::new(&self.index))
    }

    /// The entry that starts at an offset, if one does.
    pub(super) fn starting_at(&self, offset: u64) -> Option<u32> {
        self.starts().position(offset)
    }

    /// Reads all bytes of the entry at an offset, up to the next entry or the pack's checksum.
    ///
    /// # Errors
    /// Fails when the pack is damaged as a whole, too short, or cannot be read.
    pub(super) fn read_entry(&self, offset: u64, bytes: &mut Vec<u8>) -> Result<(), Damage> {
        let data = self.data.as_ref().map_err(|cause| self.damage(cause))?;
        let end = data.pack_end() as u64;
        let beyond = || self.damage_at(offset, "it is beyond the pack's end");
        let range = offset..self.starts().next(offset).unwrap_or(end).min(end);
        let length = range.end.checked_sub(range.start).and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| *length > 0).ok_or_else(beyond)?;
        #[cfg(unix)]
        if let Some(file) = &self.file {
            bytes.resize(length, 0);
            return std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
                .map_err(|cause| self.damage_at(offset, cause));
        }
        bytes.clear();
        bytes.extend_from_slice(data.entry_slice(range).filter(|slice| slice.len() == length).ok_or_else(beyond)?);
        Ok(())
    }

    fn damage(&self, cause: impl std::fmt::Display) -> Damage {
        Damage { pack: self.path.clone(), cause: cause.to_string() }
    }

    pub(super) fn damage_at(&self, offset: u64, cause: impl std::fmt::Display) -> Damage {
        self.damage(format_args!("the entry at byte {offset}: {cause}"))
    }
}

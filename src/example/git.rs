//! The git directory on disk, written with gix: objects, references and a configuration.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use gix::objs::tree::{Entry, EntryKind};
use gix::objs::{Kind, Tree, WriteTo};
use gix::{ObjectId, actor::Signature, date::Time};

use super::disk;
use super::people::Actor;
use crate::error::{Error, Result};

/// Whether objects are written or only get an id: a fresh clone lacks the commits of a deleted branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Stored,
    NameOnly,
}

/// Author or committer with a time in seconds since the epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    pub(super) who: Actor,
    pub(super) seconds: i64,
}

impl Stamp {
    fn signature(self) -> Signature {
        let (name, email) = self.who.identity();
        let time = Time { seconds: self.seconds, offset: self.who.utc_offset() };
        Signature { name: name.into(), email: email.into(), time }
    }
}

/// A bare repository under construction.
pub(super) struct Store {
    repo: gix::Repository,
    /// Ids of the contents so far, and whether these were written: most files do not change.
    known: HashMap<Vec<u8>, (ObjectId, Keep)>,
}

impl Store {
    /// Creates an empty bare repository by hand, so that templates and settings of the machine have no influence.
    pub(super) fn create(path: &Path, remote: &str) -> Result<Self> {
        let config = format!(
            "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n\
             [remote \"origin\"]\n\turl = {remote}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
        );
        disk::folder(&path.join("objects"))?;
        disk::folder(&path.join("refs/heads"))?;
        disk::write(&path.join("config"), config.as_bytes())?;
        disk::write(&path.join("HEAD"), b"ref: refs/heads/main\n")?;
        let options = gix::open::Options::isolated().open_path_as_is(true).with(gix::sec::Trust::Full);
        let repo = gix::open_opts(path, options).map_err(|cause| failed(path, cause))?;
        Ok(Self { repo, known: HashMap::new() })
    }

    /// Writes the tree of all files and a commit of it.
    pub(super) fn commit(
        &mut self,
        files: &BTreeMap<String, Vec<u8>>,
        parents: &[ObjectId],
        author: Stamp,
        committer: Stamp,
        message: &str,
        keep: Keep,
    ) -> Result<ObjectId> {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
        let commit = gix::objs::Commit {
            tree: self.tree(&files, keep)?,
            parents: parents.iter().copied().collect(),
            author: author.signature(),
            committer: committer.signature(),
            encoding: None,
            message: message.into(),
            extra_headers: Vec::new(),
        };
        self.object(&commit, keep)
    }

    /// Makes a branch name a commit.
    pub(super) fn branch(&self, name: &str, tip: ObjectId) -> Result<()> {
        disk::write(&self.repo.path().join("refs/heads").join(name), format!("{tip}\n").as_bytes())
    }

    /// Writes the tree of files sorted by path, subfolders first.
    fn tree(&mut self, files: &[(&str, &[u8])], keep: Keep) -> Result<ObjectId> {
        let mut entries = Vec::new();
        let mut rest = files;
        while let Some(&(path, bytes)) = rest.first() {
            let Some((folder, _)) = path.split_once('/') else {
                let oid = self.blob(bytes, keep)?;
                entries.push(Entry { mode: EntryKind::Blob.into(), filename: path.into(), oid });
                rest = &rest[1..];
                continue;
            };
            let inside: Vec<(&str, &[u8])> = rest
                .iter()
                .map_while(|&(path, bytes)| Some((path.strip_prefix(folder)?.strip_prefix('/')?, bytes)))
                .collect();
            rest = &rest[inside.len()..];
            let oid = self.tree(&inside, keep)?;
            entries.push(Entry { mode: EntryKind::Tree.into(), filename: folder.into(), oid });
        }
        // Git sorts a folder as if its name ended in a slash; so does gix.
        entries.sort();
        self.object(&Tree { entries }, keep)
    }

    fn blob(&mut self, bytes: &[u8], keep: Keep) -> Result<ObjectId> {
        if let Some(&(id, kept)) = self.known.get(bytes)
            && (kept == Keep::Stored || keep == Keep::NameOnly)
        {
            return Ok(id);
        }
        let id = self.bytes(Kind::Blob, bytes, keep)?;
        self.known.insert(bytes.to_owned(), (id, keep));
        Ok(id)
    }

    fn object(&self, object: &dyn WriteTo, keep: Keep) -> Result<ObjectId> {
        let mut bytes = Vec::new();
        object.write_to(&mut bytes).map_err(|cause| failed(self.repo.path(), cause))?;
        self.bytes(object.kind(), &bytes, keep)
    }

    fn bytes(&self, kind: Kind, bytes: &[u8], keep: Keep) -> Result<ObjectId> {
        let path = self.repo.path();
        let id = gix::objs::compute_hash(self.repo.object_hash(), kind, bytes).map_err(|cause| failed(path, cause))?;
        if keep == Keep::Stored && !self.repo.objects.exists_without_refresh(&id) {
            use gix::objs::Write;
            self.repo.objects.write_buf_with_known_id(kind, bytes, id).map_err(|cause| failed(path, cause))?;
        }
        Ok(id)
    }
}

fn failed(path: &Path, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Output { path: path.to_owned(), source: std::io::Error::other(cause) }
}

//! Archives → the files in them.
//!
//! - In: a zip or tar archive on disk, or a workbook, which is a zip of its sheets. Out: an [`InputFile`] for each file or
//!   sheet, named `export.zip/usage.csv` and `book.xlsx/Sheet1`, and the names of those that cannot be read.
//! - Refuses: archives that are damaged. Files are read one by one, and those over [`MEMBER_LIMIT`] are not.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use zip::ZipArchive;

use crate::sources::reading::inputs::InputFile;
use crate::sources::reading::workbook::Workbook;

/// How large a file of an archive may be: it is held in memory while it is read.
pub(super) const MEMBER_LIMIT: u64 = 256 << 20;
/// How many files of an archive are read.
const MOST_MEMBERS: usize = 100_000;
/// How deep archives may lie in each other.
pub(super) const MOST_DEPTH: u8 = 2;

/// A kind of archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Archive {
    Zip,
    Tar,
}

/// What an archive holds.
#[derive(Default)]
pub(super) struct Members {
    pub(super) files: Vec<InputFile>,
    /// Files that cannot be read, with the reason.
    pub(super) unread: Vec<(String, &'static str)>,
    /// Why what comes after these files cannot be read.
    pub(super) damage: Option<io::Error>,
}

const PASSWORD: &str = "it needs a password; unpack it";
const TOO_LARGE: &str = "it is larger than 256 MB inside of an archive; unpack it";
const OFFICE: &str = "a spreadsheet that is not Excel's; export its sheets as CSV or .xlsx";

impl Archive {
    /// The kind that the first bytes of a file announce.
    pub(super) fn detect(start: &[u8]) -> Option<Self> {
        if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            return Some(Self::Zip);
        }
        (start.get(257..262) == Some(b"ustar")).then_some(Self::Tar)
    }

    /// The name in reports.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
        }
    }

    /// Lists the files of an archive that reports know as `parent`.
    ///
    /// # Errors
    /// When it is damaged.
    pub(super) fn members(self, file: File, parent: &InputFile) -> io::Result<Members> {
        match self {
            Self::Zip => zip_members(file, parent),
            Self::Tar => tar_members(file, parent),
        }
    }
}

fn zip_members(file: File, parent: &InputFile) -> io::Result<Members> {
    let mut archive = ZipArchive::new(BufReader::new(file))?;
    if archive.index_for_name("xl/workbook.xml").is_some() {
        return sheets(archive, parent);
    }
    let mut members = Members::default();
    if ["Index/Document.iwa", "Index.zip"].iter().any(|name| archive.index_for_name(name).is_some())
        || is_open_document(&mut archive)
    {
        members.unread.push((parent.display_name.clone(), OFFICE));
        return Ok(members);
    }
    let mut found = Vec::new();
    for index in 0..archive.len().min(MOST_MEMBERS) {
        let entry = archive.by_index_raw(index)?;
        let name = entry.name().map(|name| name.into_owned()).unwrap_or_default();
        if !entry.is_dir() && !is_system_file(&name) {
            found.push((index, name, entry.size(), entry.encrypted()));
        }
    }
    let shared = Arc::new(Mutex::new(archive));
    for (index, name, size, encrypted) in found {
        let name = format!("{}/{name}", parent.display_name);
        if encrypted || size > MEMBER_LIMIT {
            members.unread.push((name, if encrypted { PASSWORD } else { TOO_LARGE }));
            continue;
        }
        let shared = shared.clone();
        let content = move || {
            let mut archive = shared.lock().unwrap_or_else(PoisonError::into_inner);
            read_member(archive.by_index(index)?)
        };
        members.files.push(parent.member(name, size, Arc::new(content)));
    }
    Ok(members)
}

/// Reads a file of an archive, whatever size the archive says that it has.
fn read_member(member: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    member.take(MEMBER_LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MEMBER_LIMIT { Err(io::Error::other(TOO_LARGE)) } else { Ok(bytes) }
}

/// Whether a zip is an OpenDocument spreadsheet, whose first file names its type.
fn is_open_document(archive: &mut ZipArchive<BufReader<File>>) -> bool {
    let Ok(kind) = archive.by_name("mimetype") else { return false };
    let mut text = String::new();
    let read = kind.take(100).read_to_string(&mut text);
    read.is_ok() && text.contains("opendocument.spreadsheet")
}

/// What a Mac adds to archives, and hidden files.
fn is_system_file(name: &str) -> bool {
    name.starts_with("__MACOSX/")
        || name.rsplit('/').next().is_some_and(|last| last.starts_with("._") || last == ".DS_Store")
}

/// The sheets of a workbook.
fn sheets(mut archive: ZipArchive<BufReader<File>>, parent: &InputFile) -> io::Result<Members> {
    let mut members = Members::default();
    for index in 0..archive.len() {
        // What is unpacked counts, and not what the archive says.
        let part = archive.by_index(index)?;
        if io::copy(&mut part.take(MEMBER_LIMIT + 1), &mut io::sink())? > MEMBER_LIMIT {
            members.unread.push((parent.display_name.clone(), TOO_LARGE));
            return Ok(members);
        }
    }
    let mut file = archive.into_inner();
    file.seek(SeekFrom::Start(0))?;
    let workbook = Workbook::open(file)?;
    let names = workbook.sheets();
    let shared = Arc::new(Mutex::new(workbook));
    for sheet in names {
        let (shared, name) = (shared.clone(), format!("{}/{sheet}", parent.display_name));
        let content = move || shared.lock().unwrap_or_else(PoisonError::into_inner).csv(&sheet, MEMBER_LIMIT);
        members.files.push(parent.member(name, 0, Arc::new(content)));
    }
    Ok(members)
}

fn tar_members(file: File, parent: &InputFile) -> io::Result<Members> {
    let mut members = Members::default();
    let mut found = Vec::new();
    for entry in tar::Archive::new(&file).entries_with_seek()?.take(MOST_MEMBERS) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(err) => {
                members.damage = Some(err);
                break;
            }
        };
        let name = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_owned();
        if entry.header().entry_type().is_file() && !is_system_file(&name) {
            found.push((name, entry.raw_file_position(), entry.size()));
        }
    }
    let shared = Arc::new(Mutex::new(file));
    for (name, at, size) in found {
        let name = format!("{}/{name}", parent.display_name);
        if size > MEMBER_LIMIT {
            members.unread.push((name, TOO_LARGE));
            continue;
        }
        let shared = shared.clone();
        let content = move || {
            let mut file = shared.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(at))?;
            let bytes = read_member((&mut *file).take(size))?;
            if (bytes.len() as u64) < size {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive ends inside of this file"));
            }
            Ok(bytes)
        };
        members.files.push(parent.member(name, size, Arc::new(content)));
    }
    Ok(members)
}

/// Why a file that looks like an export, or like an archive of some, cannot be read; `None` for any other file.
pub(super) fn why_unread(start: &[u8]) -> Option<&'static str> {
    const PACKED: &str = "an archive of a kind that is not read; unpack it";
    let starts = |magic: &[u8]| start.starts_with(magic);
    if starts(b"7z\xbc\xaf\x27\x1c") || starts(b"Rar!\x1a\x07") || starts(b"\xfd7zXZ\0") || starts(b"BZh") {
        return Some(PACKED);
    }
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let holds = |text: &str| memchr::memmem::find(start, &wide(text)).is_some();
    if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        if holds("EncryptedPackage") {
            return Some("a workbook with a password; save it without one");
        }
        if holds("Workbook") {
            return Some("a workbook in Excel's old format; save it as .xlsx or CSV");
        }
    }
    None
}

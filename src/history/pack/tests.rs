//! Packs made by git and by hand, intact and damaged.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;

use super::super::objects::{Objects, Store};
use super::super::repository;
use super::super::tests::Fixture;
use super::packs::Damage;
use super::*;

const HASH: gix::hash::Kind = gix::hash::Kind::Sha1;

/// Text that compresses badly, so that versions of it become deltas.
fn text(seed: u64, lines: usize) -> String {
    let mut state = seed;
    let mut line = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{state:020}\n")
    };
    (0..lines).map(|_| line()).collect()
}

/// A repository whose files change a little in each commit, all in one pack.
fn packed(versions: usize, lines: usize, offset_deltas: bool) -> Fixture {
    let mut fixture = Fixture::new();
    let mut content = text(1, lines);
    for version in 0..versions {
        content.insert_str((version * 37) % content.len(), &format!("version {version}\n"));
        fixture.write("a.txt", &content);
        fixture.write("folder/b.txt", content.replace('7', "seven"));
        fixture.commit(&format!("Version {version}"));
    }
    fixture.git(&["-c", &format!("repack.useDeltaBaseOffset={offset_deltas}"), "repack", "-adfq"]);
    fixture
}

fn ids(fixture: &Fixture) -> Vec<ObjectId> {
    let listed = fixture.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
    listed.lines().map(|line| line.parse().expect("an object id")).collect()
}

fn store(path: &Path) -> Store {
    repository::open(path).expect("a repository")
}

/// The objects, read by the library that the repository is opened with.
fn truth(fixture: &Fixture) -> Vec<(ObjectId, Object)> {
    let repository = store(&fixture.path()).repository.to_thread_local();
    let read = |id: ObjectId| {
        let object = repository.find_object(id).expect("an object");
        (id, Object { kind: object.kind, data: Arc::new(object.data.clone()) })
    };
    ids(fixture).into_iter().map(read).collect()
}

fn nowhere(_: ObjectId) -> Result<Object, String> {
    Err("it is nowhere".to_owned())
}

fn read(packs: &Packs, id: ObjectId) -> Result<Option<Object>, Damage> {
    PackReader::new().read(packs, id, &nowhere)
}

fn pack_files(fixture: &Fixture) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(fixture.path().join(".git/objects/pack")).expect("a pack folder");
    let mut files: Vec<PathBuf> = folder.map(|file| file.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pack"));
    files
}

/// An object folder with one pack and its index.
struct Folder(tempfile::TempDir);

impl Folder {
    fn of(pack: &[u8], index: &[u8]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a temporary folder"));
        std::fs::create_dir(folder.0.path().join("pack")).expect("a new folder");
        folder.replace("pack", pack);
        folder.replace("idx", index);
        folder
    }

    fn replace(&self, extension: &str, bytes: &[u8]) {
        let path = self.0.path().join("pack/pack-1").with_extension(extension);
        // A mapped file must not change, so each content is a new file.
        let _ = std::fs::remove_file(&path);
        std::fs::write(path, bytes).expect("a new file");
    }

    fn open(&self) -> Packs {
        Packs::open(self.0.path(), HASH)
    }
}

#[test]
fn packs_of_offset_and_of_reference_deltas_come_back_whole() {
    for offset_deltas in [true, false] {
        let fixture = packed(30, 200, offset_deltas);
        let index = pack_files(&fixture)[0].with_extension("idx");
        let details = fixture.git(&["verify-pack", "-v", &index.display().to_string()]);
        assert!(details.contains("chain length = 5"), "the pack has chains of deltas: {details}");
        let packs = Packs::open(&fixture.path().join(".git/objects"), HASH);
        let mut reader = PackReader::new();
        for (id, object) in truth(&fixture) {
            assert_eq!(read(&packs, id).expect("a sound pack"), Some(object.clone()), "{id}");
            assert_eq!(reader.read(&packs, id, &nowhere).expect("a sound pack"), Some(object), "{id}");
        }
        let absent = ObjectId::from_hex(b"0123456789012345678901234567890123456789").expect("an id");
        assert_eq!(read(&packs, absent), Ok(None));
    }
}

#[test]
fn a_flipped_bit_never_gives_other_content() {
    for offset_deltas in [true, false] {
        let fixture = packed(4, 6, offset_deltas);
        let objects = truth(&fixture);
        let path = &pack_files(&fixture)[0];
        let pack = std::fs::read(path).expect("a pack");
        let index = std::fs::read(path.with_extension("idx")).expect("an index");
        let folder = Folder::of(&pack, &index);
        let mut damaged = 0;
        for (extension, sound) in [("pack", &pack), ("idx", &index)] {
            for at in 0..sound.len() {
                let mut bytes = sound.clone();
                bytes[at] ^= 1 << (at % 8);
                folder.replace(extension, &bytes);
                let packs = folder.open();
                let mut reader = PackReader::new();
                for (id, object) in &objects {
                    match reader.read(&packs, *id, &nowhere) {
                        Ok(Some(found)) => assert_eq!(&found, object, "{extension} byte {at}, object {id}"),
                        Ok(None) => assert_eq!(extension, "idx", "byte {at}, object {id}"),
                        Err(_) => damaged += 1,
                    }
                }
            }
            folder.replace(extension, sound);
        }
        assert!(damaged > pack.len());
    }
}

#[test]
fn a_pack_that_is_cut_short_is_an_error_that_names_object_and_repository() {
    let fixture = packed(4, 20, true);
    let path = &pack_files(&fixture)[0];
    let pack = std::fs::read(path).expect("a pack");
    let id = ids(&fixture)[0];
    for length in [0, 11, 12, 31, 32, 40, pack.len() / 2, pack.len() - 20, pack.len() - 1] {
        std::fs::remove_file(path).expect("the pack was there");
        std::fs::write(path, &pack[..length]).expect("a new file");
        let store = store(&fixture.path());
        let error = store.objects().read(id).expect_err("a pack that is cut short").to_string();
        assert!(error.contains(&id.to_string()) && error.contains(&store.shown), "{error}");
        assert!(error.contains("pack-"), "{error}");
    }
}

#[test]
fn several_packs_loose_objects_and_alternates_are_read() {
    let mut fixture = packed(3, 20, true);
    fixture.write("second", text(2, 50));
    fixture.commit("Second pack");
    fixture.git(&["repack", "-dq"]);
    assert_eq!(pack_files(&fixture).len(), 2);
    fixture.write("loose", text(3, 50));
    fixture.commit("Loose");
    let objects = truth(&fixture);
    // Each folder borrows from the one before by a relative path.
    let link = |from: &str, to: &str| {
        let info = fixture.beside(from).join("objects/info");
        std::fs::create_dir_all(&info).expect("a new folder");
        std::fs::write(info.join("alternates"), format!("# borrowed\n../../{to}\nno/such/folder\n")).expect("a file");
    };
    for (name, to) in [("one.git", "repo/.git/objects"), ("two.git", "one.git/objects")] {
        fixture.git(&["init", "-q", "--bare", &fixture.beside(name).display().to_string()]);
        link(name, to);
    }
    let all_readable = |path: &Path| {
        let store = store(path);
        for (id, object) in &objects {
            assert_eq!(&store.objects().read(*id).expect("a readable object"), object, "{id} in {}", path.display());
        }
    };
    all_readable(&fixture.path());
    all_readable(&fixture.beside("one.git"));
    let two = Packs::open(&fixture.beside("two.git").join("objects"), HASH);
    assert_eq!(two.packs.len(), 2);
    // A circle ends, and a pack listed twice is mapped once.
    link("repo/.git", "../../two.git/objects");
    assert_eq!(Packs::open(&fixture.beside("two.git").join("objects"), HASH).packs.len(), 2);
}

#[test]
fn packs_that_arrive_while_reading_are_found() {
    let mut fixture = packed(2, 20, true);
    let store = store(&fixture.path());
    let objects = store.objects();
    fixture.write("late", text(9, 40));
    fixture.commit("Late");
    fixture.git(&["repack", "-adfq"]);
    for (id, object) in truth(&fixture) {
        assert_eq!(objects.read(id).expect("a readable object"), object);
    }
}

#[test]
fn replaced_objects_are_read_in_place_of_others() {
    let mut fixture = Fixture::new();
    fixture.write("a", "old\n");
    fixture.write("b", "new\n");
    fixture.commit("Begin");
    let [old, new] = ["HEAD:a", "HEAD:b"].map(|name| fixture.git(&["rev-parse", name]));
    fixture.git(&["replace", &old, &new]);
    let read = |id: &str| {
        let objects: Objects = store(&fixture.path()).objects();
        objects.read(id.parse().expect("an id")).expect("a readable object").data
    };
    assert_eq!(**read(&old), *b"new\n");
    fixture.git(&["repack", "-adfq"]);
    assert_eq!(**read(&old), *b"new\n");
}

/// An entry: its header, base and compressed content.
fn entry(kind: u8, size: u64, base: &[u8], content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind << 4 | u8::try_from(size & 15).expect("four bits")];
    let mut left = size >> 4;
    while left > 0 {
        *bytes.last_mut().expect("a byte") |= 0x80;
        bytes.push(u8::try_from(left & 0x7f).expect("seven bits"));
        left >>= 7;
    }
    bytes.extend(base);
    let mut encoder = flate2::write::ZlibEncoder::new(bytes, flate2::Compression::default());
    encoder.write_all(content).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut hasher = gix::hash::hasher(HASH);
    hasher.update(&bytes);
    bytes.extend(hasher.try_finalize().expect("a checksum").as_slice());
    bytes
}

/// A pack of these entries and its index.
fn by_hand(entries: &[(ObjectId, Vec<u8>)]) -> Folder {
    let count = u32::try_from(entries.len()).expect("few entries");
    let mut pack = [b"PACK".as_slice(), &2_u32.to_be_bytes(), &count.to_be_bytes()].concat();
    let mut listed = Vec::new();
    for (id, bytes) in entries {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        listed.push((*id, crc.sum(), u32::try_from(pack.len()).expect("a small pack")));
        pack.extend(bytes);
    }
    let pack = sealed(pack);
    listed.sort();
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255 {
        let until = listed.iter().filter(|(id, ..)| id.as_slice()[0] <= first).count();
        index.extend(u32::try_from(until).expect("few entries").to_be_bytes());
    }
    index.extend(listed.iter().flat_map(|(id, ..)| id.as_slice().to_vec()));
    index.extend(listed.iter().flat_map(|(_, crc, _)| crc.to_be_bytes()));
    index.extend(listed.iter().flat_map(|(.., offset)| offset.to_be_bytes()));
    index.extend(&pack[pack.len() - 20..]);
    Folder::of(&pack, &sealed(index))
}

const BLOB: u8 = 3;
const OFFSET_DELTA: u8 = 6;
const REFERENCE_DELTA: u8 = 7;
/// For a base of four bytes: the base and an exclamation mark.
const EXCLAIM: [u8; 6] = [4, 5, 0b1001_0000, 4, 1, b'!'];

fn id(byte: u8) -> ObjectId {
    ObjectId::from_bytes_or_panic(&[byte; 20])
}

#[test]
fn the_base_of_a_delta_may_be_in_another_pack_or_in_none() {
    let delta = || vec![(id(1), entry(REFERENCE_DELTA, 6, id(2).as_slice(), &EXCLAIM))];
    let base = Object { kind: Kind::Blob, data: Arc::new(b"base".to_vec()) };
    let alone = by_hand(&delta());
    let outside = |wanted| if wanted == id(2) { Ok(base.clone()) } else { nowhere(wanted) };
    let found = PackReader::new().read(&alone.open(), id(1), &outside).expect("a readable object");
    assert_eq!(**found.expect("a found object").data, *b"base!");
    let error = read(&alone.open(), id(1)).expect_err("a missing base").to_string();
    assert!(error.contains(&id(2).to_string()), "{error}");
    let other = by_hand(&[(id(2), entry(BLOB, 4, &[], b"base"))]);
    let mut packs = alone.open();
    packs.packs.extend(other.open().packs);
    let found = read(&packs, id(1)).expect("a readable object");
    assert_eq!(**found.expect("a found object").data, *b"base!");
}

#[test]
fn circles_and_bases_beside_entries_are_errors() {
    let circle = by_hand(&[
        (id(1), entry(REFERENCE_DELTA, 6, id(2).as_slice(), &EXCLAIM)),
        (id(2), entry(REFERENCE_DELTA, 6, id(1).as_slice(), &EXCLAIM)),
        (id(3), entry(REFERENCE_DELTA, 6, id(3).as_slice(), &EXCLAIM)),
        (id(4), entry(OFFSET_DELTA, 6, &[0], &EXCLAIM)),
        (id(5), entry(OFFSET_DELTA, 6, &[0x80, 0x80, 0x80, 5], &EXCLAIM)),
        (id(6), entry(OFFSET_DELTA, 6, &[1], &EXCLAIM)),
        (id(7), entry(5, 6, &[], b"unused")),
        (id(8), entry(0, 6, &[], b"unused")),
    ]);
    for damaged in 1..=8 {
        read(&circle.open(), id(damaged)).expect_err("a damaged entry");
    }
}

#[test]
fn declared_sizes_that_do_not_match_the_data_are_errors() {
    let sizes = [0, 3, 5, 1 << 20, 1 << 31, 1 << 40, u64::MAX];
    let entries: Vec<_> = (1..).zip(sizes).map(|(at, size)| (id(at), entry(BLOB, size, &[], b"base"))).collect();
    let folder = by_hand(&entries);
    for (damaged, _) in &entries {
        read(&folder.open(), *damaged).expect_err("a wrong size");
    }
}

#[test]
fn an_index_of_another_pack_is_an_error_unless_an_intact_pack_has_the_object() {
    let one = by_hand(&[(id(1), entry(BLOB, 4, &[], b"base"))]);
    let two = by_hand(&[(id(1), entry(BLOB, 4, &[], b"best")), (id(2), entry(BLOB, 4, &[], b"next"))]);
    let mixed = Folder::of(
        &std::fs::read(one.0.path().join("pack/pack-1.pack")).expect("a pack"),
        &std::fs::read(two.0.path().join("pack/pack-1.idx")).expect("an index"),
    );
    let mut packs = mixed.open();
    read(&packs, id(1)).expect_err("another pack's index");
    packs.packs.extend(one.open().packs);
    let found = read(&packs, id(1)).expect("a sound pack");
    assert_eq!(**found.expect("a found object").data, *b"base");
    read(&packs, id(2)).expect_err("another pack's index");
}

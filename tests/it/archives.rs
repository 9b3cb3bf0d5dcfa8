//! Archives and workbooks are read as the folders and tables that they hold.

use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::program;

const TABLE: &str = "timestamp,model,input_tokens,output_tokens,request_id\n";

/// A table with one record of this many tokens.
fn table(tokens: u32) -> Vec<u8> {
    format!("{TABLE}2026-05-01T08:00:00Z,gpt-5,{tokens},1,r{tokens}\n").into_bytes()
}

fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a file");
        archive.write_all(content).expect("memory");
    }
    archive.finish().expect("an archive").into_inner()
}

fn tar(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, content.as_slice()).expect("memory");
    }
    archive.into_inner().expect("an archive")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

/// The exit code, the tokens, and the notices of a run over files in a folder.
fn read(files: &[(&str, Vec<u8>)], named: bool) -> (Option<i32>, u64, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    let path = if named { folder.path().join(files[0].0) } else { PathBuf::from(folder.path()) };
    let ran = program::spend(&[&path], &[]);
    if ran.stdout.is_empty() {
        return (ran.code, 0, ran.stderr);
    }
    let document = ran.json();
    let tokens = document["totals"]["tokens"]["input"].as_u64().unwrap_or(0);
    (ran.code, tokens, document["diagnostics"].to_string())
}

#[test]
fn files_in_archives_count_once_wherever_they_lie() {
    let inner = zip(&[("c.csv", table(400))]);
    let files =
        [("a.csv", table(100)), ("deep/b.csv", table(200)), ("inner.zip", inner), ("__MACOSX/._a.csv", vec![0; 9])];
    for (name, archive) in [("x.zip", zip(&files)), ("x.tar", tar(&files)), ("x.tar.gz", gzip(&tar(&files)))] {
        for named in [true, false] {
            let (code, tokens, notices) = read(&[(name, archive.clone())], named);
            assert_eq!((code, tokens), (Some(0), 700), "{name}: {notices}");
            assert!(!notices.contains("unrecognised"), "{name}: {notices}");
        }
        let (_, tokens, _) = read(&[(name, archive), ("a.csv", table(100)), ("again.csv", table(100))], false);
        assert_eq!(tokens, 700, "{name}");
    }
}

#[test]
fn places_in_archives_are_named_by_archive_and_file() {
    let bad = format!("{TABLE}2026-05-01T08:00:00Z,gpt-5,-1,1,r\n").into_bytes();
    let (_, _, notices) = read(&[("x.zip", zip(&[("a.csv", table(100)), ("deep/b.csv", bad)]))], false);
    assert!(notices.contains("x.zip/deep/b.csv:2"), "{notices}");
}

#[test]
fn an_archive_that_cannot_be_read_says_so() {
    let mut locked = zip(&[("a.csv", table(100))]);
    // The bit that says that a file is encrypted, in its own header and in the list of files.
    for magic in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
        let at = locked.windows(4).position(|window| window == magic).expect("a header");
        locked[at + if magic[2] == 3 { 6 } else { 8 }] |= 1;
    }
    let packed = b"7z\xbc\xaf\x27\x1c\0\x04".to_vec();
    let twice = zip(&[("b.zip", zip(&[("c.zip", zip(&[("d.csv", table(8))]))]))]);
    for (name, archive, why) in
        [("locked.zip", locked, "password"), ("x.7z", packed, "unpack it"), ("deep.zip", twice, "two others")]
    {
        let (code, tokens, notices) = read(&[(name, archive), ("a.csv", table(100))], false);
        assert_eq!((code, tokens), (Some(0), 100), "{name}");
        assert!(notices.contains(why), "{name}: {notices}");
        assert_eq!(notices.find("\"kind\":\"unread-file\""), notices.find("\"kind\":"), "{notices}");
    }
    let whole = zip(&[("a.csv", table(100))]);
    let (code, _, said) = read(&[("cut.zip", whole[..whole.len() / 2].to_vec()), ("a.csv", table(100))], false);
    assert!(code == Some(3) && said.contains("unreadable-file") && said.contains("cut.zip"), "{said}");
    // Of an archive that is cut off, the files before the cut count.
    let files = [("a.csv", table(100)), ("b.csv", table(200)), ("c.csv", vec![b'x'; 90_000])];
    let cut = tar(&files)[..40_000].to_vec();
    let (code, tokens, notices) = read(&[("x.tar", cut)], false);
    assert_eq!((code, tokens), (Some(3), 300), "{notices}");
    let (code, tokens, notices) = read(&[("x.tar.gz", [gzip(&tar(&files[..2])), b"rubbish".to_vec()].concat())], false);
    assert_eq!((code, tokens), (Some(3), 300), "{notices}");
    // Nothing of use: named it is an error, in a folder a note.
    let empty = zip(&[("readme.txt", b"hello".to_vec())]);
    assert_eq!(read(&[("x.zip", empty.clone())], true).0, Some(3));
    let (code, tokens, notices) = read(&[("x.zip", empty), ("a.csv", table(100))], false);
    assert_eq!((code, tokens), (Some(0), 100));
    assert!(notices.contains("x.zip (an archive without one)") && !notices.contains("readme.txt"), "{notices}");
}

#[test]
fn sheets_of_a_workbook_are_tables() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Usage").expect("a name");
    sheet.write(0, 0, "Usage of May").expect("a cell");
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm");
    for (column, name) in ["timestamp", "model", "input_tokens", "output_tokens", "billed_cost_usd"].iter().enumerate()
    {
        sheet.write(2, u16::try_from(column).expect("small"), *name).expect("a cell");
    }
    for row in 3..5 {
        sheet.write_number_with_format(row, 0, 46_143.5 + f64::from(row), &date).expect("a cell");
        sheet.write(row, 1, "gpt-5").expect("a cell");
        sheet.write(row, 2, 1000).expect("a cell");
        sheet.write(row, 3, 10).expect("a cell");
        sheet.write(row, 4, 0.1).expect("a cell");
    }
    book.add_worksheet().set_name("Notes").expect("a name").write(0, 0, "nothing").expect("a cell");
    let bytes = book.save_to_buffer().expect("a workbook");
    for (name, content) in [("book.xlsx", bytes.clone()), ("x.zip", zip(&[("deep/book.xlsx", bytes)]))] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(name), content).expect("a file");
        let ran = program::spend(&[folder.path()], &["--by", "day"]);
        let document = ran.json();
        assert_eq!(document["totals"]["tokens"]["input"], 2000, "{}", ran.stderr);
        assert_eq!(document["totals"]["billed_cost_usd"], "0.2");
        let days: Vec<&str> =
            document["rows"].as_array().expect("rows").iter().filter_map(|row| row["key"]["day"].as_str()).collect();
        assert_eq!(days, ["2026-05-04", "2026-05-05"]);
        assert!(document["inputs"].to_string().contains("book.xlsx/Usage"), "{}", document["inputs"]);
    }
}

//! Zed: the table `threads` of `threads.db`; `data` holds a thread as JSON, compressed with zstd if `data_type` says so.
//!
//! - In: the cumulative usage of each thread; requests and days are not stored. The counts are Anthropic's: input excludes
//!   everything cached. The shape is known from Zed's source code. Out: a record per thread, dated at its last change.
//! - Refuses: rows that do not hold a JSON object, and threads without a time.

use std::path::{Path, PathBuf};

use crate::model::bill::Authority;
use crate::model::observation::Observation;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{Grain, RecordId, TokenCounts};
use crate::sources::agents::agent::folders;
use crate::sources::export::instant::Instant;
use crate::sources::export::{NO_TIME, blank};
use crate::sources::json::node::Arena;
use crate::sources::json::page::Json;
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite;
use crate::sources::{Batch, DatabaseParser, Parser, Places, ReadOptions, Sniff, Source};

const ID: &str = "zed";

/// The maximum size of a decompressed thread.
const MAX_BYTES: usize = 256 << 20;

/// The format of Zed.
#[derive(Debug)]
pub(in crate::sources) struct Zed;

impl Source for Zed {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Zed agent threads (SQLite)"
    }

    fn about(&self) -> &'static str {
        "The SQLite database threads.db of Zed's agent, opened read-only, also while Zed runs.\n\
         Where: ~/.local/share/zed/threads (ZED_DATA_DIR).\n\
         Counted: one record per thread: its cumulative usage, dated at its last change.\n\
         Set aside: threads without a token (ignored).\n\
         Lacks: requests, days, branch and bill."
    }

    fn default_places(&self, places: &Places<'_>) -> Vec<PathBuf> {
        folders("ZED_DATA_DIR", &[".local/share/zed/threads"], places)
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let is_zed = head.is_sqlite() && head.has_table("threads") && head.has_text_anywhere("data_type");
        if is_zed { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(ThreadTable))
    }
}

struct ThreadTable;

impl DatabaseParser for ThreadTable {
    fn read(&mut self, path: &Path, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let database = sqlite::open(path)?;
        let mut line = 0;
        database.cells("threads", &["id", "updated_at", "data_type", "data"], |cells| {
            line += 1;
            out.counts.lines_read += 1;
            let text =
                |cell: &Option<Vec<u8>>| cell.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            let (id, updated) = (text(&cells[0]).unwrap_or_default(), text(&cells[1]));
            let compressed = cells[2].as_deref() == Some(b"zstd");
            let bytes = cells[3].take().unwrap_or_default();
            let at = Origin { file, line };
            let plain = decompressed(bytes, compressed);
            let arena = Arena::default();
            match plain.as_deref().and_then(|plain| arena.parse(plain)) {
                Some(data) => add_thread(&id, updated.as_deref(), Json(&data), at, out),
                None => out.reject("bad-row", "a row of a database holds no JSON object", line),
            }
        })
    }
}

fn decompressed(bytes: Vec<u8>, compressed: bool) -> Option<Vec<u8>> {
    if compressed { zstd::bulk::decompress(&bytes, MAX_BYTES).ok() } else { Some(bytes) }
}

fn add_thread(id: &str, updated: Option<&str>, data: Json<'_>, at: Origin, out: &mut Batch) {
    let usage = data.get("cumulative_token_usage");
    let count = |key: &str| usage.and_then(|usage| usage.count(key));
    let tokens = TokenCounts {
        input: count("input_tokens"),
        output: count("output_tokens"),
        cache_read: count("cache_read_input_tokens"),
        cache_write_unspecified: count("cache_creation_input_tokens"),
        ..TokenCounts::default()
    };
    if tokens.total() == 0 {
        return out.ignore("no-tokens", "usage without a token was not billed", at.line);
    }
    let column = updated.and_then(Instant::parse).map(|instant| instant.at);
    let Some(start) = column.or(data.instant("updated_at")) else {
        return out.reject(NO_TIME.0, NO_TIME.1, at.line);
    };
    let mut record = blank(ID, Authority::Transcript, at, start);
    record.id = RecordId::of(&[ID, id]);
    record.grain = Grain::Session;
    record.tokens = tokens;
    record.bill.revised_at = Some(start);
    record.model = out.names.intern_some(data.text("model/model"));
    record.session = out.names.intern_some(Some(id));
    out.counts.records_read += 1;
    out.usage.add(Observation::new(record, Vec::new()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_and_plain_threads_are_the_same() {
        let text = br#"{"cumulative_token_usage":{"input_tokens":1}}"#;
        let compressed = zstd::bulk::compress(text, 3).expect("compressed");
        assert_eq!(decompressed(text.to_vec(), false).as_deref(), Some(&text[..]));
        assert_eq!(decompressed(compressed, true).as_deref(), Some(&text[..]));
        assert_eq!(decompressed(b"x".to_vec(), true), None);
    }
}

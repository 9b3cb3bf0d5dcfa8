//! Zed: the table `threads` of `threads.db`; `data` holds a thread as JSON, compressed with zstd if `data_type` says so.
//!
//! - In: the cumulative usage of each thread; requests and days are not stored. The counts are Anthropic's: input excludes
//!   everything cached. The shape is known from Zed's source code. Out: a record per thread, dated at its last change.
//! - Versions of late 2025 and early 2026 do not add to the cumulative usage; a thread of theirs has only the last request of each prompt
//!   (`request_token_usage`). Whichever of the two has more tokens counts.
//! - Refuses: rows that do not hold a JSON object, and threads without a time.

use crate::model::bill::Authority;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{Grain, RecordId};
use crate::sources::figures::marks;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite::Database;
use crate::sources::record::{Draft, DraftTokens, blank};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};

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
         Counted: one record per thread: its cumulative usage, dated at its last change; where a version kept none, \
         the last request of each prompt, which is at least what was used.\n\
         Set aside: threads without a token (ignored).\n\
         Lacks: requests, days, branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        head.sniff_table("threads", &["id", "data_type", "data"])
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(ThreadTable))
    }
}

struct ThreadTable;

impl DatabaseParser for ThreadTable {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> std::io::Result<()> {
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
                Some(data) => {
                    marks::clear();
                    let before = out.accepted();
                    add_thread(&id, updated.as_deref(), Json(&data), at, out);
                    if out.accepted() > before {
                        out.figures.check(ID, &data, line, false);
                    }
                }
                None => out.reject("bad-row", "a row of a database holds no JSON object", line),
            }
        })?;
        database.check_columns("threads", &[], ID, out)
    }
}

fn decompressed(bytes: Vec<u8>, compressed: bool) -> Option<Vec<u8>> {
    if compressed { zstd::bulk::decompress(&bytes, MAX_BYTES).ok() } else { Some(bytes) }
}

fn add_thread(id: &str, updated: Option<&str>, data: Json<'_>, at: Origin, out: &mut Batch) {
    let tokens = tokens(data);
    if tokens.is_zero() {
        return out.ignore_record(NO_TOKENS, at);
    }
    let column = updated.and_then(Instant::parse).map(|instant| instant.at);
    let Some(start) = column.or(data.instant("updated_at")) else { return out.reject_record(NO_TIME, at) };
    let mut draft = Draft::new(blank(ID, Authority::Transcript, at, start));
    draft.id = RecordId::of(&[ID, id]);
    draft.grain = Grain::Session;
    draft.tokens = tokens;
    draft.bill.revised_at = Some(start);
    draft.model = out.names.intern_some(data.text("model/model"));
    draft.session = out.names.intern_some(Some(id));
    out.add(draft);
}

/// The cumulative usage of a thread, or the usage of its prompts where that is more.
fn tokens(data: Json<'_>) -> DraftTokens {
    let cumulative = counts(data.at("cumulative_token_usage"));
    let prompts = data.at("request_token_usage");
    let by_prompt = prompts.0.sorted();
    let last = by_prompt.into_values().map(|usage| counts(Json(usage))).reduce(|sum, usage| DraftTokens {
        input: Count::sum([sum.input, usage.input]),
        output: Count::sum([sum.output, usage.output]),
        cache_read: Count::sum([sum.cache_read, usage.cache_read]),
        cache_write_unspecified: Count::sum([sum.cache_write_unspecified, usage.cache_write_unspecified]),
        ..sum
    });
    let total = |tokens: DraftTokens| {
        Count::sum([tokens.input, tokens.output, tokens.cache_read, tokens.cache_write_unspecified])
    };
    let Some(last) = last else {
        prompts.note_numbers();
        return cumulative;
    };
    let (sum, of_prompts) = (total(cumulative), total(last));
    // Where the only counts are damaged, they reject the record.
    let is_more = of_prompts.known() > sum.known() || of_prompts.is_invalid() && sum.is_absent();
    if is_more && !sum.is_invalid() {
        return last;
    }
    prompts.note_numbers();
    cumulative
}

fn counts(usage: Json<'_>) -> DraftTokens {
    DraftTokens {
        input: usage.count("input_tokens"),
        output: usage.count("output_tokens"),
        cache_read: usage.count("cache_read_input_tokens"),
        cache_write_unspecified: usage.count("cache_creation_input_tokens"),
        ..DraftTokens::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_of_the_sum_and_the_prompts_of_a_thread_counts() {
        let tokens_of = |text: &str| {
            let arena = Arena::default();
            let data = arena.read(text).expect("JSON");
            let tokens = tokens(Json(&data));
            (tokens.input.known(), tokens.cache_read.known(), tokens.output.known())
        };
        let prompts = r#""request_token_usage":{"a":{"input_tokens":7,"output_tokens":2,"cache_read_input_tokens":90},"b":{"input_tokens":5,"output_tokens":1}}"#;
        assert_eq!(tokens_of(&format!("{{{prompts}}}")), (Some(12), Some(90), Some(3)));
        let less = r#""cumulative_token_usage":{"input_tokens":6,"output_tokens":3}"#;
        assert_eq!(tokens_of(&format!("{{{less},{prompts}}}")), (Some(12), Some(90), Some(3)));
        let more = r#""cumulative_token_usage":{"input_tokens":60,"output_tokens":30,"cache_read_input_tokens":200}"#;
        assert_eq!(tokens_of(&format!("{{{more},{prompts}}}")), (Some(60), Some(200), Some(30)));
    }

    #[test]
    fn compressed_and_plain_threads_are_the_same() {
        let text = br#"{"cumulative_token_usage":{"input_tokens":1}}"#;
        let compressed = zstd::bulk::compress(text, 3).expect("compressed");
        assert_eq!(decompressed(text.to_vec(), false).as_deref(), Some(&text[..]));
        assert_eq!(decompressed(compressed, true).as_deref(), Some(&text[..]));
        assert_eq!(decompressed(b"x".to_vec(), true), None);
    }
}

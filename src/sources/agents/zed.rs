//! Zed: the table `threads` of `threads.db`; `data` holds a thread as JSON, compressed with zstd if `data_type` says so.
//!
//! - In: the cumulative usage of each thread; requests and days are not stored. The counts are Anthropic's: input excludes
//!   everything cached. The shape is known from Zed's source code. Out: a record per thread, dated at its last change, and what its
//!   messages say was done.
//! - Versions of late 2025 and early 2026 do not add to the cumulative usage; a thread of theirs has only the last request of each prompt
//!   (`request_token_usage`). Whichever of the two has more tokens counts.
//! - Messages have no times; what they say was done is dated at the beginning of the thread, as far as that is known.
//! - Refuses: rows that do not hold a JSON object, and threads without a time.

mod thread;

use chrono::{DateTime, Utc};

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
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};
use thread::Thread;

const ID: &str = "zed";

/// The maximum size of a decompressed thread.
const MAX_BYTES: usize = 256 << 20;

/// The folders of the project when the thread began, and their state in git.
const SNAPSHOTS: &str = "initial_project_snapshot/worktree_snapshots";

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
         Lacks: requests, days, branch, bill, and the times of what was done, which count as those of the beginning."
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
        let columns = ["id", "updated_at", "data_type", "data", "created_at", "parent_id", "folder_paths"];
        database.cells("threads", &columns, |cells| {
            line += 1;
            out.counts.lines_read += 1;
            let compressed = cells[2].as_deref() == Some(b"zstd");
            let bytes = cells[3].take().unwrap_or_default();
            let row = Row::of(cells, Origin { file, line });
            let plain = decompressed(bytes, compressed);
            let arena = Arena::default();
            match plain.as_deref().and_then(|plain| arena.parse(plain)) {
                Some(data) => {
                    marks::clear();
                    let before = out.accepted();
                    row.add_thread(Json(&data), out);
                    if out.accepted() > before {
                        out.figures.check(ID, &data, line, false);
                    }
                    if out.wants_activity {
                        row.add_activity(Json(&data), out);
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

/// What a row has besides its thread.
struct Row {
    id: String,
    updated: Option<DateTime<Utc>>,
    created: Option<DateTime<Utc>>,
    parent: Option<String>,
    /// The folders of the project, a line each.
    folders: String,
    at: Origin,
}

impl Row {
    fn of(cells: &[Option<Vec<u8>>], at: Origin) -> Self {
        let text = |column: usize| {
            let text = cells[column].as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            text.filter(|text| !text.is_empty())
        };
        let time = |column: usize| text(column).as_deref().and_then(Instant::parse).map(|instant| instant.at);
        Self {
            id: text(0).unwrap_or_default(),
            updated: time(1),
            created: time(4),
            parent: text(5),
            folders: text(6).unwrap_or_default(),
            at,
        }
    }

    /// The folders of the project; those that it had when the thread began, where the row has none.
    fn folders<'a>(&'a self, data: Json<'a>) -> Vec<&'a str> {
        let known: Vec<&str> = self.folders.lines().filter(|folder| !folder.is_empty()).collect();
        if !known.is_empty() {
            return known;
        }
        data.items(SNAPSHOTS).filter_map(|snapshot| snapshot.text("worktree_path")).collect()
    }

    fn add_thread(&self, data: Json<'_>, out: &mut Batch) {
        let tokens = tokens(data);
        if tokens.is_zero() {
            return out.ignore_record(NO_TOKENS, self.at);
        }
        let start = self.updated.or(data.instant("updated_at"));
        let Some(start) = start else { return out.reject_record(NO_TIME, self.at) };
        let mut draft = Draft::new(blank(ID, Authority::Transcript, self.at, start));
        draft.id = RecordId::of(&[ID, &self.id]);
        draft.grain = Grain::Session;
        draft.tokens = tokens;
        draft.bill.revised_at = Some(start);
        draft.model = out.names.intern_some(data.text("model/model"));
        draft.session = out.names.intern_some(Some(&self.id));
        draft.cwd = out.names.intern_some(self.folders(data).first().copied());
        out.add(draft);
    }

    fn add_activity(&self, data: Json<'_>, out: &mut Batch) {
        let began = data.instant("initial_project_snapshot/timestamp").or(self.created);
        let Some(time) = began.or(self.updated).or(data.instant("updated_at")) else { return };
        let folders = self.folders(data);
        let session = SessionContext {
            id: Some(self.id.clone()),
            cwd: folders.first().map(|folder| (*folder).to_owned()),
            branch: data.items(SNAPSHOTS).find_map(|first| first.text("git_state/current_branch")).map(str::to_owned),
            subagent: self.parent.is_some(),
            parent: self.parent.clone(),
            ..SessionContext::default()
        };
        Thread { session, folders, time, at: self.at }.add_activity(data, out);
    }
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

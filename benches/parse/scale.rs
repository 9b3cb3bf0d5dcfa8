//! A fixture → a log of some megabytes: its rows again and again, with new ids, people and times.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta};
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde_json::Value;

use crate::agents::{self, Seeded};

/// How much of each format is made.
const BYTES: usize = 8 << 20;
/// How many people and how many sessions share the rows.
const PEOPLE: u64 = 500;
/// Rows of one session where a fixture is a single row.
const ROWS: u64 = 40;

/// Shapes beside a format's first fixture: a name that starts with the format's id, and the file.
const MORE: &[(&str, &str)] = &[
    ("aws-cur-2/parquet", "aws-cur-2/marketplace/input.csv"),
    ("focus/few-columns", "focus/purchase-and-usage/input.csv"),
    ("gemini-cli/document", "gemini-cli/rewritten-snapshots/session-1.json"),
    ("generic/csv", "generic/own-export/input.csv"),
    ("generic/few-columns", "generic/csv-plain/input.csv"),
    ("opencode/message-files", "opencode/export-and-storage/storage/message/ses_1/msg_1.json"),
];

/// Tables whose export puts every cell in quotes.
const QUOTED: &[&str] = &["openrouter-daily"];

/// Fixtures that are better than the first one: without rejected rows, or in the shape that is written today.
const CHOSEN: &[(&str, &str)] = &[
    ("amp", "amp/ledger-and-messages/b.json"),
    ("droid", "droid/two-states/s1.settings.json"),
    ("gemini-cli", "gemini-cli/rewritten-snapshots/session-1-later.jsonl"),
    ("generic", "generic/jsonl-basic/input.jsonl"),
    ("opencode", "opencode/export-and-storage/export.json"),
];

/// Formats that are not measured: copies of their fixture are one record, because their records are sums of one session, changes of
/// each other, or told apart by something else than a key of [`IDS`].
pub(crate) const NOT_GROWN: &[&str] = &[
    "antigravity",
    "claude-session-meta",
    "cline-cli",
    "copilot-chat-journal",
    "copilot-cli-store",
    "databricks-endpoint-usage",
    "droid-session",
    "grok-build",
    "hermes",
    "kiro",
    "kiro-log",
    "mistral-vibe",
    "otel-spans",
];

/// Formats whose records are mostly text, with the bytes of text that a record carries here: at most what the records of
/// real logs carry (Copilot Chat 180 kB a request, OpenCode 26 kB, Gemini CLI, Pi and the responses of providers 1.5 to 2 kB,
/// Amp 1 kB). Fixtures hold next to none; the name with this suffix is measured beside the bare one.
const WIDE: &[(&str, usize)] = &[
    ("amp", 1_000),
    ("copilot-chat", 16_000),
    ("gemini-cli", 800),
    ("gemini-cli/document", 800),
    ("opencode", 16_000),
    ("pi", 500),
    ("usage-objects", 1_200),
];
const SUFFIX: &str = "/wide";

/// The names of what is measured beside the first fixture of each format.
pub(crate) fn more() -> Vec<&'static str> {
    let wide = WIDE.iter().map(|(name, _)| &*format!("{name}{SUFFIX}").leak());
    MORE.iter().map(|(name, _)| *name).chain(wide).collect()
}

/// Documents of which one file holds one: the list in them that grows.
const LISTS: &[(&str, &str)] = &[
    ("amp", "/messages"),
    ("cline", ""),
    ("codebuff", ""),
    ("copilot-chat", "/requests"),
    ("gemini-cli/document", "/messages"),
    ("opencode", "/messages"),
];

/// Formats that write one small file a session or message: as many as a machine holds.
const FILES: (&[&str], usize) = (&["droid", "opencode/message-files"], 4_000);

/// Keys and columns whose values name one row.
const IDS: &[&str] = &[
    "id",
    "uuid",
    "requestid",
    "request_id",
    "responseid",
    "response_id",
    "messageid",
    "message_id",
    "generation_id",
    "spanid",
    "trace_id",
    "traceid",
    "custom_id",
    "record_id",
    "parentuuid",
    "parentid",
    "identity/lineitemid",
    "identity_line_item_id",
    "skuid",
    "sku.id",
    "meterid",
    "resourceid",
    "commithash",
    "commit_hash",
    "charge description",
    "api_key_name",
    "slack_channel_id",
];
/// … a session …
const SESSIONS: &[&str] = &["sessionid", "session_id", "session.id", "conversation.id"];
/// … and a person, a key or a model.
const PERSONS: &[&str] = &[
    "user",
    "user_login",
    "user_id",
    "user_email",
    "useremail",
    "email",
    "email_address",
    "username",
    "api_key",
    "workspace_id",
    "slug",
];

/// Writes a log of the named format into a folder and returns how many copies of the fixture it holds.
pub(crate) fn write(name: &str, folder: &Path) -> u64 {
    let seeded = [("claude-code", agents::claude as fn(&mut Seeded, u64) -> String), ("codex", agents::codex)];
    if let Some((_, line)) = seeded.iter().find(|(id, _)| *id == name) {
        let (mut seed, mut log, mut at) = (Seeded(0x5eed), String::new(), 0);
        while log.len() < BYTES {
            log.push_str(&line(&mut seed, at));
            log.push('\n');
            at += 1;
        }
        std::fs::write(folder.join("log"), log).expect("a log that can be written");
        // Every sixth line of the one and every fourth of the other is a message.
        return at / 7;
    }
    let (name, text_bytes) = match name.strip_suffix(SUFFIX) {
        Some(name) => (name, WIDE.iter().find(|(id, _)| *id == name).map_or(0, |(_, bytes)| *bytes)),
        None => (name, 0),
    };
    let path = fixture(name);
    let text = std::fs::read_to_string(&path).expect("a fixture");
    let text = text.trim_start_matches('\u{feff}');
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    if FILES.0.contains(&name) {
        let files = FILES.1 as u64;
        for at in 0..files {
            std::fs::write(folder.join(format!("{at}.settings.json")), copy(text, at, 1)).expect("a file");
        }
        return files;
    }
    if extension == "sql" {
        return database(text, &folder.join("log"));
    }
    let (log, copies) = match LISTS.iter().find(|(id, _)| *id == name) {
        Some((_, list)) => document(text, list, text_bytes),
        None if extension == "csv" => table(text, QUOTED.contains(&name)),
        None if extension == "json" => {
            let document: Value = serde_json::from_str(text).expect("JSON");
            repeat(&format!("{document}\n"), text_bytes)
        }
        None => repeat(&format!("{}\n", text.trim_end()), text_bytes),
    };
    let path = folder.join("log");
    if name.ends_with("parquet") {
        packed(&log, &path);
    } else {
        std::fs::write(path, log).expect("a log that can be written");
    }
    copies
}

/// A table as Parquet: columns of text, in row groups of ten thousand.
fn packed(table: &str, path: &Path) {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let column = |name| {
        let column = Type::primitive_type_builder(name, Physical::BYTE_ARRAY).with_repetition(Repetition::REQUIRED);
        Arc::new(column.with_converted_type(ConvertedType::UTF8).build().expect("a column"))
    };
    let schema = Type::group_type_builder("rows").with_fields(header.iter().map(column).collect());
    let schema = Arc::new(schema.build().expect("a schema"));
    let properties = Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
    let file = std::fs::File::create(path).expect("a file");
    let mut writer = SerializedFileWriter::new(file, schema, properties).expect("a writer");
    for part in rows.chunks(10_000) {
        let mut group = writer.next_row_group().expect("a row group");
        for at in 0..header.len() {
            let cells: Vec<ByteArray> = part.iter().map(|row| ByteArray::from(&row[at])).collect();
            let mut column = group.next_column().expect("no error").expect("a column");
            column.typed::<ByteArrayType>().write_batch(&cells, None, None).expect("cells");
            column.close().expect("a column");
        }
        group.close().expect("a row group");
    }
    writer.close().expect("a footer");
}

fn fixture(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources");
    if let Some((_, path)) = CHOSEN.iter().chain(MORE).find(|(id, _)| *id == name) {
        return root.join(path);
    }
    let files = walkdir::WalkDir::new(root.join(name)).sort_by_file_name().into_iter();
    let files = files.map(|entry| entry.expect("an entry")).filter(|entry| entry.file_type().is_file());
    let mut files = files.map(walkdir::DirEntry::into_path);
    files.find(|path| !path.ends_with("README.md") && !path.ends_with("expected.json")).expect("a fixture")
}

/// A piece again and again, each of its lines with so much text.
fn repeat(part: &str, text_bytes: usize) -> (String, u64) {
    let rows = if part.trim_end().contains('\n') { 1 } else { ROWS };
    let (mut log, mut at, mut seed) = (String::new(), 0, Seeded(0x5eed));
    while log.len() < BYTES {
        for line in copy(part, at, rows).split_inclusive('\n') {
            match line.strip_prefix('{').filter(|_| text_bytes > 0) {
                Some(rest) => {
                    write!(log, "{{\"content\":\"{}\",{rest}", seed.text(text_bytes)).expect("a string grows")
                }
                None => log.push_str(line),
            }
        }
        at += 1;
    }
    (log, at)
}

/// A document with one of its lists grown.
fn document(text: &str, list: &str, text_bytes: usize) -> (String, u64) {
    let mut document: Value = serde_json::from_str(text).expect("JSON");
    let items = document.pointer_mut(list).and_then(Value::as_array_mut).expect("a list");
    let item = items.iter().rev().map(Value::to_string).max_by_key(String::len).expect("an item");
    items.clear();
    items.push(Value::String("HERE".into()));
    let (all, copies) = repeat(&format!("{item},\n"), text_bytes);
    // What tells the format stands before the list, as the tools write it.
    let whole = match &document {
        Value::Object(fields) => {
            let key = |grown| fields.iter().filter(move |(name, _)| (list[1..] == **name) == grown);
            let fields: Vec<String> =
                key(false).chain(key(true)).map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", fields.join(","))
        }
        other => other.to_string(),
    };
    (whole.replace("\"HERE\"", all.trim_end().trim_end_matches(',')), copies)
}

/// A table with its rows repeated. Rows that a fixture holds to be set aside are left out.
fn table(text: &str, quoted: bool) -> (String, u64) {
    let delimiter = if text.lines().next().is_some_and(|line| line.contains(';')) { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let kinds: Vec<String> = header.iter().map(str::to_lowercase).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let rows: Vec<&csv::StringRecord> = rows.iter().filter(|row| row[0] != *"05/06/26").collect();
    let style = if quoted { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).quote_style(style).from_writer(Vec::new());
    writer.write_record(&header).expect("memory");
    let (mut written, mut at) = (0, 0);
    while written < BYTES {
        for row in &rows {
            let cells: Vec<String> =
                row.iter().zip(&kinds).map(|(cell, kind)| with_suffix(kind, &moved(cell, at), at, ROWS)).collect();
            written += cells.iter().map(|cell| cell.len() + 1).sum::<usize>();
            writer.write_record(&cells).expect("memory");
        }
        at += 1;
    }
    (String::from_utf8(writer.into_inner().expect("memory")).expect("text"), at)
}

/// A database with the rows of its largest table repeated.
fn database(statements: &str, path: &Path) -> u64 {
    let base = rusqlite::Connection::open(path).expect("a database");
    let (tables, rows): (Vec<&str>, Vec<&str>) = statements.lines().partition(|line| !line.starts_with("INSERT"));
    base.execute_batch(&tables.join("\n")).expect("tables");
    let longest = rows.iter().max_by_key(|row| row.len()).expect("a row");
    let key = longest.find("('").expect("an id") + 2;
    let end = key + longest[key..].find('\'').expect("an id");
    let rows = BYTES as u64 / longest.len() as u64;
    base.execute_batch("BEGIN").expect("a transaction");
    for at in 0..rows {
        let row = format!("{}-{at}{}", &longest[..end], &longest[end..]);
        base.execute_batch(&moved(&row, at)).expect("a row");
    }
    base.execute_batch("COMMIT").expect("a transaction");
    rows
}

/// The n-th copy of a piece of JSON or text.
fn copy(text: &str, at: u64, rows: u64) -> String {
    let text = moved(text, at);
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text.as_str();
    let mut key = String::new();
    while let Some(open) = rest.find('"') {
        let Some(length) = closing(&rest[open + 1..]) else { break };
        let (inside, after) = (&rest[open + 1..open + 1 + length], &rest[open + 2 + length..]);
        out.push_str(&rest[..=open]);
        if after.trim_start().starts_with(':') {
            key = inside.to_lowercase();
            out.push_str(inside);
        } else {
            out.push_str(&with_suffix(&key, inside, at, rows));
            key.clear();
        }
        out.push('"');
        rest = after;
        if !rest.trim_start().starts_with([':', ' ']) {
            key.clear();
        }
    }
    out.push_str(rest);
    out
}

/// Where a text in quotes ends.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

fn with_suffix(key: &str, value: &str, at: u64, rows: u64) -> String {
    if value.is_empty() {
        return String::new();
    }
    if IDS.contains(&key) {
        format!("{value}-{at}")
    } else if SESSIONS.contains(&key) {
        format!("{value}-{}", at / rows)
    } else if PERSONS.contains(&key) {
        format!("{value}-{}", at % PEOPLE)
    } else {
        value.to_owned()
    }
}

/// Times moved on: whole days by one for every round of people, others by a minute a copy.
fn moved(text: &str, at: u64) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    let mut here = 0;
    let step = TimeDelta::minutes(i64::try_from(at).expect("few copies"));
    while here < bytes.len() {
        let digits = bytes[here..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            here += 1;
            continue;
        }
        let day = text.get(here..here + 10).and_then(|day| day.parse::<NaiveDate>().ok()).filter(|_| digits == 4);
        if let Some(day) = day {
            out.push_str(&text[from..here]);
            let time = text.get(here + 11..here + 19).unwrap_or("");
            let when = NaiveDateTime::parse_from_str(&format!("{day} {time}"), "%Y-%m-%d %H:%M:%S").ok();
            match when.filter(|_| time != "00:00:00") {
                Some(when) => {
                    let mark = &text[here + 10..here + 11];
                    write!(out, "{}", (when + step).format(&format!("%Y-%m-%d{mark}%H:%M:%S")))
                        .expect("a string grows");
                    here += 19;
                }
                None => {
                    write!(out, "{}", day + Days::new(at / PEOPLE)).expect("a string grows");
                    here += 10;
                }
            }
            from = here;
            continue;
        }
        if matches!(digits, 10 | 13 | 16 | 19) && bytes[here..].starts_with(b"17") {
            let unit = 10_i64.pow(u32::try_from(digits).expect("few digits") - 10);
            let epoch: i64 = text[here..here + digits].parse().expect("digits");
            let days = DateTime::from_timestamp_secs(epoch / unit).is_some_and(|at| at.timestamp() % 86_400 == 0);
            let on = if days { 86_400 * i64::try_from(at / PEOPLE).expect("few") } else { step.num_seconds() };
            out.push_str(&text[from..here]);
            write!(out, "{}", epoch + on * unit).expect("a string grows");
            from = here + digits;
        }
        here += digits;
    }
    out.push_str(&text[from..]);
    out
}

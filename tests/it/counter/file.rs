//! Fixtures as JSON values, whatever they are made of, and back.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// What the values of a file are written as.
#[derive(Clone)]
pub(super) enum Carrier {
    /// A JSON value a line.
    Lines,
    /// One JSON value.
    Document,
    /// JSON values over several lines each.
    Stream,
    Csv {
        header: Vec<String>,
        delimiter: u8,
    },
    /// Statements that make the tables, and the tables with their columns.
    Database {
        schema: String,
        tables: Vec<(String, Vec<String>)>,
    },
    /// The chat history of aider: lines of text, of which those on tokens are values.
    Chat,
}

/// A value, or what is not JSON.
#[derive(Clone)]
pub(super) enum Item {
    Value(Value),
    Raw(String),
}

/// Files of another format than that of the fixture they are in, by the start of their path.
const OF_OTHERS: &[(&str, &str)] = &[
    ("claude-code-headless/beside-its-transcript/projects/", "claude-code"),
    ("claude-session-meta/with-and-without-transcript/projects/", "claude-code"),
    ("codex-exec/beside-its-session/rollout", "codex"),
    ("copilot-cli-store/requests-and-sums/session-state/", "copilot-cli"),
    ("copilot-cli-store/model-that-answered/events.jsonl", "copilot-cli"),
    ("copilot-cli-store/begun-within-a-session/session-state/", "copilot-cli"),
    ("droid-session/dates-its-session/sessions/-srv-shop/d1.settings", "droid"),
    ("droid-session/dates-its-session/sessions/-srv-shop/d2.settings", "droid"),
    ("pi/answers-of-codex/rollout", "codex"),
    ("droid-session/what-was-done/sessions/-srv-till/dw.settings", "droid"),
    ("qwen-code-headless/beside-its-chat/chats/", "qwen-code"),
];

/// A file of a format.
#[derive(Clone)]
pub(super) struct File {
    pub(super) format: String,
    /// Its path below the fixtures.
    pub(super) name: String,
    pub(super) carrier: Carrier,
    pub(super) items: Vec<Item>,
}

/// All inputs of all fixtures.
pub(super) fn fixtures() -> Vec<File> {
    let mut all = Vec::new();
    for case in crate::formats::cases() {
        let format = case.parent().and_then(Path::file_name).expect("a format").to_string_lossy().into_owned();
        for entry in walkdir::WalkDir::new(&case).sort_by_file_name() {
            let path = entry.expect("an entry").into_path();
            if path.is_file() && !path.ends_with("README.md") && !path.ends_with("expected.json") {
                all.push(File::read(&format, &path));
            }
        }
    }
    all
}

impl File {
    fn read(format: &str, path: &Path) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources");
        let name = path.strip_prefix(root).expect("a fixture").to_string_lossy().replace('\\', "/");
        let other = OF_OTHERS.iter().find(|(start, _)| name.starts_with(start));
        let format = other.map_or(format, |(_, format)| format);
        let text = std::fs::read_to_string(path).expect("a fixture");
        let text = text.trim_start_matches('\u{feff}');
        // Ids that the vendor made name one answer each; what others make is worked by hand.
        let text =
            &if format == "claude-code" { text.replace("\"id\":\"m", "\"id\":\"msg_01m") } else { text.to_owned() };
        let (carrier, items) = match path.extension().and_then(|end| end.to_str()).unwrap_or_default() {
            "csv" => read_csv(text),
            "sql" => read_database(text),
            "txt" => (Carrier::Chat, text.lines().map(read_chat_line).collect()),
            "log" => (Carrier::Stream, serde_json::Deserializer::from_str(text).into_iter().map(item).collect()),
            "jsonl" => {
                let lines = text
                    .lines()
                    .map(|line| serde_json::from_str(line).map_or_else(|_| Item::Raw(line.to_owned()), Item::Value));
                (Carrier::Lines, lines.collect())
            }
            _ => (Carrier::Document, vec![item(serde_json::from_str(text))]),
        };
        Self { format: format.to_owned(), name, carrier, items }
    }

    /// Whether its values can be moved and repeated each.
    pub(super) fn is_sequence(&self) -> bool {
        matches!(self.carrier, Carrier::Lines | Carrier::Stream | Carrier::Csv { .. } | Carrier::Chat)
    }

    /// Its bytes; a database is made in the folder instead.
    pub(super) fn write(&self, folder: &Path) -> Result<Vec<u8>, PathBuf> {
        let values = || self.items.iter();
        let lines = |write: &dyn Fn(&Value) -> String| -> Vec<u8> {
            let text = values().map(|item| match item {
                Item::Value(value) => write(value) + "\n",
                Item::Raw(text) => text.clone() + "\n",
            });
            text.collect::<String>().into_bytes()
        };
        match &self.carrier {
            Carrier::Lines => Ok(lines(&Value::to_string)),
            Carrier::Document | Carrier::Stream => Ok(lines(&|value| format!("{value:#}"))),
            Carrier::Chat => Ok(lines(&write_chat_line)),
            Carrier::Csv { header, delimiter } => {
                let mut writer = csv::WriterBuilder::new().delimiter(*delimiter).from_writer(Vec::new());
                writer.write_record(header).expect("memory");
                for item in values() {
                    let Item::Value(row) = item else { continue };
                    writer.write_record(header.iter().map(|name| row[name].as_str().unwrap_or(""))).expect("memory");
                }
                Ok(writer.into_inner().expect("memory"))
            }
            Carrier::Database { schema, tables } => {
                let Item::Value(base) = &self.items[0] else { return Ok(Vec::new()) };
                Err(write_database(folder, schema, tables, base))
            }
        }
    }
}

fn item(value: Result<Value, serde_json::Error>) -> Item {
    Item::Value(value.expect("a fixture of JSON"))
}

fn read_csv(text: &str) -> (Carrier, Vec<Item>) {
    let first = text.lines().next().unwrap_or("");
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let row = |row: csv::StringRecord| {
        Item::Value(header.iter().zip(row.iter()).map(|(name, cell)| (name.clone(), json!(cell))).collect())
    };
    let items = reader.records().map(|one| row(one.expect("a row"))).collect();
    (Carrier::Csv { header, delimiter }, items)
}

/// `> Tokens: 6.3k sent, 55 received. Cost: $0.0084 message, $0.0084 session.`
fn read_chat_line(line: &str) -> Item {
    let Some(counts) = line.strip_prefix("> Tokens: ") else { return Item::Raw(line.to_owned()) };
    let parts =
        counts.split([',', ':']).flat_map(|part| part.split(". ")).map(|part| part.trim().trim_end_matches('.'));
    let parts = parts.filter_map(|part| part.split_once(' '));
    Item::Value(parts.map(|(number, name)| (name.to_owned(), json!(number.trim_start_matches('$')))).collect())
}

fn write_chat_line(value: &Value) -> String {
    let text = |name: &str| value[name].as_str();
    let counts = ["sent", "cache write", "cache hit", "received"];
    let counts: Vec<String> = counts.iter().filter_map(|name| Some(format!("{} {name}", text(name)?))).collect();
    let cost = text("message").zip(text("session"));
    let cost =
        cost.map_or_else(String::new, |(message, session)| format!(" Cost: ${message} message, ${session} session."));
    format!("> Tokens: {}.{cost}  ", counts.join(", "))
}

fn read_database(text: &str) -> (Carrier, Vec<Item>) {
    let base = rusqlite::Connection::open_in_memory().expect("a database");
    base.execute_batch(text).expect("tables");
    let texts = |query: &str| -> Vec<String> {
        let mut query = base.prepare(query).expect("a query");
        query.query_map([], |row| row.get(0)).expect("rows").map(|text| text.expect("a text")).collect()
    };
    let names = texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL");
    let schema = texts("SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL").join("\n");
    let (mut tables, mut whole) = (Vec::new(), Map::new());
    for name in names {
        let mut query = base.prepare(&format!("SELECT * FROM \"{name}\"")).expect("a query");
        let columns: Vec<String> = query.column_names().map(str::to_owned).collect();
        let cell = |row: &rusqlite::Row<'_>, at: usize| match row.get_ref(at).expect("a cell") {
            rusqlite::types::ValueRef::Null => Value::Null,
            rusqlite::types::ValueRef::Integer(number) => json!(number),
            rusqlite::types::ValueRef::Real(number) => json!(number),
            rusqlite::types::ValueRef::Text(text) | rusqlite::types::ValueRef::Blob(text) => {
                json!(String::from_utf8_lossy(text))
            }
        };
        let rows = query.query_map([], |row| {
            Ok((0..columns.len()).map(|at| (columns[at].clone(), cell(row, at))).collect::<Value>())
        });
        whole.insert(name.clone(), rows.expect("rows").map(|row| row.expect("a row")).collect());
        drop(query);
        tables.push((name, columns));
    }
    (Carrier::Database { schema, tables }, vec![Item::Value(Value::Object(whole))])
}

fn write_database(folder: &Path, schema: &str, tables: &[(String, Vec<String>)], whole: &Value) -> PathBuf {
    let path = folder.join("base.db");
    let base = rusqlite::Connection::open(&path).expect("a database");
    base.execute_batch(&format!("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY; {schema}")).expect("tables");
    for (name, columns) in tables {
        for row in whole[name].as_array().into_iter().flatten() {
            let cells = columns.iter().map(|column| match &row[column] {
                Value::Null => "NULL".to_owned(),
                Value::String(text) => format!("'{}'", text.replace('\'', "''")),
                other => other.to_string(),
            });
            let cells: Vec<String> = cells.collect();
            base.execute_batch(&format!("INSERT INTO \"{name}\" VALUES ({})", cells.join(", "))).expect("a row");
        }
    }
    path
}

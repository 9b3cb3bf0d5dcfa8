//! Bedrock model invocation logs, from S3 or CloudWatch. Bodies may repeat usage and hold prompts; only the counts are read.
//!
//! CloudWatch keeps each invocation as the text of a message and writes messages in many forms: answers of its API, events of a
//! subscription, results of Logs Insights as JSON or as a table, with the message or with the fields that a query chose, and
//! lines that begin with a time.

use std::io::{self, BufRead, Read};

use serde_json::json;

use crate::model::bill::{Authority, Coverage};
use crate::model::hash::hash_text;
use crate::model::origin::{FileId, Origin};
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::json::reader;
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::table::{cells, names};
use crate::sources::values::count::Count;
use crate::sources::{Batch, LineParser, Parser, ReadOptions, Sniff, Source, StreamParser, Taken};

static INVOCATIONS: Page = Page {
    id: "bedrock-invocations",
    title: "Amazon Bedrock invocation logs (S3, CloudWatch)",
    about: "Export: model invocation logging to S3 (.gz as they are) or CloudWatch, one request a line; answers of `aws logs \
            get-log-events`, `filter-log-events` and `tail`; results of Logs Insights as JSON or CSV.\n\
            Counted: one record per requestId. Cached tokens are separate from the input; the user is the caller's ARN. \
            An application inference profile hides its model. Bodies are not read.\n\
            Lacks: money, cache lifetimes and sessions.",
    needs: &[
        &["schemaType", "modelId", "inputTokenCount"],
        &["schemaType", "modelId", "requestId"],
        &["ingestionTime"],
        &["logEvents"],
        &["@message"],
        &["recordsMatched"],
    ],
    lacks: &[],
    read,
};

/// What every invocation says of itself.
const SCHEMA: &str = "ModelInvocationLog";

/// Bedrock's invocation logs.
pub(crate) struct Bedrock;

impl Source for Bedrock {
    fn id(&self) -> &'static str {
        INVOCATIONS.id
    }

    fn title(&self) -> &'static str {
        INVOCATIONS.title
    }

    fn about(&self) -> &'static str {
        INVOCATIONS.about
    }

    fn keys(&self) -> &'static [&'static [&'static str]] {
        INVOCATIONS.keys()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.is_json() {
            return INVOCATIONS.sniff(head);
        }
        if !head.is_binary() && (Table::of(head).is_some() || is_prefixed(head)) { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, head: &Head<'_>, options: &ReadOptions) -> Parser {
        let parser = || Box::new(reader::values(INVOCATIONS.reader()));
        if head.is_json() {
            INVOCATIONS.open(head, options)
        } else if let Some(table) = Table::of(head) {
            Parser::Stream(Box::new(TableParser { table, parser: parser() }))
        } else {
            Parser::Stream(Box::new(PrefixedLines(parser())))
        }
    }
}

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if invocation(value, sink) {
        return true;
    }
    let mut any = false;
    for event in value.items("events").chain(value.items("logEvents")) {
        any |= message(event.at("message"), sink);
    }
    for result in value.items("results") {
        for field in result.items("").filter(|field| field.text("field") == Some("@message")) {
            any |= message(field.at("value"), sink);
        }
    }
    // A single event, or a result of Logs Insights.
    any | message(value.at("message"), sink) | message(value.at("@message"), sink)
}

/// Reads a message: the text of an invocation, or the invocation itself.
fn message(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Node::Text(text) = value.0 else { return invocation(value, sink) };
    if !text.contains(SCHEMA) {
        return false;
    }
    let Ok(inside) = sink.arena.read(text) else { return false };
    let mut taken = false;
    sink.read_part(Json(&inside), |sink| taken = invocation(Json(&inside), sink));
    taken
}

fn invocation(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if line.text("schemaType") != Some(SCHEMA) {
        return false;
    }
    let Some(start) = line.instant("timestamp") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::VendorUsage, start);
    record.tokens = DraftTokens {
        input: line.count("input/inputTokenCount"),
        cache_read: line.count("input/cacheReadInputTokenCount"),
        cache_write_unspecified: line.count("input/cacheWriteInputTokenCount"),
        output: line.count("output/outputTokenCount"),
        ..DraftTokens::default()
    };
    record.request_count = Count::Known(1);
    if line.has("errorCode") {
        record.bill.coverage = Coverage::Errored;
    }
    record.provider = sink.name(Some("aws"));
    record.model = sink.name(line.text("modelId").map(|id| id.rsplit('/').next().unwrap_or(id)));
    record.user = sink.name(line.text("identity/arn"));
    record.project = sink.name(line.text("accountId"));
    record.request = line.text("requestId").map(hash_text);
    sink.mark_payer(&mut record, &[(line, &["requestMetadata"])]);
    sink.add_named(record, &[line.text("requestId").unwrap_or("")]);
    true
}

/// A table of Logs Insights.
struct Table {
    delimiter: u8,
    holds: Holds,
}

/// What a table of Logs Insights holds.
enum Holds {
    /// A column of messages.
    Messages(usize),
    /// The fields that a query chose: the path of each column, as far as it is known.
    Fields(Vec<Option<&'static str>>),
}

/// The fields of an invocation that are read.
const FIELDS: [&str; 10] = [
    "timestamp",
    "requestId",
    "modelId",
    "accountId",
    "identity.arn",
    "errorCode",
    "input.inputTokenCount",
    "input.cacheReadInputTokenCount",
    "input.cacheWriteInputTokenCount",
    "output.outputTokenCount",
];

impl Table {
    fn of(head: &Head<'_>) -> Option<Self> {
        let has_messages = memchr::memmem::find(head.bytes(), SCHEMA.as_bytes()).is_some();
        cells::DELIMITERS.into_iter().find_map(|delimiter| {
            let header = cells::header(&head.first_line(), delimiter);
            let header: Vec<String> = header.iter().map(|name| names::normal(name)).collect();
            Some(Self { delimiter, holds: Holds::of(&header, has_messages)? })
        })
    }
}

impl Holds {
    fn of(header: &[String], has_messages: bool) -> Option<Self> {
        let column = |name: &str| header.iter().position(|column| names::is(column, name));
        if let Some(messages) = column("@message").or_else(|| column("message")).filter(|_| has_messages) {
            return Some(Self::Messages(messages));
        }
        column("modelId")?;
        column("input.inputTokenCount").or_else(|| column("output.outputTokenCount"))?;
        let field = |column: &String| {
            let bare = column.strip_prefix('@').unwrap_or(column);
            FIELDS.into_iter().find(|field| names::is(bare, field))
        };
        Some(Self::Fields(header.iter().map(field).collect()))
    }
}

/// Reads a table as the JSON that it was made of.
struct TableParser {
    table: Table,
    parser: Box<dyn LineParser>,
}

impl StreamParser for TableParser {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        let Self { table, parser } = self;
        let mut is_header = true;
        cells::rows(input, table.delimiter, file, out, &mut |row, at, out| {
            if std::mem::take(&mut is_header) {
                return;
            }
            match &table.holds {
                Holds::Messages(column) => read_message(&mut **parser, row.get(*column).unwrap_or(""), at, out),
                Holds::Fields(fields) => {
                    let mut flat = json!({"schemaType": SCHEMA, "identity": {}, "input": {}, "output": {}});
                    let filled = row.iter().zip(fields).filter(|(cell, _)| !cell.is_empty());
                    for (cell, field) in filled.filter_map(|(cell, field)| Some((cell, (*field)?))) {
                        match field.split_once('.') {
                            Some((outer, inner)) => flat[outer][inner] = cell.into(),
                            None => flat[field] = cell.into(),
                        }
                    }
                    parser.line(flat.to_string().as_bytes(), at, out);
                }
            }
        })
    }
}

/// Reads the text of a message; those that are no invocations are of other programs.
fn read_message(parser: &mut dyn LineParser, text: &str, at: Origin, out: &mut Batch) {
    if text.contains(SCHEMA) && parser.line(text.trim().as_bytes(), at, out) != Taken::Yes {
        out.reject("bad-line", "a message is not the JSON of an invocation; it may be cut off", at.line);
    }
}

/// Whether a file has lines with a time, and perhaps a stream, before each invocation.
fn is_prefixed(head: &Head<'_>) -> bool {
    let line = head.first_line();
    line.find('{').is_some_and(|at| line.as_bytes()[0].is_ascii_digit() && line[at..].contains(SCHEMA))
}

/// Reads lines with something before their JSON.
struct PrefixedLines(Box<dyn LineParser>);

impl StreamParser for PrefixedLines {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        for (line, number) in io::BufReader::new(input).lines().zip(1..) {
            let line = line?;
            out.counts.lines_read += 1;
            if let Some(at) = line.find('{') {
                read_message(&mut *self.0, &line[at..], Origin { file, line: number }, out);
            }
        }
        Ok(())
    }
}

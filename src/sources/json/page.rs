//! JSON exports: a page, an array, or one object a line. One [`Page`] per vendor's shape.

use std::borrow::Cow;
use std::io::{self, Read};

use chrono::{DateTime, Utc};

use crate::model::money::Money;
use crate::model::origin::{FileId, Origin};
use crate::model::tag;
use crate::model::usage::{RecordId, UsageRecord};
use crate::sources::export::instant::Instant;
use crate::sources::export::{Keys, amount};
use crate::sources::json::lenient::Count;
use crate::sources::json::node::{Arena, Node, Number};
use crate::sources::json::stream::{Piece, pieces};
use crate::sources::reading::detect::Head;
use crate::sources::{Batch, LineParser, Parser, ReadOptions, Sniff, Source, StreamParser, Taken};

/// A vendor's JSON.
pub(in crate::sources) struct Page {
    pub(in crate::sources) id: &'static str,
    pub(in crate::sources) title: &'static str,
    pub(in crate::sources) about: &'static str,
    /// Sets of keys; a file that has all keys of one set, at any depth, is of this format. A longer set beside a part of it
    /// tells which key a file of this format has lost.
    pub(in crate::sources) needs: &'static [&'static [&'static str]],
    /// Keys that make it another format.
    pub(in crate::sources) lacks: &'static [&'static str],
    /// Takes a whole value; `false` when it is of another shape.
    pub(in crate::sources) read: fn(Json<'_>, &mut Sink<'_>) -> bool,
}

impl Source for Page {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn keys(&self) -> &'static [&'static [&'static str]] {
        self.needs
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if !head.is_json() || self.lacks.iter().any(|key| head.has_key(key)) {
            return Sniff::No;
        }
        let missing = |keys: &&[&'static str]| -> Vec<&'static str> {
            keys.iter().filter(|key| !head.has_key(key)).copied().collect()
        };
        let sets = self.needs.iter().map(|keys| (missing(keys), keys.len()));
        let nearest = sets.min_by_key(|(missing, of)| (missing.len(), std::cmp::Reverse(*of)));
        match nearest {
            Some((missing, _)) if missing.is_empty() => Sniff::Yes,
            Some((missing, of)) if missing.len() * 2 <= of => Sniff::Missing(missing),
            _ => Sniff::No,
        }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        let reader = Reader { id: self.id, read: self.read, keys: Keys::default(), arena: Arena::default() };
        let first = head.first_line();
        let whole = serde_json::from_str::<serde::de::IgnoredAny>(&first).is_ok();
        if first.starts_with('{') && (whole || first.len() >= crate::sources::reading::detect::HEAD_BYTES / 2) {
            return Parser::Lines(Box::new(reader));
        }
        Parser::Stream(Box::new(reader))
    }
}

struct Reader {
    id: &'static str,
    read: fn(Json<'_>, &mut Sink<'_>) -> bool,
    keys: Keys,
    arena: Arena,
}

impl Reader {
    fn value(&mut self, bytes: &[u8], at: Origin, out: &mut Batch) -> Taken {
        self.arena.clear();
        let Some(value) = self.arena.parse(bytes) else { return Taken::Malformed };
        let mut sink = Sink { id: self.id, at, arena: &self.arena, keys: &mut self.keys, out };
        let taken = match &value {
            Node::List(items) => items.iter().filter(|item| (self.read)(Json(item), &mut sink)).count() > 0,
            one => (self.read)(Json(one), &mut sink),
        };
        if taken { Taken::Yes } else { Taken::Foreign }
    }
}

impl LineParser for Reader {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        self.value(line, at, out)
    }

    fn long_line(&mut self, line: &mut dyn Read, at: Origin, out: &mut Batch) -> Taken {
        let mut bytes = Vec::new();
        match line.read_to_end(&mut bytes) {
            Ok(_) => self.value(bytes.trim_ascii(), at, out),
            Err(_) => Taken::Malformed,
        }
    }
}

const FOREIGN: &str = "a value is of another shape than the file's first and was passed over";
const BAD_VALUE: &str = "a line is not JSON (cut off or damaged); the lines around it are counted";

impl StreamParser for Reader {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        let mut number = 1;
        // Whether an item of the array that is open was taken.
        let mut any = false;
        pieces(input, &mut |piece| {
            let at = Origin { file, line: number };
            let (taken, ends) = match piece {
                Piece::Value(bytes) => (self.value(bytes, at, out), true),
                Piece::Item(bytes) => {
                    let taken = self.value(bytes, at, out);
                    any |= taken == Taken::Yes;
                    (if taken == Taken::Foreign { Taken::Yes } else { taken }, false)
                }
                Piece::ArrayEnd => (if std::mem::take(&mut any) { Taken::Yes } else { Taken::Foreign }, true),
                Piece::CutOff => (Taken::Malformed, true),
            };
            match taken {
                Taken::Yes => {}
                Taken::Foreign => out.notice(crate::diagnostics::Severity::Warning, "foreign-value", FOREIGN, number),
                Taken::Malformed => out.reject("bad-line", BAD_VALUE, number),
            }
            if ends {
                number += 1;
                out.counts.lines_read += 1;
            }
        })
    }
}

/// Where the records of a value go.
pub(in crate::sources) struct Sink<'a> {
    pub(in crate::sources) id: &'static str,
    pub(in crate::sources) at: Origin,
    /// Where JSON that stands inside a text is read into.
    pub(in crate::sources) arena: &'a Arena,
    keys: &'a mut Keys,
    pub(in crate::sources) out: &'a mut Batch,
}

impl Sink<'_> {
    /// Adds a record under its key.
    pub(in crate::sources) fn add(&mut self, mut record: UsageRecord, key: &[&str]) {
        let parts = std::iter::once(self.id).chain(key.iter().copied());
        self.keys.add(&mut record, RecordId::of_each(parts), self.out);
    }

    /// Adds a record under a key that starts with an id of its own: logs are joined, and what is sent twice is written twice.
    /// Without one it is told apart by how often the key stood before.
    pub(in crate::sources) fn add_named(&mut self, mut record: UsageRecord, key: &[&str]) {
        if key.first().is_none_or(|id| id.is_empty()) {
            return self.add(record, key);
        }
        let parts = std::iter::once(self.id).chain(key.iter().copied());
        Keys::add_named(&mut record, RecordId::of_each(parts), self.out);
    }

    /// Keeps a record that counts under its key unless usage is told of something, here or in another file.
    pub(in crate::sources) fn wait(&mut self, mut record: UsageRecord, key: &[&str], unless: RecordId) {
        record.id = RecordId::of_each(std::iter::once(self.id).chain(key.iter().copied()));
        crate::sources::export::fit(&mut record, self.out);
        self.out.counts.records_read += 1;
        self.out.pending.defer(unless, &record);
    }

    /// Counts a damaged item.
    pub(in crate::sources) fn reject(&mut self, (kind, message): crate::sources::export::Rejection) {
        self.out.reject(kind, message, self.at.line);
    }

    /// The handle of a text.
    pub(in crate::sources) fn name(&mut self, text: Option<&str>) -> Option<crate::model::name::Name> {
        self.out.names.intern_some(text)
    }
}

/// A JSON value with lenient access by path (`/`-separated).
#[derive(Clone, Copy)]
pub(in crate::sources) struct Json<'a>(pub(in crate::sources) &'a Node<'a>);

impl<'a> Json<'a> {
    /// The value at a path, null counting as absent.
    pub(in crate::sources) fn get(self, path: &str) -> Option<Self> {
        self.0.at(path, b'/').filter(|value| !matches!(value, Node::Null)).map(Self)
    }

    /// The items of an array at a path.
    pub(in crate::sources) fn items(self, path: &str) -> impl Iterator<Item = Self> + use<'a> {
        let items: &'a [Node<'a>] = match self.get(path) {
            Some(Self(Node::List(items))) => items,
            _ => &[],
        };
        items.iter().map(Json)
    }

    /// A text.
    pub(in crate::sources) fn text(self, path: &str) -> Option<&'a str> {
        match self.get(path)?.0 {
            Node::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A text, or a number as one.
    pub(in crate::sources) fn string(self, path: &str) -> Option<Cow<'a, str>> {
        match self.get(path)?.0 {
            Node::Text(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
            Node::Number(number) => Some(Cow::Owned(number.to_string())),
            Node::Bool(yes) => Some(Cow::Borrowed(if *yes { "true" } else { "false" })),
            _ => None,
        }
    }

    /// What the request was made for, by the tags at the paths: texts, lists of them, or properties, also as JSON inside a
    /// text. The surest tag counts.
    pub(in crate::sources) fn tag(self, paths: &[&str]) -> Option<String> {
        let mut found: Vec<String> = Vec::new();
        for path in paths {
            let Some(Json(value)) = self.get(path) else { continue };
            let arena = Arena::default();
            let inside = match value {
                Node::Text(text) if text.starts_with(['{', '[', '"']) => arena.read(text).ok(),
                _ => None,
            };
            match inside.as_ref().unwrap_or(value) {
                Node::List(items) => found.extend(items.iter().filter_map(|item| match item {
                    Node::Text(text) => tag::spelled_in_one(text),
                    _ => None,
                })),
                Node::Map(properties) => found.extend(properties.iter().filter_map(|(key, value)| match value {
                    Node::Text(text) => tag::spelled(key, text),
                    Node::Number(number) => tag::spelled(key, &number.to_string()),
                    _ => None,
                })),
                Node::Text(text) => found.extend(text.split(',').filter_map(tag::spelled_in_one)),
                _ => {}
            }
        }
        found.into_iter().min_by_key(|tag| tag::rank(tag))
    }

    /// A whole number, also as a text.
    pub(in crate::sources) fn count(self, path: &str) -> Option<u64> {
        match self.get(path)?.0 {
            Node::Number(number) => number.as_u64().map_or_else(|| Count::parse(&number.to_string()).get(), Some),
            Node::Text(text) => Count::parse(text).get(),
            _ => None,
        }
    }

    /// The first of several paths that holds a whole number.
    pub(in crate::sources) fn first(self, paths: &[&str]) -> Option<u64> {
        paths.iter().find_map(|path| self.count(path))
    }

    /// An amount that is written in a unit with that many places to the nano-dollar.
    pub(in crate::sources) fn money(self, path: &str, places: u32) -> Option<Money> {
        amount::money(&self.string(path)?, places, false)
    }

    /// An instant: RFC 3339, a day, epoch seconds, milliseconds or nanoseconds, or a pair of seconds and nanoseconds.
    pub(in crate::sources) fn instant(self, path: &str) -> Option<DateTime<Utc>> {
        let found = self.get(path)?;
        if let Node::List([Node::Number(seconds), Node::Number(nanos)]) = found.0 {
            return DateTime::from_timestamp(seconds.as_i64()?, u32::try_from(nanos.as_u64()?).ok()?);
        }
        if let Node::Number(Number::Whole(number)) = *found.0 {
            let digits = number.checked_ilog10().map_or(1, |log| log as usize + 1);
            return Instant::since_1970(i64::try_from(number).ok()?, digits);
        }
        Instant::parse(&found.string("")?).map(|instant| instant.at)
    }

    /// Whether the value is true.
    pub(in crate::sources) fn is_true(self, path: &str) -> bool {
        self.get(path).is_some_and(|found| *found.0 == Node::Bool(true))
    }
}

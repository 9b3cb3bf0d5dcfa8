//! Formats that need no state between values: a static [`Page`] says what a file is recognised by, and a function reads
//! one value, be it a page of an API, an item of an array or a line.

use chrono::{DateTime, Utc};

use crate::model::bill::Authority;
use crate::model::hash::hash_text;
use crate::model::name::Name;
use crate::model::origin::{FileId, Origin};
use crate::model::pending::Pending;
use crate::model::usage::{RecordId, UsageRecord};
use crate::sources::figures::marks;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::json::stream::{Piece, pieces};
use crate::sources::reading::detect::Head;
use crate::sources::record::{Draft, FactDraft, Keys, blank, day, limit_reasoning};
use crate::sources::rejection::Rejection;
use crate::sources::table::cells::non_empty;
use crate::sources::values::count::Count;
use crate::sources::values::marks::Column;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken, places};

/// A format whose JSON is read one value at a time.
pub(in crate::sources) struct Page {
    pub(in crate::sources) id: &'static str,
    pub(in crate::sources) title: &'static str,
    pub(in crate::sources) about: &'static str,
    /// Sets of keys. A file that has all keys of one set, at any depth, and a value that `read` takes is in this format. If a file has most keys of a
    /// set, the notice on it names the missing ones; so list longer sets as well.
    pub(in crate::sources) needs: &'static [&'static [&'static str]],
    /// Keys that show that a file is in another format.
    pub(in crate::sources) lacks: &'static [&'static str],
    /// Reads a value; `false` if it has another shape.
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
        // Only exports list their keys.
        if places::has(self.id) { &[] } else { self.needs }
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
            Some((missing, _)) if missing.is_empty() => {
                // An agent's own files are small and many, and nobody else writes them.
                if places::has(self.id) || self.reads_any(head) { Sniff::Yes } else { Sniff::No }
            }
            Some((missing, of)) if missing.len() * 2 <= of => Sniff::Missing(missing),
            _ => Sniff::No,
        }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        // An object that does not end on its first line may be an indented document.
        if head.is_lines() { reader::lines(self.reader()) } else { reader::stream(self.reader()) }
    }
}

impl Page {
    /// Reads a value that was put together from others, and looks for figures in it that were not read.
    pub(in crate::sources) fn read_assembled(&self, text: &str, at: Origin, out: &mut Batch) {
        let arena = Arena::default();
        let Ok(value) = arena.read(text) else { return };
        marks::clear();
        let before = out.accepted();
        let mut reader = self.reader();
        reader.value(Json(&value), &arena, at, out);
        if out.accepted() > before {
            out.figures.check(self.id, &value, at.line, false);
        }
    }

    /// Reads values of this format that are not the values of a JSON file.
    pub(in crate::sources) fn reader(&self) -> impl ValueReader + 'static {
        PageReader { id: self.id, read: self.read, keys: Keys::default() }
    }

    /// Whether a value that is whole in the head is one that the format reads; also if none of them is whole.
    fn reads_any(&self, head: &Head<'_>) -> bool {
        let (mut reader, mut scratch) = (self.reader(), Batch::default());
        let mut arena = Arena::default();
        let (mut tried, mut taken) = (false, false);
        let at = Origin { file: FileId(0), line: 0 };
        let mut attempt = |piece: Piece<'_>| {
            let (Piece::Value(bytes) | Piece::Item(bytes)) = piece else { return };
            if taken {
                return;
            }
            arena.clear();
            if let Some(value) = arena.parse(bytes) {
                tried = true;
                taken = reader.value(Json(&value), &arena, at, &mut scratch) == Taken::Yes;
            }
        };
        let read = pieces(&mut head.bytes(), &mut attempt);
        read.is_ok() && (taken || !tried)
    }
}

/// Calls `row` with the page, the bucket and each result of a report in buckets of time, whatever it is wrapped in: a page
/// with its buckets under `data`, a bucket alone, or a result alone that holds the `time` of its bucket and one of the keys
/// `own`. Says whether the value was one of these, or a page without buckets.
pub(in crate::sources) fn each_result<'a>(
    value: Json<'a>,
    time: &str,
    own: &[&str],
    mut row: impl FnMut(Json<'a>, Json<'a>, Json<'a>),
) -> bool {
    let mut bucket = |item: Json<'a>| {
        if item.has(time) && item.has("results") {
            item.items("results").for_each(|result| row(value, item, result));
            true
        } else if item.has(time) && own.iter().any(|key| item.has(key)) {
            row(value, item, item);
            true
        } else {
            false
        }
    };
    if !value.has("data") {
        return bucket(value);
    }
    let (mut any, mut understood) = (false, false);
    for item in value.items("data") {
        any = true;
        understood |= bucket(item);
    }
    understood || !any
}

struct PageReader {
    id: &'static str,
    read: fn(Json<'_>, &mut Sink<'_>) -> bool,
    keys: Keys,
}

impl ValueReader for PageReader {
    fn format(&self) -> &'static str {
        self.id
    }

    fn value(&mut self, value: Json<'_>, arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let accepted = out.accepted();
        let mut sink = Sink { id: self.id, at, arena, keys: &mut self.keys, out, accepted };
        let taken = match value.0 {
            Node::List(items) => items.iter().filter(|item| (self.read)(Json(item), &mut sink)).count() > 0,
            _ => (self.read)(value, &mut sink),
        };
        if taken { Taken::Yes } else { Taken::Foreign }
    }
}

/// Makes the records of a value and takes them in.
pub(in crate::sources) struct Sink<'a> {
    pub(in crate::sources) id: &'static str,
    pub(in crate::sources) at: Origin,
    /// For JSON inside a text.
    pub(in crate::sources) arena: &'a Arena,
    keys: &'a mut Keys,
    pub(in crate::sources) out: &'a mut Batch,
    /// How many records were accepted when figures were last looked for.
    accepted: u64,
}

impl Sink<'_> {
    /// A record that starts at a time, without anything else.
    pub(in crate::sources) fn draft(&self, authority: Authority, start: DateTime<Utc>) -> Draft {
        Draft::new(blank(self.id, authority, self.at, start))
    }

    /// A record of a whole UTC day.
    pub(in crate::sources) fn day(&self, authority: Authority, start: DateTime<Utc>) -> Draft {
        Draft::new(day(self.id, authority, self.at, start))
    }

    /// A request that an agent logged.
    pub(in crate::sources) fn request(&self, start: DateTime<Utc>) -> Draft {
        let mut draft = self.draft(Authority::Transcript, start);
        draft.request_count = Count::Known(1);
        draft
    }

    /// A fact of the value side, known by the parts of its key.
    pub(in crate::sources) fn fact(&self, key: &[&str], when: DateTime<Utc>) -> FactDraft {
        FactDraft::new(self.id, key, self.at, when)
    }

    /// Adds a record under its key; a second record with the same key in the same file is another one.
    pub(in crate::sources) fn add(&mut self, mut draft: Draft, key: &[&str]) {
        self.note_footing(&draft);
        match draft.finish() {
            Ok(record) => self.keys.add(record, self.record_id(key), self.out),
            Err(rejection) => self.reject(rejection),
        }
    }

    /// Adds a record of a vendor's row, which every text in the row sets apart besides its key.
    pub(in crate::sources) fn add_row(&mut self, mut draft: Draft, key: &[&str], row: Json<'_>) {
        let id = self.record_id(key);
        let id = match texts_of(row.0, 0) {
            0 => id,
            texts => id.again(texts),
        };
        self.note_footing(&draft);
        self.out.payers.fill(row, &mut draft, &mut self.out.names);
        match draft.finish() {
            Ok(record) => self.keys.add(record, id, self.out),
            Err(rejection) => self.reject(rejection),
        }
    }

    /// Adds a record under a key that starts with its own id: a second one with the same key is a copy of it, for logs get
    /// joined and sent twice. Without an id it is added as by [`Self::add`].
    pub(in crate::sources) fn add_named(&mut self, mut draft: Draft, key: &[&str]) {
        if key.first().is_none_or(|id| id.is_empty()) {
            return self.add(draft, key);
        }
        self.note_footing(&draft);
        match draft.finish() {
            Ok(record) => Keys::add_named(record, self.record_id(key), self.out),
            Err(rejection) => self.reject(rejection),
        }
    }

    /// Adds a record that counts only if nothing reports the usage `unless`, in this file or in another one.
    pub(in crate::sources) fn add_unless(&mut self, draft: Draft, key: &[&str], unless: RecordId) {
        self.add_later(draft, key, |pending, record| pending.defer(unless, record));
    }

    /// Adds a record without a time of its own, which something `dates`, in this file or in another one.
    pub(in crate::sources) fn add_dated(&mut self, draft: Draft, key: &[&str], dates: RecordId) {
        self.add_later(draft, key, |pending, record| pending.date_by(dates, record));
    }

    /// Adds a record that counts all since its parent session began, which had used what it has from before `began`.
    pub(in crate::sources) fn add_continuing(&mut self, draft: Draft, key: &[&str], began: DateTime<Utc>) {
        self.add_later(draft, key, |pending, record| pending.continues(began, record));
    }

    /// Adds a record that waits for what other records say.
    fn add_later(&mut self, mut draft: Draft, key: &[&str], wait: impl FnOnce(&mut Pending, &UsageRecord)) {
        self.note_footing(&draft);
        match draft.finish() {
            Ok(record) => {
                record.id = self.record_id(key);
                limit_reasoning(record, self.out);
                self.out.counts.records_read += 1;
                wait(&mut self.out.pending, record);
            }
            Err(rejection) => self.reject(rejection),
        }
    }

    /// Looks for figures that were not read in JSON that was inside a text, if a record was made of it.
    pub(in crate::sources) fn check_inside(&mut self, inside: Json<'_>) {
        if self.out.accepted() > self.accepted {
            self.accepted = self.out.accepted();
            self.out.figures.check(self.id, inside.0, self.at.line, false);
        }
    }

    /// Looks for figures in a value that no record was made of because its usage has no count that is known.
    pub(in crate::sources) fn check_uncounted(&mut self, value: Json<'_>) {
        self.out.figures.check(self.id, value.0, self.at.line, false);
    }

    /// Reads a part that is not in the value itself, such as a row that is put together from columns and cells, and looks for
    /// figures in it that were not read.
    pub(in crate::sources) fn read_part(&mut self, part: Json<'_>, read: impl FnOnce(&mut Self)) {
        marks::clear();
        read(self);
        self.check_inside(part);
    }

    /// Fills a record with the cost centre, the team and the tags at some paths of values.
    pub(in crate::sources) fn mark_payer(&mut self, record: &mut Draft, marks: &[(Json<'_>, &[&str])]) {
        self.out.payers.fill_from_paths(marks, record, &mut self.out.names);
    }

    /// Adds a fact of the value side.
    pub(in crate::sources) fn add_fact(&mut self, fact: FactDraft) {
        match fact.finish() {
            Ok(fact) => self.out.values.add(fact),
            Err(rejection) => self.reject(rejection),
        }
    }

    /// Counts a damaged record.
    pub(in crate::sources) fn reject(&mut self, rejection: Rejection) {
        self.out.reject_record(rejection, self.at);
    }

    /// Counts a record that nobody billed.
    pub(in crate::sources) fn ignore(&mut self, (kind, message): Rejection) {
        self.out.ignore(kind, message, self.at.line);
    }

    /// The date for a record that has no time, if there is one.
    pub(in crate::sources) fn undated(&mut self) -> Option<DateTime<Utc>> {
        self.out.undated(self.at.line).map(|undated| undated.at)
    }

    /// The name for a text.
    pub(in crate::sources) fn name(&mut self, text: Option<&str>) -> Option<Name> {
        self.out.names.intern_some(text)
    }

    fn note_footing(&mut self, draft: &Draft) {
        self.out.note_footing(self.id, draft.tokens.footing, self.at.line);
    }

    fn record_id(&self, key: &[&str]) -> RecordId {
        RecordId::of_each(std::iter::once(self.id).chain(key.iter().copied()))
    }
}

/// A hash of all texts in a row that set it apart, in whatever order they are written; objects inside it count, lists do not.
fn texts_of(row: &Node<'_>, depth: u8) -> u64 {
    let Node::Map(members) = row else { return 0 };
    members.iter().fold(0, |sum: u64, (name, value)| {
        let Node::Text(text) = value else {
            let inner = if depth < 2 { texts_of(value, depth + 1) } else { 0 };
            return sum.wrapping_add(inner.rotate_left(7));
        };
        let Some(text) = non_empty(text) else { return sum };
        let is_mark = Column::remembered(name).sets_apart(text);
        if is_mark { sum.wrapping_add(hash_text(name).rotate_left(1) ^ hash_text(text)) } else { sum }
    })
}

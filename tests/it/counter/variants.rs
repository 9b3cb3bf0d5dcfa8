//! Random variants of a fixture: what people, crashes and copies make of a log.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::count::{Found, UNKNOWN, is_count, kind, records};
use super::file::{Carrier, File, Item};
use super::path::{Step, attribute, attribute_like, change, get, resolve, steps};
use super::table::{Again, Format, LEFT, Place};
use crate::random::Random;

/// A variant with the names of what was done.
pub(super) struct Variant {
    pub(super) file: File,
    pub(super) done: Vec<&'static str>,
}

/// One random variant of a fixture.
pub(super) fn variant(fixture: &File, format: &'static Format, random: &mut Random) -> Variant {
    let mut file = fixture.clone();
    let mut done = Vec::new();
    let mut maker = Maker { file: &mut file, format, random };
    let mut note = |is_done: bool, what: &'static str| {
        if is_done {
            done.push(what);
        }
    };
    note(maker.counts(), "counts");
    if maker.random.below(4) == 0 {
        note(maker.add_unknown(), "unknown fields");
        return Variant { done, file };
    }
    for _ in 0..maker.random.below(3) {
        match maker.random.below(6) {
            0 => note(maker.repeat(false), "repeated"),
            1 => note(maker.repeat(true), "repeated under other ids"),
            2 => note(maker.remove(), "removed"),
            3 => note(maker.swap(), "order changed"),
            4 => note(maker.damage(), "count damaged"),
            _ => note(maker.break_line(), "line broken"),
        }
    }
    Variant { file, done }
}

struct Maker<'a> {
    file: &'a mut File,
    format: &'static Format,
    random: &'a mut Random,
}

impl Maker<'_> {
    fn records(&self) -> Vec<Found> {
        records(self.file, self.format)
    }

    fn one(&mut self, fits: impl Fn(&Found) -> bool) -> Option<Found> {
        let mut all: Vec<Found> = self.records().into_iter().filter(fits).collect();
        (!all.is_empty()).then(|| all.swap_remove(self.random.below(all.len())))
    }

    fn change(&mut self, found: &Found, path: &str, with: &mut dyn FnMut(&mut Value)) {
        for path in path.split('|') {
            let whole: Vec<Step> = found.path.iter().cloned().chain(steps(path)).collect();
            if let Item::Value(value) = &mut self.file.items[found.item] {
                change(value, &whole, with);
            }
        }
    }

    fn number_at(&self, found: &Found, path: &str) -> Option<u64> {
        let value = path.split('|').find_map(|path| get(&found.value(self.file), &steps(path)))?;
        value
            .as_u64()
            .or_else(|| value.as_str()?.parse::<f64>().ok().map(|number| format!("{number:.0}").parse().ok())?)
    }

    /// Writes a number in the way of the one that is there.
    fn write(&mut self, found: &Found, path: &str, number: &str) {
        self.change(found, path, &mut |value| match value {
            Value::String(text) if text.is_empty() || text.eq_ignore_ascii_case("null") => {}
            Value::String(text) => number.clone_into(text),
            Value::Null => {}
            value => *value = serde_json::from_str(number).expect("a number"),
        });
    }

    /// Gives figures random values that a tool could write.
    fn counts(&mut self) -> bool {
        let mut so_far = BTreeMap::new();
        for found in self.records() {
            match found.place.again {
                Again::Cumulative => self.grow(&found, &mut so_far),
                _ if self.random.below(4) > 0 => self.new_counts(&found),
                _ => {}
            }
        }
        self.new_left_figures();
        true
    }

    /// Gives random values to figures that nothing counts.
    fn new_left_figures(&mut self) {
        let left = LEFT.iter().find(|(id, _)| *id == self.format.id).map_or(&[][..], |(_, paths)| *paths);
        for item in 0..self.file.items.len() {
            for pattern in left {
                let Item::Value(value) = &mut self.file.items[item] else { continue };
                for path in resolve(value, &steps(pattern)) {
                    let number = self.random.next() % 100_000;
                    change(value, &path, &mut |value| match value {
                        Value::String(text) if text.parse::<f64>().is_ok() => *text = number.to_string(),
                        Value::Number(_) => *value = json!(number),
                        _ => {}
                    });
                }
            }
        }
    }

    fn new_counts(&mut self, found: &Found) {
        let mut left: BTreeMap<&str, u64> = BTreeMap::new();
        let (mut sum, mut beside) = (0, 0);
        for (written, path) in found.place.parts {
            let (name, within) = kind(written);
            let is_there = path.split('|').any(|path| get(&found.value(self.file), &steps(path)).is_some());
            if name == "rate" || !is_there {
                continue;
            }
            if !is_count(name) {
                let decimals = if ["cost", "charge", "spend", "cents"].contains(&name) { 6 } else { 3 };
                let number = self.decimal(decimals);
                self.write(found, path, &number);
                continue;
            }
            let most = match within {
                Some(('<', whole)) => left.get(whole).copied().unwrap_or(0),
                Some(('?', whole)) => left.get(whole).copied().unwrap_or(0),
                _ => u64::MAX,
            };
            let count = self.count().min(most);
            match within {
                Some(('<', whole)) if name != "think" => {
                    left.entry(whole).and_modify(|left| *left -= count);
                }
                Some(('<', _)) => {}
                Some(('?', _)) => beside = count,
                _ => {
                    sum += count;
                    *left.entry(name).or_default() += count;
                }
            }
            self.write(found, path, &count.to_string());
        }
        if beside > 0 && self.random.below(2) == 0 {
            sum += beside;
        }
        self.write_totals(found, found.place, sum);
    }

    fn write_totals(&mut self, found: &Found, place: &Place, sum: u64) {
        for path in place.totals {
            self.write(found, path, &sum.to_string());
        }
        for (path, other) in place.copies {
            if let Some(count) = self.number_at(found, other) {
                self.write(found, path, &count.to_string());
            }
        }
    }

    /// Lets the sums of a session grow by random counts.
    fn grow(&mut self, found: &Found, so_far: &mut BTreeMap<String, u64>) {
        let mut left: BTreeMap<&str, u64> = BTreeMap::new();
        let mut all = 0;
        for (written, path) in found.place.parts {
            let (name, within) = kind(written);
            let most = within.map_or(u64::MAX, |(_, whole)| left.get(whole).copied().unwrap_or(0));
            let count = self.count().min(most);
            match within {
                Some((_, whole)) if name != "think" => {
                    left.entry(whole).and_modify(|left| *left -= count);
                }
                Some(_) => {}
                None => {
                    left.insert(name, count);
                    all += count;
                }
            }
            self.add(found, path, count, so_far);
        }
        for path in found.place.totals {
            self.add(found, path, all, so_far);
        }
    }

    fn add(&mut self, found: &Found, path: &str, count: u64, so_far: &mut BTreeMap<String, u64>) {
        // Sums are of the file, or of one key of a map.
        let of = if found.place.id.contains(&"#") { format!("{:?}", found.path.last()) } else { String::new() };
        let sum = so_far.entry(of + path).or_default();
        *sum += count;
        let sum = *sum;
        self.write(found, path, &sum.to_string());
        if let Some((added, sums)) = found.place.added {
            self.write(found, &path.replace(sums, added), &count.to_string());
        }
    }

    fn count(&mut self) -> u64 {
        match self.random.below(10) {
            0 => 0,
            1..=5 => 1 + self.random.next() % 999,
            _ => 1 + self.random.next() % 3_000_000,
        }
    }

    fn decimal(&mut self, places: usize) -> String {
        let number = self.random.next() % 30 * 10_u64.pow(6) + self.random.next() % 10_u64.pow(6);
        let text = format!("{number:07}");
        let (whole, decimals) = text.split_at(text.len() - 6);
        format!("{whole}.{}", &decimals[..places])
    }

    /// The list with the record, and the place of the record in it; the file itself if it is a sequence of values.
    fn list_of(&self, found: &Found) -> Option<(Vec<Step>, usize)> {
        if self.file.is_sequence() {
            return Some((Vec::new(), found.item));
        }
        let last = found.path.iter().rposition(|step| matches!(step, Step::Index(_)))?;
        let Step::Index(at) = found.path[last] else { return None };
        Some((found.path[..last].to_vec(), at))
    }

    /// Changes the list that a record is in.
    fn in_list(&mut self, list: &[Step], with: &mut dyn FnMut(&mut Vec<Value>)) {
        if self.file.is_sequence() {
            let mut values: Vec<Value> = self
                .file
                .items
                .drain(..)
                .map(|item| match item {
                    Item::Value(value) => value,
                    Item::Raw(text) => json!({ RAW: text }),
                })
                .collect();
            with(&mut values);
            self.file.items = values
                .into_iter()
                .map(|value| match value.get(RAW) {
                    Some(text) => Item::Raw(text.as_str().unwrap_or_default().to_owned()),
                    None => Item::Value(value),
                })
                .collect();
        } else if let Item::Value(value) = &mut self.file.items[0] {
            change(value, list, &mut |value| {
                if let Value::Array(items) = value {
                    with(items);
                }
            });
        }
    }

    /// Repeats a record right behind itself.
    fn repeat(&mut self, under_other_ids: bool) -> bool {
        let is_base = matches!(self.file.carrier, Carrier::Database { .. });
        let Some(found) = self.one(|found| {
            !found.place.is_fact && (!under_other_ids || found.place.id.first().is_some_and(|id| *id != "#"))
        }) else {
            return false;
        };
        let Some((list, at)) = self.list_of(&found) else { return false };
        if is_base && !under_other_ids {
            // Ids are unique there.
            return false;
        }
        let before = self.file.clone();
        self.in_list(&list, &mut |items| items.insert(at + 1, items[at].clone()));
        if !under_other_ids {
            return true;
        }
        let step = |step: &Step| if *step == Step::Index(at) { Step::Index(at + 1) } else { step.clone() };
        let copy = if self.file.is_sequence() {
            Found { item: at + 1, path: found.path.clone(), place: found.place }
        } else {
            let (head, tail) = found.path.split_at(list.len());
            let path = head.iter().cloned().chain(tail.iter().take(1).map(step)).chain(tail.iter().skip(1).cloned());
            Found { item: found.item, path: path.collect(), place: found.place }
        };
        let number = 1 + self.random.next() % 1_000_000;
        let mut is_changed = false;
        let id = found.place.id[0];
        let mut rename = |value: &mut Value| {
            is_changed = true;
            *value = match &*value {
                Value::String(text) => json!(format!("{text}-{number}")),
                Value::Number(known) => json!(known.as_u64().unwrap_or(0) + 1_000 * number),
                other => other.clone(),
            };
        };
        match id.strip_prefix('^') {
            Some(path) => {
                if let Item::Value(value) = &mut self.file.items[copy.item] {
                    change(value, &steps(path), &mut rename);
                }
            }
            None => self.change(&copy, id, &mut rename),
        }
        if !is_changed {
            *self.file = before;
        }
        is_changed
    }

    fn remove(&mut self) -> bool {
        let all = self.records();
        let Some(found) = self.one(|_| true).filter(|_| all.len() > 1) else { return false };
        let Some((list, at)) = self.list_of(&found) else { return false };
        self.in_list(&list, &mut |items| {
            items.remove(at);
        });
        true
    }

    /// Lets two records change places, unless later ones build on earlier ones.
    fn swap(&mut self) -> bool {
        let fits = |found: &Found| !matches!(found.place.again, Again::Cumulative | Again::NextIsAnother);
        let Some((one, other)) = self.one(fits).zip(self.one(fits)) else { return false };
        let Some(((list, a), (other_list, b))) = self.list_of(&one).zip(self.list_of(&other)) else { return false };
        if list != other_list || a == b {
            return false;
        }
        self.in_list(&list, &mut |items| items.swap(a, b));
        true
    }

    fn damage(&mut self) -> bool {
        let Some(found) = self.one(|found| !found.place.parts.is_empty()) else { return false };
        let (written, path) = *self.random.one(found.place.parts);
        let (name, _) = kind(written);
        if ["rate", "of"].contains(&name) {
            return false;
        }
        // A cell of a table may be a number in another spelling.
        let is_text = matches!(self.file.carrier, Carrier::Csv { .. } | Carrier::Chat);
        let damages: &[Value] = if is_count(name) && !is_text {
            &[json!("x7"), json!(-5), json!(1.5), json!(1e30)]
        } else {
            &[json!("x7")]
        };
        let damage = self.random.one(damages).clone();
        let mut is_done = false;
        self.change(&found, path, &mut |value| {
            let is_there = !value.is_null() && value.as_str().is_none_or(|text| !text.is_empty());
            if is_there && !is_done {
                *value = if value.is_string() {
                    json!(damage.as_str().map_or_else(|| damage.to_string(), str::to_owned))
                } else {
                    damage.clone()
                };
                is_done = true;
            }
        });
        is_done
    }

    /// Cuts a line off.
    fn break_line(&mut self) -> bool {
        if !matches!(self.file.carrier, Carrier::Lines) {
            return false;
        }
        let Some(found) = self.one(|_| true) else { return false };
        let Item::Value(value) = &self.file.items[found.item] else { return false };
        let text = value.to_string();
        let cut = 2 + self.random.below(text.len() - 3);
        let Some(text) = text.get(..cut) else { return false };
        self.file.items[found.item] = Item::Raw(text.to_owned());
        true
    }

    /// Adds a figure that no format knows beside the first figure of some records.
    fn add_unknown(&mut self) -> bool {
        let mut any = false;
        for found in self.records() {
            let Some((_, path)) = found.place.parts.first().filter(|_| !found.place.is_fact) else { continue };
            if self.random.below(3) == 0 {
                continue;
            }
            let number = 1 + self.random.below(1_000);
            let mut beside = steps(path.split('|').next().unwrap_or_default());
            beside.pop();
            if matches!(self.file.carrier, Carrier::Chat) {
                return false;
            }
            let is_csv = matches!(self.file.carrier, Carrier::Csv { .. });
            let whole: Vec<Step> = found.path.iter().cloned().chain(beside.clone()).collect();
            if let Item::Value(value) = &mut self.file.items[found.item] {
                change(value, &whole, &mut |value| match value {
                    Value::Array(items) if items.first().is_some_and(|one| attribute(one).is_some()) => {
                        any = true;
                        items.push(attribute_like(&items[0], UNKNOWN, number));
                    }
                    Value::Object(map) => {
                        any = true;
                        map.insert(UNKNOWN.to_owned(), if is_csv { json!(number.to_string()) } else { json!(number) });
                    }
                    _ => {}
                });
            }
            if !beside.iter().any(|step| matches!(step, Step::Inside(_))) {
                self.add_column(&found);
            }
        }
        any
    }

    /// Adds the unknown figure to the columns, if the record is a row.
    fn add_column(&mut self, found: &Found) {
        match &mut self.file.carrier {
            Carrier::Csv { header, .. } if !header.iter().any(|name| name == UNKNOWN) => {
                header.push(UNKNOWN.to_owned())
            }
            Carrier::Database { schema, tables } => {
                let [Step::Key(table), Step::Index(_)] = found.path.as_slice() else { return };
                let columns = tables.iter_mut().find(|(name, _)| name == table).map(|(_, columns)| columns);
                let Some(columns) = columns.filter(|columns| !columns.iter().any(|name| name == UNKNOWN)) else {
                    return;
                };
                columns.push(UNKNOWN.to_owned());
                schema.push_str(&format!("ALTER TABLE \"{table}\" ADD COLUMN {UNKNOWN} INTEGER;"));
            }
            _ => {}
        }
    }
}

/// Marks what is not JSON among values.
const RAW: &str = "\u{0}raw";

//! Counts what a file says by the table alone.

use std::collections::BTreeMap;

use serde_json::Value;

use super::file::{File, Item};
use super::path::{Step, attribute, change, first, get, resolve, steps};
use super::table::{Again, Format, Place};

/// Figures by kind, in billionths.
pub(super) type Sums = BTreeMap<&'static str, i128>;

/// The kinds of tokens that are apart from each other.
const TOKENS: [&str; 4] = ["input", "read", "write", "output"];

/// What became of the records of a file, and the sums of those that count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) kept: u64,
    /// Duplicates and replays.
    pub(super) repeats: u64,
    pub(super) rejected: u64,
    pub(super) ignored: u64,
    pub(super) facts: u64,
    pub(super) sums: Sums,
    /// The sum of figures that no format knows in records that are kept …
    pub(super) unknown: i128,
    /// … and in others, but of rejected ones only where others are in the same value.
    pub(super) unknown_aside: i128,
}

/// The name of a figure that no format knows.
pub(super) const UNKNOWN: &str = "advisor_tokens";

/// A record of a file.
pub(super) struct Found {
    pub(super) item: usize,
    pub(super) path: Vec<Step>,
    pub(super) place: &'static Place,
}

impl Found {
    /// The value of the record itself.
    pub(super) fn value(&self, file: &File) -> Value {
        let Item::Value(value) = &file.items[self.item] else { return Value::Null };
        get(value, &self.path).unwrap_or(Value::Null)
    }
}

/// The records of a file in order.
pub(super) fn records(file: &File, format: &'static Format) -> Vec<Found> {
    let mut all = Vec::new();
    for (item, value) in file.items.iter().enumerate() {
        let Item::Value(value) = value else { continue };
        for place in format.places {
            for path in resolve(value, &steps(place.at)) {
                let record = get(value, &path).unwrap_or(Value::Null);
                if place.is.iter().all(|condition| holds(condition, &record, value))
                    && !is_told_later(file, item, place)
                {
                    all.push(Found { item, path, place });
                }
            }
        }
    }
    all
}

/// Whether a later value of the file has the figures of a record.
fn is_told_later(file: &File, item: usize, place: &Place) -> bool {
    let has_them = |later: &Item| matches!(later, Item::Value(value) if holds(place.until, value, value));
    !place.until.is_empty() && file.items[item + 1..].iter().any(has_them)
}

/// Whether a condition of the table holds for a record in a value of the file.
fn holds(condition: &str, record: &Value, whole: &Value) -> bool {
    if let Some(negated) = condition.strip_prefix('!') {
        return !holds(negated, record, whole);
    }
    let (from, condition) = condition.strip_prefix('^').map_or((record, condition), |rest| (whole, rest));
    let sign = condition.find(['=', '$', '~', '%']);
    let (path, wanted) = sign.map_or((condition, ""), |at| condition.split_at(at));
    let text = |from: &Value, path: &[Step]| {
        get(from, path).map(|value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        })
    };
    let Some(found) = text(from, &steps(path)).filter(|text| !text.is_empty()) else { return false };
    match wanted.split_at_checked(1) {
        Some(("=", text)) => found == text,
        Some(("$", text)) => found.ends_with(text),
        Some(("%", path)) => resolve(whole, &steps(path)).iter().any(|path| text(whole, path).as_ref() == Some(&found)),
        Some((_, text)) => found.contains(text),
        None => true,
    }
}

/// What is wrong with a figure.
struct Damaged;

/// A number in billionths; `None` for nothing.
fn number(value: &Value) -> Result<Option<i128>, Damaged> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().trim_start_matches('$').replace(',', ""),
        _ => return Err(Damaged),
    };
    if text.is_empty() || text.eq_ignore_ascii_case("null") || text == "Free" {
        return Ok(None);
    }
    let (text, thousands) = text.strip_suffix('k').map_or((text.as_str(), 0), |text| (text, 3));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().map_err(|_| Damaged)?;
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or((1, mantissa), |rest| (-1, rest));
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{decimals}").parse().map_err(|_| Damaged)?;
    let places = 9 + thousands + exponent - i32::try_from(decimals.len()).map_err(|_| Damaged)?;
    let power = 10_i128.checked_pow(places.unsigned_abs()).ok_or(Damaged)?;
    let nanos = if places >= 0 { digits.checked_mul(power) } else { Some((digits + power / 2) / power) };
    nanos.map(|nanos| Some(sign * nanos)).ok_or(Damaged)
}

/// A kind as the table writes it: the kind itself, how it lies in another one, and that one.
pub(super) fn kind(written: &'static str) -> (&'static str, Option<(char, &'static str)>) {
    match written.find(['<', '+', '?']) {
        Some(at) => (&written[..at], Some((char::from(written.as_bytes()[at]), &written[at + 1..]))),
        None => (written, None),
    }
}

/// Whether the kind counts whole things.
pub(super) fn is_count(kind: &str) -> bool {
    !["cost", "charge", "spend", "cents", "rate", "units"].contains(&kind) && !kind.contains('*')
}

/// The figures of a record by kind, each counted once.
///
/// Of a cumulative record those that it adds can be asked for, by `(path, path of the sums)`.
fn figures(record: &Value, place: &'static Place, added: Option<(&str, &str)>) -> Result<Sums, Damaged> {
    let mut sums = Sums::new();
    let (mut rate, mut spend, mut open) = (0, 0, None);
    for (written, path) in place.parts {
        let (name, within) = kind(written);
        let path = added.map_or((*path).to_owned(), |(added, sums)| path.replace(sums, added));
        let Some(value) = first(record, &path) else { continue };
        if let Some(one) = name.strip_prefix("one ") {
            *sums.entry(one).or_default() += 1_000_000_000;
            continue;
        }
        let Some(amount) = number(&value)? else { continue };
        let is_damaged = is_count(name) && (amount < 0 || amount % 1_000_000_000 != 0 || amount > 10_i128.pow(21));
        if is_damaged {
            return Err(Damaged);
        }
        let (name, amount) = match name.split_once('*') {
            Some((name, by)) => (name, amount * by.parse::<i128>().expect("a number")),
            None if name == "cents" => ("cost", amount / 100),
            // It is in two sums.
            None if name == "charge" => ("cost", 2 * amount),
            None if name == "nano credits" => ("cost", amount / 100_000_000_000),
            None if name == "ticks" => ("cost", amount / 10_000_000_000),
            None if name == "pieces" => ("units", amount),
            // Quantities are kept in millionths.
            None if name == "units" => ("units", amount / 1_000 * 1_000),
            None => (name, amount),
        };
        match (name, within) {
            ("rate", _) => rate = amount,
            ("spend", _) => spend = amount,
            ("of", _) => {}
            (_, Some(('?', whole))) => open = Some((amount, whole)),
            (_, Some(('<', whole))) if name != "think" => {
                *sums.entry(whole).or_default() -= amount;
                *sums.entry(name).or_default() += amount;
            }
            (_, Some(('+', whole))) => {
                *sums.entry(whole).or_default() += amount;
                *sums.entry(name).or_default() += amount;
            }
            _ => *sums.entry(name).or_default() += amount,
        }
    }
    if let Some((amount, whole)) = open {
        let total = place.totals.iter().find_map(|path| number(&first(record, path)?).ok()?);
        let is_beside = total.is_none_or(|total| total > tokens(&sums));
        *sums.entry(whole).or_default() += if is_beside { amount } else { 0 };
        *sums.entry("think").or_default() += amount;
    }
    // Reasoning is a part of the output.
    if let Some(output) = sums.get("output").copied()
        && let Some(think) = sums.get_mut("think")
    {
        *think = output.min(*think);
    }
    if spend != 0 {
        *sums.entry("cost").or_default() += if tokens(&sums) == 0 { 2 * spend } else { spend };
    }
    if rate != 0 {
        *sums.entry("cost").or_default() += rate * (tokens(&sums) / 1_000_000_000);
    }
    Ok(sums)
}

fn tokens(sums: &Sums) -> i128 {
    TOKENS.iter().filter_map(|kind| sums.get(kind)).sum()
}

/// Counts a file.
pub(super) fn count(file: &File, format: &'static Format) -> Tally {
    let mut tally = Tally::default();
    // In a chat most lines are talk.
    if !matches!(file.carrier, super::file::Carrier::Chat) {
        let raw = file.items.iter().filter(|item| matches!(item, Item::Raw(text) if !text.trim().is_empty()));
        tally.rejected += raw.count() as u64;
    }
    let mut by_id: BTreeMap<String, Sums> = BTreeMap::new();
    let mut others: Vec<Sums> = Vec::new();
    let (mut previous, mut all_so_far) = (String::new(), BTreeMap::<String, Sums>::new());
    let all = records(file, format);
    for found in &all {
        let (record, place) = (found.value(file), found.place);
        let Item::Value(whole) = &file.items[found.item] else { continue };
        let strange = unknown(&without_others(found, &record, &all));
        let own_item = all.iter().filter(|other| other.item == found.item).count() == 1;
        if place.ignored.iter().any(|condition| holds(condition, &record, whole)) {
            tally.ignored += 1;
            tally.unknown_aside += strange;
            continue;
        }
        let Ok(sums) = figures(&record, place, None) else {
            tally.rejected += 1;
            // Others of the same value have it looked at.
            tally.unknown_aside += if own_item { 0 } else { strange };
            continue;
        };
        if place.empty_is_ignored && sums.values().all(|sum| *sum == 0) {
            tally.ignored += 1;
            tally.unknown_aside += strange;
            continue;
        }
        if place.is_fact {
            tally.facts += 1;
            others.push(sums);
            continue;
        }
        let id = identity(found, &record, whole);
        let is_next = previous == id;
        previous.clone_from(&id);
        match place.again {
            Again::Another => others.push(sums),
            Again::Cumulative => {
                let so_far = all_so_far.entry(id).or_default();
                let last = place.added.filter(|_| so_far.is_empty());
                let last =
                    last.and_then(|added| figures(&record, place, Some(added)).ok()).filter(|last| !last.is_empty());
                let is_first = so_far.is_empty();
                let fell = place.added.is_none() && so_far.iter().any(|(kind, sum)| sums.get(kind).unwrap_or(&0) < sum);
                if fell {
                    so_far.clear();
                }
                let grown = sums.iter().map(|(kind, sum)| (*kind, sum - so_far.get(kind).unwrap_or(&0)));
                let grown = last.unwrap_or_else(|| grown.collect());
                *so_far = sums;
                if !is_first && grown.values().all(|sum| *sum == 0) {
                    tally.repeats += 1;
                    tally.unknown_aside += strange;
                    continue;
                }
                others.push(grown);
            }
            Again::NextIsAnother if is_next => others.push(sums),
            Again::NextIsAnother | Again::Same => {
                if let Some(known) = by_id.get_mut(&id) {
                    tally.repeats += 1;
                    tally.unknown_aside += strange;
                    for (kind, sum) in sums {
                        let known = known.entry(kind).or_insert(sum);
                        *known = sum.max(*known);
                    }
                    continue;
                }
                by_id.insert(id, sums);
            }
        }
        tally.kept += 1;
        tally.unknown += strange;
    }
    for sums in by_id.into_values().chain(others) {
        for (kind, sum) in sums {
            *tally.sums.entry(kind).or_default() += sum;
        }
    }
    tally.sums.retain(|kind, sum| *sum != 0 && *kind != "calls");
    tally
}

/// A record without the records that are inside it.
fn without_others(found: &Found, record: &Value, all: &[Found]) -> Value {
    let mut own = record.clone();
    for other in all.iter().filter(|other| other.item == found.item && other.path.len() > found.path.len()) {
        if let Some(inside) = other.path.strip_prefix(found.path.as_slice()) {
            change(&mut own, inside, &mut |value| *value = Value::Null);
        }
    }
    own
}

/// What a record is known by.
fn identity(found: &Found, record: &Value, whole: &Value) -> String {
    let known_by = if found.place.copy.is_empty() { found.place.id } else { found.place.copy };
    let parts = known_by.iter().map(|path| match path.strip_prefix('^') {
        Some(path) => first(whole, path),
        None if *path == "#" => Some(Value::String(format!("{:?}", found.path.last()))),
        None => first(record, path),
    });
    format!("{:?}", parts.collect::<Vec<_>>())
}

/// The sum of what was added under a name that no format knows.
fn unknown(record: &Value) -> i128 {
    match record {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| if key == UNKNOWN { number(value).ok().flatten().unwrap_or(0) } else { unknown(value) })
            .sum(),
        Value::Array(items) => items
            .iter()
            .map(|item| match attribute(item) {
                Some((UNKNOWN, value)) => number(value).ok().flatten().unwrap_or(0),
                _ => unknown(item),
            })
            .sum(),
        Value::String(text) if text.contains(UNKNOWN) => serde_json::from_str(text).map_or(0, |inner| unknown(&inner)),
        _ => 0,
    }
}

/// Words in the names of figures.
const WORDS: [&str; 14] = [
    "token", "cost", "usage", "credit", "amount", "spend", "price", "cached", "quantity", "units", "cents", "fee",
    "charge", "input",
];

/// The paths of figures that no place of the table counts, as far as their names show them.
pub(super) fn undeclared(file: &File, format: &'static Format) -> Vec<String> {
    let mut declared: Vec<String> = Vec::new();
    for place in format.places {
        let at = if place.at.is_empty() { String::new() } else { format!("{}>", place.at) };
        let parts = place.parts.iter().map(|(_, path)| *path);
        let parts = parts.chain(place.totals.iter().copied()).chain(place.copies.iter().map(|(path, _)| *path));
        let parts = parts.flat_map(|path| path.split('|'));
        for part in parts {
            declared.push(format!("{at}{part}"));
            declared.extend(place.added.map(|(added, sums)| format!("{at}{}", part.replace(sums, added))));
        }
    }
    let mut found = Vec::new();
    for item in &file.items {
        if let Item::Value(value) = item {
            each_figure(value, String::new(), &mut found);
        }
    }
    found.retain(|path| !declared.iter().any(|declared| fits(declared, path)));
    found
}

/// Whether a path is a declared one, in which `*` is any key and `#2` any item or key.
pub(super) fn fits(declared: &str, path: &str) -> bool {
    let path: Vec<&str> = path.split('>').collect();
    ["[]", "*"].into_iter().any(|place| {
        let key = |key: &str| if key.starts_with('#') { place.to_owned() } else { key.to_owned() };
        let declared: Vec<String> = declared.split('>').map(key).collect();
        let declared = declared.join(">").replace(">[]", "[]");
        let declared: Vec<&str> = declared.split('>').collect();
        declared.len() == path.len() && declared.iter().zip(&path).all(|(one, other)| one == other || *one == "*")
    })
}

fn each_figure(value: &Value, path: String, found: &mut Vec<String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}>{key}") };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| each_figure(value, below(key), found)),
        Value::Array(items) if !items.is_empty() && items.iter().all(|item| attribute(item).is_some()) => {
            for (name, inner) in items.iter().filter_map(attribute) {
                each_figure(inner, below(&format!("@{name}")), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_figure(item, format!("{path}[]"), found)),
        Value::String(text) if text.starts_with('{') => {
            if let Ok(inner) = serde_json::from_str(text) {
                each_figure(&inner, format!("{path}!"), found);
            }
        }
        Value::Null | Value::Bool(_) => {}
        Value::Number(_) | Value::String(_) => {
            let name = path.rsplit('>').next().unwrap_or_default().to_lowercase();
            let is_number = matches!(number(value), Ok(Some(number)) if number != 0);
            if is_number && !name.ends_with("id") && WORDS.iter().any(|word| name.contains(word)) {
                found.push(path);
            }
        }
    }
}

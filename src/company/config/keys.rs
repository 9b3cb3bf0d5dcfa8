//! Whether every key of `tokaudit.toml` is known, those of `[[gate]]` as well, with the line of the first that is not.

use toml::de::{DeString, DeTable, DeValue};
use toml::{Spanned, Table};

use super::sections::{Key, SECTIONS};
use crate::model::edit_distance::nearest;

/// A fault with the line that has it, from 1.
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) message: String,
}

/// The text as a table whose keys are known.
pub(super) fn parse(text: &str) -> Result<Table, Fault> {
    let line = |start: usize| 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
    // The line is named and not quoted: it may hold the pseudonym key.
    let broken = |err: toml::de::Error| Fault {
        line: line(err.span().map_or(0, |span| span.start)),
        message: format!("it is not TOML: {}", err.message()),
    };
    let table = DeTable::parse(text).map_err(broken)?;
    if let Some((key, message)) = unknown_key(table.get_ref()) {
        return Err(Fault { line: line(key.span().start), message });
    }
    text.parse().map_err(broken)
}

/// The first unknown key, section by section.
fn unknown_key<'a>(table: &'a DeTable<'_>) -> Option<(&'a Spanned<DeString<'a>>, String)> {
    let sections = || SECTIONS.iter().map(|section| section.name).filter(|name| !name.is_empty());
    let known = || SECTIONS[0].keys.iter().map(|(key, ..)| *key).chain(sections());
    for (key, value) in table {
        let name: &str = key.get_ref();
        if !known().any(|known| known == name) {
            return Some((key, unknown("section or key", name, known())));
        }
        let keys = SECTIONS.iter().find(|section| section.name == name).map_or(&[][..], |section| section.keys);
        if keys.is_empty() {
            continue;
        }
        let found = match (name, value.get_ref()) {
            ("gate" | "limit", DeValue::Array(items)) => items
                .iter()
                .filter_map(|item| item.get_ref().as_table())
                .find_map(|item| unknown_in(item, keys, &format!("key in [[{name}]]"))),
            ("budget", DeValue::Table(budget)) => unknown_in_budget(budget, keys),
            (_, DeValue::Table(section)) => unknown_in(section, keys, &format!("key in [{name}]")),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn unknown_in<'a>(section: &'a DeTable<'_>, keys: &[Key], what: &str) -> Option<(&'a Spanned<DeString<'a>>, String)> {
    let known = || keys.iter().map(|(known, ..)| *known);
    let key = section.keys().find(|key| !known().any(|known| known == key.get_ref().as_ref()))?;
    Some((key, unknown(what, key.get_ref(), known())))
}

/// A table in the section is a budget of its own.
fn unknown_in_budget<'a>(budget: &'a DeTable<'_>, keys: &[Key]) -> Option<(&'a Spanned<DeString<'a>>, String)> {
    let known = || keys.iter().map(|(known, ..)| *known);
    for (key, value) in budget {
        let name: &str = key.get_ref();
        match value.get_ref() {
            DeValue::Table(one) => {
                let found = unknown_in(one, keys, &format!("key in [budget] of {name}:"));
                if found.is_some() {
                    return found;
                }
            }
            _ if known().any(|known| known == name) => {}
            _ => return Some((key, unknown("key in [budget] of all:", name, known()))),
        }
    }
    None
}

/// What to say of an unknown name.
pub(super) fn unknown<'a>(what: &str, key: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = nearest(key, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("there is no {what} `{key}`{near}")
}

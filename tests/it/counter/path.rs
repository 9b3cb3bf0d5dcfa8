//! Paths into JSON values, as the table writes them.

use serde_json::{Value, json};

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    /// A key whose text holds JSON.
    Inside(String),
    /// An item of a list, or a value of a map, by its place.
    Index(usize),
    Each,
    EachOfMap,
    /// The value of an attribute in a list of `{key, value}`.
    Attribute(String),
}

/// The steps of a path without alternatives.
pub(super) fn steps(path: &str) -> Vec<Step> {
    let mut all = Vec::new();
    for part in path.split('>').filter(|part| !part.is_empty()) {
        let (key, each) = part.strip_suffix("[]").map_or((part, false), |key| (key, true));
        if key == "*" {
            all.push(Step::EachOfMap);
        } else if let Some(number) = key.strip_prefix('#') {
            all.push(Step::Index(number.parse().expect("a number")));
        } else if let Some(name) = key.strip_prefix('@') {
            all.push(Step::Attribute(name.to_owned()));
        } else if let Some(key) = key.strip_suffix('!') {
            all.push(Step::Inside(key.to_owned()));
        } else if !key.is_empty() {
            all.push(Step::Key(key.to_owned()));
        }
        if each {
            all.push(Step::Each);
        }
    }
    all
}

/// All places that a path leads to, each as a path without `Each`.
pub(super) fn resolve(value: &Value, path: &[Step]) -> Vec<Vec<Step>> {
    let Some((first, rest)) = path.split_first() else { return vec![Vec::new()] };
    let below = |step: Step| -> Vec<Vec<Step>> {
        let Some(inner) = get(value, std::slice::from_ref(&step)) else { return Vec::new() };
        let found = resolve(&inner, rest).into_iter();
        found.map(|path| std::iter::once(step.clone()).chain(path).collect()).collect()
    };
    match (first, value) {
        (Step::Each, Value::Array(items)) => (0..items.len()).flat_map(|at| below(Step::Index(at))).collect(),
        (Step::EachOfMap, Value::Object(map)) => map.keys().flat_map(|key| below(Step::Key(key.clone()))).collect(),
        (Step::Each | Step::EachOfMap, _) => Vec::new(),
        (step, _) => below(step.clone()),
    }
}

/// The value at a place; a null is none.
pub(super) fn get(value: &Value, path: &[Step]) -> Option<Value> {
    let Some((first, rest)) = path.split_first() else { return Some(value.clone()).filter(|value| !value.is_null()) };
    match first {
        Step::Key(key) => get(value.get(key)?, rest),
        Step::Index(at) => match value {
            Value::Object(map) => get(map.values().nth(*at)?, rest),
            _ => get(value.get(at)?, rest),
        },
        Step::Inside(key) => get(&serde_json::from_str(value.get(key)?.as_str()?).ok()?, rest),
        Step::Attribute(name) => {
            let (_, inner) = value.as_array()?.iter().filter_map(attribute).find(|(known, _)| known == name)?;
            get(inner, rest)
        }
        Step::Each | Step::EachOfMap => None,
    }
}

/// The name and the value of an attribute, which may be in an object behind its type.
pub(super) fn attribute(one: &Value) -> Option<(&str, &Value)> {
    let name = ["key", "Key"].iter().find_map(|key| one.get(key)?.as_str())?;
    let value = ["value", "Value"].iter().find_map(|key| one.get(key))?;
    Some((name, value.as_object().map_or(Some(value), |typed| typed.values().next_back())?))
}

fn attribute_mut(one: &mut Value) -> Option<&mut Value> {
    let key = if one.get("value").is_some() { "value" } else { "Value" };
    let value = one.get_mut(key)?;
    if value.is_object() { value.as_object_mut()?.values_mut().next_back() } else { Some(value) }
}

/// An attribute with a whole number, written as others are.
pub(super) fn attribute_like(other: &Value, name: &str, number: usize) -> Value {
    if other.get("Key").is_some() {
        json!({"Key": name, "Value": {"Type": "INT64", "Value": number}})
    } else if other.get("type").is_some() {
        json!({"key": name, "type": "int64", "value": number})
    } else {
        json!({"key": name, "value": {"intValue": number.to_string()}})
    }
}

/// The first of several alternative paths that leads somewhere.
pub(super) fn first(value: &Value, alternatives: &str) -> Option<Value> {
    alternatives.split('|').find_map(|path| get(value, &steps(path)))
}

/// Changes what is at a place, if it is there.
pub(super) fn change(value: &mut Value, path: &[Step], with: &mut dyn FnMut(&mut Value)) {
    let Some((first, rest)) = path.split_first() else { return with(value) };
    let next = match first {
        Step::Key(key) => value.get_mut(key),
        Step::Index(at) => match value {
            Value::Object(map) => map.values_mut().nth(*at),
            _ => value.get_mut(at),
        },
        Step::Inside(key) => {
            if let Some(text) = value.get_mut(key)
                && let Some(mut inner) = text.as_str().and_then(|text| serde_json::from_str(text).ok())
            {
                change(&mut inner, rest, with);
                *text = Value::String(inner.to_string());
            }
            return;
        }
        Step::Attribute(name) => {
            let is_it = |one: &&mut Value| attribute(one).is_some_and(|(known, _)| known == name);
            value.as_array_mut().and_then(|all| all.iter_mut().find(is_it)).and_then(attribute_mut)
        }
        Step::Each | Step::EachOfMap => None,
    };
    if let Some(next) = next {
        change(next, rest, with);
    }
}

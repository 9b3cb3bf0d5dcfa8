//! Traces of applications that ask models, in the forms in which collectors, stores and exporters write them.
//!
//! - `otlp`, `plain_spans` and `jaeger` each find the spans of one form of file, with flat attributes.
//! - `call` makes records of spans and events; `names` knows under which attributes the instrumentations write counts.

mod call;
pub(in crate::sources) mod jaeger;
mod names;
pub(in crate::sources) mod otlp;
pub(in crate::sources) mod plain_spans;

use crate::sources::json::access::Json;
use crate::sources::json::node::Node;

/// Attributes as a flat list of names and values: of a map, or of a list of keys with values that may be wrapped in their type.
fn flat(attributes: Option<Json<'_>>) -> Vec<(&str, Node<'_>)> {
    match attributes {
        Some(Json(Node::Map(entries))) => entries.to_vec(),
        Some(list) => list.items("").filter_map(of_item).collect(),
        None => Vec::new(),
    }
}

fn of_item(item: Json<'_>) -> Option<(&str, Node<'_>)> {
    let value = match item.get("value")? {
        Json(Node::Map(typed)) => typed.first()?.1,
        Json(value) => *value,
    };
    Some((item.text("key")?, value))
}

/// The first text under one of several names.
fn first_text<'a>(value: Json<'a>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| value.text(name))
}

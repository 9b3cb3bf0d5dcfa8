//! JSON Schemas of everything that the program writes as JSON, generated from the types and the tables.
//!
//! Copies are checked in under `src/schema`; a test regenerates them and holds real output against them. An object may hold
//! what its schema names and nothing else, so that a new key is seen.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::compare::CompareDoc;
use crate::gate::GateDoc;
use crate::report::document::{AuditDoc, Document, HistoryDoc, SourcesDoc, SpendDoc};
use crate::report::tables::{self, Kind, TableSpec};

/// The documents and, as `ledger-<table>`, a line of each table.
#[must_use]
pub fn names() -> Vec<String> {
    let documents = ["audit", "spend", "history", "sources", "gate", "compare"].map(str::to_owned);
    documents.into_iter().chain(tables::TABLES.iter().map(|table| format!("ledger-{}", table.name))).collect()
}

/// The schema of that name as text, or `None`.
#[must_use]
pub fn of(name: &str) -> Option<String> {
    let schema = match name {
        "audit" => with_body::<AuditDoc>(name),
        "spend" => with_body::<SpendDoc>(name),
        "history" => with_body::<HistoryDoc>(name),
        "sources" => with_body::<SourcesDoc>(name),
        "gate" => titled(of_type::<GateDoc<'_>>(), name),
        "compare" => titled(of_type::<CompareDoc<'_>>(), name),
        other => titled(row(tables::find(other.strip_prefix("ledger-")?)?), name),
    };
    Some(serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n")
}

fn of_type<T: JsonSchema>() -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema: Schema = generator.root_schema_for::<T>();
    let mut schema = schema.to_value();
    close(&mut schema);
    schema
}

/// The schema of a document with the body of one command.
fn with_body<B: JsonSchema>(command: &str) -> Value {
    let (mut whole, mut body) = (of_type::<Document>(), of_type::<B>());
    for key in ["properties", "$defs"] {
        let more = body[key].take();
        if let (Value::Object(into), Value::Object(more)) = (&mut whole[key], more) {
            into.extend(more);
        }
    }
    if let (Value::Array(into), Value::Array(more)) = (&mut whole["required"], body["required"].take()) {
        into.extend(more);
    }
    titled(whole, command)
}

fn titled(mut schema: Value, name: &str) -> Value {
    schema["title"] = format!("tokaudit/{}", name.replacen('-', "/", 1)).into();
    if let Some(said) = schema.pointer_mut("/properties/schema") {
        said["const"] = format!("tokaudit/{name}").into();
    }
    schema
}

/// Forbids what a schema does not name, everywhere below.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("properties") && !map.contains_key("additionalProperties") {
                map.insert("additionalProperties".to_owned(), false.into());
            }
            map.values_mut().for_each(close);
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}

/// The schema of a line of a table.
fn row(table: &TableSpec) -> Value {
    let property = |kind: Kind, about: &str| match kind {
        Kind::Text => json!({"type": ["string", "null"], "description": about}),
        Kind::Flag => json!({"type": ["boolean", "null"], "description": about}),
        Kind::Instant => json!({"type": ["string", "null"], "format": "date-time", "description": about}),
        Kind::Day => json!({"type": ["string", "null"], "format": "date", "description": about}),
        Kind::Count => json!({"type": ["integer", "null"], "minimum": 0, "description": about}),
        Kind::Money | Kind::Decimal => {
            json!({"type": ["string", "null"], "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", "description": about})
        }
    };
    let properties: Map<String, Value> =
        table.columns.iter().map(|one| (one.name.to_owned(), property(one.kind, one.about))).collect();
    let required: Vec<&str> = table.columns.iter().map(|one| one.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": table.about,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false
    })
}

//! What the owner of a record marked it with, to know later who pays: names and values, as one text.
//!
//! The text is a JSON object of texts, sorted by name, so that equal tags are equal texts and any program can read them.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// Names of a cost centre, reduced by [`reduced`].
const COST_CENTERS: [&str; 11] = [
    "xcostcenter",
    "costcenter",
    "costcentre",
    "costcentername",
    "costcentrename",
    "costcenterid",
    "costcentreid",
    "costcentercode",
    "costcentrecode",
    "costcenternumber",
    "kostenstelle",
];

/// The letters and digits of a name in lower case: `Cost-Center` and `cost_center` are one name.
#[must_use]
pub fn reduced(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a reduced name is that of a cost centre.
#[must_use]
pub fn is_cost_center(reduced: &str) -> bool {
    COST_CENTERS.contains(&reduced)
}

/// Tags, sorted by name, as one text; `None` without any.
#[must_use]
pub fn written<K: Serialize, V: Serialize>(tags: impl ExactSizeIterator<Item = (K, V)>) -> Option<String> {
    if tags.len() == 0 {
        return None;
    }
    let mut text = Vec::new();
    serde_json::Serializer::new(&mut text).collect_map(tags).ok()?;
    String::from_utf8(text).ok()
}

/// The tags of a text that [`written`] wrote; none of any other text.
#[must_use]
pub fn read(text: &str) -> BTreeMap<String, String> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The value of the tag with this name, however its case and its separators are written; an exact name comes first.
#[must_use]
pub fn value(text: &str, name: &str) -> Option<String> {
    let mut all = read(text);
    all.remove(name).or_else(|| {
        let name = reduced(name);
        all.into_iter().find(|(known, _)| reduced(known) == name).map(|(_, value)| value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_however_its_name_is_written() {
        let tags = [("CostCenter", "cc-1"), ("env", "prod")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let text = written(tags.iter().map(|(name, value)| (name, value))).expect("tags");
        assert_eq!(text, r#"{"CostCenter":"cc-1","env":"prod"}"#);
        assert_eq!(value(&text, "cost_center").as_deref(), Some("cc-1"));
        assert_eq!((value(&text, "Env").as_deref(), value(&text, "team")), (Some("prod"), None));
        assert_eq!((written([("", ""); 0].into_iter()), value("no JSON", "env")), (None, None));
    }
}

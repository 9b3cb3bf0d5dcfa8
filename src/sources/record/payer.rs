//! Who pays for a record: the cost centre, the team and the tags that a source names, under whatever name.
//!
//! Only what marks an owner is kept. Names of persons, ids of requests, counts and long texts are no tags: they would tell who did
//! something, make every record different, or carry words of a prompt.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use crate::model::hash::{hash_bytes, hash_text};
use crate::model::name::{Name, Names};
use crate::model::tags;
use crate::model::usage::UsageRecord;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::values::remembered::Remembered;

/// Characters of a name or a value that is kept.
const MOST_CHARS: usize = 128;
/// How many owners of one file are remembered.
const MOST_KNOWN: usize = 4_096;
/// Tags of one record that are kept.
const MOST_TAGS: usize = 50;

/// Columns and keys that name an owner, reduced, with the name of their tag. Of several for one tag the first one counts.
const NAMED: &[(&str, &[&str])] = &[
    ("workspace", &["workspace", "workspacename", "workspaceid"]),
    ("project", &["projectname", "projectid"]),
    ("key", &["keyalias", "apikeyname", "apikeyalias", "userapikeyalias", "apikeyid", "keyname"]),
    (
        "organization",
        &[
            "organization",
            "organisation",
            "organizationname",
            "organizationalias",
            "organizationid",
            "orgid",
            "userapikeyorgid",
        ],
    ),
    ("team", &["team", "teamname", "teamalias", "userapikeyteamalias", "teamid", "userapikeyteamid"]),
    ("department", &["department", "departmentname"]),
    ("business_unit", &["businessunit"]),
    ("environment", &["environment", "env", "deploymentenvironment", "deploymentenvironmentname"]),
    ("account", &["lineitemusageaccountname", "subaccountname", "subscriptionname"]),
    ("invoice_section", &["invoicesectionname"]),
    ("resource_group", &["resourcegroup", "resourcegroupname"]),
];
/// Columns and keys that hold tags, reduced.
const CONTAINERS: [&str; 14] = [
    "tags",
    "tag",
    "labels",
    "resourcetags",
    "requesttags",
    "usertags",
    "projectlabels",
    "costcategory",
    "costcategories",
    "properties",
    "requestproperties",
    "requestmetadata",
    "spendlogsmetadata",
    "projecttags",
];
/// Containers of anything, of which only known names are kept, reduced.
const METADATA: [&str; 2] = ["metadata", "customattributes"];
/// What the names of columns begin with that hold one tag each.
const PREFIXES: [&str; 10] = [
    "resourcetags/",
    "resource_tags_",
    "resource_tags.",
    "costcategory/",
    "cost_category_",
    "cost_category.",
    "tags.",
    "tags/",
    "labels.",
    "labels/",
];
/// Names that are no tags, reduced: of persons, of single requests, and of what other columns hold.
const NOT_KEPT: [&str; 28] = [
    "user",
    "userid",
    "useremail",
    "username",
    "email",
    "enduser",
    "enduserid",
    "createdby",
    "awscreatedby",
    "owneremail",
    "customeremail",
    "record",
    "recordid",
    "requestid",
    "traceid",
    "spanid",
    "sessionid",
    "conversationid",
    "messageid",
    "threadid",
    "runid",
    "id",
    "timestamp",
    "branch",
    "servicetier",
    "speed",
    "prompt",
    "useragent",
];

/// Where a column or a key holds marks of an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Place {
    /// The value of a known tag, and how many better names it has.
    Named(&'static str, usize),
    /// Names and values.
    Container,
    /// Names and values of anything.
    Metadata,
    /// The value of the tag that its name ends in, from this byte on.
    Ending(usize),
}

impl Place {
    /// The same as [`Self::of`], worked out once for each name.
    fn remembered(name: &str) -> Option<Self> {
        thread_local! {
            static PLACES: RefCell<Remembered<Option<Place>>> = RefCell::default();
        }
        PLACES.with_borrow_mut(|places| places.get(name, Self::of))
    }

    /// What a column or a key of this name holds.
    pub(in crate::sources) fn of(name: &str) -> Option<Self> {
        let lower = name.trim().to_ascii_lowercase();
        if let Some(prefix) = PREFIXES.iter().find(|prefix| lower.starts_with(**prefix)) {
            let end = lower[prefix.len()..].strip_prefix("user:").or(lower[prefix.len()..].strip_prefix("user_"));
            let start = end.map_or(prefix.len(), |end| lower.len() - end.len());
            return Some(Self::Ending(start)).filter(|_| start < lower.len());
        }
        let reduced = tags::reduced(name);
        if tags::is_cost_center(&reduced) {
            return Some(Self::Named("cost_center", 0));
        }
        if CONTAINERS.contains(&reduced.as_str()) {
            return Some(Self::Container);
        }
        if METADATA.contains(&reduced.as_str()) {
            return Some(Self::Metadata);
        }
        NAMED.iter().find_map(|(tag, names)| {
            let rank = names.iter().position(|known| *known == reduced)?;
            Some(Self::Named(tag, rank))
        })
    }
}

/// The marks of one record.
#[derive(Debug, Default)]
struct Marks {
    tags: BTreeMap<String, Tag>,
}

/// The value of a tag, with its name reduced and how many better names the place has where the value was.
#[derive(Debug)]
struct Tag {
    value: String,
    reduced: String,
    rank: usize,
}

impl Marks {
    /// Adds what a column or a key of this name holds.
    fn add(&mut self, name: &str, place: Place, value: &str) {
        match place {
            Place::Named(tag, rank) => self.add_tag(tag, rank, value),
            Place::Container => self.add_text(value, false),
            Place::Metadata => self.add_text(value, true),
            Place::Ending(start) => self.add_tag(name.trim().get(start..).unwrap_or_default(), 0, value),
        }
    }

    /// The same for JSON.
    fn add_json(&mut self, name: &str, place: Place, value: &Node<'_>) {
        match (place, value) {
            (_, Node::Text(text)) => self.add(name, place, text),
            (Place::Container, _) => self.add_node(value, false),
            (Place::Metadata, _) => self.add_node(value, true),
            (_, Node::Number(number)) => self.add(name, place, &number.to_string()),
            _ => {}
        }
    }

    /// Adds a tag; of several with one name that of the least rank counts, else the first.
    fn add_tag(&mut self, name: &str, rank: usize, value: &str) {
        let (name, value) = (name.trim(), value.trim());
        let is_long = |text: &str| text.len() > MOST_CHARS || text.contains(['\n', '\r']);
        if name.is_empty() || is_null(value) || is_long(name) || is_long(value) || value.contains('@') {
            return;
        }
        let reduced = tags::reduced(name);
        if NOT_KEPT.contains(&reduced.as_str()) || reduced.ends_with("tokens") || self.tags.len() >= MOST_TAGS {
            return;
        }
        match self.tags.get_mut(name) {
            None => {
                self.tags.insert(name.to_owned(), Tag { value: value.to_owned(), reduced, rank });
            }
            Some(known) if rank < known.rank => (known.value, known.rank) = (value.to_owned(), rank),
            Some(_) => {}
        }
    }

    /// Tags of a text: JSON, JSON without its brackets, or `name=value` after one another.
    fn add_text(&mut self, text: &str, is_metadata: bool) {
        let (text, arena) = (text.trim(), Arena::default());
        if text.starts_with(['{', '[']) {
            if let Ok(node) = arena.read(text) {
                self.add_node(&node, is_metadata);
            }
            return;
        }
        let wrapped = format!("{{{text}}}");
        if text.starts_with('"')
            && let Ok(node) = arena.read(&wrapped)
        {
            return self.add_node(&node, is_metadata);
        }
        text.split([',', ';', '|']).for_each(|one| self.add_word(one, is_metadata));
    }

    /// `name=value`, or a word alone, which is true.
    fn add_word(&mut self, word: &str, is_metadata: bool) {
        match word.split_once([':', '=']) {
            Some((name, value)) => self.add_known(name.trim_matches('"'), value.trim_matches('"'), is_metadata),
            None if !is_metadata && !is_null(word) => self.add_tag(word.trim_matches('"'), 0, "true"),
            None => {}
        }
    }

    fn add_node(&mut self, node: &Node<'_>, is_metadata: bool) {
        let text = |node: &Node<'_>| match node {
            Node::Text(text) => Some((*text).to_owned()),
            Node::Number(number) => Some(number.to_string()),
            Node::Bool(yes) => Some(yes.to_string()),
            _ => None,
        };
        match node {
            Node::Map(members) => {
                for (name, value) in members.entries() {
                    if let Some(value) = text(value) {
                        self.add_known(name, &value, is_metadata);
                    } else if Place::of(name) == Some(Place::Container) {
                        self.add_node(value, false);
                    }
                }
            }
            Node::List(items) => {
                for item in *items {
                    let part = |names: [&str; 4]| names.iter().find_map(|name| item.get(name)).and_then(text);
                    let pair = part(["key", "Key", "name", "Name"]).zip(part([
                        "value",
                        "Value",
                        "string_value",
                        "stringValue",
                    ]));
                    match (pair, item) {
                        (Some((name, value)), _) => self.add_known(&name, &value, is_metadata),
                        (None, Node::Text(word)) => self.add_word(word, is_metadata),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds a tag of a container; of metadata only one whose name is known.
    fn add_known(&mut self, name: &str, value: &str, is_metadata: bool) {
        let name = name.strip_prefix("user:").unwrap_or(name);
        if !is_metadata {
            return self.add_tag(name, 0, value);
        }
        match Place::of(name) {
            Some(Place::Named(tag, rank)) => self.add_tag(tag, rank, value),
            Some(place @ Place::Container) => self.add(name, place, value),
            _ => {}
        }
    }

    /// The cost centre, the team and all tags as one text.
    fn settle(&self, names: &mut Names) -> Payer {
        let by_name = |is: fn(&str) -> bool| self.tags.values().find(|tag| is(&tag.reduced)).map(|tag| &*tag.value);
        Payer {
            cost_center: names.intern_some(by_name(tags::is_cost_center)),
            team: names.intern_some(by_name(|name| name == "team" || name == "teamname")),
            tags: names.intern_some(tags::written(self.tags.iter().map(|(name, tag)| (name, &tag.value))).as_deref()),
        }
    }
}

/// Whether a cell says that there is nothing.
fn is_null(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.eq_ignore_ascii_case("null") || text == "-"
}

/// Who pays.
#[derive(Debug, Clone, Copy, Default)]
struct Payer {
    cost_center: Option<Name>,
    team: Option<Name>,
    tags: Option<Name>,
}

impl Payer {
    /// Fills a record with it; what its format found is kept.
    fn fill(self, record: &mut UsageRecord) {
        record.cost_center = record.cost_center.or(self.cost_center);
        record.team = record.team.or(self.team);
        record.tags = record.tags.or(self.tags);
    }
}

/// Who pays for what is read of a file of JSON. Equal marks are read once.
#[derive(Debug, Default)]
pub(in crate::sources) struct JsonPayers {
    /// The shape of a row without any mark.
    bare: Option<u64>,
    known: HashMap<u64, Payer>,
    bytes: Vec<u8>,
}

impl JsonPayers {
    /// Fills a record with the marks among the members of a row.
    pub(in crate::sources) fn fill(&mut self, row: Json<'_>, record: &mut UsageRecord, names: &mut Names) {
        let Node::Map(members) = row.0 else { return };
        let shape = row.0.shape();
        if self.bare == Some(shape) {
            return;
        }
        let marks = members.iter().filter_map(|(name, value)| Some((*name, Place::remembered(name)?, value)));
        if !self.fill_from(marks, record, names) {
            self.bare = Some(shape);
        }
    }

    /// Fills a record with the marks at some paths of values, each under the last key of its path.
    pub(in crate::sources) fn fill_from_paths(
        &mut self,
        values: &[(Json<'_>, &[&str])],
        record: &mut UsageRecord,
        names: &mut Names,
    ) {
        let paths = values.iter().flat_map(|(value, paths)| paths.iter().map(|path| (*value, *path)));
        let marks = paths.filter_map(|(value, path)| {
            let Json(node) = value.get(path)?;
            let name = path.rsplit('/').next().unwrap_or(path);
            Some((name, Place::remembered(name)?, node))
        });
        self.fill_from(marks, record, names);
    }

    /// Fills a record with some marks; whether there are any.
    fn fill_from<'a>(
        &mut self,
        marks: impl Iterator<Item = (&'a str, Place, &'a Node<'a>)> + Clone,
        record: &mut UsageRecord,
        names: &mut Names,
    ) -> bool {
        let Self { known, bytes, .. } = self;
        bytes.clear();
        for (name, _, value) in marks.clone() {
            bytes.extend_from_slice(name.as_bytes());
            value.write_parts(bytes);
        }
        if bytes.is_empty() {
            return false;
        }
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        let payer = known.entry(hash_bytes(bytes)).or_insert_with(|| {
            let mut all = Marks::default();
            marks.for_each(|(name, place, value)| all.add_json(name, place, value));
            all.settle(names)
        });
        payer.fill(record);
        true
    }
}

/// The columns of a table that hold marks of an owner. Equal cells are read once.
#[derive(Debug, Default)]
pub(in crate::sources) struct PayerColumns {
    columns: Vec<(usize, String, Place)>,
    known: HashMap<u64, Payer>,
    bytes: String,
}

impl PayerColumns {
    /// The columns of a header.
    pub(in crate::sources) fn of<'a>(header: impl Iterator<Item = &'a str>) -> Self {
        let place = |(at, name): (usize, &str)| Some((at, name.to_owned(), Place::of(name)?));
        Self { columns: header.enumerate().filter_map(place).collect(), ..Self::default() }
    }

    /// Fills the record of a row.
    pub(in crate::sources) fn fill<'a>(
        &mut self,
        cell: impl Fn(usize) -> Option<&'a str>,
        record: &mut UsageRecord,
        names: &mut Names,
    ) {
        let Self { columns, known, bytes } = self;
        if columns.is_empty() {
            return;
        }
        bytes.clear();
        for (at, ..) in columns.iter() {
            bytes.push_str(cell(*at).unwrap_or_default());
            bytes.push('\u{1f}');
        }
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        let payer = known.entry(hash_text(bytes)).or_insert_with(|| {
            let mut marks = Marks::default();
            for (at, name, place) in columns.iter() {
                if let Some(text) = cell(*at) {
                    marks.add(name, *place, text);
                }
            }
            marks.settle(names)
        });
        payer.fill(record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a table with one row gives: the cost centre, the team and the tags.
    fn payer(header: &[&str], row: &[&str]) -> [String; 3] {
        let (mut names, mut columns) = (Names::default(), PayerColumns::of(header.iter().copied()));
        let at = crate::model::origin::Origin { file: crate::model::origin::FileId(0), line: 1 };
        let mut record = UsageRecord::blank("test", at, chrono::DateTime::UNIX_EPOCH);
        columns.fill(|at| row.get(at).copied(), &mut record, &mut names);
        [record.cost_center, record.team, record.tags].map(|name| names.text_of(name).unwrap_or("").to_owned())
    }

    #[test]
    fn a_cost_centre_is_found_under_the_names_of_every_cloud() {
        for (header, cell) in [
            ("resourceTags/user:CostCenter", "cc-7"),
            ("resource_tags_user_cost_center", "cc-7"),
            ("resource_tags", r#"{"user_cost_center":"x","CostCentre":"cc-7"}"#),
            ("costCenter", "cc-7"),
            ("Tags", r#""CostCenter": "cc-7","env": "prod""#),
            ("Tags", r#"{"cost-center": "cc-7"}"#),
            ("labels", r#"[{"key": "cost_center", "value": "cc-7"}]"#),
            ("cost_center_name", "cc-7"),
            ("request_tags", r#"["cost_center:cc-7", "batch"]"#),
            ("metadata", r#"{"note": "secret", "cost_center": "cc-7"}"#),
            ("tags", "env=prod; cost centre=cc-7"),
        ] {
            let [cost_center, _, tags] = payer(&[header], &[cell]);
            assert_eq!(cost_center, "cc-7", "{header}: {cell}");
            assert!(!tags.contains("secret"), "{tags}");
        }
    }

    #[test]
    fn teams_keys_and_workspaces_are_tags_and_people_and_requests_are_not() {
        let header = ["workspace", "api_key_name", "resourceTags/user:Team", "tags"];
        let tags = r#"{"user_email":"dana@example.org","owner":"dana@example.org","request_id":"r1","app":"shop"}"#;
        let [_, team, tags] = payer(&header, &["Default", "prod-chat", "payments", tags]);
        assert_eq!(team, "payments");
        assert_eq!(tags, r#"{"Team":"payments","app":"shop","key":"prod-chat","workspace":"Default"}"#);
    }

    #[test]
    fn the_name_of_a_project_comes_before_its_id() {
        let [.., tags] = payer(&["project_id", "project_name", "input_tokens"], &["p-1", "Chat", "5"]);
        assert_eq!(tags, r#"{"project":"Chat"}"#);
        assert_eq!(payer(&["tags"], &["null"])[2], "");
    }
}

//! Made-up source text: distinct lines of a small shop, from templates and three word lists.

use std::collections::HashSet;

use super::random::Random;

const NOUNS: &[&str] = &[
    "basket", "order", "parcel", "voucher", "shelf", "label", "ledger", "refund", "invoice", "courier", "colour",
    "ribbon", "crate", "receipt", "margin", "stamp", "drawer", "tariff", "ticket", "sample",
];
const VERBS: &[&str] = &[
    "hold", "count", "weigh", "settle", "release", "mark", "gather", "trim", "verify", "balance", "split", "defer",
    "publish", "reserve",
];
const ADJECTIVES: &[&str] = &[
    "open", "late", "fragile", "spare", "pending", "frozen", "local", "partial", "gifted", "bulky", "seasonal", "quiet",
];

/// The role of a line. Only statements get reworked, so every diff has one right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A signature, a heading, or a comment above it.
    Heading,
    /// Text that occurs once in the whole repository.
    Statement,
    /// Braces, blank lines and other repeated text.
    Filler,
}

/// A line of a file before it gets its identity.
pub(super) type Draft = (Role, String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Rust,
    TypeScript,
    Markdown,
    Sql,
    Css,
    CargoLock,
    NpmLock,
    Generated,
}

impl Language {
    fn of(path: &str) -> Self {
        match path {
            "Cargo.lock" => Self::CargoLock,
            path if path.ends_with("package-lock.json") => Self::NpmLock,
            path if path.ends_with(".generated.ts") => Self::Generated,
            path if path.ends_with(".ts") => Self::TypeScript,
            path if path.ends_with(".md") => Self::Markdown,
            path if path.ends_with(".sql") => Self::Sql,
            path if path.ends_with(".css") => Self::Css,
            _ => Self::Rust,
        }
    }
}

/// Whether the lines of a path never count as effective: lock files and generated code.
pub(super) fn is_excluded(path: &str) -> bool {
    matches!(Language::of(path), Language::CargoLock | Language::NpmLock | Language::Generated)
}

/// Whether a line counts as effective by itself: more than three characters and not punctuation only.
pub(super) fn is_effective(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() > 3 && text.chars().any(char::is_alphanumeric)
}

/// Writes lines that no file of the repository contains yet.
#[derive(Debug, Default)]
pub(super) struct Writer {
    used: HashSet<String>,
}

impl Writer {
    /// One more block for a file: a function, a section, a table, a locked package.
    pub(super) fn block(&mut self, path: &str, random: &mut Random) -> Vec<Draft> {
        let language = Language::of(path);
        let (opening, length, closing): (Vec<String>, (u64, u64), &[&str]) = match language {
            Language::Rust => (self.rust_opening(path, random), (4, 8), &["}", ""]),
            Language::TypeScript => (self.typescript_opening(random), (4, 8), &["}", ""]),
            Language::Markdown => (vec![self.fresh(random, markdown_heading), String::new()], (2, 5), &[""]),
            Language::Sql => (vec![self.fresh(random, sql_opening)], (3, 6), &[");", ""]),
            Language::Css => (vec![self.fresh(random, css_opening)], (3, 5), &["}", ""]),
            Language::CargoLock => (vec!["[[package]]".to_owned()], (3, 3), &[""]),
            Language::NpmLock => (vec![self.fresh(random, npm_opening)], (2, 2), &["    },"]),
            Language::Generated => (vec![], (1, 1), &[]),
        };
        let mut drafts: Vec<Draft> = opening.into_iter().map(|text| (role_of_opening(&text), text)).collect();
        let statements = random.between(length.0, length.1);
        for nth in 0..statements {
            drafts.push((Role::Statement, self.statement_at(path, nth, random)));
        }
        drafts.extend(closing.iter().map(|&text| (Role::Filler, text.to_owned())));
        drafts
    }

    /// A statement that replaces another one.
    pub(super) fn statement(&mut self, path: &str, random: &mut Random) -> Draft {
        (Role::Statement, self.statement_at(path, 1, random))
    }

    /// Prevents the text of a hand-written file from being written again.
    pub(super) fn given(&mut self, text: &str) -> Draft {
        let fresh = self.used.insert(text.to_owned());
        (if fresh && !text.is_empty() { Role::Heading } else { Role::Filler }, text.to_owned())
    }

    fn statement_at(&mut self, path: &str, nth: u64, random: &mut Random) -> String {
        let topic = topic_of(path);
        match Language::of(path) {
            Language::Rust => self.fresh(random, |r| rust_statement(&topic, r)),
            Language::TypeScript => self.fresh(random, |r| typescript_statement(&topic, r)),
            Language::Markdown => self.fresh(random, markdown_sentence),
            Language::Sql => self.fresh(random, sql_column),
            Language::Css => self.fresh(random, css_rule),
            Language::CargoLock => self.fresh(random, |r| cargo_lock_field(nth, r)),
            Language::NpmLock => self.fresh(random, |r| npm_field(nth, r)),
            Language::Generated => self.fresh(random, generated_type),
        }
    }

    fn rust_opening(&mut self, path: &str, random: &mut Random) -> Vec<String> {
        let topic = topic_of(path);
        let test = path.starts_with("tests/");
        let above = if test {
            "#[test]".to_owned()
        } else {
            self.fresh(random, |r| {
                let (verb, adjective, noun) = words(r);
                format!("/// Will {verb} each {adjective} {noun} of the {topic}, up to {}.", r.between(2, 900))
            })
        };
        let signature = self.fresh(random, |r| {
            let (verb, adjective, noun) = words(r);
            let unit = *r.pick(NOUNS);
            if test {
                format!("fn {verb}s_{adjective}_{noun}_with_{unit}() -> Result<(), ShopError> {{")
            } else {
                format!(
                    "pub fn {verb}_{adjective}_{noun}({topic}: &mut Shop, {unit}: u32) -> Result<Amount, ShopError> {{"
                )
            }
        });
        vec![above, signature]
    }

    fn typescript_opening(&mut self, random: &mut Random) -> Vec<String> {
        let signature = self.fresh(random, |r| {
            let (verb, adjective, noun) = words(r);
            let unit = *r.pick(NOUNS);
            format!("export function {verb}{}{}({unit}: {}): Amount {{", title(adjective), title(noun), title(unit))
        });
        vec![signature]
    }

    /// Draws until the text is new; the templates give many more texts than the example needs.
    fn fresh(&mut self, random: &mut Random, mut draw: impl FnMut(&mut Random) -> String) -> String {
        loop {
            let text = draw(random);
            if self.used.insert(text.clone()) {
                return text;
            }
        }
    }
}

fn role_of_opening(text: &str) -> Role {
    if text.is_empty() || text == "#[test]" || text == "[[package]]" { Role::Filler } else { Role::Heading }
}

fn topic_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).replace('-', "_")
}

fn words(random: &mut Random) -> (&'static str, &'static str, &'static str) {
    (*random.pick(VERBS), *random.pick(ADJECTIVES), *random.pick(NOUNS))
}

fn title(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

fn rust_statement(topic: &str, random: &mut Random) -> String {
    let (verb, adjective, noun) = words(random);
    let number = random.between(2, 990);
    match random.between(0, 5) {
        0 => format!("    let {adjective}_{noun} = {topic}.{verb}_{noun}({number})?;"),
        1 => format!(
            "    if {topic}.{noun}s() > {number} {{ return Err(ShopError::{}{}); }}",
            title(adjective),
            title(noun)
        ),
        2 => format!("    {topic}.{noun}s.retain(|{noun}| !{noun}.is_{adjective}({number}));"),
        3 => format!("    log::debug!(\"{verb} {adjective} {noun}: {{}}\", {topic}.total({number}));"),
        4 => format!("    {topic}.{verb}({}{}::at_most({number}));", title(adjective), title(noun)),
        _ => format!("    let {noun}_{verb} = Amount::cents({number}).{adjective}({topic}.rate());"),
    }
}

fn typescript_statement(topic: &str, random: &mut Random) -> String {
    let (verb, adjective, noun) = words(random);
    let number = random.between(2, 990);
    match random.between(0, 3) {
        0 => format!("  const {adjective}{} = {topic}.{verb}({number});", title(noun)),
        1 => format!("  if ({topic}.{noun}s.length > {number}) throw new ShopError(\"{adjective} {noun}\");"),
        2 => format!("  {topic}.on(\"{verb}-{noun}\", () => render({{ {adjective}: {number} }}));"),
        _ => format!("  total += {topic}.{verb}{}(\"{adjective}\", {number});", title(noun)),
    }
}

fn markdown_heading(random: &mut Random) -> String {
    let (verb, adjective, noun) = words(random);
    format!("## How we {verb} a {adjective} {noun}")
}

fn markdown_sentence(random: &mut Random) -> String {
    let (verb, adjective, noun) = words(random);
    let unit = *random.pick(NOUNS);
    let number = random.between(2, 90);
    match random.between(0, 2) {
        0 => format!("- Please {verb} the {adjective} {noun} within {number} minutes and tell the {unit} desk."),
        1 => format!("When a {adjective} {noun} waits longer than {number} hours, {verb} the {unit} first."),
        _ => format!("The {unit} screen shows {number} {adjective} {noun}s before it asks you to {verb} them."),
    }
}

fn sql_opening(random: &mut Random) -> String {
    let (verb, adjective, noun) = words(random);
    format!("create table {adjective}_{noun}_{verb}s (")
}

fn sql_column(random: &mut Random) -> String {
    let (verb, adjective, noun) = words(random);
    format!("    {noun}_{verb}_{adjective} integer not null default {},", random.between(0, 90))
}

fn css_opening(random: &mut Random) -> String {
    let (_, adjective, noun) = words(random);
    format!(".{adjective}-{noun} .{} {{", random.pick(NOUNS))
}

fn css_rule(random: &mut Random) -> String {
    let noun = *random.pick(NOUNS);
    let rule = *random.pick(&["margin", "padding", "gap", "width", "border-radius"]);
    format!("  {rule}: {}px {}px; /* {noun} */", random.between(1, 90), random.between(1, 90))
}

fn cargo_lock_field(nth: u64, random: &mut Random) -> String {
    let (_, adjective, noun) = words(random);
    match nth {
        0 => format!("name = \"acme-{adjective}-{noun}-{}\"", random.between(1, 9)),
        1 => format!("version = \"{}.{}.{}\"", random.between(0, 4), random.between(0, 60), random.between(0, 99)),
        _ => format!("checksum = \"{}\"", random.hex(64)),
    }
}

fn npm_opening(random: &mut Random) -> String {
    let (_, adjective, noun) = words(random);
    format!("    \"node_modules/@acme/{adjective}-{noun}-{}\": {{", random.between(1, 9))
}

fn npm_field(nth: u64, random: &mut Random) -> String {
    match nth {
        0 => format!("      \"integrity\": \"sha512-{}==\",", random.id(48)),
        _ => format!(
            "      \"version\": \"{}.{}.{}\"",
            random.between(0, 9),
            random.between(0, 40),
            random.between(0, 99)
        ),
    }
}

fn generated_type(random: &mut Random) -> String {
    let (verb, adjective, noun) = words(random);
    format!(
        "export type {}{}{} = {{ id: {}; {noun}: string }};",
        title(verb),
        title(adjective),
        title(noun),
        random.between(1, 999)
    )
}

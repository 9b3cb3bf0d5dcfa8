//! A model's name as a log writes it → its parts, and its simpler forms.
//!
//! - In: the vendors' own ids, Bedrock ids and ARNs, Vertex resource names, `provider/model` routes of gateways, Cursor's
//!   effort suffixes, display names of GitHub Copilot.
//! - Out: a [`ModelName`] and the forms under which the book may know it.
//! - Refuses: similarity. A rule either applies in full or not at all.

/// A logged name in lower case, separated from its route.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ModelName {
    /// The name without its route, in comparable form (see [`comparable`]).
    pub(super) name: String,
    /// What precedes the name: vendors, gateways, hosts.
    pub(super) route: Vec<String>,
    /// The inference region that the route names, if it changes the price.
    pub(super) geo: Option<&'static str>,
    /// `fast`, if the display name says so.
    pub(super) speed: Option<&'static str>,
}

/// A simpler name of the same model.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NameForm {
    /// The name in comparable form.
    pub(super) name: String,
    /// `fast`, if a suffix says so.
    pub(super) speed: Option<&'static str>,
}

/// Prefixes of Bedrock's inference profiles, and whether they are billed as regional.
const BEDROCK_AREAS: &[(&str, Option<&str>)] = &[
    ("global", None),
    ("us-gov", Some("us-gov")),
    ("us", Some("regional")),
    ("eu", Some("regional")),
    ("apac", Some("regional")),
    ("au", Some("regional")),
    ("jp", Some("regional")),
    ("ca", Some("regional")),
    ("in", Some("regional")),
    ("uk", Some("regional")),
];

/// Azure's deployment types that LiteLLM writes into the route; a data zone costs more than `global`.
const AZURE_ZONES: &[(&str, Option<&str>)] =
    &[("global", None), ("global-standard", None), ("us", Some("regional")), ("eu", Some("regional"))];

/// Words that clients add for reasoning effort; the unit price stays the same.
const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/// How remarks in parentheses after a display name start, if they do not name another model.
const REMARKS: &[&str] = &["preview", "beta", "fast", "internal", "1m"];

/// Claude's model families, for names that put the version first.
const CLAUDE_FAMILIES: &[&str] = &["opus", "sonnet", "haiku", "fable", "mythos"];

/// Lower case, with `-` for space, dot, underscore and `@`: the form in which names are compared.
pub(super) fn comparable(name: &str) -> String {
    name.trim()
        .chars()
        .map(|c| match c {
            '.' | ' ' | '_' | '@' => '-',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

/// Whether a logged name names no model: placeholders, and routers that do not say what they chose.
#[must_use]
pub fn names_no_model(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    matches!(text.as_str(), "" | "auto" | "default" | "none" | "null" | "unknown" | "<synthetic>" | "synthetic")
}

impl ModelName {
    /// Splits a logged name into its parts.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_prefix("auto: ").unwrap_or(&text);
        let mut geo = None;
        let mut path = text;
        if path.starts_with("arn:") {
            // arn:partition:bedrock:region:account:resource, and the resource may contain colons.
            geo = path.starts_with("arn:aws-us-gov:").then_some("us-gov");
            path = path.splitn(6, ':').nth(5).unwrap_or(path);
        }
        if let Some((project, model)) = path.split_once("/publishers/") {
            let location = project.split_once("locations/").map(|(_, location)| location);
            geo = location.filter(|location| *location != "global").map(|_| "regional");
            path = model;
        }
        let mut route: Vec<String> = path.split('/').map(str::to_owned).collect();
        let mut name = route.pop().unwrap_or_default();
        if route.iter().any(|part| part.starts_with("azure")) {
            geo = geo.or_else(|| route.last().and_then(|part| area(AZURE_ZONES, part)).flatten());
            route.retain(|part| area(AZURE_ZONES, part).is_none());
        }
        if let Some((vendor, bare, region)) = bedrock_id(&name) {
            geo = geo.or(region);
            route.push(vendor.to_owned());
            name = bare.to_owned();
        }
        let mut speed = None;
        while let Some((kept, remark)) = name.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
            if !REMARKS.iter().any(|known| remark.starts_with(known)) {
                break;
            }
            speed = speed.or_else(|| remark.starts_with("fast").then_some("fast"));
            name = kept.trim_end().to_owned();
        }
        Self { name: comparable(&name), route, geo, speed }
    }

    /// The name and its simpler forms, most specific first. The first one that is in the book is the model.
    pub(super) fn forms(&self) -> Vec<NameForm> {
        let mut forms = vec![NameForm { name: self.name.clone(), speed: self.speed }];
        let mut at = 0;
        while at < forms.len() {
            for form in simpler(&forms[at]) {
                if !forms.iter().any(|known| known.name == form.name) {
                    forms.push(form);
                }
            }
            at += 1;
        }
        forms
    }
}

/// The names that each rule makes of a form.
fn simpler(form: &NameForm) -> Vec<NameForm> {
    let name = form.name.as_str();
    let same_speed = |name: String| NameForm { name, speed: form.speed };
    let mut found: Vec<NameForm> = [
        without_revision(name).map(str::to_owned),
        without_date(name).map(str::to_owned),
        without_any(name, &["-latest", "-default", "[1m]"]).map(str::to_owned),
        without_any(name, &[":thinking", ":beta"]).filter(|_| name.starts_with("claude-")).map(str::to_owned),
        claude_order(name),
    ]
    .into_iter()
    .flatten()
    .map(same_speed)
    .collect();
    let claude = name.starts_with("claude-");
    if let Some((rest, word)) = name.rsplit_once('-') {
        // Gemini's `-thinking` and Grok's `-fast` are models of their own, so strip only the efforts.
        let has_efforts = claude || ["gpt-", "o1", "o3", "o4", "gemini-", "grok-"].iter().any(|p| name.starts_with(p));
        let only_claude = matches!(word, "thinking" | "reasoning" | "1m");
        if (has_efforts && EFFORTS.contains(&word)) || (claude && only_claude) {
            found.push(same_speed(rest.to_owned()));
        }
        if word == "fast" && (claude || name.starts_with("gpt-")) {
            found.push(NameForm { name: rest.to_owned(), speed: Some("fast") });
        }
    }
    found
}

/// Strips Bedrock's revisions: `-v1:0`, `-v2`, `:0`, `:200k`.
fn without_revision(name: &str) -> Option<&str> {
    if !name.starts_with("claude-") {
        return None;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((rest, last)) = name.rsplit_once(':')
        && digits(last.strip_suffix('k').unwrap_or(last))
    {
        return Some(rest);
    }
    name.rsplit_once("-v").filter(|(_, last)| digits(last)).map(|(rest, _)| rest)
}

/// Strips `-20250929` or `-2025-08-07`.
fn without_date(name: &str) -> Option<&str> {
    let bytes = name.as_bytes();
    let is = |at: usize, pattern: &str| {
        bytes.len() > at
            && bytes[bytes.len() - at..].iter().zip(pattern.bytes()).all(|(b, p)| match p {
                b'#' => b.is_ascii_digit(),
                p => *b == p,
            })
    };
    // Only dates of this century: `-01-25` alone may be a token count.
    let long = "-20##-##-##";
    let short = "-20######";
    [long, short].into_iter().find(|p| is(p.len(), p)).map(|p| &name[..name.len() - p.len()])
}

fn without_any<'a>(name: &'a str, suffixes: &[&str]) -> Option<&'a str> {
    suffixes.iter().find_map(|suffix| name.strip_suffix(suffix))
}

/// Moves Claude's version to where the vendor puts it: `claude-4-5-opus-x` becomes `claude-opus-4-5-x`, and
/// `claude-sonnet-3-7` becomes `claude-3-7-sonnet`.
fn claude_order(name: &str) -> Option<String> {
    let words: Vec<&str> = name.strip_prefix("claude-")?.split('-').collect();
    let is_version = |word: &&&str| word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()) && !word.is_empty();
    let (family, version, tail) = if CLAUDE_FAMILIES.contains(words.first()?) {
        let count = words.iter().skip(1).take_while(is_version).take(2).count();
        (words[0], &words[1..=count], &words[1 + count..])
    } else {
        let count = words.iter().take_while(is_version).take(2).count();
        let family = words.get(count).filter(|word| CLAUDE_FAMILIES.contains(word))?;
        (*family, &words[..count], &words[count + 1..])
    };
    let version = match version {
        [] => return None,
        // `claude-opus-4-0` is the same as `claude-opus-4`.
        [major, "0"] => &[*major][..],
        version => version,
    };
    let old = version.first().is_some_and(|major| matches!(*major, "1" | "2" | "3"));
    let mut ordered = vec!["claude"];
    if old {
        ordered.extend(version);
        ordered.push(family);
    } else {
        ordered.push(family);
        ordered.extend(version);
    }
    ordered.extend(tail);
    Some(ordered.join("-"))
}

/// Splits `us.anthropic.claude-…` into vendor, name and region.
///
/// Without an area, OpenAI's models on Bedrock cost as much as at a regional endpoint; Claude's are priced as `global`,
/// because the id alone does not show whether a regional endpoint was called.
fn bedrock_id(name: &str) -> Option<(&str, &str, Option<&'static str>)> {
    const VENDORS: &[(&str, Option<&str>)] = &[("anthropic", None), ("openai", Some("regional"))];
    let (first, rest) = name.split_once('.')?;
    if let Some(region) = area(VENDORS, first) {
        return Some((first, rest, region));
    }
    let region = area(BEDROCK_AREAS, first)?;
    let (vendor, bare) = rest.split_once('.')?;
    area(VENDORS, vendor).map(|_| (vendor, bare, region))
}

/// Words that bills write around a model's name: what was counted, for how long and where.
const BILLING_WORDS: &[&str] = &[
    "input",
    "inputs",
    "inp",
    "in",
    "output",
    "outputs",
    "outp",
    "opt",
    "out",
    "token",
    "tokens",
    "tkn",
    "count",
    "counts",
    "text",
    "txt",
    "cached",
    "cache",
    "cachd",
    "cchd",
    "read",
    "reads",
    "write",
    "writes",
    "hit",
    "miss",
    "creation",
    "5m",
    "5min",
    "1h",
    "1hr",
    "hour",
    "minute",
    "ttl",
    "glbl",
    "global",
    "gl",
    "regional",
    "regnl",
    "rgnl",
    "regn",
    "data",
    "zone",
    "datazone",
    "dzone",
    "dzn",
    "dz",
    "batch",
    "batched",
    "std",
    "standard",
    "priority",
    "flex",
    "pp",
    "ptu",
    "predictions",
    "prediction",
    "generate",
    "content",
    "for",
    "on",
    "of",
    "the",
    "per",
    "api",
    "request",
    "requests",
    "context",
    "short",
    "long",
    "thinking",
    "reasoning",
    "usage",
    "units",
    "unit",
    "million",
    "millions",
    "mtok",
    "1k",
    "1m",
    "k",
    "m",
    "amazon",
    "bedrock",
    "edition",
    "vertex",
    "ai",
    "azure",
    "openai",
    "anthropic",
    "google",
    "online",
    "only",
    "model",
    "and",
    "non",
    "us",
    "eu",
    "region",
];

/// The names inside a bill's item that could be a model's, the longest first: what is left out consists of billing words only.
pub(super) fn billed_names(text: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for c in text.trim().chars() {
        let is_mark = matches!(c, ',' | '(' | ')' | '/' | ':' | '|');
        let humps = c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit());
        let number =
            c.is_ascii_digit() && before.is_ascii_lowercase() && text.contains(|c: char| c.is_ascii_uppercase());
        if humps || (number && !text.contains([' ', '-'])) {
            spaced.push(' ');
        }
        spaced.push(if is_mark { ' ' } else { c });
        before = c;
    }
    let name = comparable(&spaced);
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    let is_billing = |word: &&&str| BILLING_WORDS.contains(*word);
    let first = words.iter().take_while(is_billing).count();
    let last = words.len() - words[first..].iter().rev().take_while(is_billing).count();
    let mut names = Vec::new();
    if words.len() <= 24 {
        // A word such as `pro` or `1m` may belong to the name, so longer names come first.
        for end in (last..=words.len()).rev() {
            names.extend((0..=first.min(end)).map(|start| words[start..end].join("-")));
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// A bill's item that names a model of no book without its billing words: `gpt-x Outp glbl Tokens` is `gpt-x`. `None` if there are
/// none, or it is not a bill's way of writing.
#[must_use]
pub fn without_billing_words(text: &str) -> Option<String> {
    let last =
        text.rsplit(' ').next().filter(|last| text.contains(' ') && BILLING_WORDS.contains(&&*comparable(last)))?;
    billed_names(text).pop().filter(|name| !name.is_empty() && !last.is_empty())
}

/// A name reduced to what two writers of it agree on, for models that are in no book: letters and digits without route, vendor,
/// date, revision and billing words.
#[must_use]
pub fn reduced(text: &str) -> String {
    let parsed = ModelName::parse(text);
    let mut name = parsed.name.as_str();
    while let Some((first, rest)) = name.split_once('-')
        && (area(BEDROCK_AREAS, first).is_some()
            || matches!(first, "amazon" | "meta" | "mistral" | "cohere" | "ai21" | "qwen" | "writer" | "stability"))
    {
        name = rest;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    if let Some((bare, revision)) = name.rsplit_once("-v")
        && digits(revision)
    {
        name = bare;
    }
    let name = without_date(name).unwrap_or(name);
    let plain = billed_names(name).pop().unwrap_or_else(|| name.to_owned());
    plain.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn area(areas: &[(&str, Option<&'static str>)], name: &str) -> Option<Option<&'static str>> {
    areas.iter().find(|(known, _)| *known == name).map(|(_, geo)| *geo)
}

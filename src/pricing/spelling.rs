//! The many spellings of a model's name, taken apart by rule.
//!
//! Where they come from: the vendors' own ids, Bedrock ids and ARNs, Vertex resource names, `provider/model` routes of
//! gateways, Cursor's effort suffixes, and the display names of GitHub Copilot. Nothing here compares names by
//! similarity; a rule either applies in full or not at all.

/// A logged name, lower-cased and freed of its route.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    /// The name alone, in comparable form (see [`comparable`]).
    pub(super) name: String,
    /// What stood before the name: vendors, gateways, hosts.
    pub(super) route: Vec<String>,
    /// The place of inference that the route tells, when it changes the price.
    pub(super) geo: Option<&'static str>,
    /// `fast`, when the display name says so.
    pub(super) speed: Option<&'static str>,
}

/// A simpler form of a name that means the same model.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// The name in comparable form.
    pub(super) name: String,
    /// `fast`, when a suffix says so.
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

/// Azure's deployment kinds that LiteLLM writes into the route; a data zone costs more than `global`.
const AZURE_ZONES: &[(&str, Option<&str>)] =
    &[("global", None), ("global-standard", None), ("us", Some("regional")), ("eu", Some("regional"))];

/// Words that a client adds for effort or context size; the unit price stays the same.
const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/// Beginnings of remarks that follow a display name in parentheses and name no other model.
const REMARKS: &[&str] = &["preview", "beta", "fast", "internal", "1m"];

/// Claude's families, for names that put the version first.
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

/// Whether a logged name says that there is no model: placeholders, and routers that do not tell what they chose.
pub(super) fn names_no_model(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    matches!(text.as_str(), "" | "auto" | "default" | "none" | "null" | "unknown" | "<synthetic>" | "synthetic")
}

impl Spelling {
    /// Takes a logged name apart.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_prefix("auto: ").unwrap_or(&text);
        let mut geo = None;
        let mut path = text;
        if path.starts_with("arn:") {
            // arn:partition:bedrock:region:account:resource, and the resource may hold colons itself.
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
        if let Some((vendor, bare, place)) = bedrock_id(&name) {
            geo = geo.or(place);
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

    /// The name and its simpler forms, most specific first; the first that the book knows is meant.
    pub(super) fn forms(&self) -> Vec<Form> {
        let mut forms = vec![Form { name: self.name.clone(), speed: self.speed }];
        let mut at = 0;
        while at < forms.len() {
            for simpler in simpler(&forms[at]) {
                if !forms.iter().any(|known| known.name == simpler.name) {
                    forms.push(simpler);
                }
            }
            at += 1;
        }
        forms
    }
}

/// What one rule each makes of a form.
fn simpler(form: &Form) -> Vec<Form> {
    let name = form.name.as_str();
    let same_speed = |name: String| Form { name, speed: form.speed };
    let mut found: Vec<Form> = [
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
        // Gemini's `-thinking` and Grok's `-fast` name models of their own, so only the efforts go.
        let has_efforts = claude || ["gpt-", "o1", "o3", "o4", "gemini-", "grok-"].iter().any(|p| name.starts_with(p));
        let only_claude = matches!(word, "thinking" | "reasoning" | "1m");
        if (has_efforts && EFFORTS.contains(&word)) || (claude && only_claude) {
            found.push(same_speed(rest.to_owned()));
        }
        if word == "fast" && (claude || name.starts_with("gpt-")) {
            found.push(Form { name: rest.to_owned(), speed: Some("fast") });
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
    // Only this century: `-01-25` alone or a token count is no date.
    let long = "-20##-##-##";
    let short = "-20######";
    [long, short].into_iter().find(|p| is(p.len(), p)).map(|p| &name[..name.len() - p.len()])
}

fn without_any<'a>(name: &'a str, suffixes: &[&str]) -> Option<&'a str> {
    suffixes.iter().find_map(|suffix| name.strip_suffix(suffix))
}

/// Puts Claude's version where the vendor puts it: `claude-4-5-opus-x` and `claude-opus-4-5-x` are one name, and
/// `claude-sonnet-3-7` is `claude-3-7-sonnet`.
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

/// Splits `us.anthropic.claude-…` into vendor, name and place.
///
/// Without an area, OpenAI's models on Bedrock cost what a regional endpoint costs; Claude's are priced as `global`,
/// because the id alone does not tell whether a regional endpoint was called.
fn bedrock_id(name: &str) -> Option<(&str, &str, Option<&'static str>)> {
    const VENDORS: &[(&str, Option<&str>)] = &[("anthropic", None), ("openai", Some("regional"))];
    let (first, rest) = name.split_once('.')?;
    if let Some(place) = area(VENDORS, first) {
        return Some((first, rest, place));
    }
    let place = area(BEDROCK_AREAS, first)?;
    let (vendor, bare) = rest.split_once('.')?;
    area(VENDORS, vendor).map(|_| (vendor, bare, place))
}

fn area(areas: &[(&str, Option<&'static str>)], name: &str) -> Option<Option<&'static str>> {
    areas.iter().find(|(known, _)| *known == name).map(|(_, geo)| *geo)
}

//! From the spelling in a log to a model of the book.

use std::collections::HashMap;

use super::spelling::{Spelling, comparable};

/// A model of the book that a logged name means, and what the name says about the price.
///
/// - Shape: small and `Copy`, valid for the book that made it; callers with millions of records keep one per distinct
///   name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    /// Position of the model in its book.
    pub(super) model: usize,
    /// Place of inference told by the name: `regional` for Bedrock's and Vertex' regional endpoints.
    pub geo: Option<&'static str>,
    /// `fast`, when the name says so.
    pub speed: Option<&'static str>,
}

/// Names of vendors in routes and logs, with their id in the book.
const VENDORS: &[(&str, &str)] = &[
    ("anthropic", "anthropic"),
    ("~anthropic", "anthropic"),
    ("openai", "openai"),
    ("~openai", "openai"),
    ("google", "google"),
    ("~google", "google"),
    ("gemini", "google"),
    ("google-gemini", "google"),
    ("xai", "xai"),
    ("x-ai", "xai"),
    ("~x-ai", "xai"),
    ("deepseek", "deepseek"),
    ("deepseek-ai", "deepseek"),
    ("mistral", "mistral"),
    ("mistralai", "mistral"),
    ("moonshot", "moonshotai"),
    ("moonshotai", "moonshotai"),
    ("alibaba", "alibaba"),
    ("dashscope", "alibaba"),
    ("qwen", "alibaba"),
    ("zai", "zai"),
    ("z-ai", "zai"),
    ("zai-org", "zai"),
    ("zhipuai", "zai"),
    ("minimax", "minimax"),
    ("cohere", "cohere"),
    ("xiaomi", "xiaomi"),
];

/// Gateways that bill at the vendor's list price or leave billing to the vendor, and parts of resource names.
const RELAYS: &[&str] = &[
    "openrouter",
    "litellm",
    "litellm_proxy",
    "vercel",
    "vercel_ai_gateway",
    "copilot",
    "github-copilot",
    "github_copilot",
    "opencode",
    "kilo",
    "kilocode",
    "cline",
    "cursor",
    "portkey",
    "helicone",
    "requesty",
    "models",
    "publishers",
];

/// Vendors whose weights nobody else serves: whatever host stands before the name, the list price is the vendor's.
/// A cloud or a host of open models has prices of its own, which the book does not hold.
const CLOSED: &[&str] = &["anthropic", "openai", "google", "xai"];

/// Runners on one's own machine; nobody sells those tokens.
const LOCAL: &[&str] =
    &["ollama", "lmstudio", "lm-studio", "lm_studio", "llamacpp", "llama.cpp", "vllm", "mlx", "local"];

/// One entry of the index: a model and who sells it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) model: usize,
    pub(super) provider: String,
    /// Whether the user's file names it; it then needs no vendor in its route.
    pub(super) user: bool,
}

/// Names in comparable form, each with the models it may mean.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    exact: HashMap<String, Vec<Entry>>,
    comparable: HashMap<String, Vec<Entry>>,
}

impl Index {
    /// Adds a key or an alias.
    pub(super) fn add(&mut self, name: &str, entry: &Entry) {
        self.exact.entry(name.to_owned()).or_default().push(entry.clone());
        let known = self.comparable.entry(comparable(name)).or_default();
        if !known.iter().any(|other| other.model == entry.model) {
            known.push(entry.clone());
        }
    }

    /// The model that a logged name means.
    ///
    /// - Order: the name as it stands, then without its route, then its simpler forms; a dated or previewed name that
    ///   has a price of its own therefore keeps it.
    /// - `None`: no rule explains the name, several vendors sell it, or the route names a host whose price is not the
    ///   vendor's.
    pub(super) fn resolve(&self, provider: Option<&str>, text: &str) -> Option<Resolved> {
        let text = text.trim();
        let provider = provider.map(|p| p.trim().to_ascii_lowercase()).filter(|p| !p.is_empty());
        let seller = provider.as_deref().map(vendor_of);
        if let Some(entry) = self.exact.get(text).and_then(|found| pick(found, seller))
            && admits(seller, entry)
        {
            return Some(Resolved { model: entry.model, geo: None, speed: None });
        }
        let spelling = Spelling::read(text);
        if spelling.route.iter().any(|part| LOCAL.contains(&part.as_str())) {
            return None;
        }
        let vendors: Vec<&str> = spelling.route.iter().map(|part| vendor_of(part)).collect();
        for form in spelling.forms() {
            let Some(found) = self.comparable.get(&form.name) else { continue };
            let named = vendors.iter().find(|vendor| is_vendor(vendor)).copied();
            let entry = pick(found, named.or(seller))?;
            let route_fits = vendors.iter().all(|vendor| {
                *vendor == entry.provider || (!is_vendor(vendor) && (entry.user || admits(Some(vendor), entry)))
            });
            if !route_fits || !admits(seller, entry) {
                return None;
            }
            return Some(Resolved { model: entry.model, geo: spelling.geo, speed: form.speed });
        }
        None
    }
}

/// The entry of the named seller, else the user's, else the only one.
fn pick<'a>(found: &'a [Entry], seller: Option<&str>) -> Option<&'a Entry> {
    let by_seller = seller.and_then(|seller| found.iter().find(|entry| entry.provider == seller));
    let only = match found {
        [only] => Some(only),
        _ => None,
    };
    by_seller.or_else(|| found.iter().find(|entry| entry.user)).or(only)
}

/// Whether an entry's price holds when this vendor, gateway or host serves it. A wrong vendor in a log's own field is
/// common (an OpenAI client pointed at a gateway), so any vendor passes there.
fn admits(seller: Option<&str>, entry: &Entry) -> bool {
    let Some(seller) = seller else { return true };
    if LOCAL.contains(&seller) {
        return false;
    }
    entry.user
        || entry.provider == seller
        || is_vendor(seller)
        || RELAYS.contains(&seller)
        || CLOSED.contains(&entry.provider.as_str())
}

fn vendor_of(name: &str) -> &str {
    VENDORS.iter().find(|(known, _)| *known == name).map_or(name, |(_, id)| *id)
}

fn is_vendor(id: &str) -> bool {
    VENDORS.iter().any(|(_, known)| *known == id)
}

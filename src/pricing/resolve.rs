//! A model's name as logged → a model of the book.

use std::collections::HashMap;

use super::model_name::{ModelName, billed_names, comparable};
use super::vendor::maker_of;

/// The model that a logged name means, and what the name says about the price.
///
/// Small and `Copy`, valid only for the book that made it. Callers with millions of records keep one per distinct name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    /// Position of the model in its book.
    pub(super) model: usize,
    /// The inference region in the name: `regional` for the regional endpoints of Bedrock and Vertex.
    pub geo: Option<&'static str>,
    /// `fast`, if the name says so.
    pub speed: Option<&'static str>,
}

/// Vendors with models in the book.
const VENDORS: &[&str] = &[
    "anthropic",
    "openai",
    "google",
    "xai",
    "deepseek",
    "mistral",
    "moonshotai",
    "alibaba",
    "zai",
    "minimax",
    "cohere",
    "xiaomi",
];

/// Gateways that bill at the vendor's list price or leave billing to the vendor, and path segments of resource names.
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

/// Vendors whose weights are not open: whichever host serves the model, the list price is the vendor's. Clouds and hosts of
/// open models set their own prices, which are not in the book.
const CLOSED: &[&str] = &["anthropic", "openai", "google", "xai"];

/// Runners on the user's own machine, whose tokens nobody sells.
const LOCAL: &[&str] =
    &["ollama", "lmstudio", "lm-studio", "lm_studio", "llamacpp", "llama.cpp", "vllm", "mlx", "local"];

/// A model in the index, and who sells it.
#[derive(Debug, Clone)]
pub(super) struct IndexEntry {
    pub(super) model: usize,
    pub(super) provider: String,
    /// Whether it comes from the user's file; then the vendor need not appear in the route.
    pub(super) user: bool,
}

/// Names as written and in comparable form, each with the models that it may mean.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    exact: HashMap<String, Vec<IndexEntry>>,
    comparable: HashMap<String, Vec<IndexEntry>>,
}

impl Index {
    /// Adds a key or an alias.
    pub(super) fn add(&mut self, name: &str, entry: &IndexEntry) {
        self.exact.entry(name.to_owned()).or_default().push(entry.clone());
        let known = self.comparable.entry(comparable(name)).or_default();
        if !known.iter().any(|other| other.model == entry.model) {
            known.push(entry.clone());
        }
    }

    /// The model that a logged name means.
    ///
    /// - Order: the name as written, then without its route, then its simpler forms. A dated or preview name with a price of
    ///   its own therefore keeps it.
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
        let name = ModelName::parse(text);
        if name.route.iter().any(|part| LOCAL.contains(&part.as_str())) {
            return None;
        }
        let vendors: Vec<&str> = name.route.iter().map(|part| vendor_of(part)).collect();
        for form in name.forms() {
            let Some(found) = self.comparable.get(&form.name) else { continue };
            let named = vendors.iter().find(|vendor| is_vendor(vendor)).copied();
            let entry = pick(found, named.or(seller))?;
            let route_fits = vendors.iter().all(|vendor| {
                *vendor == entry.provider || (!is_vendor(vendor) && (entry.user || admits(Some(vendor), entry)))
            });
            if !route_fits || !admits(seller, entry) {
                return None;
            }
            return Some(Resolved { model: entry.model, geo: name.geo, speed: form.speed });
        }
        None
    }
}

impl Index {
    /// The model that a name means, whoever serves it at whatever price: for names of models, not for prices. Bills write a
    /// kind of token into the name ("gpt-5 mini Outp glbl Tokens", "Claude4.5Sonnet"); such words are left out.
    pub(super) fn identify(&self, text: &str) -> Option<Resolved> {
        self.identify_plain(text).or_else(|| billed_names(text).iter().find_map(|name| self.identify_plain(name)))
    }

    fn identify_plain(&self, text: &str) -> Option<Resolved> {
        let name = ModelName::parse(text);
        let named = name.route.iter().map(|part| vendor_of(part)).find(|vendor| is_vendor(vendor));
        name.forms().into_iter().find_map(|form| {
            let found = self.comparable.get(&form.name)?;
            let entry = pick(found, named).or(found.first())?;
            Some(Resolved { model: entry.model, geo: name.geo, speed: form.speed })
        })
    }
}

/// The entry of the named seller; otherwise the user's; otherwise the only one.
fn pick<'a>(found: &'a [IndexEntry], seller: Option<&str>) -> Option<&'a IndexEntry> {
    let by_seller = seller.and_then(|seller| found.iter().find(|entry| entry.provider == seller));
    let only = match found {
        [only] => Some(only),
        _ => None,
    };
    by_seller.or_else(|| found.iter().find(|entry| entry.user)).or(only)
}

/// Whether an entry's price applies if this vendor, gateway or host serves the model. Logs often name the wrong vendor (an
/// OpenAI client that talks to a gateway), so any vendor is accepted.
fn admits(seller: Option<&str>, entry: &IndexEntry) -> bool {
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
    if VENDORS.contains(&name) { name } else { maker_of(name).unwrap_or(name) }
}

fn is_vendor(id: &str) -> bool {
    VENDORS.contains(&id)
}

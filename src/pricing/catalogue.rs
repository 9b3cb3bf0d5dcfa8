//! Public catalogues of prices as `--prices` takes them: LiteLLM's `model_prices_and_context_window.json`, models.dev's
//! `api.json` and genai-prices' `data.json`, each recognised by its shape.
//!
//! - In: the text of a catalogue and the day from which it holds, for a catalogue lists today's prices and not since when they
//!   apply. Out: price rows of the vendors' own models, and how many entries were left out.
//! - Refuses: text that is no JSON or none of these shapes, and a price that is negative or above a dollar per token.
//!
//! Numbers are moved by powers of ten as decimals and are never multiplied as floats.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::row::{ChangeKind, PriceRow, RowOrigin, ServiceTier, TierScope, UnitPrice, UnitPrices, parse_day};
use crate::error::{Error, Result};

/// Vendors by the names that catalogues give to the accounts at which their own models are sold.
const SELLERS: &[(&str, &str)] = &[
    ("anthropic", "anthropic"),
    ("openai", "openai"),
    ("text-completion-openai", "openai"),
    ("gemini", "google"),
    ("google", "google"),
    ("xai", "xai"),
    ("x-ai", "xai"),
    ("deepseek", "deepseek"),
    ("mistral", "mistral"),
    ("codestral", "mistral"),
    ("moonshot", "moonshotai"),
    ("moonshotai", "moonshotai"),
    ("dashscope", "alibaba"),
    ("alibaba", "alibaba"),
    ("qwen", "alibaba"),
    ("zai", "zai"),
    ("minimax", "minimax"),
    ("cohere", "cohere"),
    ("cohere_chat", "cohere"),
    ("xiaomi", "xiaomi"),
    ("xiaomi_mimo", "xiaomi"),
];
/// Vendors that bill the first pass of a cached prefix as plain input.
const WRITES_COST_INPUT: &[&str] = &["openai", "google", "xai", "deepseek", "moonshotai", "mistral", "zai", "xiaomi"];
/// Services in the names of LiteLLM's keys.
const SERVICES: [(&str, ServiceTier); 4] = [
    ("", ServiceTier::Standard),
    ("_batches", ServiceTier::Batch),
    ("_flex", ServiceTier::Flex),
    ("_priority", ServiceTier::Priority),
];

/// What a catalogue gives.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// The rows, without two for one model, tier and day.
    pub(super) rows: Vec<PriceRow>,
    /// Entries that are no rows, by the reason, with the name of the first.
    pub left: BTreeMap<&'static str, (u64, String)>,
}

/// Whether a text is a catalogue and not a table.
pub(super) fn is_catalogue(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '['])
}

/// Reads a catalogue whose prices hold from a day on.
///
/// # Errors
/// As the module says, with the file and the model.
pub(super) fn read(path: &Path, text: &str, from: Option<NaiveDate>) -> Result<Catalogue> {
    let hint = "pass LiteLLM's model_prices_and_context_window.json, models.dev's api.json or genai-prices' data.json, or a CSV \
                file in the columns of `tokaudit ledger --table prices`";
    let unusable = |cause: &str| Error::input(format!("price file {}: {cause}", path.display()), hint);
    let document: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|err| unusable(&format!("not readable as JSON: {err}")))?;
    let mut reader = Reader { path, from, source: "", catalogue: Catalogue::default() };
    match &document {
        Value::Array(vendors) if vendors.iter().any(|one| one.get("models").is_some_and(Value::is_array)) => {
            reader.source = "genai-prices";
            vendors.iter().try_for_each(|vendor| reader.genai(vendor))?;
        }
        Value::Object(all) if all.values().any(|one| one.get("models").is_some_and(Value::is_object)) => {
            reader.source = "models.dev";
            all.iter().try_for_each(|(id, vendor)| reader.models_dev(id, vendor))?;
        }
        Value::Object(all) if all.values().any(|one| one.get("litellm_provider").is_some()) => {
            reader.source = "litellm";
            all.iter().try_for_each(|(name, entry)| reader.litellm(name, entry))?;
        }
        _ => return Err(unusable("it has the shape of no catalogue that is known")),
    }
    Ok(reader.catalogue)
}

/// Prices by the prompt length above which they hold.
type Tiers = BTreeMap<u64, UnitPrices>;

struct Reader<'a> {
    path: &'a Path,
    from: Option<NaiveDate>,
    source: &'static str,
    catalogue: Catalogue,
}

impl Reader<'_> {
    fn leave(&mut self, why: &'static str, model: &str) {
        let (count, _) = self.catalogue.left.entry(why).or_insert_with(|| (0, model.to_owned()));
        *count += 1;
    }

    /// The vendor that an account name means, if it sells its own models there.
    fn seller(&mut self, name: &str, model: &str) -> Option<&'static str> {
        let seller = SELLERS.iter().find(|(known, _)| *known == name).map(|(_, vendor)| *vendor);
        if seller.is_none() {
            self.leave("of clouds, gateways and hosts, whose prices are their own", model);
        }
        seller
    }

    fn litellm(&mut self, name: &str, entry: &Value) -> Result<()> {
        let Some(entry) = entry.as_object().filter(|_| name != "sample_spec") else { return Ok(()) };
        let vendor = entry.get("litellm_provider").and_then(Value::as_str).unwrap_or("");
        let Some(vendor) = self.seller(vendor, name) else { return Ok(()) };
        let model = name.rsplit('/').next().unwrap_or(name);
        if name.matches('/').count() > 1 {
            // A place, a size or a quality is a price of its own.
            self.leave("of a place, a size or a quality of a model", name);
            return Ok(());
        }
        for (suffix, tier) in SERVICES {
            let mut tiers = Tiers::new();
            if let Some(steps) = entry.get("tiered_pricing").and_then(Value::as_array).filter(|_| suffix.is_empty()) {
                for step in steps {
                    let above = step.get("range").and_then(|range| range.get(0)).and_then(Value::as_u64).unwrap_or(0);
                    let Some(step) = step.as_object() else { continue };
                    tiers.insert(above, self.litellm_prices(name, step, "", "")?);
                }
            } else {
                tiers.insert(0, self.litellm_prices(name, entry, "", suffix)?);
                for above in thresholds(entry, suffix) {
                    let prices = self.litellm_prices(name, entry, &format!("_above_{above}k_tokens"), suffix)?;
                    tiers.insert(above * 1000, prices);
                }
            }
            self.add(vendor, model, self.from, tier, tiers);
        }
        Ok(())
    }

    fn litellm_prices(&self, model: &str, entry: &Map<String, Value>, above: &str, tier: &str) -> Result<UnitPrices> {
        let price = |key: &str| self.price(model, entry.get(&format!("{key}{above}{tier}")), 6);
        Ok(UnitPrices {
            input: price("input_cost_per_token")?,
            cache_read: price("cache_read_input_token_cost")?.or(price("input_cost_per_token_cache_hit")?),
            cache_write_5m: price("cache_creation_input_token_cost")?,
            cache_write_1h: price("cache_creation_input_token_cost_above_1hr")?,
            output: price("output_cost_per_token")?,
        })
    }

    fn models_dev(&mut self, id: &str, vendor: &Value) -> Result<()> {
        let Some(models) = vendor.get("models").and_then(Value::as_object) else { return Ok(()) };
        for (name, model) in models {
            let Some(vendor) = self.seller(id, name) else { continue };
            let Some(cost) = model.get("cost").and_then(Value::as_object) else {
                self.leave("without a price per token", name);
                continue;
            };
            let mut tiers = Tiers::from([(0, self.per_million(name, cost, MODELS_DEV)?)]);
            if let Some(long) = cost.get("context_over_200k").and_then(Value::as_object) {
                tiers.insert(200_000, self.per_million(name, long, MODELS_DEV)?);
            }
            for tier in cost.get("tiers").and_then(Value::as_array).into_iter().flatten() {
                let above = tier.get("tier").and_then(|tier| tier.get("size")).and_then(Value::as_u64);
                if let (Some(above), Some(tier)) = (above, tier.as_object()) {
                    tiers.insert(above, self.per_million(name, tier, MODELS_DEV)?);
                }
            }
            self.add(vendor, name, self.from, ServiceTier::Standard, tiers);
        }
        Ok(())
    }

    fn genai(&mut self, vendor: &Value) -> Result<()> {
        let id = vendor.get("id").and_then(Value::as_str).unwrap_or("");
        for model in vendor.get("models").and_then(Value::as_array).into_iter().flatten() {
            let name = model.get("id").and_then(Value::as_str).unwrap_or("");
            let Some(vendor) = self.seller(id, name) else { continue };
            let mut dated: BTreeMap<Option<NaiveDate>, Tiers> = BTreeMap::new();
            match model.get("prices") {
                Some(Value::Object(prices)) => {
                    dated.insert(self.from, self.genai_tiers(name, prices)?);
                }
                Some(Value::Array(all)) => {
                    for one in all {
                        let constraint = one.get("constraint").filter(|constraint| !constraint.is_null());
                        let day = match constraint.map(|constraint| constraint.get("start_date")) {
                            None => None,
                            Some(Some(Value::String(day))) => {
                                Some(parse_day(day).map_err(|problem| self.wrong(name, &problem))?)
                            }
                            Some(_) => {
                                self.leave("that hold at some hours of a day", name);
                                continue;
                            }
                        };
                        if let Some(prices) = one.get("prices").and_then(Value::as_object) {
                            // What held before the day of the catalogue is in it, too; of several the last one holds then.
                            dated.insert(day.max(self.from), self.genai_tiers(name, prices)?);
                        }
                    }
                }
                _ => {}
            }
            if dated.is_empty() {
                self.leave("without a price per token", name);
            }
            for (from, tiers) in dated {
                self.add(vendor, name, from, ServiceTier::Standard, tiers);
            }
        }
        Ok(())
    }

    /// The prices of genai-prices: a number, or a base and what holds above a prompt length.
    fn genai_tiers(&self, model: &str, prices: &Map<String, Value>) -> Result<Tiers> {
        let mut steps: BTreeMap<u64, Map<String, Value>> = BTreeMap::from([(0, Map::new())]);
        for (_, key) in GENAI {
            let Some(value) = prices.get(key) else { continue };
            let base = value.get("base").unwrap_or(value).clone();
            steps.entry(0).or_default().insert(key.to_owned(), base);
            for tier in value.get("tiers").and_then(Value::as_array).into_iter().flatten() {
                let Some(start) = tier.get("start").and_then(Value::as_u64) else { continue };
                let price = tier.get("price").cloned().unwrap_or(Value::Null);
                steps.entry(start).or_default().insert(key.to_owned(), price);
            }
        }
        steps.iter().map(|(above, step)| Ok((*above, self.per_million(model, step, GENAI)?))).collect()
    }

    /// Prices per million tokens under the names of a catalogue.
    fn per_million(&self, model: &str, cost: &Map<String, Value>, names: [(Bucket, &str); 5]) -> Result<UnitPrices> {
        let mut prices =
            UnitPrices { input: None, cache_read: None, cache_write_5m: None, cache_write_1h: None, output: None };
        for (bucket, key) in names {
            *bucket(&mut prices) = self.price(model, cost.get(key), 0)?;
        }
        Ok(prices)
    }

    /// Adds the rows of a model in one service tier, or counts the entry as one without prices.
    fn add(&mut self, vendor: &'static str, model: &str, from: Option<NaiveDate>, tier: ServiceTier, tiers: Tiers) {
        let base = tiers.get(&0).copied();
        let Some(base) = base.filter(|base| base.input.is_some() && (base.output.is_some() || tiers.len() == 1)) else {
            if tier == ServiceTier::Standard {
                self.leave("without a price per token", model);
            }
            return;
        };
        for (above_input_tokens, prices) in tiers {
            let row = PriceRow {
                provider: vendor.into(),
                model: model.into(),
                effective_from: from,
                effective_to: None,
                service_tier: tier,
                above_input_tokens,
                tier_scope: TierScope::Request,
                prices: complete(vendor, prices, base),
                source: self.source.to_owned(),
                source_revision: String::new(),
                observed_at: from,
                change_kind: ChangeKind::Price,
                note: String::new(),
                origin: RowOrigin::User,
            };
            self.catalogue.rows.push(row);
        }
    }

    /// A price that is moved by powers of ten to dollars per million tokens.
    fn price(&self, model: &str, value: Option<&Value>, places: i32) -> Result<Option<UnitPrice>> {
        match value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) => {
                let text = moved(&number.to_string(), places);
                let price = text.and_then(|text| UnitPrice::parse(&text));
                price.map(Some).map_err(|problem| self.wrong(model, &problem))
            }
            Some(other) => Err(self.wrong(model, &format!("`{other}` is not a price"))),
        }
    }

    fn wrong(&self, model: &str, problem: &str) -> Error {
        Error::input(
            format!("price file {}: model `{model}`: {problem}", self.path.display()),
            "mend the entry, or remove it from the catalogue",
        )
    }
}

type Bucket = fn(&mut UnitPrices) -> &mut Option<UnitPrice>;

/// The names of prices in models.dev …
const MODELS_DEV: [(Bucket, &str); 5] = [
    (|prices| &mut prices.input, "input"),
    (|prices| &mut prices.cache_read, "cache_read"),
    (|prices| &mut prices.cache_write_5m, "cache_write"),
    (|prices| &mut prices.cache_write_1h, "cache_write_1h"),
    (|prices| &mut prices.output, "output"),
];
/// … and in genai-prices.
const GENAI: [(Bucket, &str); 5] = [
    (|prices| &mut prices.input, "input_mtok"),
    (|prices| &mut prices.cache_read, "cache_read_mtok"),
    (|prices| &mut prices.cache_write_5m, "cache_write_mtok"),
    (|prices| &mut prices.cache_write_1h, "cache_write_1h_mtok"),
    (|prices| &mut prices.output, "output_mtok"),
];

/// The prompt lengths in thousands above which an entry of LiteLLM has prices of their own.
fn thresholds(entry: &Map<String, Value>, tier: &str) -> Vec<u64> {
    let of = |key: &String| {
        let above = key.strip_prefix("input_cost_per_token_above_")?.strip_suffix(tier)?;
        above.strip_suffix("k_tokens")?.parse().ok()
    };
    entry.keys().filter_map(of).collect()
}

/// Fills what follows from a vendor's rules: one-hour writes of Anthropic cost twice the input, some vendors bill writes as input,
/// and a tier leaves out what does not change.
fn complete(vendor: &str, mut prices: UnitPrices, base: UnitPrices) -> UnitPrices {
    let writes_cost_input = WRITES_COST_INPUT.contains(&vendor);
    prices.input = prices.input.or(base.input);
    prices.output = prices.output.or(base.output);
    prices.cache_read = prices.cache_read.or(base.cache_read);
    if !writes_cost_input {
        prices.cache_write_5m = prices.cache_write_5m.or(base.cache_write_5m);
    }
    if vendor == "anthropic" && prices.cache_write_1h.is_none() && prices.cache_write_5m.is_some() {
        prices.cache_write_1h = prices.input.map(UnitPrice::doubled);
    }
    if writes_cost_input && prices.cache_write_5m.is_none() && prices.cache_read.is_some() {
        prices.cache_write_5m = prices.input;
    }
    prices
}

/// A decimal, perhaps with an exponent, times a power of ten, to nine places: catalogues in dollars per token have the noise of
/// floats behind the twelfth digit.
fn moved(text: &str, places: i32) -> Result<String, String> {
    let odd = || format!("`{text}` is not a number");
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().map_err(|_| odd())?;
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all: i128 = format!("{whole}{fraction}").parse().map_err(|_| odd())?;
    let behind = i32::try_from(fraction.len()).map_err(|_| odd())?;
    let shift = exponent + places + 9 - behind;
    let power = |places: i32| u32::try_from(places).ok().and_then(|places| 10_i128.checked_pow(places));
    let nanos = if shift >= 0 {
        power(shift).and_then(|power| all.checked_mul(power)).ok_or_else(odd)?
    } else {
        power(-shift).map_or(0, |power| (all + power / 2) / power)
    };
    Ok(format!("{sign}{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_moved_as_decimals() {
        let moved = |text, places| moved(text, places).expect("a number");
        assert_eq!(moved("5e-06", 6), "5.000000000");
        assert_eq!(moved("3.0000000000000004e-7", 6), "0.300000000");
        assert_eq!(moved("0.00000125", 6), "1.250000000");
        assert_eq!((moved("15", 0), moved("2.5e-9", 6)), ("15.000000000".to_owned(), "0.002500000".to_owned()));
        assert_eq!((moved("-1", 0), moved("1e-30", 6)), ("-1.000000000".to_owned(), "0.000000000".to_owned()));
    }
}

//! The price book: the embedded tables, the user's file on top, and the rows that apply on a day.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;

use super::catalogue::{self, Catalogue};
use super::columns::read_table;
use super::fee::{self, Fee};
use super::modifier::Modifier;
use super::resolve::{Index, IndexEntry, Resolved};
use super::row::{PriceRow, RowOrigin, ServiceTier};
use crate::error::{Error, Result};
use crate::model::money::Money;

/// The provider of a model in the user's file if neither the file nor the book names one.
const CUSTOM: &str = "custom";

/// Dated list prices of models.
///
/// - Lookup: by the time of the request (UTC day), never by the day of the run.
/// - A request before a model's first row uses the first row, because catalogues list a model late.
/// - Source: vendors' price pages and public catalogues; each row names its source and day (see `generate_book.py`).
#[derive(Debug, Clone)]
pub struct PriceBook {
    models: Vec<BookModel>,
    modifiers: Vec<Modifier>,
    fees: Vec<Fee>,
    index: Index,
}

#[derive(Debug, Clone)]
struct BookModel {
    provider: Arc<str>,
    key: Arc<str>,
    rows: Vec<PriceRow>,
}

/// The rows of one model and service tier that apply on one day: the base row and its context tiers, ascending.
pub(super) struct Schedule<'a> {
    pub(super) rows: Vec<&'a PriceRow>,
}

impl PriceBook {
    /// The book that is part of the program.
    ///
    /// # Errors
    /// Only if the embedded tables are malformed, which the tests rule out.
    pub fn embedded() -> Result<Self> {
        let rows = PriceRow::read_all(Path::new("prices.csv"), include_str!("prices.csv"), RowOrigin::Embedded)?;
        let modifiers = Modifier::read_all(Path::new("modifiers.csv"), include_str!("modifiers.csv"))?;
        let fees = Fee::read_all(Path::new("fees.csv"), include_str!("fees.csv"))?;
        let mut book = Self { models: Vec::new(), modifiers, fees, index: Index::default() };
        for row in rows {
            book.insert(row);
        }
        let columns = &["alias", "provider", "model"];
        read_table(Path::new("aliases.csv"), include_str!("aliases.csv"), columns, columns, |line| {
            let (provider, model) = (line.text("provider"), line.text("model"));
            let at = book.position(provider, model).ok_or_else(|| line.error("model", "has no price"))?;
            book.index.add(line.text("alias"), &IndexEntry { model: at, provider: provider.to_owned(), user: false });
            Ok(())
        })?;
        Ok(book)
    }

    /// Puts the user's price table on top; `path` only names it in errors.
    ///
    /// - Columns: those of [`PriceRow::COLUMNS`], of which `model`, `input` and `output` are required.
    /// - From its `effective_from` on (always, if blank) a row replaces all embedded rows of that model and service tier,
    ///   including context tiers: a negotiated flat price also applies to long prompts.
    /// - A model may be written as in the logs. Without a `provider` it is looked up in the book; the provider of a new model
    ///   is `custom`.
    ///
    /// # Errors
    /// An unknown column (the error suggests the nearest), a cell that does not parse, or two rows for the same day. The error
    /// names the file and, if there is one, the line.
    pub fn with_csv(mut self, path: &Path, text: &str) -> Result<Self> {
        for mut row in PriceRow::read_all(path, text, RowOrigin::User)? {
            let seller = (!row.provider.is_empty()).then(|| row.provider.to_string());
            let known = self.index.resolve(seller.as_deref(), &row.model);
            // A name with a region or a speed has a price of its own, which is not the model's.
            if let Some(Resolved { model, geo: None, speed: None }) = known {
                let model = &self.models[model];
                if seller.as_deref().is_none_or(|seller| seller == &*model.provider) {
                    (row.provider, row.model) = (Arc::clone(&model.provider), Arc::clone(&model.key));
                }
            }
            if row.provider.is_empty() {
                row.provider = CUSTOM.into();
            }
            let twin = self.position(&row.provider, &row.model).and_then(|at| {
                self.models[at].rows.iter().find(|other| {
                    other.origin == RowOrigin::User
                        && (other.service_tier, other.effective_from, other.above_input_tokens)
                            == (row.service_tier, row.effective_from, row.above_input_tokens)
                })
            });
            if twin.is_some() {
                return Err(Error::input(
                    format!("{}: `{}` has two rows for the same tier and day", path.display(), row.model),
                    "keep one of them, or give them different effective_from days",
                ));
            }
            self.insert(row);
        }
        Ok(self)
    }

    /// Puts a public catalogue on top; `path` only names it in errors. Its prices hold from a day on, so that the catalogue of
    /// today never changes what was spent before; without a day they hold always. Returns what was left out, too.
    ///
    /// # Errors
    /// A text that is not a known catalogue, or an impossible price, with the file and the model.
    pub fn with_catalogue(mut self, path: &Path, text: &str, from: Option<NaiveDate>) -> Result<(Self, Catalogue)> {
        let mut catalogue = catalogue::read(path, text, from)?;
        let mut known = HashSet::new();
        for mut row in std::mem::take(&mut catalogue.rows) {
            if let Some(Resolved { model, geo: None, speed: None }) =
                self.index.resolve(Some(&row.provider), &row.model)
            {
                let model = &self.models[model];
                // A dated or a preview name with the price of its model is that model; the vendor's own name comes first.
                if model.provider == row.provider {
                    row.model = Arc::clone(&model.key);
                }
            }
            let is_new = known.insert((
                Arc::clone(&row.provider),
                Arc::clone(&row.model),
                row.service_tier,
                row.effective_from,
                row.above_input_tokens,
            ));
            if is_new {
                self.insert_as(row, false);
            }
        }
        Ok((self, catalogue))
    }

    /// Puts a file of prices on top: a table, or a catalogue whose prices hold from a day on.
    ///
    /// # Errors
    /// As [`PriceBook::with_csv`] and [`PriceBook::with_catalogue`].
    pub fn with_file(self, path: &Path, text: &str, from: Option<NaiveDate>) -> Result<(Self, Catalogue)> {
        if catalogue::is_catalogue(text) {
            self.with_catalogue(path, text, from)
        } else {
            Ok((self.with_csv(path, text)?, Catalogue::default()))
        }
    }

    fn insert(&mut self, row: PriceRow) {
        let user = row.origin == RowOrigin::User;
        self.insert_as(row, user);
    }

    fn insert_as(&mut self, row: PriceRow, user: bool) {
        let at = self.position(&row.provider, &row.model).unwrap_or_else(|| {
            let (provider, key) = (Arc::clone(&row.provider), Arc::clone(&row.model));
            self.index.add(&key, &IndexEntry { model: self.models.len(), provider: provider.to_string(), user });
            self.models.push(BookModel { provider, key, rows: Vec::new() });
            self.models.len() - 1
        });
        self.models[at].rows.push(row);
    }

    fn position(&self, provider: &str, key: &str) -> Option<usize> {
        // The rows of a model are adjacent, so while loading the last model is the likely one.
        self.models.iter().rposition(|model| &*model.key == key && &*model.provider == provider)
    }

    /// The latest day on which an embedded price was read: the date of the book.
    #[must_use]
    pub fn date(&self) -> NaiveDate {
        self.rows()
            .filter(|row| row.origin == RowOrigin::Embedded)
            .filter_map(|row| row.observed_at)
            .max()
            .unwrap_or_default()
    }

    /// All rows, model by model in the order of the table, the user's last.
    pub fn rows(&self) -> impl Iterator<Item = &PriceRow> {
        self.models.iter().flat_map(|model| &model.rows)
    }

    /// All multipliers.
    #[must_use]
    pub fn modifiers(&self) -> &[Modifier] {
        &self.modifiers
    }

    /// The model that a logged name means, or `None` if no rule explains the name.
    ///
    /// [`PriceBook::cost`] resolves names itself. Callers with many records keep the result per distinct pair of names and
    /// use [`PriceBook::cost_of`].
    #[must_use]
    pub fn resolve(&self, provider: Option<&str>, model: &str) -> Option<Resolved> {
        self.index.resolve(provider, model)
    }

    /// The model that a name means, whoever sells it: prices need [`PriceBook::resolve`], tables and bills this one.
    #[must_use]
    pub fn identify(&self, model: &str) -> Option<Resolved> {
        self.index.identify(model)
    }

    /// Provider and key of a resolved model.
    #[must_use]
    pub fn name_of(&self, resolved: Resolved) -> (&str, &str) {
        let model = &self.models[resolved.model];
        (&model.provider, &model.key)
    }

    /// The prices of a model and service tier on a day.
    /// What calls of a vendor's tools cost on a day; `None` if its fee is unknown.
    pub(super) fn fee(&self, resolved: Resolved, (unit, micros): (&str, i64), day: NaiveDate) -> Option<Money> {
        fee::charge(&self.fees, self.name_of(resolved).0, unit, micros, day)
    }

    pub(super) fn schedule(&self, resolved: Resolved, tier: ServiceTier, day: NaiveDate) -> Lookup<'_> {
        let of_tier = || self.models[resolved.model].rows.iter().filter(move |row| row.service_tier == tier);
        let user = of_tier()
            .filter(|row| row.origin == RowOrigin::User && row.applies_on(day))
            .map(|row| row.effective_from)
            .max();
        if let Some(from) = user {
            let rows = of_tier().filter(|row| row.origin == RowOrigin::User && row.effective_from == from);
            return Lookup::Found(Schedule::new(rows));
        }
        let embedded: Vec<_> =
            of_tier().filter(|row| row.origin == RowOrigin::Embedded && row.applies_on(day)).collect();
        if !embedded.is_empty() {
            return Lookup::Found(Schedule::new(embedded.into_iter()));
        }
        match of_tier().map(|row| row.effective_from).min() {
            None => Lookup::NoSuchTier,
            Some(Some(first)) if day < first => {
                Lookup::Found(Schedule::new(of_tier().filter(|row| row.effective_from == Some(first))))
            }
            Some(_) => Lookup::NotOnThatDay,
        }
    }
}

/// The prices of a model and service tier on a day.
pub(super) enum Lookup<'a> {
    /// These prices apply.
    Found(Schedule<'a>),
    /// The tier has prices, but not for this day.
    NotOnThatDay,
    /// The model has no prices for this tier.
    NoSuchTier,
}

impl<'a> Schedule<'a> {
    fn new(rows: impl Iterator<Item = &'a PriceRow>) -> Self {
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(|row| row.above_input_tokens);
        Self { rows }
    }
}

//! What a request would have cost with other tokens or on another model, at the list price of that day.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::ledger::Spent;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::usage::{Grain, TokenCounts};
use crate::pricing::{PriceBook, PriceRequest, Resolved};

/// Provider and model of a record.
pub(super) type Model = (Option<Name>, Option<Name>);

/// The price book, with a cache of looked-up models.
pub(super) struct Prices<'a> {
    book: &'a PriceBook,
    names: &'a Names,
    known: RefCell<HashMap<Model, Option<Resolved>>>,
}

impl<'a> Prices<'a> {
    pub(super) fn new(book: &'a PriceBook, names: &'a Names) -> Self {
        Self { book, names, known: RefCell::default() }
    }

    fn request(record: &Spent, tokens: TokenCounts) -> PriceRequest<'static> {
        PriceRequest {
            provider: None,
            model: None,
            at: record.at,
            tokens,
            calls: None,
            grain: Grain::Request,
            service_tier: None,
            speed: None,
            inference_geo: None,
        }
    }

    fn resolve(&self, record: &Spent) -> Option<Resolved> {
        let key = (record.provider, record.model);
        *self.known.borrow_mut().entry(key).or_insert_with(|| {
            self.book.resolve(self.names.text_of(record.provider), self.names.text_of(record.model)?)
        })
    }

    /// Provider and key of a record's model.
    pub(super) fn model(&self, record: &Spent) -> Option<(&str, &str)> {
        self.resolve(record).map(|resolved| self.book.name_of(resolved))
    }

    /// List price of a record with these tokens.
    pub(super) fn with(&self, record: &Spent, tokens: TokenCounts) -> Option<Money> {
        let priced = self.book.cost_of(self.resolve(record)?, &Self::request(record, tokens)).ok()?;
        Some(priced.cost)
    }

    /// List price of a record's own tokens as a batch.
    pub(super) fn as_batch(&self, record: &Spent) -> Option<Money> {
        let request = PriceRequest { service_tier: Some("batch"), ..Self::request(record, record.counts) };
        self.book.cost_of(self.resolve(record)?, &request).ok().map(|priced| priced.cost)
    }

    /// List price of a record's own tokens less that of others; zero if the others cost more.
    pub(super) fn saved(&self, record: &Spent, tokens: TokenCounts) -> Option<Money> {
        let (own, other) = (self.with(record, record.counts)?, self.with(record, tokens)?);
        Some((own - other).max(Money::ZERO))
    }

    /// List price of a record's own tokens on another model, with the same cache hits.
    pub(super) fn all_on(&self, record: &Spent, provider: &str, model: &str) -> Option<Money> {
        let resolved = self.book.resolve(Some(provider), model)?;
        self.book.cost_of(resolved, &Self::request(record, record.counts)).ok().map(|priced| priced.cost)
    }

    /// List price of a record's own tokens on another model that has none of them in its cache.
    pub(super) fn on(&self, record: &Spent, provider: &str, model: &str) -> Option<Money> {
        let resolved = self.book.resolve(Some(provider), model)?;
        let counts = record.counts;
        let read = counts.cache_read.unwrap_or(0);
        let fresh = TokenCounts { input: Some(counts.input.unwrap_or(0) + read), cache_read: None, ..counts };
        self.book.cost_of(resolved, &Self::request(record, fresh)).ok().map(|priced| priced.cost)
    }
}

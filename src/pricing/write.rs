//! A price row → the cells of its table, as a price file holds them.

use super::row::{ChangeKind, PriceRow, TierScope, UnitPrice};
use crate::model::money::Money;

impl PriceRow {
    /// The row's cells in the order of [`PriceRow::COLUMNS`]; blank where the row has no value.
    #[must_use]
    pub fn cells(&self) -> Vec<(&'static str, String)> {
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        // A unit price counts nano-dollars per million tokens, so it prints as money does.
        let price = |price: Option<UnitPrice>| {
            price.map(|price| Money::from_nanos(price.nanos_per_mtok()).to_string()).unwrap_or_default()
        };
        let values = [
            self.provider.to_string(),
            self.model.to_string(),
            day(self.effective_from),
            day(self.effective_to),
            self.service_tier.as_str().to_owned(),
            self.above_input_tokens.to_string(),
            match self.tier_scope {
                TierScope::Request => "request".to_owned(),
                TierScope::Marginal => "marginal".to_owned(),
            },
            price(self.prices.input),
            price(self.prices.cache_read),
            price(self.prices.cache_write_5m),
            price(self.prices.cache_write_1h),
            price(self.prices.output),
            self.source.clone(),
            self.source_revision.clone(),
            day(self.observed_at),
            match self.change_kind {
                ChangeKind::Price => "price".to_owned(),
                ChangeKind::Correction => "correction".to_owned(),
                ChangeKind::FirstSeen => "first_seen".to_owned(),
            },
            self.note.clone(),
        ];
        Self::COLUMNS.iter().copied().zip(values).collect()
    }
}

//! What an export says about money besides an amount: how far to trust it, and who bears the cost.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::money::Money;
use super::name::Name;

/// The unit of web searches that the vendor made for a request.
pub const WEB_SEARCHES: &str = "web-searches";

/// How close a source is to the invoice. If several cover the same provider and day, the closest one sets the cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// What a tool logged on a machine.
    #[default]
    Transcript,
    /// Events that a tool sent to a collector.
    Telemetry,
    /// What a gateway or an observability tool between tool and vendor saw.
    Gateway,
    /// The vendor's own count of usage.
    VendorUsage,
    /// What the vendor charges.
    Invoice,
}

impl Authority {
    /// All, least trusted first.
    pub const ALL: [Self; 5] = [Self::Transcript, Self::Telemetry, Self::Gateway, Self::VendorUsage, Self::Invoice];

    /// The one with this machine name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|authority| authority.as_str() == name)
    }

    /// The machine name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transcript => "transcript",
            Self::Telemetry => "telemetry",
            Self::Gateway => "gateway",
            Self::VendorUsage => "vendor_usage",
            Self::Invoice => "invoice",
        }
    }
}

/// Who bears the cost of the usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// The source does not say.
    #[default]
    Unknown,
    /// A plan or a quota covers it; its price is notional.
    Included,
    /// Charged as used.
    OnDemand,
    /// Charged after a quota was used up.
    Overage,
    /// Charged to the customer's own key by another vendor.
    OwnKey,
    /// Free of charge.
    Free,
    /// Failed, and not charged.
    Errored,
    /// A seat at an assistant covers it: no price of tokens applies, and it is in no sum of dollars or tokens.
    Seat,
}

impl Coverage {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Unknown,
        Self::Included,
        Self::OnDemand,
        Self::Overage,
        Self::OwnKey,
        Self::Free,
        Self::Errored,
        Self::Seat,
    ];

    /// The one with this machine name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|coverage| coverage.as_str() == name)
    }

    /// The machine name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Included => "included",
            Self::OnDemand => "on_demand",
            Self::Overage => "overage",
            Self::OwnKey => "byok",
            Self::Free => "free",
            Self::Errored => "errored",
            Self::Seat => "seat",
        }
    }
}

/// The billing side of a usage record.
///
/// - `currency_cost`: what an invoice bills (and others report) in `currency`. It is never added to dollars; a rate makes
///   `billed_cost` or `reported_cost` of it.
/// - `gross_cost`: in USD, before discounts and what a plan includes. It is not spend.
/// - `quantity` in millionths of `unit` (requests, credits, tokens): never summed across units, and never as USD.
/// - `revises`: the source corrects its rows, so of two copies the newer (`revised_at`, then input order) replaces the
///   older one whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bill {
    /// How close the source is to the invoice.
    pub authority: Authority,
    /// Who bears the cost.
    pub coverage: Coverage,
    /// Before discounts and what a plan includes.
    pub gross_cost: Option<Money>,
    /// The currency of `currency_cost`, by its code; none for US dollars.
    pub currency: Option<Name>,
    /// The amount in another currency than US dollars, as it is written: a billionth of its unit is a nano.
    pub currency_cost: Option<Money>,
    /// The billed amount in millionths of its unit.
    pub quantity_micros: Option<i64>,
    /// What was billed: `requests`, `ai-credits`, `tokens`.
    pub unit: Option<Name>,
    /// Whether later copies replace earlier ones.
    pub revises: bool,
    /// When the vendor last updated the row.
    pub revised_at: Option<DateTime<Utc>>,
}

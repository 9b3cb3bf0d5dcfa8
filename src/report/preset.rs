//! The shape of a vendor's published figure beside the bar; [`VendorShape`] says how it is counted.

use serde::Serialize;

use super::page::{Cell, Section, SectionId, Table, columns};
use crate::measure::vendor_shape::{DISCARD_DAYS, ShapePart, VendorShape};
use crate::model::quantity::Quantity;

/// A figure of a vendor's shape.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PresetDoc {
    /// Whose.
    pub preset: &'static str,
    /// How far to trust it.
    pub label: &'static str,
    /// Parts of a dollar; they sum to one.
    pub parts: Vec<PartDoc>,
    /// Pull requests, or landings, behind it.
    pub n: u64,
}

/// One part of a dollar.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PartDoc {
    /// `fixing`, `rewriting`, `review_friction` or `product`.
    pub part: &'static str,
    /// Its share; `null` where the inputs do not show it, and then it is counted in the product.
    pub share: Option<Quantity>,
    /// What the vendor published for 2,444 organisations.
    pub published: Quantity,
}

/// The label beside every such figure.
const LABEL: &str = "shape only, vendor formula unpublished";

impl From<&VendorShape> for PresetDoc {
    fn from(shape: &VendorShape) -> Self {
        let part = |one: ShapePart| PartDoc { part: one.part, share: one.share, published: one.published };
        Self { preset: "entelligence", label: LABEL, parts: shape.parts.map(part).into(), n: shape.n }
    }
}

impl PresetDoc {
    /// The table of the page.
    pub(super) fn section(&self) -> Section {
        let cents = |share: Quantity| format!("${:.2}", share.as_f64());
        let row = |part: &PartDoc| {
            vec![
                Cell::text(part.part.replace('_', " ")),
                part.share.map_or(Cell::Number(None), |share| Cell::Figure(cents(share), share)),
                Cell::Figure(cents(part.published), part.published),
            ]
        };
        Section {
            id: SectionId::VendorShape,
            title: format!("Of $1 after Entelligence ({LABEL})"),
            table: Table {
                columns: columns(&[("part", "part"), ("here", "share"), ("published", "published")]),
                rows: self.parts.iter().map(row).collect(),
            },
            rest: Some(format!(
                "{} pull requests or merged changes by kind, and lines lost within {DISCARD_DAYS} days: counts, not dollars. The bar \
                 above is weighed by dollars.",
                self.n
            )),
        }
    }
}

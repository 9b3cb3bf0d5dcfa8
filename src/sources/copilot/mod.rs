//! GitHub Copilot's exports: the usage reports of the billing page, its REST form, and the usage metrics.

pub(super) mod billing;
pub(super) mod metered_usage;
pub(super) mod metrics;
pub(super) mod requests;
pub(super) mod usage_report;

const PROVIDER: &str = "github";

/// Whether a product of GitHub's bill is AI: Copilot, also as "GitHub Copilot", GitHub Models and Spark.
fn is_ai_product(product: &str) -> bool {
    let product = product.to_lowercase();
    product.contains("copilot") || matches!(product.as_str(), "models" | "github models" | "spark" | "github spark")
}

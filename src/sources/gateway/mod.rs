//! Gateways: what they log per request between a tool and a vendor.

pub(super) mod cloudflare;
pub(super) mod helicone;
pub(super) mod helicone_csv;
pub(super) mod kong;
pub(super) mod litellm;
pub(super) mod litellm_activity;
pub(super) mod litellm_csv;
pub(super) mod litellm_daily;
pub(super) mod litellm_daily_csv;
pub(super) mod litellm_report;
pub(super) mod litellm_usage_csv;
pub(super) mod openrouter;
pub(super) mod openrouter_api;
pub(super) mod openrouter_daily;
pub(super) mod openrouter_generation;
pub(super) mod portkey;
pub(super) mod vercel_report;

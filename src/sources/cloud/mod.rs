//! Clouds: invocation logs and billing exports.

pub(super) mod aws_cost_explorer;
pub(super) mod aws_cur;
pub(super) mod azure_apim;
pub(super) mod azure_cost;
pub(super) mod azure_cost_analysis;
pub(super) mod bedrock;
pub(super) mod cloudzero;
pub(super) mod focus;
pub(super) mod focus_json;
mod services;
pub(super) mod vertex_billing;

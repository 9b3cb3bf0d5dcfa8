//! Clouds: invocation logs and billing exports.

pub(super) mod bedrock;
pub(super) mod focus;

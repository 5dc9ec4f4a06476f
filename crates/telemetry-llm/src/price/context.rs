//! What decides among the prices of one model.

use std::time::SystemTime;

/// What decides among a model's prices.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PriceContext<'a> {
    /// The tier of service that the answer reports. Not `auto`, which only a request can have.
    pub service_tier: Option<&'a str>,
    /// Whether the call was part of a batch.
    pub batch: bool,
    /// When the call was made; now unless set.
    pub at: Option<SystemTime>,
}

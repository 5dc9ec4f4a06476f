//! What decides among the prices of one model.

use std::time::SystemTime;

use genai_prices::PriceRequest;

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

impl PriceContext<'_> {
    pub(super) fn request<'a>(&'a self, model: &'a str, usage: &'a genai_prices::Usage) -> PriceRequest<'a> {
        let mut request = PriceRequest::new(model, usage);
        request.timestamp = self.at;
        if let Some(tier) = self.service_tier {
            request = request.with_price_context("service_tier", tier);
        }
        // Anthropic reports a batch as a tier.
        if self.batch || self.service_tier == Some("batch") {
            request = request.with_price_context("processing", "batch");
        }
        request
    }
}

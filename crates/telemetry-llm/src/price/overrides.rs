//! Prices that the application sets, found by model or by provider and model.

use std::collections::BTreeMap;

use super::model_price::ModelPrice;
use super::model_prices::ModelPrices;

/// Prices by the model's name, or by `provider/model`.
#[derive(Debug)]
pub(super) struct Overrides(BTreeMap<String, ModelPrice>);

impl Overrides {
    pub(super) fn new(prices: &ModelPrices) -> Self {
        Self(prices.iter().map(|(model, price)| (model.to_lowercase(), *price)).collect())
    }

    /// The price of a provider's model before that of the model wherever it runs.
    pub(super) fn get(&self, provider: &str, model: &str) -> Option<ModelPrice> {
        if self.0.is_empty() {
            return None;
        }
        let (provider, model) = (provider.to_lowercase(), model.to_lowercase());
        self.0.get(&format!("{provider}/{model}")).or_else(|| self.0.get(&model)).copied()
    }
}

//! Where prices come from.

use std::path::PathBuf;
use std::time::Duration;

use telemetry_core::{Settings, SettingsError};

use super::file;
use super::model_prices::ModelPrices;

/// Where prices come from.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "llm.prices", env = "TELEMETRY_LLM_PRICES", title = "Prices of models", check = PriceSettings::check)]
pub struct PriceSettings {
    /// A table in the form of genai-prices' data feed (version 2), in place of the bundled one: with one model at the
    /// least, and no price above 1,000,000 US dollars. It is read again when it has changed.
    #[setting(example = "/etc/agents/prices.json")]
    pub file: Option<PathBuf>,
    /// How often to look whether the file has changed.
    #[setting(default = "30s", accepts = "10ms"..="24h")]
    pub reload_every: Duration,
    /// Prices in US dollars a million tokens, from 0 to 1,000,000, by the model's name (as called, or as the metrics label it) or by
    /// `provider/model`; they come before the table's. In a file a map of maps: `gpt-4o: {input: 2.5, output: 10}`. Those
    /// of several sources are joined.
    #[setting(check = ModelPrices::check, example = "house-model=0.2,0.6")]
    pub overrides: ModelPrices,
}

impl PriceSettings {
    /// Tries the file, so that a wrong one is told of when the telemetry is set up.
    fn check(&self) -> Result<(), SettingsError> {
        self.file.as_deref().map_or(Ok(()), file::check)
    }
}

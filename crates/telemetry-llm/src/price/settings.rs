//! Where prices come from, and within which bounds that is accepted.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::model_price::ModelPrice;

/// Where prices come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PriceSettings {
    /// A table in the form of genai-prices' data feed (version 2), instead of the bundled one. Default: none.
    pub prices_file: Option<PathBuf>,
    /// How often to look whether that file has changed, from 10 ms to a day, such as `30s`. Default: 30 s.
    #[serde(serialize_with = "to_text", deserialize_with = "from_text")]
    pub reload_every: Duration,
    /// Prices by the model's name (as called, or as the metrics label it) or by `provider/model`; they come before the
    /// table's. Default: none.
    pub overrides: BTreeMap<String, ModelPrice>,
}

impl PriceSettings {
    /// The least that `reload_every` may be.
    pub const SHORTEST_RELOAD: Duration = Duration::from_millis(10);
    /// The most that `reload_every` may be.
    pub const LONGEST_RELOAD: Duration = Duration::from_secs(24 * 60 * 60);
}

impl Default for PriceSettings {
    fn default() -> Self {
        Self { prices_file: None, reload_every: Duration::from_secs(30), overrides: BTreeMap::new() }
    }
}

fn to_text<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&humantime::format_duration(*duration))
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map_err(serde::de::Error::custom)
}

//! What holds for all calls.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::price::PriceSettings;

/// What holds for all calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LlmSettings {
    /// The models that deployments run, by the names of the deployments, for providers where a call names the
    /// deployment. Default: none.
    pub deployments: BTreeMap<String, String>,
    /// Whether the metrics of the OpenTelemetry semantic conventions (`gen_ai.*`) are recorded beside our own. Default:
    /// as the meter's settings say (`TELEMETRY_SEMCONV=gen_ai`).
    pub semconv: Option<bool>,
    /// Where prices come from.
    pub prices: PriceSettings,
}

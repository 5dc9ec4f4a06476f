//! What holds for all calls, and for the queue of their usage.

use std::collections::BTreeMap;

use telemetry_core::Settings;

use crate::price::PriceSettings;
use crate::queue::QueueSettings;

/// What holds for all calls to models, and for the queue of their usage.
///
/// ```
/// use telemetry_core::Telemetry;
/// use telemetry_llm::{Llm, LlmSettings, ModelPrice};
///
/// let own = ModelPrice { input: 0.2, output: 0.6, ..ModelPrice::default() };
/// let telemetry = Telemetry::builder("shop")
///     .from_vars([("TELEMETRY_LLM_DEPLOYMENTS", "prod-east=gpt-4o")])
///     .domain(move |llm: &mut LlmSettings| llm.prices.overrides.insert("house-model", own))
///     .build()?;
/// let llm = Llm::new(telemetry.meter()); // with the settings that the meter carries
/// # Ok::<(), telemetry_core::InitError>(())
/// ```
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "llm", env = "TELEMETRY_LLM", title = "Calls to models")]
pub struct LlmSettings {
    /// The models that deployments run, by the names of the deployments, for providers where a call names the
    /// deployment.
    #[setting(example = "prod-east=gpt-4o")]
    pub deployments: BTreeMap<String, String>,
    /// Which provider answers at a host, or at a host and port, for the middleware of HTTP clients: gateways and servers
    /// of one's own, beside the hosts of the providers that it knows.
    #[setting(example = "llm.example.com=openai")]
    pub hosts: BTreeMap<String, String>,
    /// Whether the metrics of the OpenTelemetry semantic conventions (`gen_ai.*`) are recorded beside our own.
    #[setting(unset = "as `metrics.semconv` says", example = "true")]
    pub semconv: Option<bool>,
    /// Where prices come from.
    #[setting(group)]
    pub prices: PriceSettings,
    /// How usage records are stored.
    #[setting(group)]
    pub queue: QueueSettings,
}

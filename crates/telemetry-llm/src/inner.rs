//! What all calls share.

use std::fmt;

use telemetry_core::{Family, Meter};

use crate::gen_ai::Conventions;
use crate::metrics::{ClaudeMetrics, ModelMetrics, ModelMetricsKey, ProviderMetrics};
use crate::names::Names;
use crate::price::Prices;
use crate::settings::LlmSettings;

/// What all calls share: a guard has a part in it, and keeps where in it its own lies.
pub(crate) struct Inner {
    pub(crate) models: Family<ModelMetrics>,
    pub(crate) providers: Family<ProviderMetrics>,
    pub(crate) claude: Family<ClaudeMetrics>,
    pub(crate) names: Names,
    /// Which provider answers at a host.
    #[cfg(any(feature = "reqwest", feature = "tower"))]
    pub(crate) hosts: std::collections::BTreeMap<String, String>,
    pub(crate) conventions: Conventions,
    pub(crate) prices: Prices,
}

impl Inner {
    pub(crate) fn new(meter: &Meter, settings: LlmSettings, prices: Prices) -> Self {
        Self {
            models: Family::new(meter),
            providers: Family::new(meter),
            claude: Family::new(meter),
            names: Names::new(settings.deployments),
            #[cfg(any(feature = "reqwest", feature = "tower"))]
            hosts: settings.hosts,
            conventions: Conventions::new(meter, settings.semconv),
            prices,
        }
    }

    /// Registers a model, as each of the metrics labels it.
    pub(crate) fn register(&self, provider: &str, model: &str) {
        let id = self.names.register(provider, model);
        let name = self.names.at(&id);
        let (model, _) = name.model(&self.prices);
        self.models.register(ModelMetricsKey { provider: &name.provider, model: &model });
        self.providers.register(&name.provider);
        if name.is_anthropic {
            self.claude.register(&model);
        }
        self.conventions.register(name);
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Llm").field("prices", &self.prices).finish_non_exhaustive()
    }
}

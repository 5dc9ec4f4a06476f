//! What the guards and handles of one `Mcp` share.

use std::fmt;

use telemetry_core::{Family, Meter, Single};

use crate::metrics::{McpServerMetrics, McpToolMetrics, RegistryMetrics};
use crate::semconv::Conventions;
use crate::settings::McpSettings;

/// What the guards and handles of one `Mcp` share.
pub(crate) struct Inner {
    pub(crate) tools: Family<McpToolMetrics>,
    pub(crate) servers: Family<McpServerMetrics>,
    pub(crate) registry: Single<RegistryMetrics>,
    pub(crate) conventions: Conventions,
    #[cfg(feature = "rmcp")]
    pub(crate) settings: McpSettings,
}

impl Inner {
    pub(crate) fn new(meter: &Meter, settings: &McpSettings) -> Self {
        Self {
            tools: Family::new(meter),
            servers: Family::new(meter),
            registry: Single::new(meter),
            conventions: Conventions::new(meter, settings.semconv),
            #[cfg(feature = "rmcp")]
            settings: settings.clone(),
        }
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("tools", &self.tools).field("servers", &self.servers).finish_non_exhaustive()
    }
}

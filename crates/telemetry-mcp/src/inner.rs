//! What the guards and handles of one `Mcp` share.

use std::fmt;
use std::sync::Arc;

use telemetry_core::{EntityRef, Family, Meter, MeterSettings, Single};

use crate::metrics::{McpServerMetrics, McpToolMetrics, McpToolMetricsKey, RegistryMetrics};
use crate::names::{Most, Names, UNKNOWN, Verdict, is_name};
use crate::semconv::Conventions;
use crate::settings::McpSettings;
use crate::side::Side;

/// What the guards and handles of one `Mcp` share.
pub(crate) struct Inner {
    pub(crate) tools: Family<McpToolMetrics>,
    pub(crate) servers: Family<McpServerMetrics>,
    pub(crate) registry: Single<RegistryMetrics>,
    pub(crate) conventions: Conventions,
    pub(crate) names: Arc<Names>,
    #[cfg(feature = "rmcp")]
    pub(crate) settings: McpSettings,
}

impl Inner {
    pub(crate) fn new(meter: &Meter, settings: &McpSettings) -> Self {
        let labels = meter.settings().map_or_else(|| MeterSettings::default().max_label_values, |s| s.max_label_values);
        let most = Most { servers: labels, known: settings.max_known_tools, unlisted: labels };
        let inner = Self {
            tools: Family::new(meter),
            servers: Family::new(meter),
            registry: Single::new(meter),
            conventions: Conventions::new(meter, settings.semconv),
            // As the families are: what one `Mcp` takes, another cannot take again.
            names: meter.one(|| Names::at_most(most)),
            #[cfg(feature = "rmcp")]
            settings: settings.clone(),
        };
        inner.tools.vouch(McpToolMetricsKey { server_id: "", tool_name: UNKNOWN });
        inner.conventions.register(UNKNOWN);
        inner
    }

    /// Registers a server's tool, or the server alone where the tool has no name or one that is too long.
    pub(crate) fn register(&self, server_id: &str, tool_name: &str) {
        let tool_name = if is_name(tool_name) { tool_name } else { "" };
        self.tools.register(McpToolMetricsKey { server_id, tool_name });
        self.servers.register(server_id);
        self.conventions.register(tool_name);
    }

    /// Where a tool is counted whose name is new there, and whether that is under another name.
    #[cold]
    pub(crate) fn tool(
        &self,
        side: Side,
        server_id: &str,
        tool_name: &str,
        is_claim: bool,
    ) -> (EntityRef<McpToolMetrics>, bool) {
        let verdict = match self.names.of(side, server_id) {
            #[cfg(feature = "rmcp")]
            Some(tools) if is_claim => tools.judge_claim(tool_name),
            Some(tools) => tools.judge(tool_name),
            None if is_claim => Verdict::Unknown,
            None => return (self.tools.entity(McpToolMetricsKey { server_id, tool_name }), false),
        };
        match verdict {
            Verdict::Known => {
                self.tools.vouch(McpToolMetricsKey { server_id, tool_name });
                self.servers.vouch(server_id);
                self.conventions.register(tool_name);
            }
            Verdict::Taken => {
                self.tools.admit(McpToolMetricsKey { server_id: "", tool_name });
                self.conventions.admit(tool_name);
            }
            Verdict::Unknown | Verdict::Full => {}
        }
        let counted_as = verdict.counted_as();
        let key = McpToolMetricsKey { server_id, tool_name: counted_as.unwrap_or(tool_name) };
        (self.tools.entity(key), counted_as.is_some())
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("tools", &self.tools).field("servers", &self.servers).finish_non_exhaustive()
    }
}

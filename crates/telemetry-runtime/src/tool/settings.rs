//! What holds for all runs of tools.

use telemetry_core::Settings;

use crate::process::Limits;

/// What holds for all runs unless a run says otherwise.
#[derive(Settings, Debug, Clone, PartialEq, Eq)]
#[settings(key = "tool", env = "TELEMETRY_TOOL", title = "Tools")]
pub struct ToolSettings {
    /// What a tool process may use, and how long its end may take.
    #[setting(group)]
    pub limits: Limits,
    /// The version of what runs the tools, on spans as `runtime_version`.
    #[setting(example = "1.3.0")]
    pub runtime_version: Option<String>,
    /// Whether spans carry the version as `bun_version` too, for queries written against that name.
    #[setting(default = false)]
    pub bun_version: bool,
}

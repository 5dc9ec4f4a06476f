//! What holds for all runs of tools.

use crate::process::Limits;

/// What holds for all runs unless a run says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToolSettings {
    /// What a tool process may use, and how long its end may take.
    pub limits: Limits,
    /// The version of what runs the tools, on spans as `runtime_version`; none unless set.
    pub runtime_version: Option<String>,
    /// Whether spans carry the version as `bun_version` too, for queries written against that name; not unless set.
    pub bun_version: bool,
}

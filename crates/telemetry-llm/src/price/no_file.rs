//! What stands for files of prices where the feature `prices` is off: none can be read.

use std::path::Path;

use telemetry_core::SettingsError;

pub(super) fn check(path: &Path) -> Result<(), SettingsError> {
    let reason = "telemetry-llm is built without its feature `prices`, which reads such files";
    Err(SettingsError::file("llm.prices.file", path, reason))
}

//! The settings that an application gets from variables alone.

use telemetry_core::settings::{ResolvedSettings, Settings, SettingsError};

/// What an application called `shop` gets from these variables.
pub(super) fn resolve(vars: &[(&str, &str)]) -> Result<ResolvedSettings, SettingsError> {
    ResolvedSettings::resolve([Settings::from_vars(vars.iter().copied())?, Settings::for_service("shop")])
}

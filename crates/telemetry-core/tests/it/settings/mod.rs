//! What is read, what is refused, and what comes out.

mod bad_values;
mod defaults;
mod environment;
mod file;
mod layers;
mod properties;
mod spelling;
mod tls;
mod turned_off;
mod variables;

use telemetry_core::settings::{ResolvedSettings, Settings, SettingsError};

/// What an application called `shop` gets from these variables.
fn resolve(vars: &[(&str, &str)]) -> Result<ResolvedSettings, SettingsError> {
    ResolvedSettings::resolve([Settings::from_vars(vars.iter().copied())?, Settings::for_service("shop")])
}

//! Settings read from environment variables.

use std::ffi::OsString;

use super::Settings;
use super::groups::Groups;
use super::layers::Source;
use super::node::{Node, Syntax};
use super::variable::{by_env, nearest, variables};
use crate::setting::SettingsError;

const STANDARD: &str = "OTEL_";
const OWN: &str = "TELEMETRY_";

/// Variables that may be settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(Vec<(String, OsString)>);

impl Variables {
    /// Those of the process.
    pub(crate) fn of_process() -> Self {
        let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        Self(named.filter(|(name, _)| name.starts_with(OWN) || name.starts_with(STANDARD)).collect())
    }

    /// These.
    pub(crate) fn new<K: Into<String>, V: Into<String>>(vars: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(vars.into_iter().map(|(name, value)| (name.into(), OsString::from(value.into()))).collect())
    }
}

impl Settings {
    /// What the environment says of the core's settings; those of domains are read by `TelemetryBuilder::from_env`.
    ///
    /// # Errors
    ///
    /// A value that cannot be parsed, and a variable that starts with `TELEMETRY_` and is none of [`variables`].
    /// Other people's `OTEL_*` variables are left alone.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_variables(&Variables::of_process(), &Groups::default())
    }

    /// What these variables say, as if they were the environment.
    ///
    /// # Errors
    ///
    /// Those of [`Settings::from_env`].
    pub fn from_vars<K, V>(vars: impl IntoIterator<Item = (K, V)>) -> Result<Self, SettingsError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        Self::from_variables(&Variables::new(vars), &Groups::default())
    }

    /// What the variables say of the core's settings and of those of the groups.
    pub(crate) fn from_variables(vars: &Variables, groups: &Groups) -> Result<Self, SettingsError> {
        let mut settings = Self { source: Source::Environment, ..Self::default() };
        for (name, value) in &vars.0 {
            if let Some(def) = groups.rows().find(|def| def.env() == name) {
                let Some(value) = value.to_str() else {
                    let bytes = def.shown("bytes that are no Unicode");
                    return Err(SettingsError::value(name, bytes, "Unicode text"));
                };
                let node = Node::Text(value.trim().to_owned());
                if !node.is_blank() {
                    settings.entries.push((def, node));
                }
                continue;
            }
            let Some(variable) = by_env(name) else {
                if name.starts_with(OWN) {
                    let own = variables().map(|variable| variable.env()).filter(|env| env.starts_with(OWN));
                    let own = own.chain(groups.rows().map(|def| def.env()));
                    return Err(SettingsError::Unknown {
                        nearest: nearest(name, own).to_owned(),
                        setting: name.clone(),
                    });
                }
                continue;
            };
            let refuse = |value: String, accepted: String| SettingsError::Value {
                setting: name.clone(),
                value: if variable.is_secret() { super::secret::REDACTED.to_owned() } else { value },
                accepted,
            };
            let Some(value) = value.to_str() else {
                return Err(refuse("bytes that are no Unicode".to_owned(), "Unicode text".to_owned()));
            };
            // The specification has a variable that is set to nothing count as unset.
            if value.is_empty() {
                continue;
            }
            let value = Node::Text(value.trim().to_owned());
            let syntax = if name.starts_with(STANDARD) { Syntax::Milliseconds } else { Syntax::Unit };
            if let Err(accepted) = variable.slot.set(&mut settings, &value, syntax) {
                return Err(refuse(value.to_string(), accepted));
            }
        }
        Ok(settings)
    }
}

//! Settings read from environment variables.

use std::ffi::OsString;

use super::layers::Source;
use super::node::{Node, Syntax};
use super::variable::{by_env, nearest, variables};
use super::{Settings, SettingsError};

const STANDARD: &str = "OTEL_";
const OWN: &str = "TELEMETRY_";

impl Settings {
    /// What the environment says.
    ///
    /// # Errors
    ///
    /// A value that cannot be parsed, and a variable that starts with `TELEMETRY_` and is none of [`variables`].
    /// Other people's `OTEL_*` variables are left alone.
    pub fn from_env() -> Result<Self, SettingsError> {
        let mut known = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            if name.starts_with(OWN) || name.starts_with(STANDARD) {
                known.push((name, value));
            }
        }
        Self::from_os_vars(known)
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
        Self::from_os_vars(vars.into_iter().map(|(name, value)| (name.into(), OsString::from(value.into()))))
    }

    fn from_os_vars(vars: impl IntoIterator<Item = (String, OsString)>) -> Result<Self, SettingsError> {
        let mut settings = Self { source: Source::Environment, ..Self::default() };
        for (name, value) in vars {
            let Some(variable) = by_env(&name) else {
                if name.starts_with(OWN) {
                    let own = variables().map(|variable| variable.env()).filter(|env| env.starts_with(OWN));
                    return Err(SettingsError::Unknown { nearest: nearest(&name, own).to_owned(), setting: name });
                }
                continue;
            };
            let refuse = |value: String, accepted: String| SettingsError::Value {
                setting: name.clone(),
                value: if variable.is_secret() { super::secret::REDACTED.to_owned() } else { value },
                accepted,
            };
            let Ok(value) = value.into_string() else {
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

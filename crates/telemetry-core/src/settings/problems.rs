//! What is wrong with what sources say, told as an error or as a warning.

use std::fmt;

use super::source::Source;
use crate::readable;
use crate::setting::{SettingDef, SettingsError};

/// What is wrong with a setting and no reason not to start. It is logged once, when the telemetry starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    setting: String,
    text: String,
}

impl Warning {
    pub(super) fn new(setting: impl Into<String>, text: impl Into<String>) -> Self {
        Self { setting: setting.into(), text: text.into() }
    }

    /// The setting as it was written.
    #[must_use]
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", readable(&self.text))
    }
}

/// What was found wrong so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Problems {
    errors: Vec<SettingsError>,
    warnings: Vec<Warning>,
}

impl Problems {
    /// Adds one, unless it is known: three signals may stumble over the same value.
    pub(super) fn add(&mut self, error: SettingsError) {
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// A value of a setting that this source has.
    pub(super) fn refuse(&mut self, source: &Source, def: &SettingDef, value: String, accepted: String) {
        self.add(SettingsError::value(source.name(def), value, accepted));
    }

    pub(super) fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    /// The value, unless it is a problem.
    pub(super) fn keep<T>(&mut self, result: Result<T, SettingsError>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// Takes those that another source had.
    pub(super) fn append(&mut self, other: Self) {
        self.errors.extend(other.errors);
        self.warnings.extend(other.warnings);
    }

    /// The first error, if there is one.
    pub(super) fn first(&self) -> Result<(), SettingsError> {
        self.errors.first().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// All of them, as warnings, because the telemetry is turned off whatever they say.
    pub(super) fn into_warnings(self) -> Vec<Warning> {
        let ignored = self.errors.into_iter().map(|error| {
            Warning::new(error.setting(), format!("{error}; it is ignored because the telemetry is turned off"))
        });
        ignored.chain(self.warnings).collect()
    }
}

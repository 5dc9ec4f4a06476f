//! A struct whose fields are settings.

use std::fmt;

use super::def::SettingDef;
use super::error::SettingsError;
use super::node::{Node, Syntax};

/// A struct whose fields are settings; `#[derive(Settings)]` implements it.
///
/// Its `Default` is what holds where nothing is set. A domain crate's group is registered with the builder
/// (`TelemetryBuilder::domain`), which has it read from environment and file like the settings of the core, and given to
/// the meter ([`Meter::settings_of`](crate::Meter::settings_of)).
pub trait SettingsGroup: Default + Clone + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// The rows by their names within a group that has this one as a field.
    #[doc(hidden)]
    const RELATIVE: &'static [SettingDef];

    /// One row a setting, in the order of the fields.
    const SETTINGS: &'static [SettingDef];

    /// Reads a value into the field of a row; the error says what is accepted.
    #[doc(hidden)]
    fn set(&mut self, row: usize, node: &Node, syntax: Syntax) -> Result<(), String>;

    /// Whether the field of a row has a value that is accepted.
    #[doc(hidden)]
    fn check(&self, row: usize) -> Result<(), Unaccepted>;

    /// Lays the field of a row of `upper` over this one's; says whether `upper` has a value.
    #[doc(hidden)]
    fn lay_over(&mut self, row: usize, upper: &mut Self) -> bool;

    /// Whether the field of a row has the same value there.
    #[doc(hidden)]
    fn is_same(&self, row: usize, other: &Self) -> bool;

    /// The group's own check of what goes together.
    #[doc(hidden)]
    fn check_together(&self) -> Result<(), SettingsError> {
        Ok(())
    }

    /// Checks every setting, and then what goes together.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] of the first that is not accepted, by its key.
    fn validate(&self) -> Result<(), SettingsError> {
        for (row, def) in Self::SETTINGS.iter().enumerate() {
            self.check(row).map_err(|unaccepted| unaccepted.of(def.key(), def))?;
        }
        self.check_together()
    }
}

/// A value that is not accepted.
#[doc(hidden)]
#[derive(Debug)]
pub struct Unaccepted {
    /// The value as it is written.
    pub value: String,
    /// What is accepted.
    pub accepted: String,
}

impl Unaccepted {
    /// The error, of the setting by the name that it was set under.
    pub(crate) fn of(self, name: &str, def: &SettingDef) -> SettingsError {
        let sound = |char: char| char.is_ascii_graphic() && char != '"';
        let plain =
            !self.value.is_empty() && self.value.split(' ').all(|word| !word.is_empty() && word.chars().all(sound));
        let value = if plain { self.value } else { format!("{:?}", self.value) };
        SettingsError::value(name, def.shown_text(value), self.accepted)
    }
}

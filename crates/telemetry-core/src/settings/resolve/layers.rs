//! Builder, environment and file laid over each other, with the source of each value.

use std::fmt::Display;
use std::path::Path;

use crate::setting::{SettingDef, SettingsError, SettingsGroup as _};
use crate::settings::declared::Settings;
use crate::settings::problems::Problems;
use crate::settings::source::Source;

/// All layers laid over each other, with the source of each value.
pub(super) struct Layers {
    pub(super) settings: Settings,
    /// By row.
    sources: Vec<Option<Source>>,
}

impl Layers {
    /// Lays the layers over each other, the weakest of which comes first. Each value of each layer is checked; one that is
    /// not accepted is left out.
    pub(super) fn new(layers: &[Settings], problems: &mut Problems) -> Self {
        let mut merged = Self { settings: Settings::default(), sources: vec![None; Settings::SETTINGS.len()] };
        for layer in layers {
            let mut layer = layer.clone();
            layer.resource.settle_service_name();
            for (row, def) in Settings::SETTINGS.iter().enumerate() {
                if let Err(unaccepted) = layer.check(row) {
                    problems.add(unaccepted.of(&layer.source.name(def), def));
                } else if merged.settings.lay_over(row, &mut layer) {
                    merged.sources[row] = Some(layer.source.clone());
                }
            }
        }
        merged
    }

    /// A setting as whoever set it wrote it; by its environment variable if nobody did.
    pub(super) fn name(&self, key: &str) -> String {
        match row(key) {
            Some((row, def)) => self.sources[row].as_ref().unwrap_or(&Source::Environment).name(def),
            None => key.to_owned(),
        }
    }

    /// Whether the value of `general` was set in a source that counts more than that of `special`.
    pub(super) fn outranks(&self, general: &str, special: &str) -> bool {
        let source = |key| row(key).and_then(|(row, _)| self.sources[row].as_ref());
        match (source(general), source(special)) {
            (Some(general), Some(special)) => general < special,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// The error that a setting's value is not accepted beside others.
    pub(super) fn refuse(&self, key: &str, value: impl Display, accepted: impl Into<String>) -> SettingsError {
        let value = value.to_string();
        let value = match row(key) {
            Some((_, def)) => def.shown_text(value),
            None => value,
        };
        SettingsError::value(self.name(key), value, accepted)
    }

    /// The error that the file which a setting names cannot be used.
    pub(super) fn refuse_file(&self, key: &str, path: &Path, reason: impl Display) -> SettingsError {
        SettingsError::file(self.name(key), path, reason.to_string())
    }
}

fn row(key: &str) -> Option<(usize, &'static SettingDef)> {
    Settings::SETTINGS.iter().enumerate().find(|(_, def)| def.key() == key)
}

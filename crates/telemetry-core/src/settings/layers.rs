//! Builder, environment and file laid over each other, with the source of each value.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::PathBuf;

use super::variable::{by_key, variables};
use super::{Settings, SettingsError};
use crate::setting::SettingDef;

/// Where a layer comes from, the one that counts most first.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    #[default]
    Builder,
    Environment,
    File(PathBuf),
    Application,
}

impl Source {
    /// A setting as it is written in this source.
    pub(super) fn name(&self, def: &SettingDef) -> String {
        self.name_of(def.key(), def.env(), def.setter())
    }

    /// A setting by its names.
    pub(super) fn name_of(&self, key: &str, env: &str, setter: &str) -> String {
        match self {
            Self::Builder => format!("builder `{setter}`"),
            Self::Environment => env.to_owned(),
            Self::File(path) => format!("{key} in {}", path.display()),
            Self::Application => format!("application's own {key}"),
        }
    }
}

/// The builder's methods that are not called as their key is.
const SETTERS: &[(&str, &str)] = &[
    ("otlp.endpoint", "endpoint"),
    ("otlp.headers", "header"),
    ("otlp.certificate", "ca_file"),
    ("otlp.client_certificate", "client_identity_files"),
    ("otlp.client_key", "client_identity_files"),
    ("resource.attributes", "attribute"),
    ("metrics.namespace", "metric_namespace"),
    ("metrics.export_interval", "metric_interval"),
    ("sampling.sampler", "sampler"),
    ("sampling.ratio", "sample_ratio"),
    ("logs.level", "log_level"),
    ("prometheus.listen", "prometheus"),
    ("prometheus.embedded", "prometheus_embedded"),
];

/// The builder's method for a key; the key itself, which is the field's path, where it has none of its own.
fn setter(key: &str) -> &str {
    SETTERS.iter().find(|(of, _)| *of == key).map_or(key, |(_, setter)| setter)
}

/// All layers laid over each other, with the source of each value.
pub(super) struct Layers {
    pub(super) settings: Settings,
    origins: HashMap<&'static str, Source>,
}

impl Layers {
    pub(super) fn new(mut layers: Vec<Settings>) -> Self {
        layers.sort_by(|a, b| b.source.cmp(&a.source));
        let mut merged = Self { settings: Settings::default(), origins: HashMap::new() };
        for mut layer in layers {
            layer.resource.settle_service_name();
            for variable in variables() {
                if variable.slot.lay_over(&mut layer, &mut merged.settings) {
                    merged.origins.insert(variable.key(), layer.source.clone());
                }
            }
        }
        merged
    }

    /// A setting as whoever set it wrote it; by its environment variable if nobody did.
    pub(super) fn name(&self, key: &str) -> String {
        let env = by_key(key).map_or(key, |variable| variable.env());
        self.origins.get(key).unwrap_or(&Source::Environment).name_of(key, env, setter(key))
    }

    /// Whether the value of `general` was set in a source that counts more than that of `special`.
    pub(super) fn outranks(&self, general: &str, special: &str) -> bool {
        match (self.origins.get(general), self.origins.get(special)) {
            (Some(general), Some(special)) => general < special,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// The error that a setting's value is not accepted.
    pub(super) fn refuse(&self, key: &str, value: impl Display, accepted: impl Into<String>) -> SettingsError {
        let value = match by_key(key) {
            Some(variable) if variable.is_secret() => super::secret::REDACTED.to_owned(),
            _ => value.to_string(),
        };
        SettingsError::Value { setting: self.name(key), value, accepted: accepted.into() }
    }

    /// The error that the file which a setting names cannot be used.
    pub(super) fn refuse_file(&self, key: &str, path: &std::path::Path, reason: impl Display) -> SettingsError {
        SettingsError::File { setting: self.name(key), path: path.display().to_string(), reason: reason.to_string() }
    }
}

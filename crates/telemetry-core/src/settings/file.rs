//! Settings read from a YAML file.

use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error as _};

use super::layers::Source;
use super::node::{Node, Syntax};
use super::variable::{by_key, nearest, variables};
use super::{Settings, SettingsError};

const CONFIG_FILE: &str = "config_file";

impl Settings {
    /// What a YAML file says.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no YAML, or has a key or a value that is not accepted.
    pub fn from_file(path: impl Into<PathBuf>) -> Result<Self, SettingsError> {
        let path = path.into();
        read(&path, CONFIG_FILE.to_owned())
    }

    /// What a YAML text says; errors name `path`.
    ///
    /// # Errors
    ///
    /// The text is no YAML, or has a key or a value that is not accepted.
    pub fn from_yaml(text: &str, path: impl Into<PathBuf>) -> Result<Self, SettingsError> {
        parse(text, &path.into(), CONFIG_FILE.to_owned())
    }
}

/// Reads the file that `setting` names.
pub(super) fn read(path: &Path, setting: String) -> Result<Settings, SettingsError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text, path, setting),
        Err(error) => Err(refuse(path, setting, error.to_string())),
    }
}

fn parse(text: &str, path: &Path, setting: String) -> Result<Settings, SettingsError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
    };
    let source = Source::File(path.to_owned());
    match serde_saphyr::from_str_with_options::<Node>(text, options) {
        Ok(node) => settings(&node, &source),
        // The parser's own message quotes the file, in which there may be secrets.
        Err(error) => Err(refuse(
            path,
            setting,
            match error.location() {
                Some(place) => format!("it is no sound YAML at line {}, column {}", place.line(), place.column()),
                None => "it is no sound YAML".to_owned(),
            },
        )),
    }
}

fn refuse(path: &Path, setting: String, reason: String) -> SettingsError {
    SettingsError::File { setting, path: path.display().to_string(), reason }
}

fn settings(node: &Node, source: &Source) -> Result<Settings, SettingsError> {
    let mut settings = Settings { source: source.clone(), ..Settings::default() };
    fill(&mut settings, "", node, source)?;
    Ok(settings)
}

/// Walks down to the keys that are settings.
fn fill(settings: &mut Settings, key: &str, node: &Node, source: &Source) -> Result<(), SettingsError> {
    if *node == Node::Nothing {
        return Ok(());
    }
    if let Some(variable) = by_key(key).filter(|_| key != CONFIG_FILE) {
        return variable.slot.set(settings, node, Syntax::Unit).map_err(|accepted| SettingsError::Value {
            setting: source.name(key, variable.env()),
            value: if variable.is_secret() { super::secret::REDACTED.to_owned() } else { node.to_string() },
            accepted,
        });
    }
    let below = |variable: &str| key.is_empty() || variable.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
    match node {
        Node::Map(entries) if variables().any(|variable| below(variable.key())) => {
            for (name, node) in entries {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                fill(settings, &key, node, source)?;
            }
            Ok(())
        }
        _ => {
            let known = variables().map(|variable| variable.key()).filter(|key| *key != CONFIG_FILE);
            Err(SettingsError::Unknown { setting: source.name(key, key), nearest: nearest(key, known).to_owned() })
        }
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let node = Node::deserialize(deserializer)?;
        let mut settings = settings(&node, &Source::Builder).map_err(D::Error::custom)?;
        settings.source = Source::Builder;
        Ok(settings)
    }
}

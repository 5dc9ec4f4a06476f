//! Settings read from a YAML file.

use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error as _};

use super::groups::Groups;
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
        read(&path, CONFIG_FILE.to_owned(), &Groups::default())
    }

    /// What a YAML text says; errors name `path`.
    ///
    /// # Errors
    ///
    /// The text is no YAML, or has a key or a value that is not accepted.
    pub fn from_yaml(text: &str, path: impl Into<PathBuf>) -> Result<Self, SettingsError> {
        parse(text, &path.into(), CONFIG_FILE.to_owned(), &Groups::default())
    }
}

/// Reads the file that `setting` names.
pub(super) fn read(path: &Path, setting: String, groups: &Groups) -> Result<Settings, SettingsError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text, path, setting, groups),
        Err(error) => Err(refuse(path, setting, error.to_string())),
    }
}

fn parse(text: &str, path: &Path, setting: String, groups: &Groups) -> Result<Settings, SettingsError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
    };
    let source = Source::File(path.to_owned());
    match serde_saphyr::from_str_with_options::<Node>(text, options) {
        Ok(node) => settings(&node, &source, groups),
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

fn settings(node: &Node, source: &Source, groups: &Groups) -> Result<Settings, SettingsError> {
    let mut settings = Settings { source: source.clone(), ..Settings::default() };
    fill(&mut settings, "", node, source, groups)?;
    Ok(settings)
}

/// Walks down to the keys that are settings.
fn fill(
    settings: &mut Settings,
    key: &str,
    node: &Node,
    source: &Source,
    groups: &Groups,
) -> Result<(), SettingsError> {
    if node.is_blank() {
        return Ok(());
    }
    if let Some(def) = groups.rows().find(|def| def.key() == key) {
        settings.entries.push((def, node.clone()));
        return Ok(());
    }
    if let Some(variable) = by_key(key).filter(|_| key != CONFIG_FILE) {
        return variable.slot.set(settings, node, Syntax::Unit).map_err(|accepted| SettingsError::Value {
            setting: source.name_of(key, variable.env(), key),
            value: if variable.is_secret() { super::secret::REDACTED.to_owned() } else { node.to_string() },
            accepted,
        });
    }
    let below = |variable: &str| key.is_empty() || variable.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
    match node {
        Node::Map(entries)
            if variables().any(|variable| below(variable.key())) || groups.rows().any(|def| below(def.key())) =>
        {
            for (name, node) in entries {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                fill(settings, &key, node, source, groups)?;
            }
            Ok(())
        }
        _ => {
            let known = variables().map(|variable| variable.key()).filter(|key| *key != CONFIG_FILE);
            let known = known.chain(groups.rows().map(|def| def.key()));
            let setting = source.name_of(key, key, key);
            Err(SettingsError::Unknown { setting, nearest: nearest(key, known).to_owned() })
        }
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let node = Node::deserialize(deserializer)?;
        let mut settings = settings(&node, &Source::Builder, &Groups::default()).map_err(D::Error::custom)?;
        settings.source = Source::Builder;
        Ok(settings)
    }
}

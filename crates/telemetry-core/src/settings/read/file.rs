//! Settings read from a YAML file.

use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error as _};

use super::groups::Groups;
use super::nearest::nearest;
use crate::read_regular_to_string;
use crate::setting::{Node, SettingDef, SettingsError, SettingsGroup as _, Syntax};
use crate::settings::declared::{Entry, Settings};
use crate::settings::source::Source;

const CONFIG_FILE: &str = "config_file";
/// The most bytes of a file of settings: with every setting in it, it has some thousands.
const LARGEST: u64 = 1024 * 1024;

impl Settings {
    /// What a YAML file says of the core's settings.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no YAML, or has a key or a value that is not accepted.
    pub fn from_file(path: impl Into<PathBuf>) -> Result<Self, SettingsError> {
        read(&path.into(), CONFIG_FILE, &Groups::default()).or_refused()
    }

    /// What a YAML text says of the core's settings; errors name `path`.
    ///
    /// # Errors
    ///
    /// The text is no YAML, or has a key or a value that is not accepted.
    pub fn from_yaml(text: &str, path: impl Into<PathBuf>) -> Result<Self, SettingsError> {
        parse(text, &path.into(), CONFIG_FILE, &Groups::default()).or_refused()
    }
}

/// Reads the file that `setting` names.
pub(in crate::settings) fn read(path: &Path, setting: &str, groups: &Groups) -> Settings {
    match read_regular_to_string(path, LARGEST) {
        Ok(text) => parse(&text, path, setting, groups),
        Err(error) => {
            let mut settings = Settings::of(Source::File(path.to_owned()));
            settings.problems.add(SettingsError::file(setting, path, error.to_string()));
            settings
        }
    }
}

fn parse(text: &str, path: &Path, setting: &str, groups: &Groups) -> Settings {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
    };
    let mut reading = Reading { settings: Settings::of(Source::File(path.to_owned())), groups };
    match serde_saphyr::from_str_with_options::<Node>(text, options) {
        Ok(node) => reading.fill("", &node),
        // The parser's own message quotes the file, in which there may be secrets.
        Err(error) => {
            let reason = match error.location() {
                Some(place) => format!("it is no sound YAML at line {}, column {}", place.line(), place.column()),
                None => "it is no sound YAML".to_owned(),
            };
            reading.settings.problems.add(SettingsError::file(setting, path, reason));
        }
    }
    reading.settings
}

struct Reading<'a> {
    settings: Settings,
    groups: &'a Groups,
}

impl Reading<'_> {
    /// Walks down to the keys that are settings.
    fn fill(&mut self, key: &str, node: &Node) {
        if node.is_blank() {
            return;
        }
        let source = self.settings.source.clone();
        if let Some(row) = Settings::SETTINGS.iter().position(|def| def.key() == key && key != CONFIG_FILE) {
            if let Err(accepted) = self.settings.set(row, node, Syntax::Unit) {
                let def = &Settings::SETTINGS[row];
                self.settings.problems.refuse(&source, def, def.shown(node), accepted);
            }
            return;
        }
        if let Some(def) = self.groups.row(|def| def.key() == key) {
            match self.groups.try_value(def, node, Syntax::Unit) {
                Ok(()) => self.settings.entries.push(Entry { def, node: node.clone() }),
                Err(accepted) => self.settings.problems.refuse(&source, def, def.shown(node), accepted),
            }
            return;
        }
        let known = || {
            let core = Settings::SETTINGS.iter().map(SettingDef::key).filter(|key| *key != CONFIG_FILE);
            core.chain(self.groups.rows().map(SettingDef::key))
        };
        let below = |known: &str| key.is_empty() || known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
        match node {
            Node::Map(entries) if known().any(below) => {
                for (name, node) in entries {
                    let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                    self.fill(&key, node);
                }
            }
            _ => {
                let nearest = nearest(key, known());
                self.settings.problems.add(SettingsError::Unknown { setting: source.name_of_key(key), nearest });
            }
        }
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let node = Node::deserialize(deserializer)?;
        let groups = Groups::default();
        let mut reading = Reading { settings: Self::default(), groups: &groups };
        reading.fill("", &node);
        reading.settings.or_refused().map_err(D::Error::custom)
    }
}

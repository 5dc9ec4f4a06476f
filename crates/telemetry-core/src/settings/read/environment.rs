//! Settings read from environment variables.

use std::ffi::{OsStr, OsString};

use super::groups::Groups;
use super::nearest::nearest;
use crate::setting::{Node, SettingDef, SettingsError, SettingsGroup as _};
use crate::settings::declared::{Entry, Settings};
use crate::settings::problems::{Problems, Warning};
use crate::settings::source::Source;

const STANDARD: &str = "OTEL_";
const OWN: &str = "TELEMETRY_";
/// Variables that programs of many makers read.
const COMMON: [&str; 2] = ["LOG_LEVEL", "RUST_LOG"];
const DISABLED: &str = "OTEL_SDK_DISABLED";

/// Variables that may be settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(Vec<(String, OsString)>);

impl Variables {
    /// Those of the process.
    pub(crate) fn of_process() -> Self {
        let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        let is_one = |name: &str| name.starts_with(OWN) || name.starts_with(STANDARD) || COMMON.contains(&name);
        Self(named.filter(|(name, _)| is_one(name)).collect())
    }

    /// These.
    pub(crate) fn new<K: Into<String>, V: Into<String>>(vars: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(vars.into_iter().map(|(name, value)| (name.into(), OsString::from(value.into()))).collect())
    }

    /// What they say of the core's settings and of those of the groups.
    pub(crate) fn read(&self, groups: &Groups) -> Settings {
        let mut settings = Settings::of(Source::Environment);
        let mut problems = Problems::default();
        for (name, value) in &self.0 {
            if let Some(row) = Settings::SETTINGS.iter().position(|def| def.env() == name) {
                let def = &Settings::SETTINGS[row];
                let Some(node) = node(def, value, &mut problems) else { continue };
                if let Err(accepted) = settings.set(row, &node, def.syntax()) {
                    problems.refuse(&Source::Environment, def, def.shown(&node), accepted);
                }
            } else if let Some(def) = groups.row(|def| def.env() == name) {
                let Some(node) = node(def, value, &mut problems) else { continue };
                match groups.try_value(def, &node, def.syntax()) {
                    Ok(()) => settings.entries.push(Entry { def, node }),
                    Err(accepted) => problems.refuse(&Source::Environment, def, def.shown(&node), accepted),
                }
            } else if name.starts_with(OWN) {
                let core = Settings::SETTINGS.iter().map(SettingDef::env);
                let own = core.chain(groups.rows().map(SettingDef::env)).filter(|env| env.starts_with(OWN));
                problems.add(SettingsError::Unknown { setting: name.clone(), nearest: nearest(name, own) });
            }
        }
        Settings { problems, ..settings }
    }
}

/// The value, unless the variable counts as unset.
fn node(def: &SettingDef, value: &OsStr, problems: &mut Problems) -> Option<Node> {
    let Some(text) = value.to_str() else {
        let bytes = def.shown_text("bytes that are no Unicode".to_owned());
        problems.refuse(&Source::Environment, def, bytes, "Unicode text".to_owned());
        return None;
    };
    let text = text.trim();
    let is_boolean = text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") || text.is_empty();
    if def.env() == DISABLED && !is_boolean {
        // The specification has every value but `true` be false, and asks for a warning.
        let text = format!("{DISABLED}: {text:?} counts as false: only true turns the telemetry off");
        problems.warn(Warning::new(DISABLED, text));
        return Some(Node::Text(false.to_string()));
    }
    Some(Node::Text(text.to_owned())).filter(|node| !node.is_blank())
}

impl Settings {
    /// What the environment says of the core's settings; those of domains are read by `TelemetryBuilder::from_env`.
    ///
    /// # Errors
    ///
    /// A value that is not accepted, and a variable that starts with `TELEMETRY_` and is none of
    /// [`variables`](super::super::variables). Other people's `OTEL_*` variables are left alone. With
    /// `OTEL_SDK_DISABLED=true` there is no error: what is wrong is left out, and becomes a warning.
    pub fn from_env() -> Result<Self, SettingsError> {
        Variables::of_process().read(&Groups::default()).or_refused()
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
        Variables::new(vars).read(&Groups::default()).or_refused()
    }
}

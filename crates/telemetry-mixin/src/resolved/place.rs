//! How findings name settings.

/// How a finding names a setting, by its key in a file of settings.
pub(super) fn place_of(key: &str) -> String {
    format!("setting `{key}`")
}

/// The key of the setting that a finding names, if it names one.
#[cfg(feature = "settings-file")]
pub(crate) fn setting_in(place: &str) -> Option<&str> {
    place.strip_prefix("setting `")?.strip_suffix('`')
}

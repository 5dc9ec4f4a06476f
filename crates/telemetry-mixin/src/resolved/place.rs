//! How findings name settings.

use crate::promql::Finding;
use crate::settings::Form;

/// How a finding names a setting, by its key in a file of settings.
pub(super) fn place_of(key: &str) -> String {
    format!("setting `{key}`")
}

/// What is said of a setting that does not have its form.
pub(super) fn unfit(key: &str, text: &str, form: &Form) -> Finding {
    Finding::about(place_of(key), format!("`{text}` is not {}", form.words))
}

/// The key of the setting that a finding names, if it names one.
#[cfg(feature = "settings-file")]
pub(crate) fn setting_in(place: &str) -> Option<&str> {
    place.strip_prefix("setting `")?.strip_suffix('`')
}

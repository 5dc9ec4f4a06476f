//! The page on settings: one table a concern.

use std::fmt::Write as _;

use telemetry_core::SettingDef;
use telemetry_core::setting::{Concern, Range, Syntax};

use super::markdown::cell;
use crate::files::NOTICE;

const INTRODUCTION: &str = "\
Each setting is a variable of the environment, a key of the YAML file that `TELEMETRY_CONFIG_FILE` names (its levels \
joined by dots here), and a setting of the builder. The builder counts more than the environment, and that more than the \
file. What is set to nothing but white space counts as unset, and a comma may follow the last item of a list. Words are \
read in any case.

A value that is not accepted is an error that names it, also where another source outranks it; a variable that starts \
with `TELEMETRY_` and is not listed here is one too. With `OTEL_SDK_DISABLED=true` nothing is an error: what is wrong is \
warned of. Settings of a domain are known once the builder has them, which `telemetry::builder` sees to.

Durations have a unit, as in `500ms`, `5s` or `1m 30s`; but variables that start with `OTEL_` have whole milliseconds.";

/// The page on these settings, in the order in which their concerns come.
///
/// ```
/// use telemetry_core::{Settings, SettingsGroup as _};
///
/// /// What holds for all uploads.
/// #[derive(Settings, Debug, Clone, PartialEq)]
/// #[settings(key = "s3", env = "TELEMETRY_S3", title = "Uploads")]
/// struct S3Settings {
///     /// How many parts go at once.
///     #[setting(default = 10, accepts = 1..=100)]
///     parts: usize,
/// }
///
/// let page = telemetry_mixin::settings_page(S3Settings::SETTINGS);
/// assert!(page.contains("## Uploads\n\nWhat holds for all uploads.\n"));
/// assert!(page.contains(
///     "| `TELEMETRY_S3_PARTS` | `s3.parts` | How many parts go at once. | `10` | a whole number from 1 to 100 |"
/// ));
/// ```
#[must_use]
pub fn settings_page<'a>(settings: impl IntoIterator<Item = &'a SettingDef>) -> String {
    let mut concerns: Vec<(Concern, Vec<&SettingDef>)> = Vec::new();
    for setting in settings {
        let concern = setting.concern();
        match concerns.iter_mut().find(|(known, _)| known.title == concern.title) {
            Some((_, settings)) => settings.push(setting),
            None => concerns.push((concern, vec![setting])),
        }
    }
    let mut page = format!("<!-- {NOTICE} -->\n\n# Settings\n\n{INTRODUCTION}\n");
    for (concern, settings) in concerns {
        write!(page, "\n## {}\n\n{}\n\n{}", concern.title, concern.doc, table(&settings))
            .expect("writing into a string never fails");
    }
    page
}

fn table(settings: &[&SettingDef]) -> String {
    let mut table =
        String::from("| variable | key | meaning | default | accepted |\n| --- | --- | --- | --- | --- |\n");
    for setting in settings {
        let row = [
            format!("`{}`", setting.env()),
            format!("`{}`", setting.key()),
            cell(setting.doc()),
            cell(&default(setting)),
            cell(&accepted(setting)),
        ];
        writeln!(table, "| {} |", row.join(" | ")).expect("writing into a string never fails");
    }
    table
}

/// A value as it is set, or words.
fn default(setting: &SettingDef) -> String {
    let default = setting.default();
    if setting.default_value().is_some_and(|value| value == default) { format!("`{default}`") } else { default }
}

fn accepted(setting: &SettingDef) -> String {
    let accepted = setting.accepted();
    match (setting.range(), setting.syntax()) {
        (Some(Range::Time { .. }), Syntax::Milliseconds) => format!("{accepted}; milliseconds in the variable"),
        _ => accepted,
    }
}

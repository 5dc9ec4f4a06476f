//! Every row of the core.

use crate::MeterSettings;
use crate::setting::{SettingDef, SettingsGroup};
use crate::settings::declared::Settings;

/// Every setting of the core, in the order of their concerns. Those of domain crates are in the `SETTINGS` of their
/// groups.
pub fn variables() -> impl Iterator<Item = &'static SettingDef> {
    Settings::SETTINGS.iter().chain(<MeterSettings as SettingsGroup>::SETTINGS)
}

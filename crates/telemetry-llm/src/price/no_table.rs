//! What stands for the table of prices where the feature `prices` is off: it has no model.

use telemetry_core::SettingsError;

use super::charge::Charge;
use super::context::PriceContext;
use super::file;
use super::rates::Rates;
use super::settings::PriceSettings;
use super::unpriced::Unpriced;
use crate::usage::Usage;

#[derive(Debug)]
pub(super) struct Table;

impl Table {
    pub(super) fn bundled() -> Self {
        Self
    }

    /// A file is refused by the settings' own check.
    pub(super) fn open(settings: &PriceSettings) -> Result<Self, SettingsError> {
        settings.file.as_deref().map_or(Ok(Self), |path| file::check(path).map(|()| Self))
    }

    pub(super) fn open_or_bundled(settings: &PriceSettings) -> Self {
        Self::open(settings).unwrap_or_else(|error| {
            tracing::warn!(target: "telemetry", %error, "only models whose price is set have one");
            Self
        })
    }

    pub(super) fn reload(&self) -> Result<(), SettingsError> {
        Ok(())
    }

    pub(super) fn generation(&self) -> u64 {
        0
    }

    pub(super) fn model_id<'a>(&self, _provider: &str, _names: impl Iterator<Item = &'a str>) -> Option<String> {
        None
    }

    pub(super) fn cost<'a>(
        &self,
        _provider: &str,
        _names: impl Iterator<Item = &'a str>,
        _usage: &Usage,
        _context: &PriceContext<'_>,
    ) -> Result<(Charge, &'a str), Unpriced> {
        Err(Unpriced::Model)
    }

    pub(super) fn rates<'a>(&self, _provider: &str, _names: impl Iterator<Item = &'a str>) -> Rates {
        Rates::Unpriced(Unpriced::Model)
    }
}

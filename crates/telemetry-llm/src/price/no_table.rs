//! What stands for the table of prices where the feature `prices` is off: it has no model.

use super::context::PriceContext;
use super::rates::Rates;
use super::settings::PriceSettings;
use super::unpriced::Unpriced;
use crate::error::LlmError;
use crate::usage::Usage;

#[derive(Debug)]
pub(super) struct Table;

impl Table {
    pub(super) fn bundled() -> Self {
        Self
    }

    pub(super) fn open(settings: &PriceSettings) -> Result<Self, LlmError> {
        match &settings.prices_file {
            Some(path) => Err(LlmError::PricesLeftOut { path: path.display().to_string() }),
            None => Ok(Self),
        }
    }

    pub(super) fn reload(&self) -> Result<(), LlmError> {
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
    ) -> Result<(f64, &'a str), Unpriced> {
        Err(Unpriced::Model)
    }

    pub(super) fn rates<'a>(&self, _provider: &str, _names: impl Iterator<Item = &'a str>) -> Rates {
        Rates::Unpriced(Unpriced::Model)
    }
}

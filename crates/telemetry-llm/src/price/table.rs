//! The table of prices: which one the settings name, and what it is asked.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use telemetry_core::SettingsError;

use super::charge::Charge;
use super::context::PriceContext;
use super::current::Current;
use super::file::{self, Version, Watcher};
use super::rates::Rates;
use super::settings::PriceSettings;
use super::steps::Step;
use super::unpriced::{Unpriced, is_free};
use crate::usage::Usage;

/// The table of prices.
pub(super) struct Table {
    current: Arc<Current>,
    file: Option<PathBuf>,
    /// Ends with the table.
    _watcher: Option<Watcher>,
}

impl Table {
    /// The table that genai-prices brings. It is decoded here, if it was not before, and not in the first call.
    pub(super) fn bundled() -> Self {
        Self { current: Current::bundled(), file: None, _watcher: None }
    }

    /// The table of the settings: the bundled one, or that of a file, which a thread of its own reads again.
    pub(super) fn open(settings: &PriceSettings) -> Result<Self, SettingsError> {
        // Also where a file replaces it: answers are read by its extractors.
        let bundled = Self::bundled();
        let Some(path) = &settings.file else { return Ok(bundled) };
        let (version, calculator) = file::load(path)?;
        Ok(Self::watched(Current::of_file(calculator), path, Some(version), settings))
    }

    /// The same, with the bundled table in the place of a file that cannot be used, until it can.
    pub(super) fn open_or_bundled(settings: &PriceSettings) -> Self {
        let Some(path) = &settings.file else { return Self::bundled() };
        // Told before it is tried: what becomes of it afterwards is a change.
        let seen = Version::of(path).ok();
        Self::open(settings).unwrap_or_else(|error| {
            let path_shown = path.display();
            tracing::warn!(target: "telemetry", path = %path_shown, %error, "prices of models are the bundled ones");
            Self::watched(Current::bundled(), path, seen, settings)
        })
    }

    fn watched(current: Arc<Current>, path: &Path, seen: Option<Version>, settings: &PriceSettings) -> Self {
        let watcher = Watcher::start(path, seen, settings.reload_every, Arc::downgrade(&current));
        Self { current, file: Some(path.to_owned()), _watcher: watcher }
    }

    pub(super) fn reload(&self) -> Result<(), SettingsError> {
        if let Some(path) = &self.file {
            let (_, calculator) = file::load(path)?;
            self.current.replace(calculator);
        }
        Ok(())
    }

    /// How often the table has been replaced.
    pub(super) fn generation(&self) -> u64 {
        self.current.generation()
    }

    /// The table's id of the first of the names that it knows.
    pub(super) fn model_id<'a>(&self, provider: &str, mut names: impl Iterator<Item = &'a str>) -> Option<String> {
        let source = self.current.source();
        names.find_map(|name| source.model_id(provider, name))
    }

    /// What the first of the names that it knows costs, and which that is.
    pub(super) fn cost<'a>(
        &self,
        provider: &str,
        names: impl Iterator<Item = &'a str>,
        usage: &Usage,
        context: &PriceContext<'_>,
    ) -> Result<(Charge, &'a str), Unpriced> {
        let reported = usage.to_reported();
        let source = self.current.source();
        for name in names {
            let cost = |usage: &genai_prices::Usage| source.cost(provider, name, usage, context);
            match cost(&reported) {
                Ok(usd) => {
                    // A tier that costs more has a price of its own, or none that is known.
                    let usual = PriceContext { service_tier: None, ..*context };
                    let lacks_tier = context.service_tier.is_some_and(is_dearer)
                        && source.cost(provider, name, &reported, &usual) == Ok(usd);
                    return Ok((Charge { usd, is_partial: lacks_tier || lacks_a_price(usage, usd, cost) }, name));
                }
                // What contradicts the five numbers is left out of them, and the sum is not the whole.
                Err(Unpriced::Usage) => {
                    let usd = cost(&usage.counted_only().to_reported())?;
                    return Ok((Charge { usd, is_partial: true }, name));
                }
                Err(Unpriced::Model) => {}
            }
        }
        Err(Unpriced::Model)
    }

    /// The rates by which [`cost`](Self::cost) comes about where a call says no more than its tokens.
    pub(super) fn rates<'a>(&self, provider: &str, names: impl Iterator<Item = &'a str>) -> Rates {
        // One table for all that is asked here, which is too much to keep others from replacing it meanwhile.
        let source = self.current.source_for_long();
        let context = PriceContext::default();
        let cost = |name: &str, usage: &Usage| source.cost(provider, name, &usage.to_reported(), &context);
        for name in names {
            match cost(name, &Usage::new(1, 1)) {
                Ok(_) => {
                    let steps = Step::all(|usage| cost(name, usage).ok());
                    return steps.map_or(Rates::Else, |steps| Rates::Steps { steps, free: is_free(name) });
                }
                Err(Unpriced::Usage) => return Rates::Else,
                Err(Unpriced::Model) => {}
            }
        }
        Rates::Unpriced(Unpriced::Model)
    }
}

/// Whether a tier of service costs more than the usual one, wherever there is such a tier.
fn is_dearer(tier: &str) -> bool {
    ["priority", "fast", "performance"].iter().any(|dearer| tier.eq_ignore_ascii_case(dearer))
}

/// What is charged by the piece, beside the tokens.
const PIECES: [&str; 5] = ["web_searches", "social_searches", "storage_searches", "code_executions", "rerank_searches"];

/// Whether the usage has pieces that the cost is the same without: the model has no price for them.
fn lacks_a_price(usage: &Usage, usd: f64, cost: impl Fn(&genai_prices::Usage) -> Result<f64, Unpriced>) -> bool {
    let Some(others) = usage.others() else { return false };
    PIECES.iter().filter(|piece| others.contains_key(piece)).any(|piece| {
        let mut without = usage.to_reported();
        without.remove(piece);
        cost(&without) == Ok(usd)
    })
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Table").field(&*self.current).finish()
    }
}

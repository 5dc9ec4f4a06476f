//! Prices of models: which table or override has one, and what a call costs by it.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use telemetry_core::SettingsGroup as _;

use super::charge::Charge;
use super::context::PriceContext;
use super::overrides::Overrides;
use super::rates::{KnownRates, Rates};
use super::settings::PriceSettings;
use super::spellings::spellings;
use super::table::Table;
use super::unpriced::{Unpriced, is_free, unless_unknown};
use crate::error::LlmError;
use crate::usage::Usage;

/// Prices of models: the table that genai-prices brings, or a file of the same form, and what the settings override.
/// Without the feature `prices` there is no table, and only what is overridden has a price.
///
/// Estimates, as list prices are. Cheap to clone.
///
/// ```
/// # #[cfg(feature = "prices")] {
/// use telemetry_llm::{PriceContext, Prices, Usage};
///
/// let prices = Prices::bundled();
/// let usage = Usage::new(1_000_000, 100_000).cached_prompt(400_000);
/// let cost = prices.cost("anthropic", "claude-sonnet-4-20250514", &usage, &PriceContext::default())?;
/// assert!((cost - (0.6 * 3.0 + 0.4 * 0.3 + 0.1 * 15.0)).abs() < 1e-9);
/// # }
/// # Ok::<(), telemetry_llm::Unpriced>(())
/// ```
#[derive(Clone)]
pub struct Prices(Arc<Sources>);

/// Where prices come from.
struct Sources {
    table: Table,
    overrides: Overrides,
}

impl Prices {
    /// The table that genai-prices brings. It is decoded here, if it was not before, and not in the first call.
    #[must_use]
    pub fn bundled() -> Self {
        Self::of(Table::bundled(), &PriceSettings::default())
    }

    /// The prices of these settings. A file is read here; a thread of its own reads it again when it has changed.
    ///
    /// # Errors
    ///
    /// [`LlmError`] when the file cannot be read or is no table, when a price is no price, and for any file without the
    /// feature `prices`.
    pub fn new(settings: &PriceSettings) -> Result<Self, LlmError> {
        settings.validate()?;
        Self::open(settings)
    }

    /// The prices of settings that were just accepted.
    pub(crate) fn open(settings: &PriceSettings) -> Result<Self, LlmError> {
        Ok(Self::of(Table::open(settings)?, settings))
    }

    /// The prices of settings that were accepted before. Should their file not be one any more, its place is taken by the
    /// bundled table until it is.
    pub(crate) fn or_bundled(settings: &PriceSettings) -> Self {
        Self::of(Table::open_or_bundled(settings), settings)
    }

    fn of(table: Table, settings: &PriceSettings) -> Self {
        Self(Arc::new(Sources { table, overrides: Overrides::new(&settings.overrides) }))
    }

    /// Reads the file of prices again at once, if there is one.
    ///
    /// # Errors
    ///
    /// [`LlmError`] when it cannot be read or is no table; the prices stay as they were then.
    pub fn reload(&self) -> Result<(), LlmError> {
        Ok(self.0.table.reload()?)
    }

    /// What a call cost, in US dollars.
    ///
    /// # Errors
    ///
    /// [`Unpriced`] where there is no price. A model that the table has at no price at all is without a price too,
    /// unless its name ends in `:free` or the settings say that it costs nothing.
    pub fn cost(
        &self,
        provider: &str,
        model: &str,
        usage: &Usage,
        context: &PriceContext<'_>,
    ) -> Result<f64, Unpriced> {
        let id = self.model_id(provider, model);
        let names = [id.as_deref().unwrap_or(model), model];
        self.cost_of(provider, &[model], &names, usage, context).map(|charge| charge.usd)
    }

    /// The cost of a call to the first of the models that the table knows, unless one of the names is overridden.
    pub(crate) fn cost_of(
        &self,
        provider: &str,
        models: &[&str],
        names: &[&str],
        usage: &Usage,
        context: &PriceContext<'_>,
    ) -> Result<Charge, Unpriced> {
        if !usage.is_plausible() {
            return Err(Unpriced::Usage);
        }
        #[cfg(feature = "prices")]
        if !usage.requests().is_empty() {
            return self.cost_of_requests(provider, models, names, usage, context);
        }
        self.cost_of_one(provider, models, names, usage, context)
    }

    /// The cost of a call that is made of several requests, of which each is as long as it is, and some are to models of
    /// their own. One whose model has no price is taken to be to the model that was called.
    #[cfg(feature = "prices")]
    fn cost_of_requests(
        &self,
        provider: &str,
        models: &[&str],
        names: &[&str],
        usage: &Usage,
        context: &PriceContext<'_>,
    ) -> Result<Charge, Unpriced> {
        let mut sum = Charge::whole(0.0);
        let overridden = names.iter().find_map(|name| self.0.overrides.get(provider, name));
        if let Some(price) = overridden {
            // It has no steps, and what it says of a request is said of the call.
            sum.usd += price.cost(&usage.of_called());
        }
        for request in usage.requests() {
            let as_called = || self.cost_of_one(provider, models, names, &request.usage, context);
            let charge = match request.model.as_deref() {
                None if overridden.is_some() => continue,
                None => as_called()?,
                Some(model) => match self.cost_of_one(provider, &[model], &[model], &request.usage, context) {
                    Ok(charge) => charge,
                    Err(_) => Charge { is_partial: true, ..as_called()? },
                },
            };
            sum.usd += charge.usd;
            sum.is_partial |= charge.is_partial;
        }
        Ok(sum)
    }

    fn cost_of_one(
        &self,
        provider: &str,
        models: &[&str],
        names: &[&str],
        usage: &Usage,
        context: &PriceContext<'_>,
    ) -> Result<Charge, Unpriced> {
        let mut overrides = names.iter().filter_map(|name| self.0.overrides.get(provider, name));
        if let Some(price) = overrides.next() {
            return Ok(Charge::whole(price.cost(usage)));
        }
        let spellings = models.iter().flat_map(|model| spellings(model));
        let (charge, name) = self.0.table.cost(provider, spellings, usage, context)?;
        unless_unknown(charge.usd, usage, is_free(name)).map(|usd| Charge { usd, ..charge })
    }

    /// The cost of a call that ended at that time, says no more than its tokens, and went to a model that answered under
    /// the name that it was called by. Of the second such call on it is a sum.
    pub(crate) fn cost_of_known<'a>(
        &self,
        known: &KnownRates,
        (provider, called, label): (&str, &'a str, impl Fn() -> &'a str),
        usage: &Usage,
        ended: Instant,
    ) -> Result<Charge, Unpriced> {
        if !usage.is_plausible() {
            return Err(Unpriced::Usage);
        }
        if usage.is_counted_only()
            && let Some(cost) =
                known.cost(usage, self.generation(), ended, || self.rates(provider, called, &[called, label()]))
        {
            return cost.map(Charge::whole);
        }
        self.cost_of(provider, &[called], &[called, label()], usage, &PriceContext::default())
    }

    /// The rates of a model as [`cost_of`](Self::cost_of) would apply them.
    fn rates(&self, provider: &str, called: &str, names: &[&str]) -> Rates {
        let price = names.iter().find_map(|name| self.0.overrides.get(provider, name));
        price.map_or_else(|| self.0.table.rates(provider, spellings(called)), Rates::Override)
    }

    /// The table's id of a model, under which its dated snapshots and deployments fold.
    ///
    /// ```
    /// # #[cfg(feature = "prices")] {
    /// # use telemetry_llm::Prices;
    /// let prices = Prices::bundled();
    /// assert_eq!(prices.model_id("openai", "gpt-4o-2024-08-06").as_deref(), Some("gpt-4o"));
    /// assert_eq!(prices.model_id("openai", "my-deployment"), None);
    /// # }
    /// ```
    #[must_use]
    pub fn model_id(&self, provider: &str, model: &str) -> Option<String> {
        self.0.table.model_id(provider, spellings(model))
    }

    /// How often the table has been replaced.
    pub(crate) fn generation(&self) -> u64 {
        self.0.table.generation()
    }
}

impl fmt::Debug for Prices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prices").field("table", &self.0.table).finish_non_exhaustive()
    }
}

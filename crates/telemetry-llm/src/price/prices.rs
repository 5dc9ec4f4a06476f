//! Prices of models: which table or override has one, and what a call costs by it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use genai_prices::{Calculator, ErrorKind, PriceRequest};

use super::context::PriceContext;
use super::file::{self, Watcher};
use super::overrides::Overrides;
use super::rates::{KnownRates, Rates, Step, Validity};
use super::settings::{PriceError, PriceSettings};
use super::spellings::spellings;
use super::table::{Source, Table};
use super::unpriced::{Unpriced, is_free, unless_unknown};
use crate::usage::Usage;

/// Prices of models: the table that genai-prices brings, or a file of the same form, and what the settings override.
///
/// Estimates, as list prices are. Cheap to clone.
///
/// ```
/// use telemetry_llm::{PriceContext, Prices, Usage};
///
/// let prices = Prices::bundled();
/// let usage = Usage::new(1_000_000, 100_000).cached_prompt(400_000);
/// let cost = prices.cost("anthropic", "claude-sonnet-4-20250514", &usage, &PriceContext::default())?;
/// assert!((cost - (0.6 * 3.0 + 0.4 * 0.3 + 0.1 * 15.0)).abs() < 1e-9);
/// # Ok::<(), telemetry_llm::Unpriced>(())
/// ```
#[derive(Clone)]
pub struct Prices(Arc<Inner>);

struct Inner {
    table: Arc<Table>,
    overrides: Overrides,
    file: Option<PathBuf>,
    /// Ends with the last clone.
    _watcher: Option<Watcher>,
}

impl Prices {
    /// The table that genai-prices brings. It is decoded here, if it was not before, and not in the first call.
    #[must_use]
    pub fn bundled() -> Self {
        let table = Table::new(Source::Bundled(Calculator::bundled()));
        Self(Arc::new(Inner { table, overrides: Overrides::default(), file: None, _watcher: None }))
    }

    /// The prices of these settings. A file is read here; a thread of its own reads it again when it has changed.
    ///
    /// # Errors
    ///
    /// [`PriceError`] when the file cannot be read or is no table, and when a price is no price.
    pub fn new(settings: &PriceSettings) -> Result<Self, PriceError> {
        let overrides = Overrides::new(&settings.overrides)?;
        // Also where a file replaces it: answers are read by its extractors.
        let bundled = Calculator::bundled();
        let (table, watcher) = match &settings.prices_file {
            None => (Table::new(Source::Bundled(bundled)), None),
            Some(path) => {
                let (version, calculator) = file::load(path)?;
                let table = Table::new(Source::File(calculator));
                let watcher = Watcher::start(path, version, settings.reload_every, Arc::downgrade(&table))?;
                (table, Some(watcher))
            }
        };
        Ok(Self(Arc::new(Inner { table, overrides, file: settings.prices_file.clone(), _watcher: watcher })))
    }

    /// Reads the file of prices again at once, if there is one.
    ///
    /// # Errors
    ///
    /// [`PriceError`] when it cannot be read or is no table; the prices stay as they were then.
    pub fn reload(&self) -> Result<(), PriceError> {
        if let Some(path) = &self.0.file {
            let (_, calculator) = file::load(path)?;
            self.0.table.replace(calculator);
        }
        Ok(())
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
        self.cost_of(provider, &[model], &[id.as_deref().unwrap_or(model), model], usage, context)
    }

    /// The cost of a call to the first of the models that the table knows, unless one of the names is overridden.
    pub(crate) fn cost_of(
        &self,
        provider: &str,
        models: &[&str],
        names: &[&str],
        usage: &Usage,
        context: &PriceContext<'_>,
    ) -> Result<f64, Unpriced> {
        if !usage.is_plausible() {
            return Err(Unpriced::Usage);
        }
        let mut overrides = names.iter().filter_map(|name| self.0.overrides.get(provider, name));
        if let Some(price) = overrides.next() {
            return Ok(price.cost(usage));
        }
        let reported = usage.to_reported();
        let source = self.0.table.get();
        let mut found = Unpriced::Model;
        for name in models.iter().flat_map(|model| spellings(model)) {
            let request = context.request(name, &reported).with_provider_id(provider);
            match source.calculator().calculate(&request) {
                Ok(price) => return unless_unknown(price.total_price, usage, is_free(name)),
                Err(error) if error.kind() == ErrorKind::InvalidUsage => found = Unpriced::Usage,
                Err(_) => {}
            }
        }
        Err(found)
    }

    /// The cost of a call that says no more than its tokens, to a model that answered under the name that it was called
    /// by. Of the second such call on it is a sum.
    pub(crate) fn cost_of_known(
        &self,
        known: &KnownRates,
        provider: &str,
        called: &str,
        model: &str,
        usage: &Usage,
    ) -> Result<f64, Unpriced> {
        if !usage.is_plausible() {
            return Err(Unpriced::Usage);
        }
        let names = [called, model];
        if usage.is_counted_only()
            && let Some(cost) =
                known.cost(usage, Validity::now(self.generation()), || self.rates(provider, called, &names))
        {
            return cost;
        }
        self.cost_of(provider, &[called], &names, usage, &PriceContext::default())
    }

    /// The rates of a model as [`cost_of`](Self::cost_of) would apply them.
    fn rates(&self, provider: &str, called: &str, names: &[&str]) -> Rates {
        if let Some(price) = names.iter().find_map(|name| self.0.overrides.get(provider, name)) {
            return Rates::Override(price);
        }
        let (source, context) = (self.0.table.get(), PriceContext::default());
        let price = |name: &str, usage: &Usage| {
            let reported = usage.to_reported();
            let request = context.request(name, &reported).with_provider_id(provider);
            source.calculator().calculate(&request).map(|price| price.total_price)
        };
        for name in spellings(called) {
            match price(name, &Usage::new(1, 1)) {
                Ok(_) => {
                    let steps = Step::all(|usage| price(name, usage).ok());
                    return steps.map_or(Rates::Else, |steps| Rates::Steps { steps, free: is_free(name) });
                }
                Err(error) if error.kind() == ErrorKind::InvalidUsage => return Rates::Else,
                Err(_) => {}
            }
        }
        Rates::Unpriced(Unpriced::Model)
    }

    /// The table's id of a model, under which its dated snapshots and deployments fold.
    ///
    /// ```
    /// # use telemetry_llm::Prices;
    /// let prices = Prices::bundled();
    /// assert_eq!(prices.model_id("openai", "gpt-4o-2024-08-06").as_deref(), Some("gpt-4o"));
    /// assert_eq!(prices.model_id("openai", "my-deployment"), None);
    /// ```
    #[must_use]
    pub fn model_id(&self, provider: &str, model: &str) -> Option<String> {
        let usage = genai_prices::Usage::new();
        let source = self.0.table.get();
        spellings(model).find_map(|name| {
            let request = PriceRequest::new(name, &usage).with_provider_id(provider);
            source.calculator().calculate(&request).ok().map(|price| price.model_id)
        })
    }

    /// How often the table has been replaced.
    pub(crate) fn generation(&self) -> u64 {
        self.0.table.generation()
    }
}

impl fmt::Debug for Prices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prices").field("table", self.0.table.get().calculator()).finish_non_exhaustive()
    }
}

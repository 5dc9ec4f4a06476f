//! What a call costs.

mod file;
mod overrides;
mod rates;
mod settings;
mod spellings;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use genai_prices::{Calculator, ErrorKind, PriceRequest};

pub use overrides::ModelPrice;
pub(crate) use rates::KnownRates;
pub use settings::{PriceError, PriceSettings};

use crate::usage::Usage;
use file::Watcher;
use overrides::Overrides;
use rates::{Rates, Step, Validity};
use spellings::spellings;

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

/// The table in force.
struct Table {
    calculator: RwLock<Arc<Source>>,
    /// Counts the replacements, so that whoever remembers something of a table knows that it is an old one.
    generation: AtomicU64,
}

enum Source {
    Bundled(&'static Calculator),
    File(Calculator),
}

impl Source {
    fn calculator(&self) -> &Calculator {
        match self {
            Self::Bundled(calculator) => calculator,
            Self::File(calculator) => calculator,
        }
    }
}

impl Table {
    fn new(source: Source) -> Arc<Self> {
        Arc::new(Self { calculator: RwLock::new(Arc::new(source)), generation: AtomicU64::new(0) })
    }

    fn get(&self) -> Arc<Source> {
        Arc::clone(&self.calculator.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, calculator: Calculator) {
        *self.calculator.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Source::File(calculator));
        self.generation.fetch_add(1, Ordering::Release);
    }
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
        self.0.table.generation.load(Ordering::Acquire)
    }
}

/// Whether a model is meant to cost nothing.
fn is_free(name: &str) -> bool {
    name.ends_with(":free")
}

/// What the table has at no price at all (or in other units than tokens) is not known to be free.
fn unless_unknown(cost: f64, usage: &Usage, free: bool) -> Result<f64, Unpriced> {
    let used = usage.prompt_tokens() + usage.completion_tokens() > 0;
    if cost == 0.0 && used && !free { Err(Unpriced::Model) } else { Ok(cost) }
}

impl fmt::Debug for Prices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prices").field("table", self.0.table.get().calculator()).finish_non_exhaustive()
    }
}

/// What decides among a model's prices.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PriceContext<'a> {
    /// The tier of service that the answer reports. Not `auto`, which only a request can have.
    pub service_tier: Option<&'a str>,
    /// Whether the call was part of a batch.
    pub batch: bool,
    /// When the call was made; now unless set.
    pub at: Option<SystemTime>,
}

impl PriceContext<'_> {
    fn request<'a>(&'a self, model: &'a str, usage: &'a genai_prices::Usage) -> PriceRequest<'a> {
        let mut request = PriceRequest::new(model, usage);
        request.timestamp = self.at;
        if let Some(tier) = self.service_tier {
            request = request.with_price_context("service_tier", tier);
        }
        // Anthropic reports a batch as a tier.
        if self.batch || self.service_tier == Some("batch") {
            request = request.with_price_context("processing", "batch");
        }
        request
    }
}

/// Why a call has no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unpriced {
    /// There is no price for the model.
    #[error("the model has no price")]
    Model,
    /// The usage is missing, or cannot be.
    #[error("the usage is missing or cannot be")]
    Usage,
}

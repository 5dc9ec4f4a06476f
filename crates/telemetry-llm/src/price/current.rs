//! The table of prices in force, and its replacement while calls are under way.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use genai_prices::{Calculator, ErrorKind, PriceRequest};

use super::context::PriceContext;
use super::unpriced::Unpriced;

/// The table in force. Read without a lock.
pub(super) struct Current {
    source: ArcSwap<Source>,
    /// Counts the replacements, so that whoever remembers something of a table knows that it is an old one.
    generation: AtomicU64,
}

pub(super) enum Source {
    Bundled(&'static Calculator),
    File(Calculator),
}

impl Current {
    pub(super) fn bundled() -> Arc<Self> {
        Self::new(Source::Bundled(Calculator::bundled()))
    }

    pub(super) fn of_file(calculator: Calculator) -> Arc<Self> {
        Self::new(Source::File(calculator))
    }

    fn new(source: Source) -> Arc<Self> {
        Arc::new(Self { source: ArcSwap::from_pointee(source), generation: AtomicU64::new(0) })
    }

    pub(super) fn replace(&self, calculator: Calculator) {
        self.source.store(Arc::new(Source::File(calculator)));
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// How often the table has been replaced.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The table, for a look or two.
    pub(super) fn source(&self) -> impl Deref<Target = Arc<Source>> {
        self.source.load()
    }

    /// The table, for many looks that are to be of one.
    pub(super) fn source_for_long(&self) -> Arc<Source> {
        self.source.load_full()
    }
}

impl Source {
    /// The table's id of a model.
    pub(super) fn model_id(&self, provider: &str, name: &str) -> Option<String> {
        let usage = genai_prices::Usage::new();
        let request = PriceRequest::new(name, &usage).with_provider_id(provider);
        self.calculator().calculate(&request).ok().map(|price| price.model_id)
    }

    pub(super) fn cost(
        &self,
        provider: &str,
        name: &str,
        usage: &genai_prices::Usage,
        context: &PriceContext<'_>,
    ) -> Result<f64, Unpriced> {
        let mut request = PriceRequest::new(name, usage).with_provider_id(provider);
        request.timestamp = context.at;
        if let Some(tier) = context.service_tier {
            request = request.with_price_context("service_tier", tier);
        }
        // Anthropic reports a batch as a tier.
        if context.batch || context.service_tier == Some("batch") {
            request = request.with_price_context("processing", "batch");
        }
        match self.calculator().calculate(&request) {
            Ok(price) => Ok(price.total_price),
            Err(error) if error.kind() == ErrorKind::InvalidUsage => Err(Unpriced::Usage),
            Err(_) => Err(Unpriced::Model),
        }
    }

    fn calculator(&self) -> &Calculator {
        match self {
            Self::Bundled(calculator) => calculator,
            Self::File(calculator) => calculator,
        }
    }
}

/// Whether the bundled table has prices of a provider's models.
pub(crate) fn has_provider(provider: &str) -> bool {
    Calculator::bundled().find_provider(Some(provider), None).is_ok_and(|found| found.is_some())
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source().calculator().fmt(f)
    }
}

//! The entry to this crate: what all calls share, and how one is prepared.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use telemetry_core::{Family, Meter};

use crate::call::CallStart;
use crate::error::LlmError;
use crate::gen_ai::Conventions;
use crate::metrics::{ClaudeMetrics, ModelMetrics, ProviderMetrics};
use crate::names::{Name, Names};
use crate::price::Prices;
use crate::settings::LlmSettings;

/// The calls to LLM providers; cheap to clone.
///
/// ```
/// use telemetry_llm::{Failure, Llm, Usage};
///
/// # struct Response { prompt_tokens: u64, completion_tokens: u64 }
/// # async fn complete() -> Result<Response, std::io::Error> { Ok(Response { prompt_tokens: 1, completion_tokens: 1 }) }
/// # async fn example() -> Result<Response, std::io::Error> {
/// let call = Llm::global().call("openai", "gpt-4o").prompt_length(3).start();
/// match call.instrument(complete()).await {
///     Ok(response) => {
///         call.succeed(Usage::new(response.prompt_tokens, response.completion_tokens));
///         Ok(response)
///     }
///     Err(error) => {
///         call.fail(Failure::from_error(&error));
///         Err(error)
///     }
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Llm(Arc<Inner>);

struct Inner {
    models: Family<ModelMetrics>,
    providers: Family<ProviderMetrics>,
    claude: Family<ClaudeMetrics>,
    names: Names,
    conventions: Conventions,
    prices: Prices,
}

impl Llm {
    /// Calls recorded by this meter, with the default settings.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::build(meter, LlmSettings::default(), Prices::bundled())
    }

    /// Calls recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`LlmError`] when the file of prices cannot be used or a price is no price.
    pub fn with_settings(meter: &Meter, settings: LlmSettings) -> Result<Self, LlmError> {
        let prices = Prices::new(&settings.prices)?;
        Ok(Self::build(meter, settings, prices))
    }

    /// Calls recorded by the process's meter, with the default settings; nothing is recorded before it is installed.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Llm> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new(&Meter::global()))
    }

    fn build(meter: &Meter, settings: LlmSettings, prices: Prices) -> Self {
        Self(Arc::new(Inner {
            models: Family::new(meter),
            providers: Family::new(meter),
            claude: Family::new(meter),
            names: Names::new(settings.deployments),
            conventions: Conventions::new(meter, settings.semconv),
            prices,
        }))
    }

    /// Prepares a call to a model of a provider: `openai`, `anthropic`, `gemini`, or any other.
    ///
    /// The metrics label the model by its id in the price table, so that its dated snapshots and deployments are one.
    pub fn call<'a>(&'a self, provider: &'a str, model: &'a str) -> CallStart<'a> {
        CallStart::new(self, provider, model)
    }

    /// Records a wait because of a rate limit that no call was under way for.
    pub fn rate_limit_waited(&self, provider: &str, waited: Duration) {
        let name = self.name(provider, "");
        self.providers().get(&name.provider).rate_limit_delays.record(waited.as_secs_f64());
    }

    /// The prices in force.
    #[must_use]
    pub fn prices(&self) -> &Prices {
        &self.0.prices
    }

    pub(crate) fn name(&self, provider: &str, model: &str) -> Arc<Name> {
        self.0.names.get(provider, model, &self.0.prices)
    }

    pub(crate) fn conventions(&self) -> &Conventions {
        &self.0.conventions
    }

    pub(crate) fn models(&self) -> &Family<ModelMetrics> {
        &self.0.models
    }

    pub(crate) fn providers(&self) -> &Family<ProviderMetrics> {
        &self.0.providers
    }

    pub(crate) fn claude(&self) -> &Family<ClaudeMetrics> {
        &self.0.claude
    }
}

impl fmt::Debug for Llm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Llm");
        debug.field("prices", &self.0.prices);
        debug.finish_non_exhaustive()
    }
}

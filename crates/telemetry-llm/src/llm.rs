//! The entry to this crate: how calls are prepared and started.

use std::fmt;
use std::time::Duration;

use telemetry_core::{Global, Meter, SettingsGroup as _, Shared};

use crate::call::{Call, CallStart};
use crate::error::LlmError;
use crate::inner::Inner;
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
pub struct Llm(Shared<Inner>);

impl Llm {
    /// Calls recorded by this meter, with the settings that it carries. Should their file of prices have become unusable
    /// since it was accepted, the bundled table takes its place until it is usable again, and a warning says so.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        let settings: LlmSettings = meter.settings_of();
        let prices = Prices::or_bundled(&settings.prices);
        Self::build(meter, settings, prices)
    }

    /// Calls recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`LlmError`] when a setting is not accepted or the file of prices cannot be used.
    pub fn with_settings(meter: &Meter, settings: LlmSettings) -> Result<Self, LlmError> {
        settings.validate()?;
        let prices = Prices::open(&settings.prices)?;
        Ok(Self::build(meter, settings, prices))
    }

    /// Calls recorded by the process's meter, with the settings that it carries; before it is installed nothing is
    /// recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Llm> = Global::new();
        GLOBAL.get(Self::new)
    }

    fn build(meter: &Meter, settings: LlmSettings, prices: Prices) -> Self {
        Self(Shared::new(Inner::new(meter, settings, prices)))
    }

    /// Prepares a call to a model of a provider: `openai`, `anthropic`, `gemini`, or any other.
    ///
    /// The metrics label the model by its id in the price table, so that its dated snapshots and deployments are one.
    ///
    /// ```
    /// use telemetry_llm::Llm;
    ///
    /// let call = Llm::global().call("openai", "gpt-4o").prompt_length(3).server("api.openai.com", 443).start();
    /// # call.cancel();
    /// ```
    pub fn call<'a>(&'a self, provider: &'a str, model: &'a str) -> CallStart<'a> {
        CallStart::new(&self.0, provider, model)
    }

    /// Starts a call of which there is no more to say: [`call`](Self::call) and [`start`](CallStart::start).
    pub fn start(&self, provider: &str, model: &str) -> Call {
        self.call(provider, model).start()
    }

    /// Registers a model of a provider: neither is ever folded into `_other`, whatever other models callers ask for. It is
    /// for the models that the application has chosen, before or after others came. A dated snapshot or a deployment
    /// stands for its model.
    ///
    /// Its counters are exported at 0 from now on
    /// ([`registered_zeros`](telemetry_core::MeterSettings::registered_zeros)).
    ///
    /// ```
    /// use telemetry_llm::Llm;
    ///
    /// Llm::global().register("openai", "gpt-4o");
    /// ```
    pub fn register(&self, provider: &str, model: &str) {
        self.0.register(provider, model);
    }

    /// Records a wait because of a rate limit that no call was under way for.
    pub fn rate_limit_waited(&self, provider: &str, waited: Duration) {
        let name = self.0.names.find(provider, "");
        let provider = &self.0.names.at(&name).provider;
        self.0.providers.get(provider).rate_limit_delays.record(waited.as_secs_f64());
    }

    /// The provider that the settings have at a host.
    #[cfg(any(feature = "reqwest", feature = "tower"))]
    pub(crate) fn host(&self, host: &str) -> Option<&str> {
        self.0.hosts.get(host).map(String::as_str)
    }

    /// What all calls share.
    #[cfg(feature = "tracing-layer")]
    pub(crate) fn shared(&self) -> &Shared<Inner> {
        &self.0
    }

    /// The prices in force.
    #[must_use]
    pub fn prices(&self) -> &Prices {
        &self.0.prices
    }
}

impl fmt::Debug for Llm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

//! What each provider does otherwise than the shape of its answers says, as data. A new provider is a row and a case.

use serde_json::Value;

use super::api::Api;
use super::field::{Field, TOTAL, alone, beside, within};
use super::path;

/// What a provider does otherwise than others that answer in the same shape.
#[derive(Debug)]
pub(crate) struct Provider {
    /// The names that applications call it by, in lower case; the first is shown.
    pub(crate) names: &'static [&'static str],
    /// Its numbers, by the shape of the answer; they take the place of the shape's numbers of the same unit.
    pub(super) fields: &'static [(Api, &'static [Field])],
    /// Where it says what the call cost, and how many US dollars one of that is.
    pub(super) cost: &'static [(&'static str, f64)],
    /// What says that another account is charged too, and where it says how much.
    pub(super) passed_on: Option<(&'static str, &'static str)>,
    /// Whether what the total has more than its parts are thoughts that nothing else tells of.
    pub(super) hides_thoughts: bool,
}

const NOTHING: Provider = Provider { names: &[], fields: &[], cost: &[], passed_on: None, hides_thoughts: false };

/// The most that one call is believed to cost, in US dollars.
const MOST_USD: f64 = 1_000_000.0;
const USD: f64 = 1.0;
/// xAI's unit: "1 USD = 10,000,000,000 ticks" (docs.x.ai, cost tracking).
const TICK: f64 = 1e-10;

/// The providers that do something otherwise.
pub(crate) const PROVIDERS: &[Provider] = &[
    // docs.x.ai: `reasoning_tokens` are within `total_tokens` and not within `completion_tokens`; in responses they are
    // within `output_tokens`, as OpenAI's.
    Provider {
        names: &["xai", "x-ai", "x_ai", "grok"],
        fields: &[(
            Api::OpenAiChat,
            &[
                beside("output_reasoning_tokens", &["completion_tokens_details.reasoning_tokens", "reasoning_tokens"]),
                within("cache_read_tokens", &["prompt_tokens_details.cached_tokens", "cached_prompt_text_tokens"]),
            ],
        )],
        cost: &[("usage.cost_in_usd_ticks", TICK), ("response.usage.cost_in_usd_ticks", TICK)],
        ..NOTHING
    },
    // api-docs.deepseek.com: the prompt is what hit the cache and what missed it.
    Provider {
        names: &["deepseek"],
        fields: &[(
            Api::OpenAiChat,
            &[within("cache_read_tokens", &["prompt_cache_hit_tokens", "prompt_tokens_details.cached_tokens"])],
        )],
        ..NOTHING
    },
    // docs.mistral.ai: the API's own field beside OpenAI's.
    Provider {
        names: &["mistral", "mistralai", "mistral_ai"],
        fields: &[(
            Api::OpenAiChat,
            &[within(
                "cache_read_tokens",
                &["num_cached_tokens", "prompt_tokens_details.cached_tokens", "prompt_token_details.cached_tokens"],
            )],
        )],
        ..NOTHING
    },
    // platform.moonshot.ai: `cached_tokens` stands in the usage itself.
    Provider {
        names: &["moonshotai", "moonshot", "kimi"],
        fields: &[(
            Api::OpenAiChat,
            &[within("cache_read_tokens", &["cached_tokens", "prompt_tokens_details.cached_tokens"])],
        )],
        ..NOTHING
    },
    // docs.perplexity.ai: what it read and thought is charged beside the completion, and its total has neither.
    Provider {
        names: &["perplexity"],
        fields: &[(
            Api::OpenAiChat,
            &[
                alone(TOTAL, &[]),
                beside("output_reasoning_tokens", &["reasoning_tokens"]),
                beside("output_citation_tokens", &["citation_tokens"]),
                alone("web_searches", &["num_search_queries"]),
            ],
        )],
        cost: &[("usage.cost.total_cost", USD), ("response.usage.cost.total_cost", USD)],
        ..NOTHING
    },
    // openrouter.ai/docs: `usage.cost` is what the account is charged, in credits of a US dollar; with a key of one's own
    // that is the router's fee, and the provider charges its own account.
    Provider {
        names: &["openrouter", "open-router", "open_router"],
        cost: &[("usage.cost", USD), ("response.usage.cost", USD), ("message.usage.cost", USD)],
        passed_on: Some(("usage.is_byok", "usage.cost_details.upstream_inference_cost")),
        ..NOTHING
    },
    // vercel.com/docs/ai-gateway: the gateway's cost beside the usage, or in the metadata of the message.
    Provider {
        names: &["vercel", "vercel-ai-gateway", "ai-gateway"],
        cost: &[("usage.cost", USD), ("response.usage.cost", USD)],
        ..NOTHING
    },
    // deepinfra.com/docs: `estimated_cost` in US dollars.
    Provider { names: &["deepinfra"], cost: &[("usage.estimated_cost", USD)], ..NOTHING },
    // Gemini's compatible endpoint leaves the thoughts out of `completion_tokens`, and has them in `total_tokens`.
    Provider {
        names: &["google", "gemini", "vertex", "vertexai", "vertex_ai", "google-vertex"],
        hides_thoughts: true,
        ..NOTHING
    },
    // docs.databricks.com: Anthropic's names beside OpenAI's.
    Provider {
        names: &["databricks"],
        fields: &[(
            Api::OpenAiChat,
            &[
                within("cache_read_tokens", &["cache_read_input_tokens", "prompt_tokens_details.cached_tokens"]),
                within("cache_write_tokens", &["cache_creation_input_tokens"]),
            ],
        )],
        ..NOTHING
    },
];

/// What is known of a provider; of one that is not known, that it does nothing otherwise.
pub(super) fn provider(name: &str) -> &'static Provider {
    static UNKNOWN: Provider = NOTHING;
    PROVIDERS
        .iter()
        .find(|provider| provider.names.iter().any(|own| own.eq_ignore_ascii_case(name)))
        .unwrap_or(&UNKNOWN)
}

impl Provider {
    /// What it says that the call cost, in US dollars.
    pub(super) fn cost_usd(&self, body: &Value) -> Option<f64> {
        let said = |path: &str, unit: f64| path::number(body, path, MOST_USD / unit).map(|amount| amount * unit);
        let cost = self.cost.iter().find_map(|(path, unit)| said(path, *unit))?;
        let passed_on =
            self.passed_on.filter(|(flag, _)| path::first(body, flag).and_then(Value::as_bool) == Some(true));
        Some(cost + passed_on.and_then(|(_, path)| said(path, USD)).unwrap_or_default())
    }

    /// Its own numbers in answers of that shape.
    pub(super) fn fields(&self, api: Api) -> &'static [Field] {
        self.fields.iter().find(|(of, _)| *of == api).map_or(&[], |(_, fields)| fields)
    }
}

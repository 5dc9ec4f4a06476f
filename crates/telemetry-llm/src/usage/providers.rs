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
    /// Where it says so itself.
    pub(crate) source: &'static str,
    /// Its numbers, by the shape of the answer; they take the place of the shape's numbers of the same unit.
    pub(super) fields: &'static [(Api, &'static [Field])],
    /// Where it says what the call cost, and how many US dollars one of that is.
    pub(super) cost: &'static [(&'static str, f64)],
    /// What says that another account is charged too, and where it says how much.
    pub(super) passed_on: &'static [(&'static str, &'static str)],
    /// Whether what the total has more than its parts are thoughts that nothing else tells of.
    pub(super) hides_thoughts: bool,
}

const NOTHING: Provider =
    Provider { names: &[], source: "", fields: &[], cost: &[], passed_on: &[], hides_thoughts: false };

/// The most that one call is believed to cost, in US dollars.
const MOST_USD: f64 = 1_000_000.0;
const USD: f64 = 1.0;
/// xAI's unit: "1 USD = 10,000,000,000 ticks" (docs.x.ai, cost tracking).
const TICK: f64 = 1e-10;

/// The providers that do something otherwise.
pub(crate) const PROVIDERS: &[Provider] = &[
    // The `reasoning_tokens` are within `total_tokens` and not within `completion_tokens`; in responses they are
    // within `output_tokens`, as OpenAI's.
    Provider {
        names: &["xai", "x-ai", "x_ai", "grok"],
        source: "docs.x.ai/developers/cost-tracking",
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
    // The prompt is what hit the cache and what missed it.
    Provider {
        names: &["deepseek"],
        source: "api-docs.deepseek.com/guides/kv_cache",
        fields: &[(
            Api::OpenAiChat,
            &[
                alone("input_tokens", &["prompt_tokens", "prompt_cache_hit_tokens+prompt_cache_miss_tokens"]),
                within("cache_read_tokens", &["prompt_cache_hit_tokens", "prompt_tokens_details.cached_tokens"]),
            ],
        )],
        ..NOTHING
    },
    // The API's own field beside OpenAI's.
    Provider {
        names: &["mistral", "mistralai", "mistral_ai"],
        source: "docs.mistral.ai/api",
        fields: &[(
            Api::OpenAiChat,
            &[within(
                "cache_read_tokens",
                &["num_cached_tokens", "prompt_tokens_details.cached_tokens", "prompt_token_details.cached_tokens"],
            )],
        )],
        ..NOTHING
    },
    // Here `cached_tokens` stands in the usage itself.
    Provider {
        names: &["moonshotai", "moonshot", "kimi"],
        source: "platform.kimi.ai/docs/api/chat",
        fields: &[(
            Api::OpenAiChat,
            &[within("cache_read_tokens", &["cached_tokens", "prompt_tokens_details.cached_tokens"])],
        )],
        ..NOTHING
    },
    // What it read and thought is charged beside the completion, and its total has neither.
    Provider {
        names: &["perplexity"],
        source: "docs.perplexity.ai/getting-started/pricing",
        fields: &[
            (
                Api::OpenAiChat,
                &[
                    alone(TOTAL, &[]),
                    beside("output_reasoning_tokens", &["reasoning_tokens"]),
                    beside("output_citation_tokens", &["citation_tokens"]),
                    alone("web_searches", &["num_search_queries"]),
                ],
            ),
            (Api::OpenAiResponses, &[alone("web_searches", &["tool_calls_details.search_web.invocation"])]),
        ],
        cost: &[("usage.cost.total_cost", USD), ("response.usage.cost.total_cost", USD)],
        ..NOTHING
    },
    // The cost is what the account is charged, in credits of a US dollar; with a key of one's own
    // that is the router's fee, and the provider charges its own account.
    Provider {
        names: &["openrouter", "open-router", "open_router"],
        source: "openrouter.ai/docs/use-cases/usage-accounting",
        cost: &[("usage.cost", USD), ("response.usage.cost", USD), ("message.usage.cost", USD)],
        passed_on: &[
            ("usage.is_byok", "usage.cost_details.upstream_inference_cost"),
            ("response.usage.is_byok", "response.usage.cost_details.upstream_inference_cost"),
        ],
        ..NOTHING
    },
    // The `gateway.cost` in the metadata is what is debited, a decimal number as a text.
    Provider {
        names: &["vercel", "vercel-ai-gateway", "ai-gateway"],
        source: "vercel.com/docs/ai-gateway/models-and-providers/provider-options",
        cost: &[
            ("choices[].message.provider_metadata.gateway.cost", USD),
            ("choices[].delta.provider_metadata.gateway.cost", USD),
            ("provider_metadata.gateway.cost", USD),
            ("providerMetadata.gateway.cost", USD),
            ("response.provider_metadata.gateway.cost", USD),
            ("usage.cost", USD),
            ("response.usage.cost", USD),
        ],
        ..NOTHING
    },
    // In US dollars.
    Provider {
        names: &["deepinfra"],
        source: "docs.deepinfra.com/chat/overview",
        cost: &[("usage.estimated_cost", USD)],
        ..NOTHING
    },
    // Gemini's compatible endpoint leaves the thoughts out of `completion_tokens`, and has them in `total_tokens`.
    Provider {
        names: &["google", "gemini", "vertex", "vertexai", "vertex_ai", "google-vertex"],
        source: "ai.google.dev/gemini-api/docs/openai",
        hides_thoughts: true,
        ..NOTHING
    },
    // Anthropic's names beside OpenAI's.
    Provider {
        names: &["databricks"],
        source: "docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference",
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
        let said = |path: &str, unit: f64| path::amount(body, path, MOST_USD / unit).map(|amount| amount * unit);
        let cost = self.cost.iter().find_map(|(path, unit)| said(path, *unit))?;
        // Nobody is charged less than what it costs, unless another account is charged that.
        let is_passed_on = |(flag, path): &&(&str, &str)| {
            let is_more = || said(path, USD).is_some_and(|upstream| upstream > cost);
            path::first(body, flag).and_then(Value::as_bool).unwrap_or_else(is_more)
        };
        match self.passed_on.iter().find(is_passed_on) {
            // What the other account is charged is the most of it: without that, this is not the cost.
            Some((_, path)) => Some(cost + said(path, USD)?),
            None => Some(cost),
        }
    }

    /// Its own numbers in answers of that shape.
    pub(super) fn fields(&self, api: Api) -> &'static [Field] {
        self.fields.iter().find(|(of, _)| *of == api).map_or(&[], |(_, fields)| fields)
    }
}

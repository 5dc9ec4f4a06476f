//! What the headers of an answer say of what it used and cost, as data.

use http::HeaderMap;

use crate::usage::Usage;

/// What the headers of an answer say.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct OfHeaders {
    /// What it used, for a body that does not say.
    pub(crate) usage: Option<Usage>,
    /// What it cost in US dollars, as a gateway reckons.
    pub(crate) cost_usd: Option<f64>,
    /// The tier of service that was charged.
    pub(crate) service_tier: Option<String>,
    /// It was answered in a mode that has prices of its own.
    pub(crate) has_unpriced_parts: bool,
}

/// Bedrock's, of InvokeModel: the input lacks what was read from the cache and written to it.
const TOKENS: [&str; 4] = [
    "x-amzn-bedrock-input-token-count",
    "x-amzn-bedrock-output-token-count",
    "x-amzn-bedrock-cache-read-input-token-count",
    "x-amzn-bedrock-cache-write-input-token-count",
];
/// What a gateway says that the call cost, in US dollars. LiteLLM's is sent by other gateways, too.
const COSTS: &[&str] = &["x-litellm-response-cost"];
/// What a gateway says of an answer out of a cache of its own, which nobody is charged for. None of these three has a
/// header of the cost.
const CACHES: [&str; 3] = ["cf-aig-cache-status", "x-portkey-cache-status", "helicone-cache"];
const CACHED: [&str; 2] = ["HIT", "SEMANTIC HIT"];
/// The tier that was served.
const TIERS: &[&str] = &["x-gemini-service-tier", "x-amzn-bedrock-service-tier"];
/// A mode with prices of its own: answers that are to come sooner.
const MODES: &[&str] = &["x-amzn-bedrock-performanceconfig-latency"];
const MODE: &str = "optimized";

/// The headers that are read, what each says, and where that is documented.
#[cfg(feature = "prices")]
pub(crate) const TABLE: &[(&[&str], &str, &str)] = &[
    (&TOKENS, "tokens, where the body says none", "docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html"),
    (COSTS, "the cost in US dollars", "docs.litellm.ai/docs/proxy/response_headers"),
    (
        &CACHES,
        "that nothing is charged: an answer out of the gateway's cache",
        "developers.cloudflare.com/ai-gateway/features/caching, portkey.ai/docs, \
         docs.helicone.ai/features/advanced-usage/caching",
    ),
    (
        TIERS,
        "the tier that was served",
        "ai.google.dev/gemini-api/docs/priority-inference, \
         docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html",
    ),
    (
        MODES,
        "a mode that has prices of its own",
        "docs.aws.amazon.com/bedrock/latest/userguide/latency-optimized-inference.html",
    ),
];

/// The longest name of a tier.
const LONGEST: usize = 64;

impl OfHeaders {
    pub(crate) fn of(headers: &HeaderMap, most_usd: f64) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let is_any = |names: &[&str], values: &[&str]| {
            let is = |said: &str| values.iter().any(|value| value.eq_ignore_ascii_case(said));
            names.iter().filter_map(|name| text(name)).any(is)
        };
        let tokens = |name: &str| text(name)?.parse::<u64>().ok().filter(|tokens| *tokens <= Usage::MOST_TOKENS);
        let [input, output, read, written] = TOKENS.map(tokens);
        let (read, written) = (read.unwrap_or_default(), written.unwrap_or_default());
        let prompt = input.unwrap_or_default().saturating_add(read).saturating_add(written);
        let usage = Usage::new(prompt, output.unwrap_or_default()).cached_prompt(read).cache_creation(written);
        // Nothing is what LiteLLM says of a model that it has no price for.
        let amount = |name: &&str| text(name)?.parse::<f64>().ok().filter(|usd| *usd > 0.0 && *usd <= most_usd);
        let cost = COSTS.iter().find_map(amount);
        Self {
            usage: input.or(output).and(usage.settled()),
            cost_usd: cost.or_else(|| is_any(&CACHES, &CACHED).then_some(0.0)),
            service_tier: TIERS
                .iter()
                .find_map(|name| text(name))
                .filter(|tier| !tier.is_empty() && tier.len() <= LONGEST)
                .map(str::to_ascii_lowercase),
            has_unpriced_parts: is_any(MODES, &[MODE]),
        }
    }
}

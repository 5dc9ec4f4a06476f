//! Names of the OpenTelemetry semantic conventions for generative AI, in development, as of version 1.40.

pub(crate) const CHAT: &str = "chat";
#[cfg(feature = "reqwest")]
pub(crate) const GENERATE_CONTENT: &str = "generate_content";
#[cfg(feature = "reqwest")]
pub(crate) const TEXT_COMPLETION: &str = "text_completion";
#[cfg(feature = "reqwest")]
pub(crate) const EMBEDDINGS: &str = "embeddings";

pub(crate) const RESPONSE_MODEL: &str = "gen_ai.response.model";
#[cfg(feature = "prices")]
pub(crate) const RESPONSE_ID: &str = "gen_ai.response.id";
#[cfg(feature = "prices")]
pub(crate) const FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
pub(crate) const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
pub(crate) const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
pub(crate) const CACHE_READ_TOKENS: &str = "gen_ai.usage.cache_read.input_tokens";
pub(crate) const CACHE_CREATION_TOKENS: &str = "gen_ai.usage.cache_creation.input_tokens";
pub(crate) const REASONING_TOKENS: &str = "gen_ai.usage.reasoning.output_tokens";
pub(crate) const INPUT_MESSAGES: &str = "gen_ai.input.messages";
pub(crate) const OUTPUT_MESSAGES: &str = "gen_ai.output.messages";

/// The conventions' name of a provider, which is our own where they have none.
pub(crate) fn provider_name(provider: &str) -> &str {
    match provider {
        "gemini" | "google" => "gcp.gemini",
        "vertex" | "vertexai" | "vertex_ai" => "gcp.vertex_ai",
        "azure" | "azure-openai" => "azure.ai.openai",
        "bedrock" | "aws" => "aws.bedrock",
        "mistral" => "mistral_ai",
        "x-ai" | "xai" => "x_ai",
        other => other,
    }
}

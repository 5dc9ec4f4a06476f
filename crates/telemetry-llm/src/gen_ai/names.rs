//! Names of the OpenTelemetry semantic conventions for generative AI, in development, as of version 1.40.

pub(crate) const CHAT: &str = "chat";
pub(crate) const GENERATE_CONTENT: &str = "generate_content";
pub(crate) const TEXT_COMPLETION: &str = "text_completion";
pub(crate) const EMBEDDINGS: &str = "embeddings";

/// The operations that have a name.
pub(super) const OPERATIONS: [&str; 4] = [CHAT, GENERATE_CONTENT, TEXT_COMPLETION, EMBEDDINGS];

/// Of how many calls of tools a call keeps the names: no model that is well asks for more at once.
pub(crate) const MOST_TOOL_CALLS: usize = 32;

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

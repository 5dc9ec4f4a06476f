//! What others call operations and providers, and what those are called here, as data.

use crate::gen_ai::{CHAT, EMBEDDINGS, GENERATE_CONTENT, TEXT_COMPLETION};

/// The field by which a span says what it does of a model.
pub(super) const OPERATION: &str = "gen_ai.operation.name";

/// What is done in a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Work {
    /// A call to a model, by the conventions' name of it.
    Call(&'static str),
    /// A tool runs, in which other calls may be made that are calls of their own.
    Tool,
    /// An agent, or something else that is no call by itself.
    #[default]
    Other,
}

/// The operations that are calls: the conventions' own, and what rig has beside them.
const CALLS: &[(&str, &str)] = &[
    ("chat", CHAT),
    ("text_completion", TEXT_COMPLETION),
    ("generate_content", GENERATE_CONTENT),
    ("embeddings", EMBEDDINGS),
    ("chat_streaming", CHAT),
    ("interactions", GENERATE_CONTENT),
    ("interactions_streaming", GENERATE_CONTENT),
    ("rerank", EMBEDDINGS),
    ("transcription", GENERATE_CONTENT),
    ("image_generation", GENERATE_CONTENT),
    ("audio_generation", GENERATE_CONTENT),
];

impl Work {
    /// What an operation of that name is.
    pub(super) fn of(operation: &str) -> Self {
        match CALLS.iter().find(|(known, _)| *known == operation) {
            Some((_, name)) => Self::Call(name),
            None if operation == "execute_tool" => Self::Tool,
            None => Self::Other,
        }
    }
}

/// The names of providers, of the conventions and of libraries, that are others than this crate has.
const PROVIDERS: &[(&str, &str)] = &[
    ("gcp.gemini", "gemini"),
    ("gcp.gen_ai", "gemini"),
    ("gemini-grpc", "gemini"),
    ("gcp.vertex_ai", "vertex"),
    ("vertexai", "vertex"),
    ("vertex_ai", "vertex"),
    ("az.ai.openai", "azure"),
    ("az.ai.inference", "azure"),
    ("azure.ai.openai", "azure"),
    ("azure.ai.inference", "azure"),
    ("azure.openai", "azure"),
    ("aws.bedrock", "bedrock"),
    ("aws_bedrock", "bedrock"),
    ("mistral_ai", "mistral"),
    ("x_ai", "xai"),
    ("moonshot", "moonshotai"),
    ("moonshot_ai", "moonshotai"),
];

/// The provider as the middleware and the call sites of this crate name it, so that its series are the same.
pub(super) fn provider(name: &str) -> &str {
    PROVIDERS.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(name)).map_or(name, |(_, ours)| ours)
}

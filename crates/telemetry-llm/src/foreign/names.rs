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
    Other,
    /// The span does not say, or by a name that nobody knows.
    #[default]
    Unknown,
}

/// The operations that are known: the conventions' own, and what libraries have beside them.
const OPERATIONS: &[(&str, Work)] = &[
    ("chat", Work::Call(CHAT)),
    ("text_completion", Work::Call(TEXT_COMPLETION)),
    ("generate_content", Work::Call(GENERATE_CONTENT)),
    ("embeddings", Work::Call(EMBEDDINGS)),
    ("chat_streaming", Work::Call(CHAT)),
    ("chat_completion", Work::Call(CHAT)),
    ("chat.completion", Work::Call(CHAT)),
    ("chat_completions", Work::Call(CHAT)),
    ("chat.completions", Work::Call(CHAT)),
    ("completion", Work::Call(CHAT)),
    ("messages", Work::Call(CHAT)),
    ("responses", Work::Call(CHAT)),
    ("interactions", Work::Call(GENERATE_CONTENT)),
    ("interactions_streaming", Work::Call(GENERATE_CONTENT)),
    ("embedding", Work::Call(EMBEDDINGS)),
    ("embed", Work::Call(EMBEDDINGS)),
    ("rerank", Work::Call(EMBEDDINGS)),
    ("transcription", Work::Call(GENERATE_CONTENT)),
    ("image_generation", Work::Call(GENERATE_CONTENT)),
    ("audio_generation", Work::Call(GENERATE_CONTENT)),
    ("execute_tool", Work::Tool),
    ("create_agent", Work::Other),
    ("invoke_agent", Work::Other),
    ("invoke_workflow", Work::Other),
    ("plan", Work::Other),
    ("retrieval", Work::Other),
];

impl Work {
    /// What an operation of that name is.
    pub(super) fn of(operation: &str) -> Self {
        OPERATIONS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(operation))
            .map_or(Self::Unknown, |(_, work)| *work)
    }
}

/// The names of providers, of the conventions and of libraries, that are others than this crate has.
const PROVIDERS: &[(&str, &str)] = &[
    ("gcp.gemini", "gemini"),
    ("gcp.gen_ai", "gemini"),
    ("gemini-grpc", "gemini"),
    ("gcp.vertex_ai", "vertex"),
    ("gcp.vertex", "vertex"),
    ("vertexai", "vertex"),
    ("vertex_ai", "vertex"),
    ("az.ai.openai", "azure"),
    ("az.ai.inference", "azure"),
    ("azure.ai.openai", "azure"),
    ("azure.ai.inference", "azure"),
    ("azure.openai", "azure"),
    ("azure-openai", "azure"),
    ("azure-ai", "azure"),
    ("azure_openai", "azure"),
    ("aws.bedrock", "bedrock"),
    ("aws_bedrock", "bedrock"),
    ("openai-responses", "openai"),
    ("mistral_ai", "mistral"),
    ("x_ai", "xai"),
    ("moonshot", "moonshotai"),
    ("moonshot_ai", "moonshotai"),
];

/// The provider as the middleware and the call sites of this crate name it, so that its series are the same.
pub(super) fn provider(name: &str) -> &str {
    PROVIDERS.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(name)).map_or(name, |(_, ours)| ours)
}

//! Which shape has which table.

use super::shape::Shape;
use super::{amazon, anthropic, cohere, google, mistral, ollama, openai};
use crate::usage::api::Api;

impl Api {
    pub(crate) fn shape(self) -> &'static Shape {
        match self {
            Self::OpenAiChat => &openai::CHAT,
            Self::OpenAiResponses => &openai::RESPONSES,
            Self::OpenAiEmbeddings => &openai::EMBEDDINGS,
            Self::OpenAiImages => &openai::IMAGES,
            Self::OpenAiTranscription => &openai::TRANSCRIPTION,
            Self::AnthropicMessages => &anthropic::MESSAGES,
            Self::GeminiGenerateContent => &google::GENERATE_CONTENT,
            Self::GeminiInteractions => &google::INTERACTIONS,
            Self::VertexPredictions => &google::PREDICTIONS,
            Self::BedrockConverse => &amazon::CONVERSE,
            Self::BedrockTitan => &amazon::TITAN,
            Self::BedrockLlama => &amazon::LLAMA,
            Self::CohereChat => &cohere::CHAT,
            Self::CohereEmbeddings => &cohere::EMBEDDINGS,
            Self::Ollama => &ollama::OLLAMA,
            Self::MistralOcr => &mistral::OCR,
        }
    }
}

//! Which provider and model a request asks, told by its address and body.

use http::Method;

use super::asked::Asked;
use crate::gen_ai;

/// What is asked of a model, as far as the request tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) operation: &'static str,
    pub(super) model: String,
    pub(super) prompt_length: Option<usize>,
}

/// The providers by the hosts where they answer. One with a dot in front stands for every host that ends so.
const HOSTS: &[(&str, &str)] = &[
    ("api.openai.com", "openai"),
    ("api.anthropic.com", "anthropic"),
    ("generativelanguage.googleapis.com", "gemini"),
    ("aiplatform.googleapis.com", "vertex"),
    ("-aiplatform.googleapis.com", "vertex"),
    (".openai.azure.com", "azure"),
    (".services.ai.azure.com", "azure"),
    (".cognitiveservices.azure.com", "azure"),
    ("api.mistral.ai", "mistral"),
    ("api.deepseek.com", "deepseek"),
    ("api.x.ai", "xai"),
    ("api.groq.com", "groq"),
    ("openrouter.ai", "openrouter"),
    ("api.perplexity.ai", "perplexity"),
    ("api.moonshot.ai", "moonshotai"),
    ("api.moonshot.cn", "moonshotai"),
    ("api.cohere.com", "cohere"),
    ("api.cohere.ai", "cohere"),
    ("api.fireworks.ai", "fireworks"),
    ("api.together.xyz", "together"),
    ("api.cerebras.ai", "cerebras"),
    ("api.deepinfra.com", "deepinfra"),
    ("api.voyageai.com", "voyageai"),
    ("ai-gateway.vercel.sh", "vercel"),
    ("dashscope.aliyuncs.com", "dashscope"),
    ("dashscope-intl.aliyuncs.com", "dashscope"),
];

/// The ends of the paths at which models answer, and what is asked for there. Those of OpenAI's shapes may have anything
/// in front, as gateways and Azure do.
const PATHS: &[(&str, &str)] = &[
    ("/chat/completions", gen_ai::CHAT),
    ("/completions", gen_ai::TEXT_COMPLETION),
    ("/responses", gen_ai::CHAT),
    ("/responses/compact", gen_ai::CHAT),
    ("/messages", gen_ai::CHAT),
    ("/embeddings", gen_ai::EMBEDDINGS),
    ("/images/generations", gen_ai::GENERATE_CONTENT),
    ("/images/edits", gen_ai::GENERATE_CONTENT),
    ("/audio/transcriptions", gen_ai::GENERATE_CONTENT),
    ("/audio/translations", gen_ai::GENERATE_CONTENT),
    ("/audio/speech", gen_ai::GENERATE_CONTENT),
    ("/ocr", gen_ai::GENERATE_CONTENT),
    // Gemini
    ("/interactions", gen_ai::GENERATE_CONTENT),
    // Cohere
    ("/v1/chat", gen_ai::CHAT),
    ("/v2/chat", gen_ai::CHAT),
    ("/v1/embed", gen_ai::EMBEDDINGS),
    ("/v2/embed", gen_ai::EMBEDDINGS),
    ("/v1/rerank", gen_ai::EMBEDDINGS),
    ("/v2/rerank", gen_ai::EMBEDDINGS),
    // Ollama
    ("/api/chat", gen_ai::CHAT),
    ("/api/generate", gen_ai::TEXT_COMPLETION),
    ("/api/embed", gen_ai::EMBEDDINGS),
];

/// What is asked for after the model's name in a path: Gemini's, and Claude's on Vertex AI
/// (`…/models/{model}:{verb}`), and Bedrock's (`/model/{model}/{verb}`).
const VERBS: &[(&str, &str)] = &[
    ("generateContent", gen_ai::GENERATE_CONTENT),
    ("streamGenerateContent", gen_ai::GENERATE_CONTENT),
    ("rawPredict", gen_ai::CHAT),
    ("streamRawPredict", gen_ai::CHAT),
    ("embedContent", gen_ai::EMBEDDINGS),
    ("batchEmbedContents", gen_ai::EMBEDDINGS),
    ("predict", gen_ai::EMBEDDINGS),
    ("converse", gen_ai::CHAT),
    ("converse-stream", gen_ai::CHAT),
    ("invoke", gen_ai::CHAT),
    ("invoke-with-response-stream", gen_ai::CHAT),
];

/// The provider that answers at a host.
pub(super) fn provider(host: &str) -> Option<&'static str> {
    let is_it = |known: &str| if known.starts_with(['.', '-']) { host.ends_with(known) } else { host == known };
    let known = HOSTS.iter().find(|(known, _)| is_it(known)).map(|(_, provider)| *provider);
    let is_bedrock =
        host.starts_with("bedrock-runtime") && (host.ends_with(".amazonaws.com") || host.ends_with(".api.aws"));
    known.or(is_bedrock.then_some("bedrock"))
}

impl Endpoint {
    /// The endpoint at a path, if models answer there; what is asked is read only then.
    pub(super) fn of(method: &Method, path: &str, asked: impl FnOnce() -> Asked) -> Option<Self> {
        if method != Method::POST {
            return None;
        }
        let path = path.trim_end_matches('/');
        if let Some((model, verb)) = named_in_path(path) {
            let (_, operation) = VERBS.iter().find(|(known, _)| *known == verb)?;
            return Some(Self { operation, model, prompt_length: asked().prompt_length });
        }
        let (_, operation) = PATHS.iter().find(|(known, _)| path.ends_with(known))?;
        let Asked { model, prompt_length } = asked();
        // Azure's: `/openai/deployments/{deployment}/chat/completions`.
        let deployment = path.split_once("/deployments/").and_then(|(_, rest)| rest.split('/').next());
        let model = model.unwrap_or_else(|| deployment.unwrap_or_default().to_owned());
        Some(Self { operation, model, prompt_length })
    }
}

/// The model that a path names, and what is asked of it.
fn named_in_path(path: &str) -> Option<(String, &str)> {
    if let Some((_, rest)) = path.split_once("/model/")
        && let Some((model, verb)) = rest.rsplit_once('/')
    {
        // A colon and the slashes of a resource's name come encoded.
        let decoded = model.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/");
        return Some((decoded, verb));
    }
    let (model, verb) = path.rsplit('/').next()?.rsplit_once(':')?;
    Some((model.to_owned(), verb))
}

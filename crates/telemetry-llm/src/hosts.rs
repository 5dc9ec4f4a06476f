//! Where providers answer: their hosts, as a table.

/// The providers by the hosts where they answer. One with a dot in front stands for every host that ends so.
pub(crate) const HOSTS: &[(&str, &str)] = &[
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
    ("api.together.ai", "together"),
    ("api.z.ai", "zai"),
    ("open.bigmodel.cn", "zhipuai"),
    ("api.minimax.io", "minimax"),
    ("api.minimaxi.com", "minimax"),
    ("api.novita.ai", "novita"),
    ("api.arcee.ai", "arcee"),
    ("api.avian.io", "avian"),
    ("inference.baseten.co", "baseten"),
    ("api.meta.ai", "meta"),
    ("api.githubcopilot.com", "github-copilot"),
    ("oai.endpoints.kepler.ai.cloud.ovh.net", "ovhcloud"),
    (".cloud.databricks.com", "databricks"),
    (".azuredatabricks.net", "databricks"),
    (".gcp.databricks.com", "databricks"),
    ("router.huggingface.co", "huggingface"),
    ("api.sambanova.ai", "sambanova"),
    ("integrate.api.nvidia.com", "nvidia"),
    ("api.jina.ai", "jina"),
];

/// The provider that answers at a host.
#[cfg(any(feature = "reqwest", feature = "tower"))]
pub(crate) fn provider(host: &str) -> Option<&'static str> {
    let is_it = |known: &str| if known.starts_with(['.', '-']) { host.ends_with(known) } else { host == known };
    let known = HOSTS.iter().find(|(known, _)| is_it(known)).map(|(_, provider)| *provider);
    let is_bedrock =
        host.starts_with("bedrock-runtime") && (host.ends_with(".amazonaws.com") || host.ends_with(".api.aws"));
    known.or(is_bedrock.then_some("bedrock"))
}

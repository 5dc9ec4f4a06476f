//! The models that the platform is given, and what can be asked of them.

use std::time::Duration;

use super::course::Course;
use crate::platform::models::{Api, Deployment};

/// One thing to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    /// The deployment that is asked.
    pub(crate) deployment: &'static str,
    pub(crate) course: Course,
}

const fn ask(deployment: &'static str, course: Course) -> Ask {
    Ask { deployment, course }
}

/// Those that are answered.
pub(crate) const ANSWERED: [Ask; 8] = [
    ask("chat", Course::Answered),
    ask("chat-stream", Course::Answered),
    ask("responses", Course::Answered),
    ask("messages", Course::Answered),
    ask("messages-stream", Course::Answered),
    ask("generate", Course::Answered),
    ask("generate-stream", Course::Answered),
    ask("unpriced", Course::Answered),
];

/// Those that go wrong, each in another way.
pub(crate) const TROUBLED: [Ask; 5] = [
    ask("chat-again", Course::Limited),
    ask("messages", Course::Overloaded),
    ask("generate", Course::Refused),
    ask("generate-hasty", Course::Slow),
    ask("chat-stream", Course::Left),
];

const GPT: &str = "gpt-4o-2024-08-06";
const CLAUDE: &str = "claude-sonnet-4-5-20250929";
const GEMINI: &str = "gemini-2.5-flash";
/// No price table has it.
const OWN: &str = "house-model-7b";

/// The models as the platform knows them.
pub(crate) fn deployments() -> Vec<Deployment> {
    let whole = |name: &str, provider: &str, model: &str, api| Deployment {
        name: name.to_owned(),
        provider: provider.to_owned(),
        model: model.to_owned(),
        api,
        is_streamed: false,
        patience: Duration::from_secs(20),
        tries_again: false,
    };
    let streamed = |name, provider, model, api| Deployment { is_streamed: true, ..whole(name, provider, model, api) };
    vec![
        whole("chat", "openai", GPT, Api::Chat),
        streamed("chat-stream", "openai", GPT, Api::Chat),
        Deployment { tries_again: true, ..whole("chat-again", "openai", GPT, Api::Chat) },
        whole("responses", "openai", GPT, Api::Responses),
        whole("messages", "anthropic", CLAUDE, Api::Messages),
        streamed("messages-stream", "anthropic", CLAUDE, Api::Messages),
        whole("generate", "gemini", GEMINI, Api::GenerateContent),
        streamed("generate-stream", "gemini", GEMINI, Api::GenerateContent),
        Deployment {
            patience: Duration::from_millis(600),
            ..streamed("generate-hasty", "gemini", GEMINI, Api::GenerateContent)
        },
        // Its answer may take as long as the load.
        Deployment { patience: Duration::from_secs(86_400), ..whole("chat-patient", "openai", GPT, Api::Chat) },
        whole("unpriced", "openai", OWN, Api::Chat),
    ]
}

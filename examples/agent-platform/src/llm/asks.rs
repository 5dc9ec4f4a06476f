//! What the platform asks models.

/// The shape in which a provider is asked and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Chat,
    Responses,
    Messages,
    GenerateContent,
}

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// A whole answer.
    Whole,
    /// An answer in pieces.
    Streamed,
    /// An answer in pieces that come too slowly for the caller's patience.
    Slow,
    /// An answer in pieces whose caller leaves after the first.
    Left,
    /// A refusal because of a rate limit, then a whole answer.
    Limited,
    /// The provider is overloaded.
    Overloaded,
    /// The key is wrong.
    Refused,
}

/// One thing to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) name: &'static str,
    pub(super) provider: &'static str,
    /// The model as it is called, and as metrics label it.
    pub(super) model: (&'static str, &'static str),
    pub(super) shape: Shape,
    pub(super) course: Course,
}

const GPT: (&str, &str) = ("gpt-4o-2024-08-06", "gpt-4o");
const CLAUDE: (&str, &str) = ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5");
const GEMINI: (&str, &str) = ("gemini-2.5-flash", "gemini-2.5-flash");
/// No price table has it.
const OWN: (&str, &str) = ("house-model-7b", "house-model-7b");

const fn ask(
    name: &'static str,
    provider: &'static str,
    model: (&'static str, &'static str),
    shape: Shape,
    course: Course,
) -> Ask {
    Ask { name, provider, model, shape, course }
}

/// Those that are answered.
pub(crate) const ANSWERED: [Ask; 8] = [
    ask("chat", "openai", GPT, Shape::Chat, Course::Whole),
    ask("chat-stream", "openai", GPT, Shape::Chat, Course::Streamed),
    ask("responses", "openai", GPT, Shape::Responses, Course::Whole),
    ask("messages", "anthropic", CLAUDE, Shape::Messages, Course::Whole),
    ask("messages-stream", "anthropic", CLAUDE, Shape::Messages, Course::Streamed),
    ask("generate", "gemini", GEMINI, Shape::GenerateContent, Course::Whole),
    ask("generate-stream", "gemini", GEMINI, Shape::GenerateContent, Course::Streamed),
    ask("unpriced", "openai", OWN, Shape::Chat, Course::Whole),
];

/// Those that go wrong, each in another way.
pub(crate) const TROUBLED: [Ask; 5] = [
    ask("limited", "openai", GPT, Shape::Chat, Course::Limited),
    ask("overloaded", "anthropic", CLAUDE, Shape::Messages, Course::Overloaded),
    ask("refused", "gemini", GEMINI, Shape::GenerateContent, Course::Refused),
    ask("slow", "gemini", GEMINI, Shape::GenerateContent, Course::Slow),
    ask("left", "openai", GPT, Shape::Chat, Course::Left),
];

/// The ask of that name.
pub(super) fn find(name: &str) -> Option<Ask> {
    ANSWERED.into_iter().chain(TROUBLED).find(|ask| ask.name == name)
}

impl Ask {
    pub(super) fn is_streamed(self) -> bool {
        matches!(self.course, Course::Streamed | Course::Slow | Course::Left)
    }

    /// Where it is asked.
    pub(super) fn path(self) -> String {
        match self.shape {
            Shape::Chat => "/v1/chat/completions".to_owned(),
            Shape::Responses => "/v1/responses".to_owned(),
            Shape::Messages => "/v1/messages".to_owned(),
            Shape::GenerateContent if self.is_streamed() => {
                format!("/v1beta/models/{}:streamGenerateContent?alt=sse", self.model.0)
            }
            Shape::GenerateContent => format!("/v1beta/models/{}:generateContent", self.model.0),
        }
    }
}

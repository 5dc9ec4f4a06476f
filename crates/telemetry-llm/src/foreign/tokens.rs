//! The numbers of a span, and how they make one usage.

use tracing::Metadata;

use crate::usage::Usage;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Input,
    Output,
    CacheRead,
    CacheCreation,
    Reasoning,
    /// What tools put into the prompt.
    ToolInput,
    Total,
}

/// What begins the attributes that hold numbers.
const USAGE: &str = "gen_ai.usage.";

/// The attribute, without that, that rig alone has.
const TOOL_INPUT: &str = "tool_use_prompt_tokens";

/// The attributes that hold numbers: the conventions' own, and their older and other spellings.
const COUNTS: &[(&str, Count)] = &[
    ("input_tokens", Count::Input),
    ("prompt_tokens", Count::Input),
    ("output_tokens", Count::Output),
    ("completion_tokens", Count::Output),
    ("cache_read.input_tokens", Count::CacheRead),
    ("cache_read_input_tokens", Count::CacheRead),
    ("cache_read_tokens", Count::CacheRead),
    ("cached_input_tokens", Count::CacheRead),
    ("cached_tokens", Count::CacheRead),
    ("input_tokens.cached", Count::CacheRead),
    ("input_tokens_details.cached_tokens", Count::CacheRead),
    ("prompt_tokens_details.cached_tokens", Count::CacheRead),
    ("cache_creation.input_tokens", Count::CacheCreation),
    ("cache_creation_input_tokens", Count::CacheCreation),
    ("cache_creation_tokens", Count::CacheCreation),
    ("cache_write.input_tokens", Count::CacheCreation),
    ("cache_write_input_tokens", Count::CacheCreation),
    ("input_tokens.cache_write", Count::CacheCreation),
    ("reasoning.output_tokens", Count::Reasoning),
    ("reasoning_output_tokens", Count::Reasoning),
    ("reasoning_tokens", Count::Reasoning),
    ("thinking_tokens", Count::Reasoning),
    ("output_tokens.reasoning", Count::Reasoning),
    ("output_tokens_details.reasoning_tokens", Count::Reasoning),
    ("completion_tokens_details.reasoning_tokens", Count::Reasoning),
    (TOOL_INPUT, Count::ToolInput),
    ("total_tokens", Count::Total),
];

impl Count {
    /// What an attribute counts.
    pub(super) fn of(attribute: &str) -> Option<Self> {
        let name = attribute.strip_prefix(USAGE)?;
        COUNTS.iter().find(|(known, _)| *known == name).map(|(_, count)| *count)
    }
}

/// Which numbers stand beside the whole that they are parts of elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Apart {
    cache: bool,
    reasoning: bool,
    tool_input: bool,
}

impl Apart {
    /// How the numbers of a library's spans are to be read. The conventions have all within input and output, and so has
    /// rig from 0.43 on, which says no number that the provider did not say. Before, it handed on what each provider says,
    /// with a zero for each number that that has not.
    pub(super) fn of(span: &Metadata<'_>, provider: &str, tokens: &Tokens) -> Self {
        let target = span.target();
        let is_of_rig = target == "rig"
            || target.starts_with("rig::")
            || target.starts_with("rig_")
            || span.fields().field("rig.completion_parent").is_some();
        let has_tool_input = span.fields().iter().any(|field| field.name().strip_prefix(USAGE) == Some(TOOL_INPUT));
        let says_all = tokens.get(Count::CacheCreation).is_some() && tokens.get(Count::ToolInput).is_some();
        let hands_on = is_of_rig && (says_all || !has_tool_input);
        Self {
            cache: hands_on && matches!(provider, "anthropic" | "bedrock"),
            reasoning: hands_on && matches!(provider, "gemini" | "vertex"),
            tool_input: hands_on,
        }
    }
}

/// The numbers of a span, as they were said last.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tokens([Option<u64>; 7]);

impl Tokens {
    pub(super) fn note(&mut self, count: Count, tokens: u64) {
        self.0[count as usize] = Some(tokens);
    }

    /// Takes over the numbers that were said since.
    pub(super) fn update(&mut self, since: Self) {
        for (tokens, since) in self.0.iter_mut().zip(since.0) {
            *tokens = since.or(*tokens);
        }
    }

    /// Whether any was used: zeros are how libraries say that they were told no number.
    pub(super) fn are_any(&self) -> bool {
        self.0.iter().flatten().any(|tokens| *tokens > 0)
    }

    /// The usage; nothing where none was used.
    pub(super) fn usage(&self, told: Apart) -> Option<Usage> {
        if !self.are_any() {
            return None;
        }
        let beside = self.beside(told);
        let usage =
            Usage::new(self.prompt(beside), self.completion(beside)).cached_prompt(self.or_none(Count::CacheRead));
        Some(usage.cache_creation(self.or_none(Count::CacheCreation)).reasoning(self.or_none(Count::Reasoning)))
    }

    fn get(&self, count: Count) -> Option<u64> {
        self.0[count as usize]
    }

    fn or_none(&self, count: Count) -> u64 {
        self.get(count).unwrap_or_default()
    }

    fn cache(&self) -> u64 {
        self.or_none(Count::CacheRead).saturating_add(self.or_none(Count::CacheCreation))
    }

    fn prompt(&self, beside: Apart) -> u64 {
        let cache = if beside.cache { self.cache() } else { 0 };
        let tool_input = if beside.tool_input { self.or_none(Count::ToolInput) } else { 0 };
        self.or_none(Count::Input).saturating_add(cache).saturating_add(tool_input)
    }

    fn completion(&self, beside: Apart) -> u64 {
        let reasoning = if beside.reasoning { self.or_none(Count::Reasoning) } else { 0 };
        self.or_none(Count::Output).saturating_add(reasoning)
    }

    /// Parts that exceed their whole stand beside it. Else the total decides, where it fits one way only, and then what is
    /// told of the library.
    fn beside(&self, told: Apart) -> Apart {
        let guess = Apart {
            cache: told.cache || self.cache() > self.or_none(Count::Input),
            reasoning: told.reasoning || self.or_none(Count::Reasoning) > self.or_none(Count::Output),
            ..told
        };
        let total = self.or_none(Count::Total);
        let fits = |way: &Apart| self.prompt(*way).saturating_add(self.completion(*way)) == total;
        if total == 0 || fits(&guess) {
            return guess;
        }
        let ways = [(false, false), (true, false), (false, true), (true, true)];
        ways.map(|(cache, reasoning)| Apart { cache, reasoning, ..told }).into_iter().find(fits).unwrap_or(guess)
    }
}

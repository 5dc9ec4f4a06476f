//! The numbers of a span, and how they make one usage.

use crate::usage::Usage;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Input,
    Output,
    CacheRead,
    CacheCreation,
    Reasoning,
    /// What tools put into the prompt, beside it.
    ToolInput,
    Total,
}

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
    ("tool_use_prompt_tokens", Count::ToolInput),
    ("total_tokens", Count::Total),
];

impl Count {
    /// What an attribute counts.
    pub(super) fn of(attribute: &str) -> Option<Self> {
        let name = attribute.strip_prefix("gen_ai.usage.")?;
        COUNTS.iter().find(|(known, _)| *known == name).map(|(_, count)| *count)
    }
}

/// Which numbers stand beside the whole that they are parts of elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) cache: bool,
    pub(super) reasoning: bool,
}

impl Beside {
    /// How the numbers of a library's spans are to be read. The conventions have all within input and output; rig hands on
    /// what each provider says.
    pub(super) fn of(target: &str, provider: &str) -> Self {
        let is_of_rig = target == "rig" || target.starts_with("rig::") || target.starts_with("rig_");
        Self {
            cache: is_of_rig && matches!(provider, "anthropic" | "bedrock"),
            reasoning: is_of_rig && matches!(provider, "gemini" | "vertex"),
        }
    }
}

/// The numbers of a span, as they were said last.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tokens([u64; 7]);

impl Tokens {
    pub(super) fn note(&mut self, count: Count, tokens: u64) {
        self.0[count as usize] = tokens;
    }

    fn get(&self, count: Count) -> u64 {
        self.0[count as usize]
    }

    /// The usage; nothing where all numbers are zero, which is how libraries say that there are none.
    pub(super) fn usage(&self, told: Beside) -> Option<Usage> {
        if self.0.iter().all(|tokens| *tokens == 0) {
            return None;
        }
        let beside = self.beside(told);
        let input = self.get(Count::Input).saturating_add(self.get(Count::ToolInput));
        let prompt = input.saturating_add(if beside.cache { self.cache() } else { 0 });
        let reasoning = self.get(Count::Reasoning);
        let completion = self.get(Count::Output).saturating_add(if beside.reasoning { reasoning } else { 0 });
        let usage = Usage::new(prompt, completion).cached_prompt(self.get(Count::CacheRead));
        Some(usage.cache_creation(self.get(Count::CacheCreation)).reasoning(reasoning))
    }

    fn cache(&self) -> u64 {
        self.get(Count::CacheRead).saturating_add(self.get(Count::CacheCreation))
    }

    /// Parts that exceed their whole stand beside it. Else the total decides, where it fits one way only, and then what is
    /// told of the library.
    fn beside(&self, told: Beside) -> Beside {
        let guess = Beside {
            cache: told.cache || self.cache() > self.get(Count::Input),
            reasoning: told.reasoning || self.get(Count::Reasoning) > self.get(Count::Output),
        };
        let ways = [(false, false), (true, false), (false, true), (true, true)];
        let ways = ways.map(|(cache, reasoning)| Beside { cache, reasoning });
        let fits = |way: &Beside| self.sum(*way) == self.get(Count::Total);
        if self.get(Count::Total) == 0 || fits(&guess) {
            return guess;
        }
        ways.into_iter().find(fits).unwrap_or(guess)
    }

    fn sum(&self, way: Beside) -> u64 {
        [
            self.get(Count::Input),
            self.get(Count::ToolInput),
            self.get(Count::Output),
            if way.cache { self.cache() } else { 0 },
            if way.reasoning { self.get(Count::Reasoning) } else { 0 },
        ]
        .into_iter()
        .fold(0, u64::saturating_add)
    }
}

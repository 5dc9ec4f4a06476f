//! What a provider's stand-in makes of a prompt: the prompt says it, in a word.

/// What comes of an ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// An answer, in pieces if they are asked for.
    Answered,
    /// An answer in pieces that come too slowly for the platform's patience.
    Slow,
    /// An answer in pieces whose caller leaves after the first.
    Left,
    /// A refusal because of a rate limit, then an answer.
    Limited,
    /// The provider is overloaded.
    Overloaded,
    /// The key is wrong.
    Refused,
    /// Turn by turn, as the script of a task has it.
    Scripted,
}

const WORDS: [(Course, &str); 7] = [
    (Course::Answered, "course-answered"),
    (Course::Slow, "course-slow"),
    (Course::Left, "course-left"),
    (Course::Limited, "course-limited"),
    (Course::Overloaded, "course-overloaded"),
    (Course::Refused, "course-refused"),
    (Course::Scripted, "course-scripted"),
];

impl Course {
    /// The word that a prompt has for it.
    pub(crate) fn word(self) -> &'static str {
        WORDS.iter().find(|(course, _)| *course == self).map_or("", |(_, word)| word)
    }

    /// What a prompt asks for.
    pub(super) fn of(prompt: &str) -> Option<Self> {
        WORDS.iter().find(|(_, word)| prompt.contains(word)).map(|(course, _)| *course)
    }
}

//! One number of a usage: what it counts, where it stands, and what it is part of.

/// What is read of a usage that the price table has no unit for.
pub(super) const TOTAL: &str = "total_tokens";

/// How a number stands to the whole that it is a detail of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// It is a whole, or counts what is no token.
    Alone,
    /// The whole has it in it.
    Within,
    /// The whole lacks it.
    Beside,
}

/// One number of a usage. Fields of one unit add up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// What it counts, as the price table names it.
    pub(super) unit: &'static str,
    /// Where it may stand: the first place that has it.
    pub(super) paths: &'static [&'static str],
    pub(super) stands: Stands,
}

pub(super) const fn alone(unit: &'static str, paths: &'static [&'static str]) -> Field {
    Field { unit, paths, stands: Stands::Alone }
}

pub(super) const fn within(unit: &'static str, paths: &'static [&'static str]) -> Field {
    Field { unit, paths, stands: Stands::Within }
}

pub(super) const fn beside(unit: &'static str, paths: &'static [&'static str]) -> Field {
    Field { unit, paths, stands: Stands::Beside }
}

/// The whole of the prompt that a detail is of, or of the completion.
pub(super) fn is_of_prompt(unit: &str) -> bool {
    matches!(unit, "cache_read_tokens" | "cache_write_tokens" | "input_tool_tokens")
}

/// Whether a detail is one of those that a total tells the place of.
pub(super) fn is_moved_by_total(unit: &str) -> bool {
    matches!(unit, "cache_read_tokens" | "cache_write_tokens" | "output_reasoning_tokens")
}

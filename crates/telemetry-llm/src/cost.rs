//! What a call cost, and who says so.

/// Who says what a call cost. What the provider charges comes before what prices make of the tokens, and what the
/// application knows before both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CostSource {
    /// The application, by [`Call::cost_usd`](crate::Call::cost_usd).
    Application,
    /// The provider, in its answer.
    Provider,
    /// The table of prices, or the settings that override it: an estimate by list prices.
    Table,
}

impl CostSource {
    /// As spans and usage records have it: `application`, `provider`, `table`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Provider => "provider",
            Self::Table => "table",
        }
    }
}

/// What a call cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) usd: f64,
    pub(crate) source: CostSource,
    /// A part of it has no price, which the sum lacks.
    pub(crate) is_partial: bool,
}

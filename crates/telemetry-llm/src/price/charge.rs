//! What a call costs by a table or an override, and whether that is all of it.

/// What a call costs by a table or an override.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Charge {
    pub(crate) usd: f64,
    /// It used something that there is no price for, which the sum lacks.
    pub(crate) is_partial: bool,
}

impl Charge {
    pub(super) fn whole(usd: f64) -> Self {
        Self { usd, is_partial: false }
    }
}

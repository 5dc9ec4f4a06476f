//! When a call has no price, although it may be one that costs nothing.

use crate::usage::Usage;

/// Why a call has no price.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unpriced {
    /// There is no price for the model.
    #[error("the model has no price")]
    Model,
    /// The usage is missing, or cannot be.
    #[error("the usage is missing or cannot be")]
    Usage,
}

telemetry_core::debug_as_display!(Unpriced);

/// Whether a model is meant to cost nothing.
pub(super) fn is_free(name: &str) -> bool {
    name.ends_with(":free")
}

/// What the table has at no price at all (or in other units than were used) is not known to be free.
pub(super) fn unless_unknown(cost: f64, usage: &Usage, free: bool) -> Result<f64, Unpriced> {
    if cost == 0.0 && usage.is_something() && !free { Err(Unpriced::Model) } else { Ok(cost) }
}

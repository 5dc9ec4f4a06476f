//! What the recipes have in common, which no application needs: a provider that stands in, and what is counted of it.

mod stand_in;
mod trial;

pub use stand_in::{COMPLETION_TOKENS, PROMPT_TOKENS, Reply, StandIn};
pub use trial::{Counted, Trial, assert_quotes_nothing, assert_unpaid};

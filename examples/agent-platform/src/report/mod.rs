//! What arrived, beside what the platform did.

mod compare;
mod pull;
mod verdict;

pub(crate) use compare::{arrived, sent};
pub(crate) use pull::pull;

//! What providers and models are called: few enough names to be labels, and each looked up without a lock.

mod fold;
mod known;
mod lasting;
mod name;
mod recent;

pub(crate) use known::{NameId, Names};
pub(crate) use name::Name;

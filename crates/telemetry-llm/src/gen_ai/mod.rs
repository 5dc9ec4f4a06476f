//! The OpenTelemetry semantic conventions for generative AI.

mod metrics;
mod names;

pub(crate) use metrics::{Conventions, ConventionsOfCall};
pub(crate) use names::*;

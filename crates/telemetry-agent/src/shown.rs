//! How names are shown on spans and in log records.

use std::borrow::Cow;

use telemetry_core::text::{NAME, cut};

/// A name, cut to the length of one.
pub(crate) fn shown(name: &str) -> Cow<'_, str> {
    cut(name, NAME)
}

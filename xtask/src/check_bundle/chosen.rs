//! What is generated where many settings are turned.

use std::path::PathBuf;

use telemetry_mixin::{GeneratorSettings, generate};

use super::files::scratch;
use crate::command::Result;
use crate::domains::domains;

/// Writes it, and returns below which folder.
pub(super) fn write() -> Result<PathBuf> {
    let domains = domains();
    let settings = GeneratorSettings::from_toml(include_str!("chosen.toml"), &domains)?;
    let folder = scratch("chosen")?;
    generate(&settings, &domains)?.write_to(&folder)?;
    Ok(folder)
}

//! `telemetry-mixin.toml`: the generator's settings as a file, and the page on its keys.

mod accepts;
mod error;
mod key;
mod keys;
mod page;
mod read;
mod written;

pub use error::{SettingsFileErrors, SettingsFileProblem};
pub use page::settings_file_page;

#![doc = include_str!("../README.md")]

mod files;
mod folder;
mod generate;
pub mod model;
mod page;
pub mod pipeline;
pub mod promql;
pub mod query;
mod render;
mod resolved;
mod settings;
mod verify;

pub use files::{Difference, GeneratedFiles};
pub use folder::FilesError;
pub use generate::{GenerateErrors, checker, generate};
pub use render::catalog::{CatalogFormat, catalog};
pub use render::settings_page::settings_page;
pub use settings::{AlertSettings, GeneratorSettings, LogStore, Logs, TraceStore, Traces};
pub use verify::{VerifyError, check_dashboard, check_rules};

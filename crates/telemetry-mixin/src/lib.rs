#![doc = include_str!("../README.md")]

mod diff;
mod files;
mod folder;
mod generate;
pub mod model;
mod notify;
mod page;
pub mod pipeline;
pub mod promql;
pub mod query;
mod render;
mod resolved;
mod settings;
#[cfg(feature = "settings-file")]
mod settings_file;
mod verify;

pub use files::{Difference, GeneratedFiles};
pub use folder::FilesError;
pub use generate::{GenerateErrors, checker, generate};
pub use notify::{AlertmanagerSettings, EscalationLevel, NotificationSettings, QuietHours, TeamSettings};
pub use render::catalog::{CatalogFormat, catalog};
pub use render::settings_page::settings_page;
pub use settings::{
    AlertSettings, Backend, BundleFormat, DashboardTool, GeneratorSettings, Histograms, IdentitySettings,
    KubernetesSettings, LogStore, Logs, SeverityWords, TraceStore, Traces, WayIn,
};
#[cfg(feature = "settings-file")]
pub use settings_file::{SettingsFileErrors, SettingsFileProblem, settings_file_page};
pub use verify::{
    KnownError, Ruling, Rulings, Source, Verified, VerifyError, check_dashboard, check_rules, findings_as_json,
    findings_as_sarif, known_metrics,
};

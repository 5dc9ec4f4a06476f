//! Dashboards, recording rules, alerts, SLOs and runbooks as data; their renderers; the PromQL checker.
//!
//! A domain is a [catalogue](telemetry_core::Catalogue) of metrics and a [`Mixin`](model::Mixin) of what operators see
//! of them. [`generate`] checks every expression against the catalogues and renders the files: Grafana dashboards and
//! their provisioning, Prometheus rules and their unit tests, pages of metrics and runbooks. [`GeneratedFiles`] writes
//! them, or tells how a directory differs from them.
//!
//! [`check_rules`] and [`check_dashboard`] run the same checks on files that come from elsewhere.

mod files;
mod generate;
pub mod model;
mod page;
pub mod promql;
pub mod query;
mod render;
mod resolved;
mod settings;
mod verify;

pub use files::{Difference, FilesError, GeneratedFiles};
pub use generate::{GenerateErrors, checker, generate};
pub use render::catalog::{CatalogFormat, catalog};
pub use settings::{AlertSettings, GeneratorSettings};
pub use verify::{VerifyError, check_dashboard, check_rules};

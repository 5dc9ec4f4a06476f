//! The checker on files that users bring: rules of Prometheus, dashboards of Grafana and Perses, bare or as Kubernetes' resources.

mod dashboard;
mod datasource;
mod elements;
mod error;
mod ignore;
mod known;
mod logql;
mod perses;
mod queries;
mod read;
mod report;
mod rules;
mod sarif;
mod scalar;
mod shown;
mod source;
mod tree;

pub use error::VerifyError;
pub use known::{KnownError, known_metrics};
pub use report::{Ruling, Rulings, Verified};
pub use sarif::{findings_as_json, findings_as_sarif};
pub use source::{Source, check_dashboard, check_rules};

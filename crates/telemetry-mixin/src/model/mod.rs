//! What a domain's operations consist of, as data.

mod alert;
mod dashboard;
mod domain;
mod panel;
mod query;
mod rule;
mod runbook;
mod shared;
mod slo;
mod unit;
mod variable;

pub use alert::{Alert, AlertTest, Expected, Severity};
pub use dashboard::{Dashboard, Row};
pub use domain::{Domain, ForeignMetric, Mixin};
pub use panel::{Panel, Threshold, Viz};
pub use query::Query;
pub use rule::RecordingRule;
pub use runbook::Runbook;
pub use slo::Slo;
pub use unit::Unit;
pub use variable::Variable;

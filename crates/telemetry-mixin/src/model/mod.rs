//! What a domain's operations consist of, as data.

mod alert;
mod dashboard;
mod domain;
mod panel;
mod rule;
mod runbook;
mod shared;
mod slo;
mod unit;
mod variable;

pub use crate::query::Query;
pub use alert::{Alert, AlertRule, AlertTest, Expected, Severity};
pub use dashboard::{Dashboard, Row};
pub use domain::{Domain, ForeignMetric, Mixin};
pub use panel::{Panel, Threshold, Viz};
pub use rule::{RecordedQuantile, RecordingRule};
pub use runbook::Runbook;
pub use slo::{Objective, Slo, Tested};
pub use unit::Unit;
pub use variable::Variable;

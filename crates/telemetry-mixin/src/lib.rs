//! Dashboards, recording rules, alerts, SLOs and runbooks as data; their renderers; the PromQL checker.

pub mod model;
pub mod promql;

//! Prometheus: rule files, promtool's unit tests, and its own configuration.

mod config;
mod escalation;
mod file;
mod native;
mod rules;
mod tests;

pub(crate) use config::config;
pub(crate) use escalation::escalation_file;
pub(crate) use file::{RuleFile, yaml};
pub(crate) use rules::{objectives_file, rule_file};
pub(crate) use tests::{objectives_test_file, test_file};

//! Prometheus: rule files and promtool's unit tests.

mod file;
mod rules;
mod tests;

pub(crate) use file::yaml;
pub(crate) use rules::rule_file;
pub(crate) use tests::test_file;

//! Configurations of the OpenTelemetry collector: one for all, or an agent and gateways.

mod file;

pub(crate) use file::configurations;

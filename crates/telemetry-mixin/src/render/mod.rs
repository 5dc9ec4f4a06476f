//! What each tool reads: Grafana's JSON, Prometheus's YAML, pages in Markdown, the catalogue.

pub(crate) mod catalog;
pub(crate) mod grafana;
pub(crate) mod metrics_pages;
pub(crate) mod operations_tables;
pub(crate) mod prometheus;
pub(crate) mod readers;
pub(crate) mod runbook_pages;
pub(crate) mod settings_page;

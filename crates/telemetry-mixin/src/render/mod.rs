//! What each tool reads: Grafana's and Perses' JSON, Prometheus's YAML, what stands around them, pages in Markdown, the catalogue.

pub(crate) mod alertmanager;
pub(crate) mod bundle;
pub(crate) mod catalog;
pub(crate) mod collector;
pub(crate) mod compose;
pub(crate) mod dashboard_url;
pub(crate) mod grafana;
pub(crate) mod intake;
pub(crate) mod kubernetes;
pub(crate) mod markdown;
pub(crate) mod metrics_pages;
pub(crate) mod operations_tables;
pub(crate) mod perses;
pub(crate) mod prometheus;
pub(crate) mod readers;
pub(crate) mod runbook_pages;
pub(crate) mod settings_page;
pub(crate) mod victoriametrics;

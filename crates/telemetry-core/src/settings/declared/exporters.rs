//! Settings of where each signal goes.

use crate::setting::{Node, SettingValue, Syntax};

/// Where each signal goes: `otlp` or `none`; metrics also go to `prometheus`, alone or as `otlp,prometheus`.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Exporters")]
pub struct Exporters {
    /// Where spans go.
    #[setting(
        env = "OTEL_TRACES_EXPORTER", default = ExporterSet::OTLP, check = ExporterSet::is_pushed,
        accepts = "otlp or none", example = "none"
    )]
    pub traces: Option<ExporterSet>,
    /// Where metrics go.
    #[setting(env = "OTEL_METRICS_EXPORTER", default = ExporterSet::OTLP, example = "none")]
    pub metrics: Option<ExporterSet>,
    /// Where log records go.
    #[setting(
        env = "OTEL_LOGS_EXPORTER", default = ExporterSet::OTLP, check = ExporterSet::is_pushed,
        accepts = "otlp or none", example = "none"
    )]
    pub logs: Option<ExporterSet>,
}

/// Where one signal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExporterSet {
    /// Pushed over OTLP.
    pub otlp: bool,
    /// Served for Prometheus to scrape; only metrics can be.
    pub prometheus: bool,
}

impl ExporterSet {
    /// Nowhere.
    pub const NONE: Self = Self { otlp: false, prometheus: false };
    /// Pushed over OTLP.
    pub const OTLP: Self = Self { otlp: true, prometheus: false };
    /// Served for Prometheus to scrape.
    pub const PROMETHEUS: Self = Self { otlp: false, prometheus: true };

    fn is_pushed(&self) -> Result<(), String> {
        if self.prometheus { Err("otlp or none (Prometheus takes only metrics)".to_owned()) } else { Ok(()) }
    }
}

impl SettingValue for ExporterSet {
    fn accepted(_: Syntax) -> String {
        "otlp, none and for metrics prometheus or otlp,prometheus".to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let names = Vec::<String>::read(node, syntax).map_err(|_| Self::accepted(syntax))?;
        let names: Vec<_> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        match *names.iter().map(String::as_str).collect::<Vec<_>>() {
            ["none"] => Ok(Self::NONE),
            ["otlp"] => Ok(Self::OTLP),
            ["prometheus"] => Ok(Self::PROMETHEUS),
            ["otlp", "prometheus"] | ["prometheus", "otlp"] => Ok(Self { otlp: true, prometheus: true }),
            ref names if names.contains(&"console") => Err(format!(
                "{} (console is refused: TELEMETRY_LOG_CONSOLE is for logs, and no other signal is printed)",
                Self::accepted(syntax)
            )),
            _ => Err(Self::accepted(syntax)),
        }
    }

    fn write(&self) -> String {
        let name = match (self.otlp, self.prometheus) {
            (true, true) => "otlp,prometheus",
            (true, false) => "otlp",
            (false, true) => "prometheus",
            (false, false) => "none",
        };
        name.to_owned()
    }
}

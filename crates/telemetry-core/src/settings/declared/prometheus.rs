//! Settings of the endpoint that Prometheus scrapes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The endpoint that Prometheus scrapes. There is one if the exporters of metrics name `prometheus`, `listen` is set, or
/// the application serves it; the cargo feature `prometheus` has to be on.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Prometheus")]
pub struct PrometheusEndpoint {
    /// Address and port to listen on; port 0 takes any free one.
    #[setting(builder = "prometheus", unset = "host and port", example = "0.0.0.0:9464")]
    pub listen: Option<SocketAddr>,
    /// Address to listen on. With the default, nobody else can read the metrics unasked.
    #[setting(
        env = "OTEL_EXPORTER_PROMETHEUS_HOST", default = IpAddr::V4(Ipv4Addr::LOCALHOST), example = "0.0.0.0"
    )]
    pub host: Option<IpAddr>,
    /// Port to listen on; 0 takes any free one.
    #[setting(env = "OTEL_EXPORTER_PROMETHEUS_PORT", default = 9464, example = "9100")]
    pub port: Option<u16>,
    /// A file with the bearer token that a scrape has to show.
    #[setting(example = "/etc/telemetry/token")]
    pub token_file: Option<PathBuf>,
    /// Whether the application serves the metrics beside its own routes, with `Telemetry::scraper`; then nothing else
    /// listens unless `listen` is set.
    #[setting(default = false, builder = "prometheus_embedded", example = "true")]
    pub embedded: Option<bool>,
}

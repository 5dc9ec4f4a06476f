//! Settings of the endpoint that Prometheus scrapes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::SettingsError;
use super::layers::Layers;
use super::node::{FromNode, Node, Syntax};
use super::secret::Secret;
use super::variable::{At, Variable};

/// The endpoint that Prometheus scrapes. There is one if [`Exporters::metrics`](super::Exporters::metrics) names
/// `prometheus`, `listen` is set, or the application serves it; the cargo feature `prometheus` has to be on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PrometheusEndpoint {
    /// Address and port to listen on: `TELEMETRY_PROMETHEUS_LISTEN`, such as `0.0.0.0:9464`; port 0 takes any free
    /// one. Default: `host` and `port`.
    pub listen: Option<SocketAddr>,
    /// Address to listen on, an IP address or `localhost`: `OTEL_EXPORTER_PROMETHEUS_HOST`. Default: `127.0.0.1`, so
    /// that nobody else can read the metrics unasked.
    pub host: Option<IpAddr>,
    /// Port to listen on: `OTEL_EXPORTER_PROMETHEUS_PORT`. Default: 9464.
    pub port: Option<u16>,
    /// A file with the bearer token that a scrape has to show: `TELEMETRY_PROMETHEUS_TOKEN_FILE`. Default: none.
    pub token_file: Option<PathBuf>,
    /// Whether the application serves the metrics beside its own routes, with `Telemetry::scraper`; then nothing else
    /// listens unless `listen` is set: `TELEMETRY_PROMETHEUS_EMBEDDED`. Default: no.
    pub embedded: Option<bool>,
}

/// A checked [`PrometheusEndpoint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedPrometheus {
    /// Address and port to listen on; none if the application serves the metrics.
    pub listen: Option<SocketAddr>,
    /// The bearer token that a scrape has to show.
    pub token: Option<Secret>,
}

const LISTEN: &str = "prometheus.listen";
const TOKEN: &str = "prometheus.token_file";
const EMBEDDED: &str = "prometheus.embedded";
const PORT: u16 = 9464;

pub(super) const VARIABLES: &[Variable] = &[
    Variable::new(LISTEN, "TELEMETRY_PROMETHEUS_LISTEN", "127.0.0.1:9100", &At(|s| &mut s.prometheus.listen)),
    Variable::new("prometheus.host", "OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0", &At(|s| &mut s.prometheus.host)),
    Variable::new("prometheus.port", "OTEL_EXPORTER_PROMETHEUS_PORT", "9100", &At(|s| &mut s.prometheus.port)),
    Variable::new(TOKEN, "TELEMETRY_PROMETHEUS_TOKEN_FILE", "/etc/telemetry/token", {
        &At(|s| &mut s.prometheus.token_file)
    }),
    Variable::new(EMBEDDED, "TELEMETRY_PROMETHEUS_EMBEDDED", "true", &At(|s| &mut s.prometheus.embedded)),
];

/// The endpoint, if there is to be one.
pub(super) fn resolve(layers: &Layers) -> Result<Option<ResolvedPrometheus>, SettingsError> {
    let settings = &layers.settings.prometheus;
    let named = layers.settings.exporters.metrics.is_some_and(|exporters| exporters.prometheus);
    let embedded = settings.embedded.unwrap_or(false);
    if !named && !embedded && settings.listen.is_none() {
        return Ok(None);
    }
    if !cfg!(feature = "prometheus") {
        let (key, value) = match settings.listen {
            _ if named => (super::exporters::METRICS, "prometheus"),
            Some(_) => (LISTEN, "an address"),
            None => (EMBEDDED, "true"),
        };
        return Err(layers.refuse(key, value, "nothing of the kind: telemetry-core's feature `prometheus` is off"));
    }
    let host = settings.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let own = || SocketAddr::new(host, settings.port.unwrap_or(PORT));
    let listen = settings.listen.or_else(|| (!embedded).then(own));
    let token = settings.token_file.as_deref().map(|path| {
        let text = std::fs::read_to_string(path).map_err(|error| layers.refuse_file(TOKEN, path, error))?;
        let token = text.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let reason = "it has to hold a token and nothing else: visible ASCII characters without spaces";
            return Err(layers.refuse_file(TOKEN, path, reason));
        }
        Ok(Secret::new(token))
    });
    Ok(Some(ResolvedPrometheus { listen, token: token.transpose()? }))
}

impl FromNode for SocketAddr {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        let address = node.text().and_then(|text| text.parse().ok());
        address.ok_or_else(|| "an IP address and a port, such as 127.0.0.1:9464 or [::1]:9464".to_owned())
    }
}

impl FromNode for IpAddr {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        let address = node.text().and_then(|text| match text {
            "localhost" => Some(Self::V4(Ipv4Addr::LOCALHOST)),
            text => text.parse().ok(),
        });
        address.ok_or_else(|| "an IP address or localhost".to_owned())
    }
}

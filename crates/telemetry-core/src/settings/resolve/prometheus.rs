//! The endpoint that Prometheus scrapes, checked.

use std::net::SocketAddr;

use super::layers::Layers;
use crate::read_regular_to_string;
use crate::setting::SettingsError;
use crate::settings::declared::Secret;

/// A checked [`PrometheusEndpoint`](crate::settings::PrometheusEndpoint).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedPrometheus {
    /// Address and port to listen on; none if the application serves the metrics.
    pub listen: Option<SocketAddr>,
    /// The bearer token that a scrape has to show.
    pub token: Option<Secret>,
}

const TOKEN: &str = "prometheus.token_file";
/// The most bytes of a file with a token: as long as a header may be.
const LARGEST: u64 = 16 * 1024;

/// The endpoint, if there is to be one.
pub(super) fn resolve(layers: &Layers) -> Result<Option<ResolvedPrometheus>, SettingsError> {
    let settings = &layers.settings.prometheus;
    let named = layers.settings.exporters.metrics().prometheus;
    let embedded = settings.embedded();
    if !named && !embedded && settings.listen.is_none() {
        return Ok(None);
    }
    if !cfg!(feature = "prometheus") {
        let (key, value) = match settings.listen {
            _ if named => ("exporters.metrics", "prometheus"),
            Some(_) => ("prometheus.listen", "an address"),
            None => ("prometheus.embedded", "true"),
        };
        return Err(layers.refuse(key, value, "nothing of the kind: telemetry-core's feature `prometheus` is off"));
    }
    let own = || SocketAddr::new(settings.host(), settings.port());
    let listen = settings.listen.or_else(|| (!embedded).then(own));
    let token = settings.token_file.as_deref().map(|path| {
        let text = read_regular_to_string(path, LARGEST).map_err(|error| layers.refuse_file(TOKEN, path, error))?;
        let token = text.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let reason = "it has to hold a token and nothing else: visible ASCII characters without spaces";
            return Err(layers.refuse_file(TOKEN, path, reason));
        }
        Ok(Secret::new(token))
    });
    Ok(Some(ResolvedPrometheus { listen, token: token.transpose()? }))
}

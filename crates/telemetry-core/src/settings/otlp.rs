//! Settings of the export over OTLP, for all signals and for each.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::{HeaderMap, Uri};

use super::choice::{Compression, Protocol};
use super::layers::Layers;
use super::list::Headers;
use super::secret::Url;
use super::tls::{self, ClientIdentity, ClientTls};
use super::variable::{At, Variable};
use super::{SettingsError, check, endpoint};

/// Export over OTLP/gRPC.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Otlp {
    /// What holds for every signal that has no own value from a source of the same or more weight. In a file its
    /// fields stand under `otlp` itself, as in `otlp.endpoint`.
    pub all: OtlpSignal,
    /// What holds for spans.
    pub traces: OtlpSignal,
    /// What holds for metrics.
    pub metrics: OtlpSignal,
    /// What holds for log records.
    pub logs: OtlpSignal,
    /// How long connecting may take: `TELEMETRY_OTLP_CONNECT_TIMEOUT`, such as `2s`. Default: 2 s.
    pub connect_timeout: Option<Duration>,
    /// How long one attempt of an export may take: `TELEMETRY_OTLP_CALL_TIMEOUT`, such as `3s`. Default: 3 s.
    pub call_timeout: Option<Duration>,
    /// The longest wait between two attempts: `TELEMETRY_OTLP_RETRY_MAX_DELAY`, such as `2s`. Default: 2 s.
    pub retry_max_delay: Option<Duration>,
}

/// Where and how one signal is sent. The variables below start with `OTEL_EXPORTER_OTLP_`, for one signal with
/// `OTEL_EXPORTER_OTLP_TRACES_`, `…METRICS_` or `…LOGS_`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OtlpSignal {
    /// The collector: `…ENDPOINT`, `http://` or `https://`, host and port. Default: `http://localhost:4317`.
    pub endpoint: Option<Url>,
    /// Headers of every request, such as an API key: `…HEADERS`, `name=value` separated by commas and
    /// percent-encoded, in a file a map. Default: none.
    pub headers: Option<Headers>,
    /// How long one export may take, retries included: `…TIMEOUT`, milliseconds. Default: 60 s, with which an outage
    /// of that length loses nothing that fits the queue.
    pub timeout: Option<Duration>,
    /// How requests are compressed: `…COMPRESSION`, `gzip` or `none`. Default: `gzip`, because a collector refuses
    /// messages of more than 4 MiB. The exporter asks the environment again where this is `none`, so that a variable
    /// that says `gzip` prevails over it.
    pub compression: Option<Compression>,
    /// The protocol: `…PROTOCOL`. Only `grpc`. Default: that.
    pub protocol: Option<Protocol>,
    /// Whether the connection is without TLS: `…INSECURE`. The endpoint's scheme says so already, hence this may only
    /// say the same. Default: what the scheme says.
    pub insecure: Option<bool>,
    /// A PEM file with the certificates that the collector's has to descend from: `…CERTIFICATE`. Needs `https`.
    /// Default: those of the system.
    pub certificate: Option<PathBuf>,
    /// A PEM file with the private key of `client_certificate`: `…CLIENT_KEY`. Needs `https`. Default: none.
    pub client_key: Option<PathBuf>,
    /// A PEM file with the certificate that we show the collector: `…CLIENT_CERTIFICATE`. Needs `https` and
    /// `client_key`. Default: none.
    pub client_certificate: Option<PathBuf>,
}

/// How one signal is exported over OTLP, checked.
#[derive(Debug, Clone)]
pub struct ResolvedOtlp {
    /// The collector; scheme, host and perhaps port, nothing else.
    pub endpoint: Uri,
    /// Headers of every request; the values are marked as sensitive.
    pub headers: HeaderMap,
    /// How long one export may take, retries included.
    pub timeout: Duration,
    /// How long connecting may take; at most `timeout`.
    pub connect_timeout: Duration,
    /// How long one attempt may take; at most `timeout`.
    pub call_timeout: Duration,
    /// The longest wait between two attempts.
    pub retry_max_delay: Duration,
    /// How requests are compressed.
    pub compression: Compression,
    /// How the connection is secured: there if, and only if, the endpoint is `https`.
    pub tls: Option<ClientTls>,
}

const DEFAULT_ENDPOINT: &str = "http://localhost:4317";
const TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT: &str = "otlp.connect_timeout";
const CALL: &str = "otlp.call_timeout";
const RETRY: &str = "otlp.retry_max_delay";

macro_rules! signal {
    ($variables:ident, $field:ident, $key:literal, $env:literal) => {
        pub(super) const $variables: &[Variable] = &[
            signal!($field, endpoint, $key, $env, "ENDPOINT", "https://collector:4317").secret(),
            signal!($field, headers, $key, $env, "HEADERS", "x-api-key=abc").secret(),
            signal!($field, timeout, $key, $env, "TIMEOUT", "10000"),
            signal!($field, compression, $key, $env, "COMPRESSION", "none"),
            signal!($field, protocol, $key, $env, "PROTOCOL", "grpc"),
            signal!($field, insecure, $key, $env, "INSECURE", "true"),
            signal!($field, certificate, $key, $env, "CERTIFICATE", "/etc/telemetry/ca.pem"),
            signal!($field, client_key, $key, $env, "CLIENT_KEY", "/etc/telemetry/client.key"),
            signal!($field, client_certificate, $key, $env, "CLIENT_CERTIFICATE", "/etc/telemetry/client.pem"),
        ];
    };
    ($signal:ident, $field:ident, $key:literal, $prefix:literal, $env:literal, $example:literal) => {
        Variable::new(
            concat!($key, stringify!($field)),
            concat!($prefix, $env),
            $example,
            &At(|s| &mut s.otlp.$signal.$field),
        )
    };
}

signal!(ALL, all, "otlp.", "OTEL_EXPORTER_OTLP_");
signal!(TRACES, traces, "otlp.traces.", "OTEL_EXPORTER_OTLP_TRACES_");
signal!(METRICS, metrics, "otlp.metrics.", "OTEL_EXPORTER_OTLP_METRICS_");
signal!(LOGS, logs, "otlp.logs.", "OTEL_EXPORTER_OTLP_LOGS_");

pub(super) const CHANNEL: &[Variable] = &[
    Variable::new(CONNECT, "TELEMETRY_OTLP_CONNECT_TIMEOUT", "1s", &At(|s| &mut s.otlp.connect_timeout)),
    Variable::new(CALL, "TELEMETRY_OTLP_CALL_TIMEOUT", "5s", &At(|s| &mut s.otlp.call_timeout)),
    Variable::new(RETRY, "TELEMETRY_OTLP_RETRY_MAX_DELAY", "1s", &At(|s| &mut s.otlp.retry_max_delay)),
];

/// A signal's own settings laid over those of all signals.
struct Signal<'a> {
    layers: &'a Layers,
    name: &'static str,
    own: &'a OtlpSignal,
}

/// The value that holds, and the key that it was set under.
struct Pick<'a, T> {
    value: Option<&'a T>,
    key: String,
}

/// How a signal is exported; `limit` is the timeout that its queue or reader sets.
pub(super) fn resolve(
    layers: &Layers,
    name: &'static str,
    own: &OtlpSignal,
    limit: Option<Duration>,
) -> Result<ResolvedOtlp, SettingsError> {
    let signal = Signal { layers, name, own };
    let endpoint = signal.pick("endpoint", |s| s.endpoint.as_ref());
    let default = Url::from(DEFAULT_ENDPOINT);
    let uri = endpoint::parse(layers, &endpoint.key, endpoint.value.unwrap_or(&default))?;

    let headers = signal.pick("headers", |s| s.headers.as_ref());
    let timeout = signal.pick("timeout", |s| s.timeout.as_ref());
    let timeout = check::duration(layers, &timeout.key, timeout.value.copied(), TIMEOUT)?;
    let timeout = limit.map_or(timeout, |limit| limit.min(timeout));
    let channel = &layers.settings.otlp;
    let default = |seconds| Duration::from_secs(seconds);
    Ok(ResolvedOtlp {
        headers: endpoint::headers(layers, &headers.key, headers.value)?,
        timeout,
        connect_timeout: check::duration(layers, CONNECT, channel.connect_timeout, default(2))?.min(timeout),
        call_timeout: check::duration(layers, CALL, channel.call_timeout, default(3))?.min(timeout),
        retry_max_delay: check::duration(layers, RETRY, channel.retry_max_delay, default(2))?,
        compression: *signal.pick("compression", |s| s.compression.as_ref()).value.unwrap_or(&Compression::Gzip),
        tls: signal.tls(&uri, &endpoint.key)?,
        endpoint: uri,
    })
}

impl<'a> Signal<'a> {
    fn pick<T>(&self, field: &str, of: impl Fn(&'a OtlpSignal) -> Option<&'a T>) -> Pick<'a, T> {
        let (general, special) = (format!("otlp.{field}"), format!("otlp.{}.{field}", self.name));
        match of(self.own) {
            Some(value) if !self.layers.outranks(&general, &special) => Pick { value: Some(value), key: special },
            _ => Pick { value: of(&self.layers.settings.otlp.all), key: general },
        }
    }

    /// TLS as the scheme asks for it. An option that contradicts the scheme is refused, because exporting in plain
    /// text where somebody asked for TLS must not pass in silence.
    fn tls(&self, endpoint: &Uri, endpoint_key: &str) -> Result<Option<ClientTls>, SettingsError> {
        let layers = self.layers;
        let https = endpoint.scheme_str() == Some("https");
        let scheme = if https { "https" } else { "http" };
        let because = format!("because {} is {scheme}://", layers.name(endpoint_key));
        let insecure = self.pick("insecure", |s| s.insecure.as_ref());
        if insecure.value == Some(&https) {
            return Err(layers.refuse(&insecure.key, https, format!("{} or nothing, {because}", !https)));
        }
        let authorities = self.pick("certificate", |s| s.certificate.as_ref());
        let certificate = self.pick("client_certificate", |s| s.client_certificate.as_ref());
        let key = self.pick("client_key", |s| s.client_key.as_ref());
        if !https {
            for option in [authorities, certificate, key] {
                if let Some(path) = option.value {
                    return Err(layers.refuse(&option.key, path.display(), format!("nothing, {because}")));
                }
            }
            return Ok(None);
        }
        let ca = authorities.value.map(|path| self.file(&authorities.key, path, tls::authorities)).transpose()?;
        let identity = match (certificate.value, key.value) {
            (None, None) => None,
            (Some(chain), Some(path)) => {
                let chain = self.file(&certificate.key, chain, tls::chain)?;
                let key = self.file(&key.key, path, |path| tls::key_of(path, &chain))?;
                Some(ClientIdentity { certificate: chain, key })
            }
            (Some(_), None) => return Err(self.lonely(&key.key, &certificate.key)),
            (None, Some(_)) => return Err(self.lonely(&certificate.key, &key.key)),
        };
        Ok(Some(ClientTls { ca, identity }))
    }

    fn file<T>(
        &self,
        key: &str,
        path: &Path,
        read: impl FnOnce(&Path) -> Result<T, String>,
    ) -> Result<T, SettingsError> {
        read(path).map_err(|reason| self.layers.refuse_file(key, path, reason))
    }

    fn lonely(&self, missing: &str, given: &str) -> SettingsError {
        let accepted = format!("the path of a file, because {} is set", self.layers.name(given));
        self.layers.refuse(missing, "nothing", accepted)
    }
}

//! Settings of the export over OTLP, for all signals and for each.

use std::path::PathBuf;
use std::time::Duration;

use super::address::Url;
use super::choice::{Compression, Protocol};
use super::headers::Headers;

/// Export over OTLP/gRPC. What is said of one signal holds for it unless a source of more weight says something of all.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Export over OTLP")]
pub struct Otlp {
    /// What holds for every signal that has no own value from a source of the same or more weight. In a file its
    /// fields stand under `otlp` itself, as in `otlp.endpoint`.
    #[setting(group(key = "", env = "OTEL_EXPORTER_OTLP"))]
    pub all: OtlpSignal,
    /// What holds for spans.
    #[setting(group(env = "OTEL_EXPORTER_OTLP_TRACES", unset = "as for all signals"))]
    pub traces: OtlpSignal,
    /// What holds for metrics.
    #[setting(group(env = "OTEL_EXPORTER_OTLP_METRICS", unset = "as for all signals"))]
    pub metrics: OtlpSignal,
    /// What holds for log records.
    #[setting(group(env = "OTEL_EXPORTER_OTLP_LOGS", unset = "as for all signals"))]
    pub logs: OtlpSignal,
    /// How long connecting may take.
    #[setting(default = "2s", accepts = "1ms"..="24h", example = "1s")]
    pub connect_timeout: Option<Duration>,
    /// How long one attempt of an export may take.
    #[setting(default = "3s", accepts = "1ms"..="24h", example = "5s")]
    pub call_timeout: Option<Duration>,
    /// The longest wait between two attempts.
    #[setting(default = "2s", accepts = "1ms"..="24h", example = "1s")]
    pub retry_max_delay: Option<Duration>,
    /// How many bytes a request may have before it is compressed: what is more is sent in several. A collector takes 4 MiB
    /// unless it is told otherwise. A request that is refused as too large is halved.
    #[setting(default = 3_500_000, accepts = 1_000..=1_000_000_000, example = "1000000")]
    pub max_request_size: Option<usize>,
}

/// Where and how one signal is sent.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
pub struct OtlpSignal {
    /// The collector.
    #[setting(
        default = Url::from("http://localhost:4317"), check = Url::check, builder = "endpoint",
        example = "https://collector:4317"
    )]
    pub endpoint: Option<Url>,
    /// Headers of every request, such as an API key; in a file a map.
    #[setting(check = Headers::check, secret, builder = "header", example = "x-api-key=abc")]
    pub headers: Option<Headers>,
    /// How long one export may take, retries included. With the default, an outage of that length loses nothing that
    /// fits the queue.
    #[setting(default = "60s", accepts = "1ms"..="24h", example = "10s")]
    pub timeout: Option<Duration>,
    /// How requests are compressed.
    #[setting(default = Compression::Gzip, example = "none")]
    pub compression: Option<Compression>,
    /// The protocol.
    #[setting(default = Protocol::Grpc)]
    pub protocol: Option<Protocol>,
    /// Whether the connection is without TLS. The endpoint's scheme says so already, hence this may only say the same.
    #[setting(unset = "what the scheme says", example = "true")]
    pub insecure: Option<bool>,
    /// A PEM file with the certificates that the collector's has to descend from. Needs `https`.
    #[setting(builder = "ca_file", unset = "those of the system", example = "/etc/telemetry/ca.pem")]
    pub certificate: Option<PathBuf>,
    /// A PEM file with the private key of `client_certificate`. Needs `https`.
    #[setting(builder = "client_identity_files", example = "/etc/telemetry/client.key")]
    pub client_key: Option<PathBuf>,
    /// A PEM file with the certificate that we show the collector. Needs `https` and `client_key`.
    #[setting(builder = "client_identity_files", example = "/etc/telemetry/client.pem")]
    pub client_certificate: Option<PathBuf>,
}

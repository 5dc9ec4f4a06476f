//! What holds for a server's requests.

use telemetry_core::propagation::PropagatorSet;
use telemetry_core::{Choice, Settings};

/// What holds for the requests that a server answers.
#[derive(Settings, Debug, Clone, PartialEq, Eq)]
#[settings(key = "http", env = "TELEMETRY_HTTP", title = "HTTP servers")]
pub struct HttpSettings {
    /// The scheme of requests whose address names none, as that of HTTP/1 never does: `https` for a server behind TLS.
    #[setting(example = "https")]
    pub scheme: Scheme,
    /// Which headers carry the context of the trace to and from a server, read strictly.
    #[setting(unset = "those of the process", example = "tracecontext")]
    pub propagators: Option<PropagatorSet>,
    /// Whether `http.server.request.duration` of the OpenTelemetry semantic conventions is recorded beside our own.
    #[setting(unset = "whether `semconv` has `http`", example = "true")]
    pub semconv: Option<bool>,
}

/// How a server is spoken to.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    /// In plain text.
    #[default]
    Http,
    /// Over TLS.
    Https,
}

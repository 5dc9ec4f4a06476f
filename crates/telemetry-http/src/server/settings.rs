//! What an application chooses of the layer.

use telemetry_core::propagation::PropagatorSet;

/// What an application chooses of the layer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpSettings {
    /// The scheme of requests whose address names none, as that of HTTP/1 never does: `https` for a server behind TLS.
    /// Default: `http`.
    pub scheme: Scheme,
    /// Which headers carry the context of the trace, read strictly. Default: whatever the process's propagator reads,
    /// which is strict where `Telemetry` has installed it.
    pub propagators: Option<PropagatorSet>,
    /// Whether `http.server.request.duration` of the OpenTelemetry semantic conventions is recorded beside our own.
    /// Default: as the meter's settings say.
    pub semconv: Option<bool>,
}

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    /// In plain text.
    #[default]
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The scheme as an address has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

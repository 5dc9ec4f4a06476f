//! The kinds of metrics.

/// What kind of metric it is, in Prometheus's sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A sum that only rises; read through `rate` and `increase`.
    Counter,
    /// A sum of changes that rises and falls (open connections).
    UpDownCounter,
    /// The last value set.
    Gauge,
    /// A distribution over explicit buckets.
    Histogram,
}

impl Kind {
    /// The kind as the catalogue spells it: `counter`, `updowncounter`, `gauge`, `histogram`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter => "updowncounter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }

    /// Whether Prometheus sees a value that can fall (so that `delta`, not `increase`, applies).
    #[must_use]
    pub const fn is_gauge_like(self) -> bool {
        matches!(self, Self::Gauge | Self::UpDownCounter)
    }
}

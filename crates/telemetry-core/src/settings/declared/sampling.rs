//! Settings of which traces are kept.

use super::choice::SamplerKind;
use super::logs::{LEVELS, check_level};
use crate::trace;

/// Which traces are kept.
///
/// ```
/// use telemetry_core::settings::Settings;
/// use telemetry_core::trace::Sampling;
///
/// let mut builder = Settings::default();
/// builder.sampling = Sampling::ParentBasedRatio(0.1).into();
/// ```
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Sampling")]
pub struct TracesSampler {
    /// How traces are chosen.
    #[setting(
        env = "OTEL_TRACES_SAMPLER", default = SamplerKind::ParentBasedAlwaysOn, builder = "sampler",
        example = "always_on"
    )]
    pub sampler: Option<SamplerKind>,
    /// The share that is kept by the samplers whose name ends in `traceidratio`. Beside any other it has no effect, which
    /// is warned of.
    #[setting(
        env = "OTEL_TRACES_SAMPLER_ARG", default = 1.0, accepts = 0.0..=1.0, builder = "sample_ratio", example = "0.1"
    )]
    pub ratio: Option<f64>,
    /// A level, and levels by target: of which `tracing` spans become spans of a trace. Those of guards are at `info`.
    /// What has no span passes the trace on all the same.
    #[setting(
        env = "TELEMETRY_TRACES_LEVEL", default = "info", check = check_level, accepts = LEVELS,
        builder = "traces_level", example = "info,telemetry_http=warn"
    )]
    pub level: Option<String>,
}

impl From<trace::Sampling> for TracesSampler {
    fn from(sampling: trace::Sampling) -> Self {
        let (sampler, ratio) = match sampling {
            trace::Sampling::AlwaysOn => (SamplerKind::AlwaysOn, None),
            trace::Sampling::AlwaysOff => (SamplerKind::AlwaysOff, None),
            trace::Sampling::Ratio(ratio) => (SamplerKind::TraceIdRatio, Some(ratio)),
            trace::Sampling::ParentBasedAlwaysOn => (SamplerKind::ParentBasedAlwaysOn, None),
            trace::Sampling::ParentBasedAlwaysOff => (SamplerKind::ParentBasedAlwaysOff, None),
            trace::Sampling::ParentBasedRatio(ratio) => (SamplerKind::ParentBasedTraceIdRatio, Some(ratio)),
        };
        Self { sampler: Some(sampler), ratio, level: None }
    }
}

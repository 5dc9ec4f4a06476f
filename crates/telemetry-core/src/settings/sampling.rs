//! Settings of which traces are kept.

use super::SettingsError;
use super::choice::SamplerKind;
use super::layers::Layers;
use super::variable::{At, Variable};
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
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sampling {
    /// How they are chosen: `OTEL_TRACES_SAMPLER`. Default: `parentbased_always_on`.
    pub sampler: Option<SamplerKind>,
    /// The share that is kept, from 0 to 1, of the samplers whose name ends in `traceidratio`:
    /// `OTEL_TRACES_SAMPLER_ARG`. Refused with any other sampler. Default: 1.
    pub ratio: Option<f64>,
}

impl From<trace::Sampling> for Sampling {
    fn from(sampling: trace::Sampling) -> Self {
        let (sampler, ratio) = match sampling {
            trace::Sampling::AlwaysOn => (SamplerKind::AlwaysOn, None),
            trace::Sampling::AlwaysOff => (SamplerKind::AlwaysOff, None),
            trace::Sampling::Ratio(ratio) => (SamplerKind::TraceIdRatio, Some(ratio)),
            trace::Sampling::ParentBasedAlwaysOn => (SamplerKind::ParentBasedAlwaysOn, None),
            trace::Sampling::ParentBasedAlwaysOff => (SamplerKind::ParentBasedAlwaysOff, None),
            trace::Sampling::ParentBasedRatio(ratio) => (SamplerKind::ParentBasedTraceIdRatio, Some(ratio)),
        };
        Self { sampler: Some(sampler), ratio }
    }
}

const SAMPLER: &str = "sampling.sampler";
const RATIO: &str = "sampling.ratio";

pub(super) const VARIABLES: &[Variable] = &[
    Variable::new(SAMPLER, "OTEL_TRACES_SAMPLER", "always_on", &At(|s| &mut s.sampling.sampler)),
    Variable::new(RATIO, "OTEL_TRACES_SAMPLER_ARG", "0.1", &At(|s| &mut s.sampling.ratio)),
];

/// The sampler with its share.
pub(super) fn resolve(layers: &Layers) -> Result<trace::Sampling, SettingsError> {
    let Sampling { sampler, ratio } = layers.settings.sampling;
    let sampler = sampler.unwrap_or(SamplerKind::ParentBasedAlwaysOn);
    // A sampler replaced in a source of more weight takes its ratio with it.
    let ratio = ratio.filter(|_| !layers.outranks(SAMPLER, RATIO));
    if let Some(ratio) = ratio.filter(|ratio| !(0.0..=1.0).contains(ratio)) {
        return Err(layers.refuse(RATIO, ratio, "a number from 0 to 1"));
    }
    if !matches!(sampler, SamplerKind::TraceIdRatio | SamplerKind::ParentBasedTraceIdRatio)
        && let Some(ratio) = ratio
    {
        let accepted = format!("nothing, unless {} is traceidratio or parentbased_traceidratio", layers.name(SAMPLER));
        return Err(layers.refuse(RATIO, ratio, accepted));
    }
    let ratio = ratio.unwrap_or(1.0);
    Ok(match sampler {
        SamplerKind::AlwaysOn => trace::Sampling::AlwaysOn,
        SamplerKind::AlwaysOff => trace::Sampling::AlwaysOff,
        SamplerKind::TraceIdRatio => trace::Sampling::Ratio(ratio),
        SamplerKind::ParentBasedAlwaysOn => trace::Sampling::ParentBasedAlwaysOn,
        SamplerKind::ParentBasedAlwaysOff => trace::Sampling::ParentBasedAlwaysOff,
        SamplerKind::ParentBasedTraceIdRatio => trace::Sampling::ParentBasedRatio(ratio),
    })
}

use super::SettingsError;
use super::choice::SamplerKind;
use super::layers::Layers;
use super::variable::{At, Variable};

/// Which traces are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sampling {
    /// How they are chosen: `OTEL_TRACES_SAMPLER`. Default: `parentbased_always_on`.
    pub sampler: Option<SamplerKind>,
    /// The share that is kept, from 0 to 1, of the samplers whose name ends in `traceidratio`:
    /// `OTEL_TRACES_SAMPLER_ARG`. Refused with any other sampler. Default: 1.
    pub ratio: Option<f64>,
}

const SAMPLER: &str = "sampling.sampler";
const RATIO: &str = "sampling.ratio";

pub(super) const VARIABLES: &[Variable] = &[
    Variable::new(SAMPLER, "OTEL_TRACES_SAMPLER", "always_on", &At(|s| &mut s.sampling.sampler)),
    Variable::new(RATIO, "OTEL_TRACES_SAMPLER_ARG", "0.1", &At(|s| &mut s.sampling.ratio)),
];

/// The sampler with its share.
pub(super) fn resolve(layers: &Layers) -> Result<(SamplerKind, f64), SettingsError> {
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
    Ok((sampler, ratio.unwrap_or(1.0)))
}

//! The sampler with its share.

use super::layers::Layers;
use crate::settings::declared::SamplerKind;
use crate::settings::problems::{Problems, Warning};
use crate::trace;

const SAMPLER: &str = "sampling.sampler";
const RATIO: &str = "sampling.ratio";

/// The sampler with its share.
pub(super) fn resolve(layers: &Layers, problems: &mut Problems) -> trace::Sampling {
    let settings = &layers.settings.sampling;
    let sampler = settings.sampler();
    // A sampler replaced in a source of more weight takes its ratio with it.
    let ratio = settings.ratio.filter(|_| !layers.outranks(SAMPLER, RATIO));
    if let Some(ratio) = ratio.filter(|_| !sampler.takes_ratio()) {
        let (setting, by) = (layers.name(RATIO), layers.name(SAMPLER));
        let sampler = sampler.as_str();
        problems.warn(Warning::new(
            &setting,
            format!("{setting}: {ratio} has no effect, because {by} is {sampler}, which keeps no share"),
        ));
    }
    let ratio = if ratio.is_some() { settings.ratio() } else { 1.0 };
    match sampler {
        SamplerKind::AlwaysOn => trace::Sampling::AlwaysOn,
        SamplerKind::AlwaysOff => trace::Sampling::AlwaysOff,
        SamplerKind::TraceIdRatio => trace::Sampling::Ratio(ratio),
        SamplerKind::ParentBasedAlwaysOn => trace::Sampling::ParentBasedAlwaysOn,
        SamplerKind::ParentBasedAlwaysOff => trace::Sampling::ParentBasedAlwaysOff,
        SamplerKind::ParentBasedTraceIdRatio => trace::Sampling::ParentBasedRatio(ratio),
    }
}

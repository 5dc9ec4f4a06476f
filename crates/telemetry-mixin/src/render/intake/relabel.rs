//! The labels of services and processes on what is scraped, where they are not `job` and `instance`.

use crate::settings::GeneratorSettings;

/// A label that takes the value of another one where it has none. What applications say of themselves stays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relabel<'a> {
    pub(crate) label: &'a str,
    pub(crate) from: &'static str,
}

impl Relabel<'_> {
    /// What the two labels have to be, joined by a semicolon: the own one nothing, and the other something.
    pub(crate) const FITS: &'static str = ";(.+)";
}

/// Of the applications' series, which the collector serves with their job and instance.
pub(crate) fn of_samples(settings: &GeneratorSettings) -> Vec<Relabel<'_>> {
    own(settings, ["job", "instance"])
}

/// Of the collector as a target, and so of all that it says of itself, `up` included.
pub(crate) fn of_target(settings: &GeneratorSettings) -> Vec<Relabel<'_>> {
    own(settings, ["job", "__address__"])
}

fn own<'a>(settings: &'a GeneratorSettings, from: [&'static str; 2]) -> Vec<Relabel<'a>> {
    let labels = [("job", settings.job()), ("instance", settings.instance())];
    let relabelled = labels.into_iter().zip(from).filter(|((scraped, label), _)| scraped != label);
    relabelled.map(|((_, label), from)| Relabel { label, from }).collect()
}

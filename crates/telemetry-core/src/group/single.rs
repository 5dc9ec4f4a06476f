//! A metric group of which a process has one.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::family::Family;
use super::live::Live;
use super::metric_group::MetricGroup;
use crate::meter::Meter;

/// A metric group without an entity: derefs to its instruments.
///
/// Its observable metrics are exported from the first use after the meter is there until the last clone is dropped.
pub struct Single<G: MetricGroup>(Arc<Inner<G>>);

struct Inner<G: MetricGroup> {
    family: Family<G>,
    held: OnceLock<Held<G>>,
}

enum Held<G: MetricGroup> {
    Recorded(Arc<G>),
    Live(Live<G>),
}

impl<G> Single<G>
where
    G: for<'a> MetricGroup<Key<'a> = ()>,
{
    /// The group's instruments in this meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self(Arc::new(Inner { family: Family::new(meter), held: OnceLock::new() }))
    }
}

impl<G> Deref for Single<G>
where
    G: for<'a> MetricGroup<Key<'a> = ()>,
{
    type Target = G;

    #[inline]
    fn deref(&self) -> &G {
        let Inner { family, held } = &*self.0;
        match held.get() {
            Some(Held::Recorded(group)) => group,
            Some(Held::Live(live)) => live,
            None if !family.is_recording() => family.look_up(()),
            None => match held.get_or_init(|| {
                if G::CATALOGUE.iter().any(|def| def.observable) {
                    Held::Live(family.enliven(()))
                } else {
                    Held::Recorded(Arc::clone(family.look_up(())))
                }
            }) {
                Held::Recorded(group) => group,
                Held::Live(live) => live,
            },
        }
    }
}

impl<G: MetricGroup> Clone for Single<G> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

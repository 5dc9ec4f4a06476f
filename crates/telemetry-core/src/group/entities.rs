//! The entities of a family, as they are kept once the meter is there.

use std::sync::{Arc, OnceLock};

use super::entity::{Entity, OTHER};
use super::id::At;
use super::label_guard::LabelGuard;
use super::metric_group::MetricGroup;
use super::standing::Standing;
use crate::def::Kind;
use crate::meter::{Meter, MeterSettings};
use crate::table::{MAX_PARTS, Table};

/// What a family has once its meter is there.
pub(super) struct Entities<G> {
    pub(super) meter: Meter,
    pub(super) standing: Arc<Standing>,
    pub(super) known: Table<Arc<G>>,
    pub(super) labels: Box<[LabelGuard]>,
    /// How many entities are kept apart, but for registered ones. Twice as many as there may be series: a peer that says
    /// several labels has all their combinations.
    most: usize,
    /// Whether a label is left out, so that a key as given is not the key of the table.
    pub(super) masked: bool,
    /// Whether the counters of registered entities begin at zero.
    begins: bool,
    /// What stands for all entities once the table is full.
    pub(super) other: OnceLock<Arc<G>>,
}

impl<G: MetricGroup> Entities<G> {
    pub(super) fn new(meter: Meter, settings: &MeterSettings, standing: &Arc<Standing>) -> Self {
        let labels: Box<[_]> = G::ENTITY.iter().map(|def| LabelGuard::new(def, settings)).collect();
        let masked = labels.iter().any(|label| label.masked);
        let (known, standing, other) = (Table::new(), Arc::clone(standing), OnceLock::new());
        let most = if G::EXEMPT { usize::MAX } else { settings.max_series.saturating_mul(2) };
        Self { meter, standing, known, labels, most, masked, begins: settings.registered_zeros, other }
    }

    /// The key without the labels that are left out.
    pub(super) fn mask<'a>(&self, parts: &[&'a str]) -> [&'a str; MAX_PARTS] {
        let mut masked = [""; MAX_PARTS];
        for ((slot, part), label) in masked.iter_mut().zip(parts).zip(&self.labels) {
            *slot = if label.masked { "" } else { part };
        }
        masked
    }

    /// Where an entity's instruments are, which are made if it is new.
    pub(super) fn locate(&self, parts: &[&str]) -> At {
        let mut key = [""; MAX_PARTS];
        let mut folded = false;
        for (n, ((slot, part), label)) in key.iter_mut().zip(parts).zip(&self.labels).enumerate() {
            *slot = label.admit(part, || self.standing.has(n, part));
            folded |= *slot == OTHER;
        }
        let key = &key[..parts.len()];
        let most = if self.known.len() < self.most || self.is_registered(key) { usize::MAX } else { self.most };
        self.known.place_or_insert(key, most, || self.build(key, folded)).map_or_else(
            |_| {
                self.other.get_or_init(|| self.build(&[OTHER; MAX_PARTS][..parts.len()], true));
                At::Other
            },
            At::Known,
        )
    }

    /// Whether each label that says something has a registered value.
    fn is_registered(&self, key: &[&str]) -> bool {
        key.iter().enumerate().all(|(n, part)| part.is_empty() || self.standing.is_registered(n, part))
    }

    /// Has the counters of a registered entity there at zero. A key with a label that says nothing names no entity.
    pub(super) fn begin(&self, parts: &[&str]) {
        let is_counted = || G::CATALOGUE.iter().any(|def| def.kind == Kind::Counter && !def.observable);
        let is_whole = || self.labels.iter().zip(parts).all(|(label, part)| label.masked || !part.is_empty());
        if self.begins
            && is_whole()
            && is_counted()
            && let At::Known(place) = self.locate(parts)
            && let Some(group) = self.known.at(place)
        {
            group.begin();
        }
    }

    fn build(&self, key: &[&str], folded: bool) -> Arc<G> {
        Arc::new(self.build_group(key, folded))
    }

    pub(super) fn build_group(&self, parts: &[&str], folded: bool) -> G {
        G::build(&Entity::new(&self.meter, G::ENTITY, G::EXEMPT, parts, folded, &self.standing))
    }
}

//! An entity that was looked up, as guards keep it: owned, small, and without a count of references.

use std::fmt;
use std::marker::PhantomData;

use super::metric_group::MetricGroup;
use crate::table::Place;

/// Where the instruments of one entity are: found once ([`Family::find`](super::Family::find)), good for as long as the family.
///
/// ```
/// use telemetry_core::{Counter, Family, Meter, Metrics};
///
/// /// What is measured of one till.
/// #[derive(Metrics)]
/// #[metrics(scope = "shop.till", entity(till_id))]
/// struct TillMetrics {
///     /// Sales rung up
///     #[metric(name = "till_sales_total")]
///     sales: Counter,
/// }
///
/// let tills = Family::<TillMetrics>::new(&Meter::noop());
/// let north = tills.find("north"); // `Copy` and `'static`: it borrows neither the family nor the name
/// tills.at(north).sales.add(1);
/// ```
pub struct EntityId<G> {
    pub(super) at: At,
    group: PhantomData<fn() -> G>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// There is no meter yet.
    Noop,
    Known(Place),
    /// What stands for all entities once the table is full.
    Other,
}

impl<G> EntityId<G> {
    pub(super) fn new(at: At) -> Self {
        Self { at, group: PhantomData }
    }

    /// Whether nothing was recorded of the entity when it was looked up: there was no meter yet.
    #[inline]
    #[must_use]
    pub fn is_noop(&self) -> bool {
        self.at == At::Noop
    }
}

impl<G> Clone for EntityId<G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<G> Copy for EntityId<G> {}

impl<G> PartialEq for EntityId<G> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl<G> Eq for EntityId<G> {}

impl<G> fmt::Debug for EntityId<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EntityId").field(&self.at).finish()
    }
}

/// An entity as it was named: where its instruments are, and its labels ([`Family::entity`](super::Family::entity)).
///
/// A guard logs the name that it was given. The family knows that of an entity that it knows, so that nothing is copied;
/// of one that is folded into `_other`, the name is kept here, cut to 512 bytes.
pub struct EntityRef<G> {
    id: EntityId<G>,
    pub(super) own: Option<Box<[Box<str>]>>,
}

impl<G: MetricGroup> EntityRef<G> {
    pub(super) fn new(id: EntityId<G>, own: Option<Box<[Box<str>]>>) -> Self {
        Self { id, own }
    }

    /// Where its instruments are.
    #[inline]
    #[must_use]
    pub fn id(&self) -> EntityId<G> {
        self.id
    }

    /// Whether it is recorded under other labels than it was named by. That may change: a value that is registered later
    /// is no longer folded.
    #[inline]
    #[must_use]
    pub fn is_folded(&self) -> bool {
        self.own.is_some()
    }
}

impl<G: MetricGroup> Clone for EntityRef<G> {
    fn clone(&self) -> Self {
        Self { id: self.id, own: self.own.clone() }
    }
}

impl<G> fmt::Debug for EntityRef<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntityRef").field("id", &self.id).field("folded", &self.own.is_some()).finish()
    }
}

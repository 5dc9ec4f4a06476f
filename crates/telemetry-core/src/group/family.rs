//! All entities of one metric group: the look-up by their labels, and the guard that bounds these.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::entities::Entities;
use super::entity::{Entity, OTHER};
use super::id::{At, EntityId, EntityRef};
use super::length::{KEPT, is_name};
use super::live::{Live, LiveSet};
use super::metric_group::MetricGroup;
use super::standing::Standing;
use crate::def::MetricDef;
use crate::meter::Meter;
use crate::table::Place;
use crate::text::cut;

/// All entities of a metric group; cheap to clone, and the same for all who ask one meter for it.
///
/// ```
/// use telemetry_core::{Counter, Family, Histogram, Label, Meter, Metrics};
///
/// /// What is measured of one tool.
/// #[derive(Metrics)]
/// #[metrics(scope = "example", entity(tool_id))]
/// struct ToolMetrics {
///     /// Latency of tool executions
///     #[metric(name = "tool_execute_seconds", unit = "s", buckets = [0.1, 1.0, 10.0])]
///     execute: Histogram<Outcome>,
///     /// Tool executions that timed out
///     #[metric(name = "tool_timeouts_total")]
///     timeouts: Counter,
/// }
///
/// #[derive(Label, Clone, Copy)]
/// #[label(name = "outcome")]
/// enum Outcome { Success, Error }
///
/// let tools = Family::<ToolMetrics>::new(&Meter::global());
/// let tool = tools.get("git-diff"); // one look-up an operation
/// tool.execute.at(Outcome::Success).record(0.12);
/// tool.timeouts.add(1);
/// ```
pub struct Family<G: MetricGroup>(Arc<Inner<G>>);

struct Inner<G> {
    meter: Meter,
    state: OnceLock<Entities<G>>,
    noop: OnceLock<Arc<G>>,
    standing: Arc<Standing>,
}

/// The families made of the global meter before it was installed.
static PENDING: Mutex<Option<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>> = Mutex::new(None);

impl<G: MetricGroup> Family<G> {
    /// The family that records into the meter's instruments.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        let make = |standing| {
            Arc::new(Inner::<G> { meter: meter.clone(), state: OnceLock::new(), noop: OnceLock::new(), standing })
        };
        let none = || Arc::new(Standing::of_labels(G::ENTITY.len()));
        if meter.is_itself() {
            return Self(make(none()));
        }
        if let Some(context) = meter.context() {
            // The one that was made before the global meter was installed is the one for who asks after it, too.
            let before = || Self::pending().filter(|_| meter.is_installed_global());
            return Self(context.family(|| before().unwrap_or_else(|| make(none()))));
        }
        if !meter.is_pending_global() {
            return Self(make(none()));
        }
        let mut is_new = false;
        let known = Arc::clone(
            PENDING
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert_default()
                .entry(TypeId::of::<Inner<G>>())
                .or_insert_with(|| {
                    is_new = true;
                    make(none())
                }),
        );
        let family = Self(known.downcast().unwrap_or_else(|_| make(none())));
        if is_new {
            let begun = family.clone();
            // Without the lock, because it may run at once.
            Meter::when_installed(move || {
                begun.state();
            });
        }
        family
    }

    /// The family that was made of the global meter before it was installed.
    fn pending() -> Option<Arc<Inner<G>>> {
        let pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(pending.as_ref()?.get(&TypeId::of::<Inner<G>>())?).downcast().ok()
    }

    /// Registers the values that a key has: they are never folded into `_other`, whatever others use up the labels' and
    /// the process's limits, before or after. A label that is empty in the key is left as it is. Registered entities have
    /// as much room again as [`MeterSettings::max_series`](crate::MeterSettings::max_series) gives to all others.
    ///
    /// A key whose labels all have a value names an entity. Its counters are exported at zero from now on, while half of the
    /// room for registered series is free ([`MeterSettings::registered_zeros`](crate::MeterSettings::registered_zeros)).
    ///
    /// It is for names that the application knows to be real, of up to 1,024 bytes; a longer one is not registered, which
    /// is logged once. What a model, a caller or a peer says may be made up, and is folded beyond 256 bytes.
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
    /// let tills = Family::<TillMetrics>::new(&Meter::global());
    /// tills.register("north");
    /// ```
    pub fn register(&self, key: G::Key<'_>) {
        G::with_parts(key, |parts| {
            self.0.standing.enter(parts, true);
            if self.state().is_none() && self.0.meter.is_pending_global() && !Meter::global_is_set_up() {
                self.0.standing.wait(parts);
            }
            if let Some(state) = self.state() {
                state.begin(parts);
            }
        });
    }

    /// [`register`](Self::register) without zeros, for names that a domain has from its own tables or from a peer: most of
    /// them may never be seen.
    #[doc(hidden)]
    pub fn vouch(&self, key: G::Key<'_>) {
        G::with_parts(key, |parts| self.0.standing.enter(parts, true));
    }

    /// Lets the values that a key has in beside the labels' limits, for a domain that bounds them by itself. They count
    /// against the process's limit as others do.
    #[doc(hidden)]
    pub fn admit(&self, key: G::Key<'_>) {
        G::with_parts(key, |parts| self.0.standing.enter(parts, false));
    }

    /// [`entity`](Self::entity), if it is known under just these labels: nothing is made for it.
    #[doc(hidden)]
    #[inline]
    pub fn known(&self, key: G::Key<'_>) -> Option<EntityRef<G>> {
        const { recorded_only(G::CATALOGUE) };
        G::with_parts(key, |parts| self.place(parts).map(|place| EntityRef::new(EntityId::new(At::Known(place)), None)))
    }

    /// The instruments of one entity.
    ///
    /// Without an allocation or a lock once the entity is known. An entity beyond a label's limit shares its
    /// instruments under `_other`, as does one whose label is longer than 256 bytes and is not registered; before the
    /// global meter is installed the instruments record nothing.
    #[inline]
    pub fn get(&self, key: G::Key<'_>) -> &Arc<G> {
        const { recorded_only(G::CATALOGUE) };
        self.look_up(key)
    }

    /// Where the instruments of one entity are, for a guard that is owned and cannot borrow them. It costs what
    /// [`get`](Self::get) costs.
    #[inline]
    pub fn find(&self, key: G::Key<'_>) -> EntityId<G> {
        const { recorded_only(G::CATALOGUE) };
        G::with_parts(key, |parts| EntityId::new(self.locate(parts)))
    }

    /// [`find`](Self::find), for a guard that names the entity when it ends. Of an entity that is folded into `_other`
    /// it copies the name, cut to 512 bytes.
    #[inline]
    pub fn entity(&self, key: G::Key<'_>) -> EntityRef<G> {
        const { recorded_only(G::CATALOGUE) };
        G::with_parts(key, |parts| {
            if let Some(place) = self.place(parts) {
                return EntityRef::new(EntityId::new(At::Known(place)), None);
            }
            let id = EntityId::new(self.locate(parts));
            let is_exact =
                matches!(id.at, At::Known(_)) && parts.iter().enumerate().all(|(n, part)| self.label(id, n) == *part);
            EntityRef::new(id, (!is_exact).then(|| parts.iter().map(|part| cut(part, KEPT).into()).collect()))
        })
    }

    /// The instruments of an entity that was found. One that another family found has whatever instruments lie there.
    #[inline]
    pub fn at(&self, id: EntityId<G>) -> &Arc<G> {
        let found = match (id.at, self.0.state.get()) {
            (At::Known(place), Some(state)) => state.known.at(place),
            (At::Other, Some(state)) => state.other.get(),
            _ => None,
        };
        found.unwrap_or_else(|| self.noop())
    }

    /// One label of an entity that was found, as it is recorded.
    pub(super) fn label(&self, id: EntityId<G>, number: usize) -> &str {
        match (id.at, self.0.state.get()) {
            (At::Known(place), Some(state)) => state.known.part_at(place, number).unwrap_or_default(),
            (At::Other, _) => OTHER,
            _ => "",
        }
    }

    #[inline]
    fn locate(&self, parts: &[&str]) -> At {
        self.place(parts).map_or_else(|| self.state().map_or(At::Noop, |state| state.locate(parts)), At::Known)
    }

    /// Where an entity lies that is known under just this key.
    #[inline]
    fn place(&self, parts: &[&str]) -> Option<Place> {
        self.0.state.get().filter(|state| !state.masked)?.known.place(parts)
    }

    #[cold]
    fn noop(&self) -> &Arc<G> {
        self.0.noop.get_or_init(|| Arc::new(G::build(&Entity::noop())))
    }

    #[inline]
    pub(super) fn look_up(&self, key: G::Key<'_>) -> &Arc<G> {
        G::with_parts(key, |parts| {
            let state = self.0.state.get().filter(|state| !state.masked);
            state.and_then(|state| state.known.get(parts)).unwrap_or_else(|| self.look_up_slowly(parts))
        })
    }

    #[cold]
    fn look_up_slowly(&self, parts: &[&str]) -> &Arc<G> {
        match self.state().map(|state| (state, state.locate(parts))) {
            Some((state, At::Known(place))) => state.known.at(place).unwrap_or_else(|| self.noop()),
            Some((state, At::Other)) => state.other.get().unwrap_or_else(|| self.noop()),
            Some((_, At::Noop)) | None => self.noop(),
        }
    }

    /// Makes an entity live: its observable metrics are exported until the guard is dropped.
    ///
    /// An entity that is live already is shared. Beyond the limits of the labels, in number or length, an entity's values
    /// are left out and counted as dropped.
    pub fn live(&self, key: G::Key<'_>) -> Live<G> {
        const { observable_only(G::CATALOGUE) };
        self.enliven(key)
    }

    pub(super) fn enliven(&self, key: G::Key<'_>) -> Live<G> {
        G::with_parts(key, |parts| match self.state().and_then(|state| state.meter.context().map(|c| (state, c))) {
            Some((state, context)) => {
                let masked = state.mask(parts);
                let parts = &masked[..parts.len()];
                if !parts.iter().enumerate().all(|(n, part)| is_name(part) || state.standing.has(n, part)) {
                    context.count_dropped("live_label_too_long");
                    return Live::noop(G::build(&Entity::noop()));
                }
                let most = state.labels.iter().filter(|label| !label.masked).map(|label| label.max);
                let most = most.fold(1, usize::saturating_mul).min(context.settings().max_series);
                LiveSet::enter(&context, parts, most, || state.build_group(parts, false))
            }
            None => Live::noop(G::build(&Entity::noop())),
        })
    }

    /// The state, made when the meter is there.
    fn state(&self) -> Option<&Entities<G>> {
        if let Some(state) = self.0.state.get() {
            return Some(state);
        }
        let meter = self.0.meter.pinned()?;
        let settings = meter.context()?.settings().clone();
        let state = self.0.state.get_or_init(|| Entities::new(meter, &settings, &self.0.standing));
        for key in self.0.standing.take_waiting() {
            let parts: Vec<&str> = key.iter().map(|part| &**part).collect();
            state.begin(&parts);
        }
        Some(state)
    }

    pub(super) fn is_recording(&self) -> bool {
        self.state().is_some()
    }
}

impl<G: MetricGroup> EntityRef<G> {
    /// The entity's label of that number, in the order of the declaration, as it was given; empty where there is none.
    #[must_use]
    pub fn label<'a>(&'a self, family: &'a Family<G>, number: usize) -> &'a str {
        match &self.own {
            Some(own) => own.get(number).map_or("", |label| label),
            None => family.label(self.id(), number),
        }
    }
}

impl<G: MetricGroup> Clone for Family<G> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<G: MetricGroup> fmt::Debug for Family<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.0.state.get().map_or(0, |state| state.known.len());
        f.debug_struct("Family").field("meter", &self.0.meter).field("entities", &known).finish()
    }
}

/// The rule of [`Family::get`].
#[track_caller]
const fn recorded_only(catalogue: &[MetricDef]) {
    let mut i = 0;
    while i < catalogue.len() {
        assert!(!catalogue[i].observable, "observable metrics belong to a live entity: Family::live");
        i += 1;
    }
}

/// The rule of [`Family::live`].
#[track_caller]
const fn observable_only(catalogue: &[MetricDef]) {
    let mut i = 0;
    while i < catalogue.len() {
        assert!(catalogue[i].observable, "all metrics of a live entity are observable: split the group");
        i += 1;
    }
}

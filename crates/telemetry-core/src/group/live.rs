//! Entities that end: their observable metrics are exported for as long as a guard lives.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::metric_group::MetricGroup;
use super::reading::read_each;
use super::sink::{Asks, Sink};
use crate::meter::{Context, Meter};

/// A live entity: derefs to its instruments, whose series end when this is dropped.
#[must_use = "the entity's series end when this is dropped"]
pub struct Live<G: MetricGroup> {
    group: Arc<G>,
    place: Option<(Arc<LiveSet<G>>, Key)>,
}

type Key = Box<[Box<str>]>;

/// The entities of a group that are live, each with the number of its guards.
pub(super) struct LiveSet<G> {
    groups: Mutex<BTreeMap<Key, (Arc<G>, usize)>>,
    /// Held by a collection from the reading of closures until their values are reported.
    reading: Mutex<()>,
    full_said: AtomicBool,
}

impl<G> Default for LiveSet<G> {
    fn default() -> Self {
        Self { groups: Mutex::default(), reading: Mutex::default(), full_said: AtomicBool::new(false) }
    }
}

impl<G: MetricGroup> LiveSet<G> {
    pub(super) fn enter(context: &Arc<Context>, parts: &[&str], most: usize, build: impl FnOnce() -> G) -> Live<G> {
        let set = context.live_set::<Self>(|set| Self::register(set, context));
        let key: Key = parts.iter().map(|part| Box::from(*part)).collect();
        let mut groups = set.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if groups.len() >= most && !groups.contains_key(&key) {
            drop(groups);
            context.count_dropped("live_entities_full");
            if !set.full_said.swap(true, Ordering::Relaxed) {
                let metric = G::CATALOGUE.first().map_or("", |def| def.name);
                tracing::warn!(target: "telemetry", metric, most, "more entities are live than may be: left out");
            }
            return Live::noop(build());
        }
        let entry = groups.entry(Box::clone(&key)).or_insert_with(|| (Arc::new(build()), 0));
        entry.1 += 1;
        let group = Arc::clone(&entry.0);
        drop(groups);
        Live { group, place: Some((set, key)) }
    }

    /// Has the observable metrics read at each collection. The callbacks live in the provider, which the meter keeps,
    /// so they hold neither.
    fn register(set: &Arc<Self>, context: &Arc<Context>) {
        for (metric, def) in G::CATALOGUE.iter().enumerate().filter(|(_, def)| def.observable) {
            let (set, meter) = (Arc::downgrade(set), Meter::itself(&Arc::downgrade(context)));
            context.observe(def, move |instrument| {
                let Some(set) = set.upgrade() else { return };
                // Copied out, because a closure that reads a value may make an entity live.
                let live: Arc<[Arc<G>]> = {
                    let groups = set.groups.lock().unwrap_or_else(PoisonError::into_inner);
                    groups.values().map(|(group, _)| Arc::clone(group)).collect()
                };
                let _alone = set.read(&live, metric, &meter);
                for group in &*live {
                    group.observe(metric, &mut Sink::new(Asks::Report(instrument), &meter));
                }
            });
        }
    }

    /// Runs the closures that read this metric, where there are any. No other collection does until the values are
    /// reported.
    fn read(&self, live: &Arc<[Arc<G>]>, metric: usize, meter: &Meter) -> Option<MutexGuard<'_, ()>> {
        let mut is_read = false;
        for group in &**live {
            group.observe(metric, &mut Sink::new(Asks::IsRead(&mut is_read), meter));
        }
        is_read.then(|| {
            let alone = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
            let (all, own) = (Arc::clone(live), meter.clone());
            let begun =
                read_each(live.len(), move |index| all[index].observe(metric, &mut Sink::new(Asks::Read, &own)));
            for group in &live[begun..] {
                group.observe(metric, &mut Sink::new(Asks::Skip, meter));
            }
            alone
        })
    }

    fn leave(&self, key: &Key) {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, guards)) = groups.get_mut(key) {
            *guards -= 1;
            if *guards == 0 {
                groups.remove(key);
            }
        }
    }
}

impl<G: MetricGroup> Live<G> {
    /// An entity that is exported nowhere.
    pub(super) fn noop(group: G) -> Self {
        Self { group: Arc::new(group), place: None }
    }
}

impl<G: MetricGroup> Deref for Live<G> {
    type Target = G;

    fn deref(&self) -> &G {
        &self.group
    }
}

impl<G: MetricGroup> Drop for Live<G> {
    fn drop(&mut self) {
        if let Some((set, key)) = &self.place {
            set.leave(key);
        }
    }
}

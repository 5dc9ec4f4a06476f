//! What all clones of a meter share: provider, instruments, count of series, and what runs at collection.

use std::any::{Any, TypeId};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use opentelemetry::metrics::{AsyncInstrument, MeterProvider};
use opentelemetry::{InstrumentationScope, metrics as otel};

use super::instruments::{Declaration, FromInstrument, Instruments};
use super::room::Room;
use super::settings::MeterSettings;
use super::{cardinality, view};
use crate::contained::contained;
use crate::def::{Kind, MetricDef};
use crate::histograms::Histograms;
use crate::instrument::{HandOver, Tallies};

thread_local! {
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Runs what belongs to a collection, on whatever thread: it builds no instrument, which would wait for the collection.
pub(crate) fn while_collecting(work: impl FnOnce()) {
    COLLECTING.set(true);
    work();
    COLLECTING.set(false);
}

/// Counts the measurements of a meter that are not recorded as they came.
pub(crate) trait Account: Any + Send + Sync {
    /// One of this metric stands under `_other`.
    fn measurement_folded(&self, metric: &str);

    /// One was refused.
    fn measurement_dropped(&self, reason: &'static str);
}

/// What a meter is made of.
pub(crate) struct Context {
    provider: Box<dyn MeterProvider + Send + Sync>,
    settings: MeterSettings,
    instruments: Instruments,
    /// Where histograms are kept, unless the provider keeps them.
    histograms: Option<Histograms>,
    tallies: Arc<Tallies>,
    heartbeat: OnceLock<Arc<dyn HandOver>>,
    families: Mutex<HashMap<TypeId, Weak<dyn Any + Send + Sync>>>,
    live: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    /// For what anybody may have made up.
    series: Room,
    registered_series: Room,
    account: OnceLock<Box<dyn Account>>,
}

impl Context {
    pub(super) fn new(
        provider: impl MeterProvider + Send + Sync + 'static,
        settings: MeterSettings,
        histograms: Option<Histograms>,
    ) -> Arc<Self> {
        let max_series = settings.max_series;
        let context = Self {
            provider: Box::new(provider),
            settings,
            instruments: Instruments::default(),
            histograms,
            tallies: Arc::default(),
            heartbeat: OnceLock::new(),
            families: Mutex::default(),
            live: Mutex::default(),
            series: Room::of(max_series),
            registered_series: Room::of(max_series),
            account: OnceLock::new(),
        };
        context.hand_over_tallies();
        Arc::new(context)
    }

    /// Says who counts what the meter does not record. It comes late because its metrics are of this meter.
    pub(super) fn set_account(&self, account: impl Account) {
        let _already_set = self.account.set(Box::new(account));
    }

    pub(super) fn account(&self) -> Option<&dyn Account> {
        self.account.get().map(|account| &**account)
    }

    /// Hands this over at each collection for as long as the meter lives.
    pub(super) fn set_heartbeat(&self, heartbeat: Arc<dyn HandOver>) {
        self.hand_over_at_collection(Some(Arc::clone(&heartbeat)));
        let _already_beating = self.heartbeat.set(heartbeat);
    }

    /// Has the tallies handed over before each collection, by the callback of an instrument that never has a value.
    fn hand_over_tallies(&self) {
        let tallies = Arc::downgrade(&self.tallies);
        let meter = self.provider.meter_with_scope(InstrumentationScope::builder(env!("CARGO_PKG_NAME")).build());
        view::with_limit(1, || {
            let builder = meter.u64_observable_counter("telemetry_tallies_total").with_callback(move |_| {
                if let Some(tallies) = tallies.upgrade() {
                    tallies.hand_over();
                }
            });
            // The callback stays with the provider.
            let _ = builder.build();
        });
    }

    /// Adds what is handed over before each collection, as long as somebody holds it.
    pub(crate) fn hand_over_at_collection(&self, tally: Option<Arc<dyn HandOver>>) {
        if let Some(tally) = tally {
            self.tallies.push(Arc::downgrade(&tally));
        }
    }

    pub(crate) fn settings(&self) -> &MeterSettings {
        &self.settings
    }

    /// The instrument of a metric; `None` inside a callback that would have to build it, which deadlocks the SDK.
    pub(crate) fn instrument<B: FromInstrument>(&self, def: &'static MetricDef) -> Option<B> {
        if COLLECTING.get() {
            let known = self.instruments.get(def.name);
            if known.is_none() {
                self.count_dropped("recorded_in_callback");
            }
            return known;
        }
        self.instruments.get_or_build(def.name, || self.build(def, B::build))
    }

    fn build<T>(&self, def: &'static MetricDef, build: impl FnOnce(&otel::Meter, Declaration<'_>) -> T) -> T {
        let name = def.name_in(&self.settings.namespace);
        let buckets = self.settings.buckets.get(&*name).or_else(|| self.settings.buckets.get(def.name));
        let buckets = buckets.map_or(def.buckets, Vec::as_slice);
        let MetricDef { scope, help, unit, .. } = *def;
        if let Some(histograms) = &self.histograms {
            histograms.note_name(def);
        }
        let declaration = Declaration { scope, name, help, unit, buckets, histograms: self.histograms.as_ref() };
        let scope = InstrumentationScope::builder(scope).build();
        view::with_limit(cardinality::limit(def, &self.settings), || {
            build(&self.provider.meter_with_scope(scope), declaration)
        })
    }

    /// Registers the callback of an observable metric; the caller sees to it that this happens once.
    pub(crate) fn observe(
        &self,
        def: &'static MetricDef,
        callback: impl Fn(&dyn AsyncInstrument<f64>) + Send + Sync + 'static,
    ) {
        let callback = move |instrument: &dyn AsyncInstrument<f64>| {
            // A panic would end the thread that collects, and poison what it collects from.
            let _counted = contained(|| while_collecting(|| callback(instrument)));
        };
        self.build(def, |meter, Declaration { name, help, unit, .. }| match def.kind {
            Kind::Counter => {
                let builder = meter.f64_observable_counter(name).with_description(help).with_unit(unit);
                let _ = builder.with_callback(callback).build();
            }
            Kind::UpDownCounter => {
                let builder = meter.f64_observable_up_down_counter(name).with_description(help).with_unit(unit);
                let _ = builder.with_callback(callback).build();
            }
            Kind::Gauge | Kind::Histogram => {
                let builder = meter.f64_observable_gauge(name).with_description(help).with_unit(unit);
                let _ = builder.with_callback(callback).build();
            }
        });
    }

    /// The room for new series. Those of registered entities have their own, which nobody else can use up.
    pub(crate) fn room(&self, registered: bool) -> &Room {
        if registered { &self.registered_series } else { &self.series }
    }

    /// Counts a measurement that stands under `_other`.
    pub(crate) fn count_folded(&self, def: &MetricDef) {
        if let Some(account) = self.account() {
            account.measurement_folded(&def.name_in(&self.settings.namespace));
        }
    }

    /// Counts a measurement that was refused.
    pub(crate) fn count_dropped(&self, reason: &'static str) {
        if let Some(account) = self.account() {
            account.measurement_dropped(reason);
        }
    }

    /// The one family of this type, while somebody holds it.
    pub(crate) fn family<F: Any + Send + Sync>(&self, make: impl FnOnce() -> Arc<F>) -> Arc<F> {
        let mut families = self.families.lock().unwrap_or_else(PoisonError::into_inner);
        let known = families.get(&TypeId::of::<F>()).and_then(Weak::upgrade);
        if let Some(family) = known.and_then(|family| family.downcast::<F>().ok()) {
            return family;
        }
        let family = make();
        let shared: Arc<dyn Any + Send + Sync> = Arc::<F>::clone(&family);
        families.insert(TypeId::of::<F>(), Arc::downgrade(&shared));
        family
    }

    /// The one set of live entities of this type; `made` is called with it when it is new.
    pub(crate) fn live_set<S: Any + Send + Sync + Default>(&self, made: impl FnOnce(&Arc<S>)) -> Arc<S> {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let known = live.get(&TypeId::of::<S>()).cloned().and_then(|set| set.downcast::<S>().ok());
        known.unwrap_or_else(|| {
            let set = Arc::new(S::default());
            made(&set);
            let shared: Arc<dyn Any + Send + Sync> = Arc::<S>::clone(&set);
            live.insert(TypeId::of::<S>(), shared);
            set
        })
    }
}

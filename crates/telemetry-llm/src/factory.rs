//! How long providers' clients and tools take to make.

use std::fmt;
use std::sync::OnceLock;
use std::time::Instant;

use telemetry_core::{Family, Meter};

use crate::metrics::{FactoryMetrics, FactoryType};

/// How long it takes to make providers' clients and tools.
///
/// ```
/// use telemetry_llm::{Factories, FactoryType};
///
/// # fn connect() -> Result<String, std::io::Error> { Ok(String::new()) }
/// # fn example() -> Result<String, std::io::Error> {
/// let creation = Factories::global().start(FactoryType::Provider, "openai");
/// let client = connect()?; // a creation that fails is not recorded
/// creation.done();
/// # Ok(client)
/// # }
/// ```
#[derive(Clone)]
pub struct Factories(Family<FactoryMetrics>);

impl Factories {
    /// Creations recorded by this meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self(Family::new(meter))
    }

    /// Creations recorded by the process's meter; nothing is recorded before it is installed.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Factories> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new(&Meter::global()))
    }

    /// Starts making something of that name.
    pub fn start<'a>(&'a self, factory_type: FactoryType, name: &'a str) -> Creation<'a> {
        Creation { metrics: self.0.get(name), factory_type, started: Instant::now() }
    }

    /// Makes something of that name.
    pub fn create<T>(&self, factory_type: FactoryType, name: &str, make: impl FnOnce() -> T) -> T {
        let creation = self.start(factory_type, name);
        let made = make();
        creation.done();
        made
    }
}

impl fmt::Debug for Factories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Factories").finish_non_exhaustive()
    }
}

/// Something being made: recorded when it is [`done`](Self::done), and not when it is dropped before.
#[must_use = "what is not done is not recorded"]
pub struct Creation<'a> {
    metrics: &'a FactoryMetrics,
    factory_type: FactoryType,
    started: Instant,
}

impl Creation<'_> {
    /// It is made.
    pub fn done(self) {
        self.metrics.create.at(self.factory_type).record(self.started.elapsed().as_secs_f64());
    }
}

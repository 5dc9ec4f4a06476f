//! How long providers' clients and tools take to make.

use std::fmt;
use std::time::Instant;

use telemetry_core::{EntityId, Family, Global, Lease, Meter, Shared, clock};

use crate::metrics::{FactoryMetrics, FactoryType};

/// How long it takes to make providers' clients and tools.
///
/// ```
/// use telemetry_llm::{Factories, labels::FactoryType};
///
/// # fn connect() -> Result<String, std::io::Error> { Ok(String::new()) }
/// # fn example() -> Result<String, std::io::Error> {
/// let creation = Factories::global().start(FactoryType::Provider, "openai");
/// let client = connect()?; // a creation that fails is not recorded
/// creation.succeed();
/// # Ok(client)
/// # }
/// ```
#[derive(Clone)]
pub struct Factories(Shared<Family<FactoryMetrics>>);

impl Factories {
    /// Creations recorded by this meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self(Shared::new(Family::new(meter)))
    }

    /// Creations recorded by the process's meter; nothing is recorded before it is installed.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Factories> = Global::new();
        GLOBAL.get(Self::new)
    }

    /// Registers the name of something that is made: it is never folded into `_other`, whatever else is.
    pub fn register(&self, name: &str) {
        self.0.register(name);
    }

    /// Starts making something of that name.
    pub fn start(&self, factory_type: FactoryType, name: &str) -> Creation {
        let started = clock::now();
        Creation { things: self.0.lease(), thing: self.0.find(name), factory_type, started }
    }

    /// Makes something of that name.
    pub fn create<T>(&self, factory_type: FactoryType, name: &str, make: impl FnOnce() -> T) -> T {
        let creation = self.start(factory_type, name);
        let made = make();
        creation.succeed();
        made
    }
}

impl fmt::Debug for Factories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Factories").finish_non_exhaustive()
    }
}

/// Something being made: recorded when it is [`succeed`](Self::succeed), and not when it is dropped before.
#[must_use = "what is not said to have succeeded is not recorded"]
pub struct Creation {
    things: Lease<Family<FactoryMetrics>>,
    thing: EntityId<FactoryMetrics>,
    factory_type: FactoryType,
    started: Instant,
}

impl Creation {
    /// It is made.
    pub fn succeed(self) {
        let took = clock::now().saturating_duration_since(self.started);
        self.things.at(self.thing).create.at(self.factory_type).record(took.as_secs_f64());
    }
}

impl fmt::Debug for Creation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Creation").field("factory_type", &self.factory_type).finish_non_exhaustive()
    }
}

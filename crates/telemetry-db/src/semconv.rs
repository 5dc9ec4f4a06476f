//! The metric of the OpenTelemetry semantic conventions for database clients, stable, as of version 1.40.

use telemetry_core::{Catalogue, Family, Histogram, Meter, Metrics, Semconv, SemconvSwitch};

/// The metrics of the OpenTelemetry semantic conventions that are recorded beside this crate's own, where the settings ask
/// for them.
pub const CONVENTIONS: Catalogue = Catalogue::new(env!("CARGO_PKG_NAME"), &[ClientMetrics::CATALOGUE]);

/// `error.type` of a query given up at its time limit.
pub(crate) const TIMEOUT: &str = "timeout";

/// What the conventions measure of queries.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.db",
    convention,
    entity(
        system(name = "db.system.name"),
        namespace(name = "db.namespace"),
        operation(name = "db.operation.name"),
        collection(name = "db.collection.name"),
        error(name = "error.type")
    )
)]
pub(crate) struct ClientMetrics {
    /// Duration of database client operations
    #[metric(
        name = "db.client.operation.duration",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0]
    )]
    duration: Histogram,
}

/// The conventions' metric, recorded beside our own on request.
pub(crate) struct Conventions {
    switch: SemconvSwitch,
    clients: Family<ClientMetrics>,
}

impl Conventions {
    pub(crate) fn new(meter: &Meter, told: Option<bool>) -> Self {
        Self { switch: SemconvSwitch::new(meter, Semconv::Db, told), clients: Family::new(meter) }
    }

    /// Registers a table.
    pub(crate) fn register(&self, collection: &str) {
        self.clients.register(ClientMetricsKey { system: "", namespace: "", operation: "", collection, error: "" });
    }

    /// Records a query's duration, if that is wanted. What is empty does not apply.
    pub(crate) fn record(&self, seconds: f64, query: ClientMetricsKey<'_>) {
        if self.switch.is_on() {
            self.clients.get(query).duration.record(seconds);
        }
    }
}

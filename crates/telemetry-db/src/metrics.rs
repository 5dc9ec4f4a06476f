//! What is measured of queries, connections and databases.

use telemetry_core::{Catalogue, Counter, Histogram, Label, Metrics, ObservableGauge};

/// Every metric of this crate.
pub const CATALOGUE: Catalogue = Catalogue::new(
    env!("CARGO_PKG_NAME"),
    &[QueryMetrics::CATALOGUE, ConnectionMetrics::CATALOGUE, SizeMetrics::CATALOGUE],
);

/// What is measured of the queries on one table.
#[derive(Metrics)]
#[metrics(scope = "telemetry.db", entity(table))]
pub struct QueryMetrics {
    /// Database queries
    #[metric(name = "agentpane_db_queries_total")]
    pub queries: Counter<DbOperation>,
    /// Database queries that failed or exceeded their timeout
    #[metric(name = "agentpane_db_query_failures_total")]
    pub failures: Counter<DbOperation>,
    /// Database query duration
    #[metric(
        name = "agentpane_db_query_duration_seconds",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0]
    )]
    pub duration: Histogram<DbOperation>,
}

/// What is measured of all pools together.
#[derive(Metrics)]
#[metrics(scope = "telemetry.db", entity())]
pub struct ConnectionMetrics {
    /// Active database connections
    #[metric(name = "agentpane_db_connections_active")]
    pub active: ObservableGauge,
}

/// What is measured of one database.
#[derive(Metrics)]
#[metrics(scope = "telemetry.db", entity(database))]
pub struct SizeMetrics {
    /// Database size
    #[metric(name = "agentpane_db_size_bytes", unit = "By")]
    pub size: ObservableGauge,
}

/// What a query does.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "operation")]
pub enum DbOperation {
    /// It reads.
    Select,
    /// It adds rows.
    Insert,
    /// It changes rows.
    Update,
    /// It removes rows.
    Delete,
    /// Anything else: definitions, transactions, several statements of different kinds, a text that cannot be read.
    Other,
}

impl DbOperation {
    /// The word that it is written with; empty where that is not known.
    pub(crate) const fn keyword(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Other => "",
        }
    }
}

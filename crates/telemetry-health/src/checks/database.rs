//! The check that asks a database, through the application's own client.

use std::fmt::Display;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::check::{HealthCheck, Verdict};

/// A query that a database answers if it does well: a closure around whatever client the application has.
///
/// ```
/// use std::time::Duration;
/// use telemetry_health::DatabaseQuery;
///
/// # async fn select_one() -> Result<(), std::io::Error> { Ok(()) }
/// let check = DatabaseQuery::new(|| async { select_one().await })
///     .detail("database", "tasks")
///     .slow_after(Duration::from_millis(500));
/// ```
#[derive(Debug, Clone)]
pub struct DatabaseQuery<F> {
    query: F,
    details: Map<String, Value>,
    slow_after: Option<Duration>,
}

impl<F, Fut, E> DatabaseQuery<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Display + Send + 'static,
{
    /// The database is healthy if the query succeeds. What the error says is shown as [`Verdict`] says.
    pub fn new(query: F) -> Self {
        Self { query, details: Map::new(), slow_after: None }
    }

    /// Adds a fact to each answer, such as the database's name or version.
    #[must_use]
    pub fn detail(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.details.insert(name.into(), value.into());
        self
    }

    /// The database is degraded if the query takes longer. Default: no matter how long it takes, up to the timeout.
    #[must_use]
    pub fn slow_after(mut self, limit: Duration) -> Self {
        self.slow_after = Some(limit);
        self
    }
}

#[async_trait]
impl<F, Fut, E> HealthCheck for DatabaseQuery<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Display + Send + 'static,
{
    async fn check(&self) -> Verdict {
        let begun = Instant::now();
        let verdict = match (self.query)().await {
            Ok(()) if self.slow_after.is_some_and(|limit| begun.elapsed() > limit) => {
                Verdict::degraded("the query is slow")
            }
            Ok(()) => Verdict::healthy(),
            Err(error) => Verdict::unhealthy(format_args!("the query failed: {error}")),
        };
        self.details.iter().fold(verdict, |verdict, (name, value)| verdict.detail(name, value.clone()))
    }
}

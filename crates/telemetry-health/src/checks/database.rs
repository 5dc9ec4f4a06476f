//! The check that asks a database, through the application's own client.

use std::any::Any;
use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value};
use telemetry_core::{clock, error_message};

use crate::check::HealthCheck;
use crate::metrics::ComponentKind;
use crate::status::Status;
use crate::verdict::Verdict;

/// A query that a database answers if it does well: a closure around whatever client the application has, with whatever
/// that returns.
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_health::DatabaseQuery;
///
/// # #[derive(Clone)] struct Pool;
/// # impl Pool { async fn fetch_one(&self, _: &str) -> Result<(i64,), std::io::Error> { Ok((1,)) } }
/// # let pool = Pool;
/// let check = DatabaseQuery::new(move || {
///     let pool = pool.clone();
///     async move { pool.fetch_one("SELECT 1").await }
/// });
/// let check = check
///     .detail("database", "tasks")
///     .slow_after(Duration::from_millis(500));
/// ```
#[derive(Debug, Clone)]
pub struct DatabaseQuery<F> {
    query: F,
    details: Map<String, Value>,
    slow_after: Option<Duration>,
}

impl<F, Fut, T, E> DatabaseQuery<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
    T: Any + Send,
    E: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
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
impl<F, Fut, T, E> HealthCheck for DatabaseQuery<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
    T: Any + Send,
    E: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
{
    fn kind(&self) -> ComponentKind {
        ComponentKind::Database
    }

    async fn check(&self) -> Verdict {
        let begun = clock::now();
        let verdict = match (self.query)().await {
            Ok(answer) => Verdict::from(Ok::<T, E>(answer)),
            Err(error) => Verdict::unhealthy(format_args!("the query failed: {}", error_message(&*error.into()))),
        };
        let is_slow = self.slow_after.is_some_and(|limit| clock::now().saturating_duration_since(begun) > limit);
        let verdict = match verdict.status() {
            Status::Healthy if is_slow => Verdict::degraded("the query is slow"),
            _ => verdict,
        };
        self.details.iter().fold(verdict, |verdict, (name, value)| verdict.detail(name, value.clone()))
    }
}

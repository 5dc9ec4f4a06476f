//! What the platform checks of itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{BoxError, Router};
use telemetry_core::{Scraper, Telemetry};
use telemetry_health::{
    DatabaseQuery, FileSystem, GitHubRateLimit, Health, HealthSettings, HttpCheck, RouterExt as _, Watch,
};

use super::board::TaskStore;

/// How often the platform checks itself while nobody asks.
const EVERY: Duration = Duration::from_secs(1);

/// The health of the platform, which is checked until this is dropped.
pub(crate) struct Vitals {
    health: Health,
    scraper: Option<Scraper>,
    _watch: Watch,
}

impl Vitals {
    /// `server` is where the platform answers, `tasks` its database.
    pub(crate) fn start(
        telemetry: &Telemetry,
        server: SocketAddr,
        tasks: Arc<dyn TaskStore>,
        github: GitHubRateLimit,
    ) -> Result<Self, BoxError> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let settings = HealthSettings { version, ttl: EVERY, watch_interval: EVERY, ..HealthSettings::default() };
        let health = Health::with_settings(telemetry.meter(), settings)?;
        let database = DatabaseQuery::new(move || {
            let tasks = Arc::clone(&tasks);
            async move { tasks.ping().await }
        });
        health
            .required("filesystem", FileSystem::new(std::env::temp_dir()))?
            .required("server", HttpCheck::new(format!("http://{server}/health/live"))?)?
            .required("tasks", database)?
            .optional("github", github)?;
        let watch = health.watch();
        Ok(Self { health, scraper: telemetry.scraper().cloned(), _watch: watch })
    }

    /// Adds what an orchestrator and Prometheus call.
    pub(crate) fn add_to(&self, router: Router) -> Router {
        let router = router.health_routes(&self.health);
        match &self.scraper {
            Some(scraper) => router.metrics_routes(scraper),
            None => router,
        }
    }
}

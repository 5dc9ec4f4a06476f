//! The endpoint that tells and changes the levels, for axum.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::get;
use telemetry_core::LogLevels;

/// The most bytes of levels that are read.
const MOST: usize = 4_096;

/// The endpoint of the levels, added to a router of axum.
pub trait LogRouterExt: Sized {
    /// Adds `/log/level`: a GET tells the levels, a PUT whose body says levels has them taken from then on, and is answered
    /// 400 where it says none.
    ///
    /// It asks nobody who they are. Whoever reaches it can silence the log or have it say too much: add it to a router of the
    /// application's own administration, behind its authentication.
    ///
    /// ```
    /// use axum::Router;
    /// use telemetry_core::LogLevels;
    /// use telemetry_logs::LogRouterExt as _;
    ///
    /// let levels = LogLevels::new("info")?; // `Telemetry::log_levels` or `Logs::levels`
    /// let administration: Router = Router::new().log_level_route(&levels);
    /// # Ok::<(), telemetry_core::SettingsError>(())
    /// ```
    #[must_use]
    fn log_level_route(self, levels: &LogLevels) -> Self;
}

impl<S: Clone + Send + Sync + 'static> LogRouterExt for Router<S> {
    fn log_level_route(self, levels: &LogLevels) -> Self {
        let methods = get(tell).put(change).layer(DefaultBodyLimit::max(MOST));
        self.route("/log/level", methods.with_state(levels.clone()))
    }
}

async fn tell(State(levels): State<LogLevels>) -> String {
    format!("{levels}\n")
}

async fn change(State(levels): State<LogLevels>, body: String) -> (StatusCode, String) {
    match levels.set(body.trim()) {
        Ok(()) => (StatusCode::OK, format!("{levels}\n")),
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")),
    }
}

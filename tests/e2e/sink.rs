//! A server in the place of Slack and of all webhooks, and what it was told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use http::Uri;
use serde_json::Value;
use telemetry_tests::{Failure, poll};
use tokio::runtime::Runtime;

/// What receivers were told: the name of the file that had the address, and what was said.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<(String, Value)>>>);

/// The server.
pub(crate) struct Sink {
    pub(crate) heard: Heard,
    pub(crate) port: u16,
    _runtime: Runtime,
}

impl Sink {
    pub(crate) fn start() -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let heard = Heard::default();
        let router = Router::new().fallback(hear).with_state(heard.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0)))?;
        let port = listener.local_addr()?.port();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { heard, port, _runtime: runtime })
    }
}

async fn hear(State(heard): State<Heard>, uri: Uri, body: String) -> &'static str {
    let told = serde_json::from_str(&body).unwrap_or_default();
    let receiver = uri.path().trim_start_matches('/').to_owned();
    heard.all().push((receiver, told));
    "ok"
}

impl Heard {
    /// All that was told so far, in order.
    pub(crate) fn all(&self) -> MutexGuard<'_, Vec<(String, Value)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn forget(&self) {
        self.all().clear();
    }

    /// Waits until a receiver is told what one looks for.
    pub(crate) fn told(
        &self,
        within: Duration,
        receiver: &str,
        what: &str,
        is: impl Fn(&Value) -> bool,
    ) -> Result<Value, Failure> {
        poll::until(within, what, || {
            let heard = self.all();
            let found = heard.iter().find(|(to, told)| to == receiver && is(told));
            found.map(|(_, told)| told.clone()).ok_or_else(|| format!("{receiver} heard nothing like it in {heard:?}"))
        })
    }

    /// Whether anybody has been told of an alert beside these.
    pub(crate) fn nobody_else(&self, alert: &str, receivers: &[&str]) -> Result<(), Failure> {
        let heard = self.all();
        let other =
            heard.iter().find(|(to, told)| !receivers.contains(&to.as_str()) && told.to_string().contains(alert));
        other.map_or(Ok(()), |(to, told)| Err(format!("{to} was told {told}").into()))
    }
}

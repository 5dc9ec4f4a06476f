//! Models: the platform asks them over real HTTP, and stores what that used.

mod answers;
mod asks;
mod notes;
mod provider;
mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use http::StatusCode;
use reqwest::{Client, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde_json::json;
use telemetry_core::Meter;
use telemetry_llm::labels::{ErrorType, FactoryType, Outcome};
use telemetry_llm::{Ended, Factories, Failure, Llm, LlmMiddleware, QueueSettings, UsageQueue};

use crate::check::Ledger;
use crate::check::canary;
use crate::program::session;
use asks::{Ask, Course};
use store::{Store, UsageTable};

pub(crate) use asks::{ANSWERED, TROUBLED};

/// How long a caller waits for the next piece of an answer, and how long one who is meant to give up.
const PATIENCE: Duration = Duration::from_secs(20);
const LITTLE_PATIENCE: Duration = Duration::from_millis(600);
/// How long storing what is left may take at the end.
const DRAIN: Duration = Duration::from_secs(10);

/// The platform's models.
pub(crate) struct Models {
    llm: Llm,
    factories: Factories,
    /// The stand-in: one host for all providers.
    host: String,
    plain: Client,
    hasty: Client,
    queue: UsageQueue,
    table: UsageTable,
    /// How many records the queue took.
    taken: Arc<AtomicU64>,
    ledger: Arc<Ledger>,
}

impl Models {
    /// Starts the stand-in for the providers and the store of usage.
    pub(crate) async fn start(
        meter: &Meter,
        ledger: Arc<Ledger>,
        seed: u64,
        troubled: bool,
    ) -> Result<Arc<Self>, session::Failure> {
        let address = provider::start(seed, Arc::clone(&ledger)).await?;
        let table = UsageTable::open().await?;
        let settings = QueueSettings { linger: Duration::from_millis(200), ..QueueSettings::default() };
        let queue = UsageQueue::with_settings(meter, settings, Store::new(table.clone(), troubled))?;
        let (llm, factories) = (Llm::new(meter), Factories::new(meter));
        let client = |patience| Client::builder().no_proxy().read_timeout(patience).build();
        let (plain, hasty) = (client(PATIENCE)?, client(LITTLE_PATIENCE)?);
        let taken = Arc::new(AtomicU64::new(0));
        factories.create(FactoryType::Tool, "usage", || ());
        notes::made(&ledger, "tool", "usage");
        let host = address.to_string();
        Ok(Arc::new(Self { llm, factories, host, plain, hasty, queue, table, taken, ledger }))
    }

    /// A client for an ask's provider, whose calls are measured.
    fn client(&self, ask: Ask) -> ClientWithMiddleware {
        let provider = ask.provider;
        let plain = if ask.course == Course::Slow { &self.hasty } else { &self.plain };
        notes::made(&self.ledger, "provider", provider);
        self.factories.create(FactoryType::Provider, provider, || {
            let (queue, taken) = (self.queue.clone(), Arc::clone(&self.taken));
            let middleware = LlmMiddleware::new(&self.llm).host(&*self.host, provider);
            let middleware = middleware.on_end(move |ended| push(&queue, &taken, ended));
            ClientBuilder::new(plain.clone()).with(middleware).build()
        })
    }

    fn url(&self, ask: Ask) -> String {
        format!("http://{}{}", self.host, ask.path())
    }

    /// Asks a model.
    async fn ask(&self, ask: Ask) -> StatusCode {
        let outcome = match ask.course {
            Course::Limited => self.try_again(ask).await,
            _ => self.once(ask).await,
        };
        notes::ended(&self.ledger, ask, outcome);
        match outcome {
            Outcome::Success => StatusCode::OK,
            Outcome::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Outcome::Error | Outcome::RateLimited | Outcome::Cancelled => StatusCode::BAD_GATEWAY,
        }
    }

    /// Asks once, through the middleware, which measures what comes.
    async fn once(&self, ask: Ask) -> Outcome {
        let client = self.client(ask);
        let request = client.post(self.url(ask)).bearer_auth(canary::KEY).header(provider::ASK, ask.name);
        let sent = request.body(body(ask)).send().await;
        let failed = |error_type: ErrorType| {
            notes::failed(&self.ledger, ask, error_type, true);
            Failure::new(error_type).outcome()
        };
        let mut response: Response = match sent {
            Ok(response) => response,
            Err(error) => return failed(Failure::from_error(&error).error_type()),
        };
        let status = response.status();
        loop {
            match response.chunk().await {
                // Dropped with the rest of its answer.
                Ok(Some(_)) if ask.course == Course::Left => return Outcome::Cancelled,
                Ok(Some(_)) => {}
                Ok(None) if status.is_success() => return Outcome::Success,
                Ok(None) if ask.course == Course::Overloaded => return failed(ErrorType::ServerError),
                Ok(None) => return failed(ErrorType::Auth),
                Err(error) => return failed(Failure::from_error(&error).error_type()),
            }
        }
    }

    /// Asks until the provider does not refuse, in one call that is measured by hand.
    async fn try_again(&self, ask: Ask) -> Outcome {
        let mut call = self.llm.call(ask.provider, ask.model.0).prompt_length(1).start();
        let mut request = self.plain.post(self.url(ask)).bearer_auth(canary::KEY).header(provider::ASK, ask.name);
        let ended = loop {
            let Some(attempt) = request.try_clone() else { return call.cancel().outcome() };
            let sent = call.instrument(attempt.body(body(ask)).send()).await;
            let answered = match sent {
                Ok(response) => {
                    let (status, headers) = (response.status(), response.headers().clone());
                    response.bytes().await.map(|body| (status, headers, body))
                }
                Err(error) => Err(error),
            };
            let failure = match answered {
                Ok((status, _, body)) if status.is_success() => {
                    call.body(&body);
                    break call.complete();
                }
                Ok((status, headers, body)) => Failure::from_response(status.as_u16(), &headers, &body),
                Err(error) => Failure::from_error(&error),
            };
            let Some(delay) = failure.retry_after() else {
                notes::failed(&self.ledger, ask, failure.error_type(), true);
                break call.fail(failure);
            };
            notes::failed(&self.ledger, ask, failure.error_type(), false);
            call.attempt_failed(failure);
            call.wait_out(delay).await;
            notes::waited(&self.ledger, ask);
            request = request.header(provider::AGAIN, "1");
        };
        push(&self.queue, &self.taken, &ended);
        ended.outcome()
    }

    /// Stores all usage that is left.
    ///
    /// # Errors
    ///
    /// When the table has not what the queue took.
    pub(crate) async fn drain(&self) -> Result<(), session::Failure> {
        let drained = self.queue.shutdown(DRAIN).await;
        let (stored, taken) = (self.table.count().await?, self.taken.load(Ordering::Relaxed));
        if stored == taken && drained.left.is_empty() {
            Ok(())
        } else {
            Err(format!("of {taken} usage records {stored} are stored and {} came back", drained.left.len()).into())
        }
    }
}

/// Hands over the record of a call.
fn push(queue: &UsageQueue, taken: &AtomicU64, ended: &Ended) {
    match queue.try_push(ended.record().tag("project", "demo")) {
        Ok(()) => {
            taken.fetch_add(1, Ordering::Relaxed);
        }
        Err(error) => tracing::error!(%error, "usage is not stored"),
    }
}

fn body(ask: Ask) -> String {
    let words = canary::PROMPT;
    let (model, stream) = (ask.model.0, ask.is_streamed());
    let body = match ask.shape {
        asks::Shape::GenerateContent => json!({"contents": [{"role": "user", "parts": [{"text": words}]}]}),
        asks::Shape::Responses => json!({"model": model, "stream": stream, "input": words}),
        asks::Shape::Chat | asks::Shape::Messages => {
            json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": words}]})
        }
    };
    body.to_string()
}

/// The endpoint of the models.
pub(crate) fn router(models: Arc<Models>) -> Router {
    Router::new().route("/models/{ask}", post(ask_model)).with_state(models)
}

async fn ask_model(State(models): State<Arc<Models>>, Path(name): Path<String>) -> StatusCode {
    let Some(ask) = asks::find(&name) else { return StatusCode::NOT_FOUND };
    models.ask(ask).await
}

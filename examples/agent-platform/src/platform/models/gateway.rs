//! How models are asked: through the middleware, which measures what passes, or by hand where the platform tries again.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;
use reqwest::Client;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde_json::{Value, json};
use telemetry_core::Meter;
use telemetry_llm::labels::{FactoryType, Outcome};
use telemetry_llm::{Ended, Factories, Failure, Llm, LlmMiddleware, OnEnd, QueueSettings, UsageQueue, UsageStore};
use tokio_util::task::TaskTracker;

use super::conversation::{AskError, Reply};
use super::deployment::Deployment;

/// Says how often the same was asked before, in the words of the providers' own SDKs.
const RETRY_COUNT: &str = "x-stainless-retry-count";
/// How long storing what is left may take at the end.
const DRAIN: Duration = Duration::from_secs(10);

/// Where the providers are.
#[derive(Debug, Clone)]
pub(crate) struct Providers {
    /// One host for all of them, as a proxy is.
    pub(crate) host: String,
    pub(crate) api_key: String,
}

/// Asks models for those who ask the platform.
pub(crate) struct Gateway {
    llm: Llm,
    factories: Factories,
    providers: Providers,
    deployments: BTreeMap<String, (Deployment, Client)>,
    queue: UsageQueue,
    /// Each answer that is passed on.
    open: TaskTracker,
}

impl Gateway {
    /// A gateway that stores what is used in `store`.
    ///
    /// # Errors
    ///
    /// When reqwest cannot make a client, or a setting of the queue is not accepted.
    pub(crate) fn new(
        meter: &Meter,
        providers: Providers,
        deployments: impl IntoIterator<Item = Deployment>,
        store: impl UsageStore,
    ) -> Result<Self, BoxError> {
        let factories = Factories::new(meter);
        let settings = QueueSettings { linger: Duration::from_millis(200), ..QueueSettings::default() };
        let queue =
            factories.create(FactoryType::Tool, "usage", || UsageQueue::with_settings(meter, settings, store))?;
        let with_client = |deployment: Deployment| {
            let client = Client::builder().no_proxy().read_timeout(deployment.patience).build()?;
            Ok((deployment.name.clone(), (deployment, client)))
        };
        let deployments = deployments.into_iter().map(with_client).collect::<Result<_, reqwest::Error>>()?;
        Ok(Self { llm: Llm::new(meter), factories, providers, deployments, queue, open: TaskTracker::new() })
    }

    /// Asks the model of that name.
    pub(super) async fn ask(&self, deployment: &str, prompt: &str) -> Response {
        match self.deployments.get(deployment) {
            None => StatusCode::NOT_FOUND.into_response(),
            Some((deployment, client)) if deployment.tries_again => self.try_again(deployment, client, prompt).await,
            Some((deployment, client)) => self.once(deployment, client, prompt).await,
        }
    }

    /// Asks once, through the middleware, which measures what comes.
    async fn once(&self, deployment: &Deployment, client: &Client, prompt: &str) -> Response {
        let request = self.measured(deployment, client).post(self.url(deployment)).bearer_auth(&self.providers.api_key);
        let sent = request.header(CONTENT_TYPE, "application/json").body(deployment.body(prompt)).send().await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) => return refusal(Failure::from_error(&error).outcome()),
        };
        let status = answer.status();
        if status.is_success() && deployment.is_streamed {
            return self.pass_on(answer);
        }
        match answer.bytes().await {
            Ok(body) if status.is_success() => whole(body),
            // Why is in the body, where the middleware has read it.
            Ok(_) => refusal(Outcome::Error),
            Err(error) => refusal(Failure::from_error(&error).outcome()),
        }
    }

    /// Goes on with a conversation on behalf of a user, once, through the middleware. Each piece of the answer is told: a
    /// provider that takes its time sends blanks before it.
    ///
    /// # Errors
    ///
    /// When the model says nothing.
    pub(crate) async fn converse(
        &self,
        deployment: &str,
        user: &str,
        messages: &[Value],
        on_piece: impl Fn(),
    ) -> Result<Reply, AskError> {
        let (deployment, client) = self.deployments.get(deployment).ok_or(AskError::Unknown)?;
        let body = json!({"model": deployment.model, "user": user, "messages": messages}).to_string();
        let request = self.measured(deployment, client).post(self.url(deployment)).bearer_auth(&self.providers.api_key);
        let mut answer = request.header(CONTENT_TYPE, "application/json").body(body).send().await?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(reqwest_middleware::Error::from)? {
            on_piece();
            body.extend_from_slice(&piece);
        }
        if !status.is_success() {
            return Err(AskError::Refused(status));
        }
        Reply::read(&body).ok_or(AskError::NotUnderstood)
    }

    /// A client for the deployment's provider, whose calls are measured and stored.
    fn measured(&self, deployment: &Deployment, client: &Client) -> ClientWithMiddleware {
        self.factories.create(FactoryType::Provider, &deployment.provider, || {
            let middleware = LlmMiddleware::new(&self.llm).host(&*self.providers.host, &*deployment.provider);
            let (queue, name) = (self.queue.clone(), deployment.name.clone());
            let middleware = middleware.on_end(move |ended| store(&queue, &name, ended));
            ClientBuilder::new(client.clone()).with(middleware).build()
        })
    }

    /// Hands the pieces on as they come. A caller who leaves drops the provider's answer with this one.
    fn pass_on(&self, answer: reqwest::Response) -> Response {
        let open = self.open.token();
        let content_type = answer.headers().get(CONTENT_TYPE).cloned();
        let body = reqwest::Body::from(answer).map_frame(move |frame| {
            // Held until the body is dropped, and with it the call has ended.
            let _ = &open;
            frame
        });
        let mut response = Response::new(Body::new(body));
        response.headers_mut().extend(content_type.map(|content_type| (CONTENT_TYPE, content_type)));
        response
    }

    /// Asks until the provider does not refuse, in one call that is measured by hand.
    async fn try_again(&self, deployment: &Deployment, client: &Client, prompt: &str) -> Response {
        let (queue, name) = (self.queue.clone(), deployment.name.clone());
        let on_end = OnEnd::new(move |ended| store(&queue, &name, ended));
        let call = self.llm.call(&deployment.provider, &deployment.model).prompt_length(1).on_end(&on_end);
        let mut call = call.start();
        let mut retries = 0_u32;
        loop {
            let request = client.post(self.url(deployment)).bearer_auth(&self.providers.api_key);
            let request = request.header(CONTENT_TYPE, "application/json").header(RETRY_COUNT, retries);
            let sent = call.instrument(request.body(deployment.body(prompt)).send()).await;
            let answered = match sent {
                Ok(answer) => {
                    let (status, headers) = (answer.status(), answer.headers().clone());
                    answer.bytes().await.map(|body| (status, headers, body))
                }
                Err(error) => Err(error),
            };
            let failure = match answered {
                Ok((status, _, body)) if status.is_success() => {
                    call.body(&body);
                    call.complete();
                    return whole(body);
                }
                Ok((status, headers, body)) => Failure::from_response(status.as_u16(), &headers, &body),
                Err(error) => Failure::from_error(&error),
            };
            let Some(delay) = failure.retry_after() else {
                return refusal(call.fail(failure).outcome());
            };
            call.attempt_failed(failure);
            call.wait_out(delay).await;
            retries += 1;
        }
    }

    fn url(&self, deployment: &Deployment) -> String {
        format!("http://{}{}", self.providers.host, deployment.path())
    }

    /// Waits for answers that are passed on, and stores all usage that is left.
    ///
    /// # Errors
    ///
    /// When records come back that could not be stored.
    pub(crate) async fn drain(&self) -> Result<(), BoxError> {
        self.open.close();
        self.open.wait().await;
        match self.queue.shutdown(DRAIN).await.left.len() {
            0 => Ok(()),
            left => Err(format!("{left} usage records came back and are not stored").into()),
        }
    }
}

/// Hands over the record of a call.
fn store(queue: &UsageQueue, deployment: &str, ended: &Ended) {
    if let Err(error) = queue.try_push(ended.record().tag("deployment", deployment)) {
        tracing::error!(%error, "usage is not stored");
    }
}

fn whole(body: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// The answer to a caller whose provider gave none.
fn refusal(outcome: Outcome) -> Response {
    let status = match outcome {
        Outcome::Timeout => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::BAD_GATEWAY,
    };
    status.into_response()
}

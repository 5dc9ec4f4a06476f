use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use http::uri::PathAndQuery;
use prost::Message;
use tokio::time::{Instant, timeout};
use tonic::client::Grpc;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::{Request, Status};

use super::channel::SharedChannel;
use super::codec::SharedProst;
use super::retry::{Backoff, Verdict, judge};
use super::state::{Loss, SignalState};

/// The longest reason that is kept of an error, in characters: collectors quote whole requests.
const LONGEST_REASON: usize = 400;

/// An export request of one signal: where it goes, and what its answer says.
pub(crate) trait Otlp: Message + 'static {
    /// What the collector answers.
    type Answer: Message + Default + 'static;
    /// The gRPC method.
    const PATH: &'static str;

    /// How many items the collector refused of a request that it took, and why.
    fn rejected(answer: Self::Answer) -> Option<(i64, String)>;
}

/// Why a request was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// All retries failed, or no retry can help.
    GivenUp,
    /// The shutdown deadline passed.
    Deadline,
    /// The shutdown began, and its last request will contain this one.
    Superseded,
}

/// How requests of one signal reach the collector.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) state: Arc<SignalState>,
    pub(crate) channel: Arc<SharedChannel>,
    /// Sent with each request. Their values never appear in a reason.
    pub(crate) headers: MetadataMap,
    pub(crate) gzip: bool,
    /// The limit of one attempt.
    pub(crate) call_timeout: Duration,
    /// How long attempts go on. The last one begins at its end, so that an outage just as long is bridged.
    pub(crate) budget: Duration,
    /// The longest wait between two attempts.
    pub(crate) longest_wait: Duration,
    /// Whether the request sent at the shutdown contains all before it, as cumulative metrics do.
    pub(crate) superseded_at_close: bool,
}

impl Delivery {
    /// Sends a request of `items` until the collector takes it, retrying within the budget, and accounts for it. Of a
    /// failed request only the failure is counted: what it loses is the caller's to say.
    pub(crate) async fn send<R: Otlp>(&self, request: R, items: u64) -> Result<(), Failure> {
        let state = &self.state;
        let superseded = self.superseded_at_close && state.deadline().is_none();
        let answer = tokio::select! {
            biased;
            () = state.expired() => {
                state.deadline_passed();
                Err(Failure::Deadline)
            }
            () = state.closed(), if superseded => Err(Failure::Superseded),
            answer = self.attempts(Arc::new(request)) => answer,
        };
        match answer {
            Ok(answer) => {
                state.export_succeeded();
                let rejected = self.account_rejected(R::rejected(answer));
                state.exported(items.saturating_sub(rejected));
                Ok(())
            }
            Err(Failure::Superseded) => Err(Failure::Superseded),
            Err(failure) => {
                state.export_failed();
                Err(failure)
            }
        }
    }

    fn account_rejected(&self, rejected: Option<(i64, String)>) -> u64 {
        let (count, reason) = rejected.unwrap_or_default();
        let count = u64::try_from(count).unwrap_or(0);
        self.state.lost(Loss::Rejected, count);
        let reason = self.presentable(format!("the collector rejected items: {reason}"));
        self.state.dropping(Loss::Rejected, count > 0, &reason);
        count
    }

    async fn attempts<R: Otlp>(&self, request: Arc<R>) -> Result<R::Answer, Failure> {
        let end = Instant::now() + self.budget;
        let mut backoff = Backoff::new(self.longest_wait);
        let mut closing = false;
        loop {
            let (reason, verdict) = match self.attempt(&request).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            self.state.attempt_failed(&self.presentable(reason));
            let Verdict::Retry { after } = verdict else { return Err(Failure::GivenUp) };
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::GivenUp);
            }
            let wait = backoff.step(after).min(left);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.state.closed(), if !closing => {
                    closing = true;
                    backoff.hurry();
                }
            }
        }
    }

    async fn attempt<R: Otlp>(&self, request: &Arc<R>) -> Result<R::Answer, (String, Verdict)> {
        let (generation, channel) = self.channel.get();
        let mut grpc = Grpc::new(channel);
        if self.gzip {
            grpc = grpc.send_compressed(CompressionEncoding::Gzip).accept_compressed(CompressionEncoding::Gzip);
        }
        let mut message = Request::new(Arc::clone(request));
        *message.metadata_mut() = self.headers.clone();
        let call = async {
            grpc.ready().await.map_err(|error| Status::from_error(error.into()))?;
            grpc.unary(message, PathAndQuery::from_static(R::PATH), SharedProst::<R, R::Answer>::new()).await
        };
        match timeout(self.call_timeout, call).await {
            Ok(Ok(answer)) => Ok(answer.into_inner()),
            Ok(Err(status)) => Err((describe(&status), judge(&status))),
            Err(_elapsed) => {
                self.channel.renew(generation);
                let reason = format!("the collector did not answer within {:?}", self.call_timeout);
                Err((reason, Verdict::Retry { after: None }))
            }
        }
    }

    /// Makes a reason fit for a log line: short, one line, and without the headers' values, which a server may quote.
    fn presentable(&self, mut reason: String) -> String {
        for value in self.headers.clone().into_headers().values().filter_map(|value| value.to_str().ok()) {
            if value.len() > 3 {
                reason = reason.replace(value, "[header value]");
            }
        }
        reason.chars().take(LONGEST_REASON).map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}

/// The code, the message and all causes of an error, each said once.
fn describe(status: &Status) -> String {
    let mut text = format!("{:?}", status.code());
    let mut add = |part: &str| {
        if !part.is_empty() && !text.contains(part) {
            let _ = write!(text, ": {part}");
        }
    };
    add(status.message());
    let mut cause = status.source();
    while let Some(error) = cause {
        add(&error.to_string());
        cause = error.source();
    }
    text
}

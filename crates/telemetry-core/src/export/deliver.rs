//! One request until its end: attempts and retries within a budget, and the account of what was lost.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};
use tonic::Status;
use tonic::transport::Channel;

use super::capture::{Answer, Rejected};
use super::channel::SharedChannel;
use super::client::Client;
use super::retry::{Verdict, Waits, judge};
use super::state::{Loss, SignalState};
use crate::contained::{Panicked, contained_future};
use crate::readable;

/// The longest reason that is kept of an error, in characters: collectors quote whole requests.
const LONGEST_REASON: usize = 400;

/// Why a request was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// All retries failed, or no retry can help.
    GivenUp,
    /// The collector does not take a request of that size.
    TooLarge,
    /// The shutdown deadline passed.
    Deadline,
    /// The shutdown began, and its last request will contain this one.
    Superseded,
}

/// How requests of one signal reach the collector: what decorates the library's exporter with retries that end in
/// time, and with counts.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) state: Arc<SignalState>,
    pub(crate) channel: Arc<SharedChannel>,
    pub(crate) client: Client,
    /// How long attempts go on. The last one begins at its end, so that an outage just as long is bridged.
    pub(crate) budget: Duration,
    /// How large a request may be in bytes, before it is compressed.
    pub(crate) max_request: usize,
    /// The longest wait between two attempts.
    pub(crate) longest_wait: Duration,
    /// Whether the request sent at the shutdown contains all before it, as cumulative metrics do.
    pub(crate) superseded_at_close: bool,
}

impl Delivery {
    /// Until when the attempts of what is sent from now on go on.
    pub(crate) fn until(&self) -> Instant {
        Instant::now() + self.budget
    }

    /// Sends a request of `items` until the collector takes it, retrying until then, and accounts for it. Of a failed
    /// request only the failure is counted: what it loses is the caller's to say. One that is too large and can be cut
    /// has not failed yet.
    ///
    /// `export` is one attempt over the given channel. It is dropped where it takes too long.
    pub(crate) async fn send<F, A>(&self, items: u64, until: Instant, export: F) -> Result<(), Failure>
    where
        F: Fn(Channel) -> A,
        A: Future<Output = Answer>,
    {
        let state = &self.state;
        let superseded = self.superseded_at_close && state.deadline().is_none();
        let answer = tokio::select! {
            biased;
            () = state.expired() => {
                state.deadline_passed();
                Err(Failure::Deadline)
            }
            () = state.closed(), if superseded => Err(Failure::Superseded),
            answer = contained_future(self.attempts(items, until, export)) => answer.unwrap_or_else(|panicked| {
                self.panicked(&panicked);
                Err(Failure::GivenUp)
            }),
        };
        match answer {
            Ok(rejected) => {
                state.export_succeeded();
                state.exported(items - self.account_rejected(rejected, items));
                Ok(())
            }
            Err(failure @ (Failure::Superseded | Failure::TooLarge)) => Err(failure),
            Err(failure) => {
                state.export_failed();
                Err(failure)
            }
        }
    }

    /// No more can be rejected than was sent, whatever the collector says.
    fn account_rejected(&self, rejected: Rejected, sent: u64) -> u64 {
        let count = u64::try_from(rejected.items).unwrap_or(0).min(sent);
        self.state.lost(Loss::Rejected, count);
        let reason = self.presentable(&format!("the collector rejected items: {}", rejected.reason));
        self.state.dropping(Loss::Rejected, count > 0, &reason);
        count
    }

    async fn attempts<F, A>(&self, items: u64, until: Instant, export: F) -> Result<Rejected, Failure>
    where
        F: Fn(Channel) -> A,
        A: Future<Output = Answer>,
    {
        let mut waits = Waits::new(self.longest_wait);
        let mut closing = false;
        loop {
            let (reason, verdict) = match self.attempt(&export).await {
                Ok(rejected) => return Ok(rejected),
                Err(failed) => failed,
            };
            if verdict == Verdict::TooLarge && items > 1 {
                return Err(Failure::TooLarge);
            }
            self.state.attempt_failed(&self.presentable(&reason));
            let Verdict::Retry { after } = verdict else { return Err(Failure::GivenUp) };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::GivenUp);
            }
            let wait = waits.next(after).min(left);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.state.closed(), if !closing => {
                    closing = true;
                    waits.hurry();
                }
            }
        }
    }

    async fn attempt<F, A>(&self, export: &F) -> Result<Rejected, (String, Verdict)>
    where
        F: Fn(Channel) -> A,
        A: Future<Output = Answer>,
    {
        self.channel.look_again().await;
        let (generation, channel) = self.channel.get();
        match timeout(self.client.call_timeout, export(channel)).await {
            Ok(Ok(rejected)) => Ok(rejected),
            Ok(Err(status)) => Err((describe(&status), judge(&status))),
            Err(_elapsed) => {
                self.channel.renew(generation);
                let reason = format!("the collector did not answer within {:?}", self.client.call_timeout);
                Err((reason, Verdict::Retry { after: None }))
            }
        }
    }

    /// An attempt, or what is around it, panicked.
    pub(crate) fn panicked(&self, panicked: &Panicked) {
        self.state.attempt_failed(&self.presentable(&format!("the export {panicked}")));
    }

    /// Makes a reason fit for a log line: short, readable, and without what is secret of the settings, which a server may
    /// say back.
    fn presentable(&self, reason: &str) -> String {
        let reason = self.client.secrets().hide(reason);
        readable(&*reason).to_string().chars().take(LONGEST_REASON).collect()
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

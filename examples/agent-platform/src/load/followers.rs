//! The clients that follow streams while the load runs, and what they have to hear.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::BoxError;
use fastrand::Rng;
use telemetry_stream::labels::Transport;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::crowd::Crowd;
use super::readers::{self, Member};
use crate::check::{FollowedStream, Ledger, refused};
use crate::platform::streams::Streaming;
use crate::stand_in::{BAD_STREAMS, ENDLESS, End, GOOD_STREAMS, Scenario};

/// How many operations of the load there are for each stream that is followed.
const OPERATIONS_A_STREAM: u32 = 2;

/// Clients that follow the platform's streams.
pub(crate) struct Followers {
    pub(crate) seed: u64,
    /// The operations a second of the load beside them.
    pub(crate) rate: u32,
    /// Whether they follow streams that fail too.
    pub(crate) bad_streams: bool,
    pub(crate) ledger: Arc<Ledger>,
}

impl Followers {
    /// Follows streams until it is over, and waits until all have ended.
    ///
    /// # Errors
    ///
    /// The first client that did not see what its stream told.
    pub(crate) async fn run<S>(
        &self,
        platform: SocketAddr,
        streaming: &Streaming<S>,
        over: &CancellationToken,
    ) -> Result<(), String> {
        let mut random = Rng::with_seed(self.seed);
        let bad = BAD_STREAMS.iter().filter(|_| self.bad_streams);
        let scenarios: Vec<Scenario> = GOOD_STREAMS.iter().chain(bad).copied().collect();
        let not_served = |error: BoxError| format!("{} was not served: {error}", ENDLESS.path());
        // The streams that would never end are ended below, so this one has to be open by then.
        let mut lobby = Member::join(platform, &ENDLESS.path()).await.map_err(not_served)?;
        let mut told = lobby.listen(ENDLESS.events.len()).await.map_err(not_served)?;
        // Who stops reading answers no pings, and is taken for gone.
        let rest = tokio::spawn(async move { lobby.listen(usize::MAX).await });
        // Each once, in their order, so that a short load on a slow machine has seen all of them, too; then as
        // chance has it.
        let mut first_round = scenarios.iter();
        let mut tick = interval(Duration::from_secs(1) * OPERATIONS_A_STREAM / self.rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let crowd = Crowd::default();
        while over.run_until_cancelled(tick.tick()).await.is_some() || first_round.len() > 0 {
            let Some(scenario) = first_round.next().or_else(|| random.choice(&scenarios)).copied() else { break };
            crowd.send(follow(platform, Arc::clone(&self.ledger), scenario)).await;
            if self.bad_streams && scenario.end == End::Fails {
                crowd.send(join_nothing(platform, Arc::clone(&self.ledger))).await;
            }
        }
        let followed = crowd.wait().await;
        // The lobby alone is left: who has been left by its client must not count as shut down.
        only(1, streaming).await;
        streaming.shut_down();
        told.extend(rest.await.map_err(BoxError::from).flatten().map_err(not_served)?);
        followed.and(settle(&self.ledger, &ENDLESS, &told))
    }
}

/// Waits until no more than so many streams are open: a client that has left is noticed a moment later.
async fn only<S>(open: usize, streaming: &Streaming<S>) {
    let seen = async {
        while streaming.open() > open {
            sleep(Duration::from_millis(5)).await;
        }
    };
    // If they never are, the comparison of what arrived says more than this could.
    let _in_time = timeout(Duration::from_secs(10), seen).await;
}

async fn follow(platform: SocketAddr, ledger: Arc<Ledger>, scenario: Scenario) -> Result<(), String> {
    let path = scenario.path();
    let enough = if scenario.end == End::Left { scenario.events.len() } else { usize::MAX };
    let read = match scenario.transport() {
        Transport::Sse => readers::read_events(platform, &path, enough).await,
        Transport::Websocket => readers::read_messages(platform, &path, enough).await,
    };
    let read = read.map_err(|error| format!("{path} was not served: {error}"))?;
    settle(&ledger, &scenario, &read)
}

async fn join_nothing(platform: SocketAddr, ledger: Arc<Ledger>) -> Result<(), String> {
    readers::join_nothing(platform).await.map_err(|error| error.to_string())?;
    refused(&ledger);
    Ok(())
}

/// Notes a stream that told what it was to tell.
fn settle(ledger: &Ledger, scenario: &Scenario, told: &[String]) -> Result<(), String> {
    if told != scenario.events {
        return Err(format!("{} told {told:?} and not {:?}", scenario.path(), scenario.events));
    }
    let reason = scenario.end.reason();
    let is_cut_off = reason.is_error() && scenario.transport() == Transport::Sse && scenario.end != End::Silent;
    FollowedStream { kind: scenario.kind, events: scenario.events, reason, is_cut_off, is_stored: true }.note(ledger);
    Ok(())
}

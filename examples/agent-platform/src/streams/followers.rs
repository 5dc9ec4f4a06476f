//! The clients that follow streams while the load runs, and what they have to hear.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use telemetry_stream::labels::Transport;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::client::{self, Member};
use super::scenario::{BAD, ENDLESS, End, GOOD, Scenario};
use super::{Streaming, path};
use crate::load::Crowd;
use crate::program::session::Failure;

/// How many operations of the load there are for each stream that is followed.
const OPERATIONS_A_STREAM: u32 = 2;

/// Clients that follow the platform's streams.
pub(crate) struct Followers {
    pub(crate) seed: u64,
    /// The operations a second of the load beside them.
    pub(crate) rate: u32,
    /// Whether they follow streams that fail too.
    pub(crate) bad_streams: bool,
}

impl Followers {
    /// Follows streams until it is over, and waits until all have ended.
    ///
    /// # Errors
    ///
    /// The first client that did not see what its stream told.
    pub(crate) async fn run(
        &self,
        platform: SocketAddr,
        streaming: &Arc<Streaming>,
        over: &CancellationToken,
    ) -> Result<(), String> {
        let mut random = Rng::with_seed(self.seed);
        let bad = BAD.iter().filter(|_| self.bad_streams);
        let scenarios: Vec<Scenario> = GOOD.iter().chain(bad).copied().collect();
        let not_served = |error: Failure| format!("{} was not served: {error}", path(&ENDLESS));
        // The streams that would never end are ended below, so this one has to be open by then.
        let mut lobby = Member::join(platform, &path(&ENDLESS)).await.map_err(not_served)?;
        let mut told = lobby.listen(ENDLESS.events.len()).await.map_err(not_served)?;
        // Each once, in their order, so that a short load on a slow machine has seen all of them, too; then as
        // chance has it.
        let mut first_round = scenarios.iter();
        let mut tick = interval(Duration::from_secs(1) * OPERATIONS_A_STREAM / self.rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let crowd = Crowd::default();
        while over.run_until_cancelled(tick.tick()).await.is_some() || first_round.len() > 0 {
            let Some(scenario) = first_round.next().or_else(|| random.choice(&scenarios)).copied() else { break };
            crowd.send(follow(platform, Arc::clone(streaming), scenario));
            if self.bad_streams && scenario.end == End::Fails {
                crowd.send(async move { client::join_nothing(platform).await.map_err(|error| error.to_string()) });
            }
        }
        let followed = crowd.wait().await;
        // The lobby alone is left: who has been left by its client must not count as shut down.
        streaming.only(1).await;
        streaming.shut_down();
        told.extend(lobby.listen(usize::MAX).await.map_err(not_served)?);
        followed.and(settle(streaming, &ENDLESS, &told))
    }
}

async fn follow(platform: SocketAddr, streaming: Arc<Streaming>, scenario: Scenario) -> Result<(), String> {
    let path = path(&scenario);
    let enough = if scenario.end == End::Left { scenario.events.len() } else { usize::MAX };
    let read = match scenario.transport() {
        Transport::Sse => client::read_events(platform, &path, enough).await,
        Transport::Websocket => client::read_messages(platform, &path, enough).await,
    };
    let read = read.map_err(|error| format!("{path} was not served: {error}"))?;
    settle(&streaming, &scenario, &read)
}

/// Notes a stream that told what it was to tell.
fn settle(streaming: &Streaming, scenario: &Scenario, told: &[String]) -> Result<(), String> {
    if told != scenario.events {
        return Err(format!("{} told {told:?} and not {:?}", path(scenario), scenario.events));
    }
    streaming.note(scenario, scenario.end.reason());
    Ok(())
}

//! The callers of the platform, as one load.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::{MissedTickBehavior, interval};

use super::calls::calls;
use super::crowd::Crowd;

/// Callers of the platform: they ask for one operation after the other at a steady rate, without waiting for answers.
pub(crate) struct Callers {
    pub(crate) seed: u64,
    pub(crate) rate: u32,
    /// Whether they ask for tools that fail too.
    pub(crate) bad_tools: bool,
}

impl Callers {
    /// Calls until `stop`, but each operation once at least, and waits for all answers.
    ///
    /// # Errors
    ///
    /// The first call that did not go as it should.
    pub(crate) async fn run(&self, platform: SocketAddr, stop: impl Future<Output = ()>) -> Result<(), String> {
        let mut stop = pin!(stop);
        let mut random = Rng::with_seed(self.seed);
        let calls = calls(self.bad_tools);
        // Each call once, in their order, so that a short load on a slow machine has seen all of them, too; then as
        // chance has it.
        let mut first_round = calls.iter();
        let mut tick = interval(Duration::from_secs(1) / self.rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let crowd = Crowd::default();
        loop {
            tokio::select! {
                () = &mut stop, if first_round.len() == 0 => break,
                _ = tick.tick() => {}
            }
            let call = first_round.next().or_else(|| random.choice(&calls)).cloned();
            if let Some(call) = call {
                crowd.send(call.make(platform));
            }
        }
        crowd.wait().await
    }
}

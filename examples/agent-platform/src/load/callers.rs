//! The callers of the platform, as one load.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::{MissedTickBehavior, interval};

use super::calls::{Call, calls};
use super::crowd::Crowd;
use super::stories::{Story, tickets};
use crate::check::Ledger;
use crate::stand_in::Ticket;

/// Callers of the platform: they ask for one operation after the other at a steady rate, without waiting for answers.
pub(crate) struct Callers {
    pub(crate) seed: u64,
    pub(crate) rate: u32,
    /// Whether they ask for tools that fail too.
    pub(crate) bad_tools: bool,
    pub(crate) ledger: Arc<Ledger>,
}

/// What somebody is about.
#[derive(Clone)]
enum Errand {
    Call(Call),
    Task(Ticket),
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
        let errands = calls(self.bad_tools).into_iter().map(Errand::Call);
        let errands: Vec<Errand> = errands.chain(tickets(self.bad_tools).map(Errand::Task)).collect();
        // Each once, in their order, so that a short load on a slow machine has seen all of them, too; then as
        // chance has it.
        let mut first_round = errands.iter();
        let mut tick = interval(Duration::from_secs(1) / self.rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let crowd = Crowd::default();
        let mut last_task = 0;
        loop {
            tokio::select! {
                () = &mut stop, if first_round.len() == 0 => break,
                _ = tick.tick() => {}
            }
            match first_round.next().or_else(|| random.choice(&errands)).cloned() {
                Some(Errand::Call(call)) => crowd.send(call.make(platform)).await,
                Some(Errand::Task(ticket)) => {
                    last_task += 1;
                    let story = Story { ticket, number: last_task, ledger: Arc::clone(&self.ledger) };
                    crowd.send(story.tell(platform)).await;
                }
                None => break,
            }
        }
        crowd.wait().await
    }
}

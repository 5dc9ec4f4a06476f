//! Checks that run by themselves.

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::health::Health;

/// Checks that run by themselves: [`Health::watch`].
#[derive(Debug)]
#[must_use = "the checks end when this is dropped"]
pub struct Watch(JoinHandle<()>);

impl Health {
    /// Checks at the interval of the settings (15 s by default) whether or not anybody asks, so that the metrics tell of a
    /// component that fails while no probe calls. Ends when the [`Watch`] is dropped.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with time enabled.
    pub fn watch(&self) -> Watch {
        let health = self.clone();
        let mut ticks = interval(self.settings().watch_interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Watch(tokio::spawn(async move {
            loop {
                ticks.tick().await;
                health.readiness().await;
            }
        }))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

//! The connection that signals with one endpoint share, and how a broken or outdated one is replaced.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tonic::transport::{Channel, Endpoint};

use super::state::{LOG_TARGET, say};

/// How often the files of an endpoint are looked at, at most.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Where an endpoint comes from, if it can become another: reads its files, and says whether they have changed.
///
/// It blocks. `Ok(None)` means that the endpoint is as it was; an error says why the files cannot be used as they are.
pub(crate) type EndpointSource = Box<dyn Fn() -> Result<Option<Endpoint>, String> + Send + Sync>;

/// The connection to one endpoint, made at its first use and shared by the signals that go there.
///
/// A call that was not answered in time may sit on a connection whose peer is gone without a word; the connection
/// itself would only notice after minutes. So whoever timed out renews the channel, once for all who share it.
pub(crate) struct SharedChannel {
    source: Option<Arc<EndpointSource>>,
    current: Mutex<Current>,
}

struct Current {
    generation: u64,
    endpoint: Endpoint,
    channel: Channel,
    looked: Option<Instant>,
    /// Whether the files could not be used when they were last read, which is said once.
    unusable: bool,
}

impl SharedChannel {
    /// Must run on the exporter's runtime, as must [`renew`](Self::renew): the connection is driven there.
    pub(crate) fn new(endpoint: Endpoint, source: Option<EndpointSource>) -> Self {
        let channel = endpoint.connect_lazy();
        let current = Current { generation: 0, endpoint, channel, looked: None, unusable: false };
        Self { source: source.map(Arc::new), current: Mutex::new(current) }
    }

    /// The channel, and its generation for [`renew`](Self::renew).
    pub(crate) fn get(&self) -> (u64, Channel) {
        let current = self.current();
        (current.generation, current.channel.clone())
    }

    /// Replaces the channel of this generation, unless another caller has done so.
    pub(crate) fn renew(&self, generation: u64) {
        let mut current = self.current();
        if current.generation == generation {
            current.connect();
        }
    }

    /// Replaces the channel if its certificates or keys are no longer those of their files. Files that cannot be used,
    /// such as a certificate whose key is still to be written, leave all as it was.
    pub(crate) async fn look_again(&self) {
        let Some(source) = &self.source else { return };
        {
            let mut current = self.current();
            if current.looked.is_some_and(|looked| looked.elapsed() < LOOK_AGAIN) {
                return;
            }
            current.looked = Some(Instant::now());
        }
        let source = Arc::clone(source);
        // A thread that cannot be had or a reader that panics is no reason to stop exporting.
        let Ok(read) = tokio::task::spawn_blocking(move || source()).await else { return };
        let mut current = self.current();
        match read {
            Ok(changed) => {
                current.unusable = false;
                if let Some(endpoint) = changed {
                    current.endpoint = endpoint;
                    current.connect();
                    drop(current);
                    say(|| tracing::info!(target: LOG_TARGET, "the exporter uses changed certificates"));
                }
            }
            Err(reason) => {
                let said = std::mem::replace(&mut current.unusable, true);
                drop(current);
                if !said {
                    let text = "changed certificates cannot be used; the exporter goes on with the ones it has";
                    say(|| tracing::warn!(target: LOG_TARGET, reason, "{text}"));
                }
            }
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Current {
    fn connect(&mut self) {
        self.generation += 1;
        self.channel = self.endpoint.connect_lazy();
    }
}

impl fmt::Debug for SharedChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedChannel").field("channel", &self.current().channel).finish_non_exhaustive()
    }
}

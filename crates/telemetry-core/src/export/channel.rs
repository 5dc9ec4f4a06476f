//! The connection that signals with one endpoint share, and how a broken one is replaced.

use std::sync::{Mutex, PoisonError};

use tonic::transport::{Channel, Endpoint};

/// The connection to one endpoint, made at its first use and shared by the signals that go there.
///
/// A call that was not answered in time may sit on a connection whose peer is gone without a word; the connection
/// itself would only notice after minutes. So whoever timed out renews the channel, once for all who share it.
#[derive(Debug)]
pub(crate) struct SharedChannel {
    endpoint: Endpoint,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    generation: u64,
    channel: Channel,
}

impl SharedChannel {
    /// Must run on the exporter's runtime, as must [`renew`](Self::renew): the connection is driven there.
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        let channel = endpoint.connect_lazy();
        Self { endpoint, current: Mutex::new(Current { generation: 0, channel }) }
    }

    /// The channel, and its generation for [`renew`](Self::renew).
    pub(crate) fn get(&self) -> (u64, Channel) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        (current.generation, current.channel.clone())
    }

    /// Replaces the channel of this generation, unless another caller has done so.
    pub(crate) fn renew(&self, generation: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.generation == generation {
            *current = Current { generation: generation + 1, channel: self.endpoint.connect_lazy() };
        }
    }
}

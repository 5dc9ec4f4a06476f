//! What the guards of one `Streams` share.

use telemetry_core::{Family, Meter};
use tokio_util::sync::CancellationToken;

use crate::metrics::{EventMetrics, StreamMetrics};
use crate::settings::StreamSettings;

/// What the guards of one `Streams` share.
#[derive(Debug, Clone)]
pub(crate) struct Inner {
    pub(crate) metrics: Family<StreamMetrics>,
    pub(crate) events: Family<EventMetrics>,
    pub(crate) settings: StreamSettings,
    pub(crate) shutdown: CancellationToken,
}

impl Inner {
    pub(crate) fn new(meter: &Meter, settings: StreamSettings) -> Self {
        let (metrics, events) = (Family::new(meter), Family::new(meter));
        Self { metrics, events, settings, shutdown: CancellationToken::new() }
    }
}

//! What the guards of one `Streams` share.

use telemetry_core::{Family, Label as _, Meter};
use tokio_util::sync::CancellationToken;

use crate::metrics::{EventMetrics, StreamKind, StreamMetrics};
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
        let (metrics, events) = (Family::<StreamMetrics>::new(meter), Family::new(meter));
        for kind in StreamKind::ALL {
            let waits = settings.waits_for_people.contains(kind);
            metrics.get(()).waits_for_people.at(*kind).set(f64::from(u8::from(waits)));
        }
        Self { metrics, events, settings, shutdown: CancellationToken::new() }
    }
}

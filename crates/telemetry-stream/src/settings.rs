//! What holds for all streams unless one says otherwise.

use std::collections::BTreeSet;
use std::time::Duration;

use telemetry_core::Settings;

use crate::metrics::StreamKind;

/// What holds for all streams unless one says otherwise. The buckets of the histograms are the meter's setting.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "stream", env = "TELEMETRY_STREAM", title = "Streams")]
pub struct StreamSettings {
    /// The share of events that get a span of their own, where the connection's span is sampled. The first event of a
    /// stream always does.
    #[setting(default = 0.0, accepts = 0.0..=1.0)]
    pub event_span_ratio: f64,
    /// The kinds of streams that wait for people, as a chat does: they may be silent for long, and end when somebody leaves.
    /// Alerts take that for no stall and no drop.
    #[setting(default = BTreeSet::from([StreamKind::Session]))]
    pub waits_for_people: BTreeSet<StreamKind>,
    /// How long a stream may wait for its next event before it ends as timed out; as long as it takes where that is
    /// unset.
    #[setting(accepts = "1ms".., example = "5min")]
    pub idle_timeout: Option<Duration>,
    /// How long the client of a WebSocket is waited for once it is told that the stream has ended; the stream's duration
    /// ends before that. And how long a client of server-sent events that takes nothing is waited for once its stream has
    /// failed, until it is cut off from what was sent before.
    #[setting(default = "1s", accepts = "1ms"..="1min")]
    pub close_timeout: Duration,
    /// After how long without a word from its client a WebSocket sends it a ping. One that says nothing for as long
    /// again, or takes nothing of a message for twice as long, is gone. `0s` sends none.
    #[setting(default = "30s", accepts = "0s"..="1h")]
    pub ping_interval: Duration,
}

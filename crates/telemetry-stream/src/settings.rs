//! What holds for all streams unless one says otherwise.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What holds for all streams unless one says otherwise. The buckets of the histograms are the meter's setting.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StreamSettings {
    /// The share of events, from 0 to 1, that get a span of their own, where the connection's span is sampled. The first
    /// event of a stream always does. Default: 0.
    pub event_span_ratio: f64,
    /// How long a stream may wait for its next event before it ends as timed out, such as `5m`; at least 1 ms. Default:
    /// none, as long as it takes.
    #[serde(serialize_with = "to_text", deserialize_with = "from_text")]
    pub idle_timeout: Option<Duration>,
}

impl StreamSettings {
    /// The least that `idle_timeout` may be.
    pub const SHORTEST_IDLE_TIMEOUT: Duration = Duration::from_millis(1);

    pub(crate) fn checked(self) -> Result<Self, StreamSettingsError> {
        if !(0.0..=1.0).contains(&self.event_span_ratio) {
            return Err(StreamSettingsError::EventSpanRatio { value: self.event_span_ratio });
        }
        match self.idle_timeout {
            Some(value) if value < Self::SHORTEST_IDLE_TIMEOUT => Err(StreamSettingsError::IdleTimeout { value }),
            _ => Ok(self),
        }
    }
}

/// A setting of streams that is not accepted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamSettingsError {
    /// The ratio is no share.
    #[error("event_span_ratio = {value} is not accepted: a number from 0 to 1")]
    EventSpanRatio {
        /// The ratio.
        value: f64,
    },
    /// The time limit is too short.
    #[error("idle_timeout = {value:?} is not accepted: at least {least:?}", least = StreamSettings::SHORTEST_IDLE_TIMEOUT)]
    IdleTimeout {
        /// The time limit.
        value: Duration,
    },
}

fn to_text<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => serializer.collect_str(&humantime::format_duration(*duration)),
        None => serializer.serialize_none(),
    }
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| humantime::parse_duration(&text).map_err(serde::de::Error::custom)).transpose()
}

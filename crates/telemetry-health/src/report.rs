//! The answers of the endpoints, as their JSON documents them.

use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::status::Status;
use crate::uptime::uptime;

/// What an endpoint answers; it serialises to the documented JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HealthReport {
    /// How the service does as a whole.
    pub status: Status,
    /// The service's version.
    pub version: String,
    /// How long ago the process started, in whole seconds.
    pub uptime: u64,
    /// When this was said.
    #[serde(serialize_with = "timestamp")]
    pub timestamp: SystemTime,
    /// How its components do; none where nothing was asked of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<ComponentHealth>>,
}

/// How one component does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ComponentHealth {
    /// The component's name.
    pub name: String,
    /// How it does.
    pub status: Status,
    /// Why it does not do well, or what is to be said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How long its check took; in the JSON milliseconds, to the microsecond.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "milliseconds")]
    pub latency: Option<Duration>,
    /// When it was checked.
    #[serde(serialize_with = "timestamp")]
    pub last_check: SystemTime,
    /// Facts that its check adds.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

impl HealthReport {
    pub(crate) fn new(version: &str, status: Status, components: Option<Vec<ComponentHealth>>) -> Self {
        let (uptime, timestamp) = (uptime().as_secs(), SystemTime::now());
        Self { status, version: version.to_owned(), uptime, timestamp, components }
    }

    /// A component of that name.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&ComponentHealth> {
        self.components.iter().flatten().find(|component| component.name == name)
    }

    /// Whether the service does its work: all but an unhealthy one does.
    #[must_use]
    pub fn is_serving(&self) -> bool {
        self.status != Status::Unhealthy
    }
}

fn timestamp<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&humantime::format_rfc3339_millis(*time))
}

fn milliseconds<S: Serializer>(latency: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    latency.map(|latency| (latency.as_secs_f64() * 1e6).round() / 1e3).serialize(serializer)
}

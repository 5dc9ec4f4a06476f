//! How well a component does, in words and as a number.

use std::fmt;

use serde::Serialize;

/// How well a component does, or the whole; in rising order of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It does what it is there for.
    Healthy,
    /// It does so in part, or not for much longer.
    Degraded,
    /// It does not.
    Unhealthy,
}

impl Status {
    /// The status in the answers of the endpoints.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        }
    }

    /// The status as `agentpane_health_check_status` has it.
    pub(crate) const fn level(self) -> f64 {
        match self {
            Self::Healthy => 1.0,
            Self::Degraded => 0.5,
            Self::Unhealthy => 0.0,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

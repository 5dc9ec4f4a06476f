//! How a run of a check ended.

use std::time::Duration;

use telemetry_core::trace::PANIC;

use crate::status::Status;
use crate::verdict::Verdict;

/// How a run of a check ended.
pub(crate) enum Finding {
    /// It has found how its component does.
    Said(Verdict),
    /// It panicked, which counts as a failure of the component: nobody knows how that does.
    Panicked,
    /// It was given up.
    TimedOut,
    /// Its runtime has ended.
    Stopped,
    /// It was not run, because one that was given up has not ended.
    Hangs,
}

impl Finding {
    /// Whether it ran at all.
    pub(crate) fn ran(&self) -> bool {
        !matches!(self, Self::Hangs)
    }

    /// What kind of failure it is, if it is one.
    pub(crate) fn error_type(&self) -> Option<&'static str> {
        match self {
            Self::Said(verdict) if verdict.status == Status::Healthy => None,
            Self::Said(verdict) => Some(verdict.status.as_str()),
            Self::Panicked => Some(PANIC),
            Self::TimedOut => Some("timeout"),
            Self::Stopped => Some("stopped"),
            Self::Hangs => Some("hangs"),
        }
    }

    /// What it says of the component, of a check that may take that long.
    pub(crate) fn verdict(self, timeout: Duration) -> Verdict {
        match self {
            Self::Said(verdict) => verdict,
            Self::Panicked => Verdict::unhealthy("the check panicked"),
            Self::TimedOut => {
                Verdict::unhealthy(format_args!("no answer within {}", humantime::format_duration(timeout)))
            }
            Self::Stopped => Verdict::unhealthy("the check was stopped"),
            Self::Hangs => Verdict::unhealthy("an earlier check still hangs"),
        }
    }
}

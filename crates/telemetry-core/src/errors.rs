//! The error catalogue: errors by a code that runbooks and alerts know.

use crate::group::Family;
use crate::instrument::Counter;
use crate::meter::Meter;
use crate::{Label, Metrics};

/// The part of the platform in which an error arose.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "component")]
pub enum Component {
    /// The HTTP interface.
    Api,
    /// An agent.
    Agent,
    /// A git worktree.
    Worktree,
    /// A session.
    Session,
    /// The database.
    Database,
    /// An event stream.
    Stream,
    /// The GitHub interface.
    Github,
    /// The scheduler.
    Scheduler,
}

/// What is measured of one error code.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.core",
    entity(error_code(
        values = "AGENT_EXECUTION_ERROR, CONCURRENCY_LIMIT_EXCEEDED, GITHUB_RATE_LIMITED, SESSION_CONNECTION_FAILED, WORKTREE_CREATION_FAILED and the application's own"
    ))
)]
pub struct ErrorMetrics {
    /// Errors by error-catalog code and component
    #[metric(name = "agentpane_errors_total")]
    pub errors: Counter<Component>,
}

/// Counts errors by their code in the catalogue.
///
/// ```
/// use telemetry_core::{Component, Errors, Meter};
///
/// let errors = Errors::new(&Meter::global());
/// errors.record(Errors::GITHUB_RATE_LIMITED, Component::Github);
/// errors.record("BUDGET_EXCEEDED", Component::Agent); // the application's own
/// ```
#[derive(Clone)]
pub struct Errors(Family<ErrorMetrics>);

impl Errors {
    /// An agent's execution failed.
    pub const AGENT_EXECUTION_ERROR: &'static str = "AGENT_EXECUTION_ERROR";
    /// A project has as many agents running as it may.
    pub const CONCURRENCY_LIMIT_EXCEEDED: &'static str = "CONCURRENCY_LIMIT_EXCEEDED";
    /// GitHub refused a call for its rate limit.
    pub const GITHUB_RATE_LIMITED: &'static str = "GITHUB_RATE_LIMITED";
    /// A session's stream could not be connected.
    pub const SESSION_CONNECTION_FAILED: &'static str = "SESSION_CONNECTION_FAILED";
    /// A git worktree could not be created.
    pub const WORKTREE_CREATION_FAILED: &'static str = "WORKTREE_CREATION_FAILED";

    const KNOWN: [&'static str; 5] = [
        Self::AGENT_EXECUTION_ERROR,
        Self::CONCURRENCY_LIMIT_EXCEEDED,
        Self::GITHUB_RATE_LIMITED,
        Self::SESSION_CONNECTION_FAILED,
        Self::WORKTREE_CREATION_FAILED,
    ];

    /// The counter of a meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        let errors = Self(Family::new(meter));
        for code in Self::KNOWN {
            errors.0.vouch(code);
        }
        errors
    }

    /// Registers a code of the application's own: it is never folded into `_other`, whatever other codes there are, and is
    /// exported at 0 from now on, for each component ([`registered_zeros`](crate::MeterSettings::registered_zeros)).
    pub fn register(&self, code: &str) {
        self.0.register(code);
    }

    /// Counts one error.
    pub fn record(&self, code: &str, component: Component) {
        self.0.get(code).errors.at(component).add(1);
    }
}

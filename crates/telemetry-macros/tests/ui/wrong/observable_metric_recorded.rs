//! A measurement of a group whose entities have to be live.

use telemetry_core::{Family, Meter, Metrics, ObservableGauge};

/// What is measured of one session.
#[derive(Metrics)]
#[metrics(entity(session_id))]
struct SessionMetrics {
    /// Participants of the session
    #[metric(name = "session_participants")]
    participants: ObservableGauge,
}

fn main() {
    let sessions = Family::<SessionMetrics>::new(&Meter::noop());
    sessions.get("s").participants.set(2.0);
}

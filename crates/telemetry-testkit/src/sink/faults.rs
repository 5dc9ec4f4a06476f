//! What a sink does wrong on command.

use tokio::sync::watch;
use tonic::Status;

/// What the sink does wrong on command.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    /// What every call is answered with.
    pub(super) status: Option<Status>,
    /// Whether calls wait.
    pub(super) hang: bool,
    /// What is refused of every request that is taken.
    pub(super) rejection: Option<Rejection>,
}

/// A part of a request that is refused, as the answer says it.
#[derive(Debug, Clone)]
pub(super) struct Rejection {
    pub(super) items: i64,
    pub(super) message: String,
}

/// The faults in force; calls that wait see a change at once.
#[derive(Debug)]
pub(super) struct FaultSwitch(watch::Sender<Faults>);

impl FaultSwitch {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Faults::default()))
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Faults)) {
        self.0.send_modify(change);
    }

    /// Waits while the sink hangs; then what to refuse of the request, or the status to fail with.
    pub(super) async fn pass(&self, on_hang: impl FnOnce()) -> Result<Option<Rejection>, Status> {
        let mut faults = self.0.subscribe();
        if faults.borrow().hang {
            on_hang();
        }
        match faults.wait_for(|faults| !faults.hang).await {
            Ok(faults) => match &faults.status {
                Some(status) => Err(status.clone()),
                None => Ok(faults.rejection.clone()),
            },
            Err(_) => Err(Status::unavailable("the sink ends")),
        }
    }
}

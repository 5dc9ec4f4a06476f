use tokio::sync::watch;

/// What the sink does wrong on command.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Faults {
    /// The code that every call is answered with.
    pub(super) code: Option<tonic::Code>,
    /// Whether calls wait.
    pub(super) hang: bool,
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

    /// Waits while the sink hangs; then the code to fail with, if any.
    pub(super) async fn pass(&self, on_hang: impl FnOnce()) -> Option<tonic::Code> {
        let mut faults = self.0.subscribe();
        if faults.borrow().hang {
            on_hang();
        }
        match faults.wait_for(|faults| !faults.hang).await {
            Ok(faults) => faults.code,
            Err(_) => Some(tonic::Code::Unavailable),
        }
    }
}

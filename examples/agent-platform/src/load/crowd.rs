//! Many who do something at once, of whom the first that fails counts.

use std::sync::{Arc, OnceLock};

use tokio_util::task::TaskTracker;

/// All who are under way.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    members: TaskTracker,
    first_failure: Arc<OnceLock<String>>,
}

impl Crowd {
    /// Sends one more on the way.
    pub(super) fn send(&self, errand: impl Future<Output = Result<(), String>> + Send + 'static) {
        let first_failure = Arc::clone(&self.first_failure);
        self.members.spawn(async move {
            if let Err(failure) = errand.await {
                // Of a later one there is nothing to say.
                let _ = first_failure.set(failure);
            }
        });
    }

    /// Waits for all of them.
    ///
    /// # Errors
    ///
    /// What the first said that failed.
    pub(super) async fn wait(self) -> Result<(), String> {
        self.members.close();
        self.members.wait().await;
        self.first_failure.get().cloned().map_or(Ok(()), Err)
    }
}

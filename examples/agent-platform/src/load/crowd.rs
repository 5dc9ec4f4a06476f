//! Many who do something at once, of whom the first that fails counts.

use std::sync::{Arc, OnceLock};

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// How many may be under way: a machine that is too slow for the load is not buried by it.
const MOST: usize = 96;

/// All who are under way. Of those who have come back nothing is kept.
#[derive(Debug)]
pub(super) struct Crowd {
    members: TaskTracker,
    places: Arc<Semaphore>,
    first_failure: Arc<OnceLock<String>>,
}

impl Default for Crowd {
    fn default() -> Self {
        let places = Arc::new(Semaphore::new(MOST));
        Self { members: TaskTracker::new(), places, first_failure: Arc::default() }
    }
}

impl Crowd {
    /// Sends one more on the way, once there is a place.
    pub(super) async fn send(&self, errand: impl Future<Output = Result<(), String>> + Send + 'static) {
        // Nobody closes it.
        let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
        let first_failure = Arc::clone(&self.first_failure);
        self.members.spawn(async move {
            let _place = place;
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

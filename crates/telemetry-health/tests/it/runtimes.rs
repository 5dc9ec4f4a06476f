//! Checks that block their thread, and runtimes that end.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use telemetry_health::{Check, HealthCheck, Status, Verdict, async_trait};

use crate::fixture::{Finds, Hanging, believed_for, found, unrecorded};

const SOON: Duration = Duration::from_secs(20);

/// Blocks its thread until it is released, as a check does that calls what is not async.
struct Blocking(Mutex<Receiver<()>>);

impl Blocking {
    fn new() -> (Sender<()>, Self) {
        let (release, released) = channel();
        (release, Self(Mutex::new(released)))
    }
}

#[async_trait]
impl HealthCheck for Blocking {
    async fn check(&self) -> Verdict {
        let released = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Verdict::from(released.recv_timeout(SOON))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_check_that_blocks_its_thread_is_given_up_and_not_started_again() {
    let (release, blocking) = Blocking::new();
    let limit = Duration::from_millis(50);
    let health = believed_for(
        Duration::ZERO,
        [Check::required("fine", Finds(Status::Healthy)), Check::required("blocks", blocking).timeout(limit)],
    );
    let report = health.readiness().await;
    assert_eq!(found(&report, "blocks"), (Status::Unhealthy, Some("no answer within 50ms")));
    assert_eq!(found(&report, "fine"), (Status::Healthy, None));
    let report = health.readiness().await;
    assert_eq!(found(&report, "blocks"), (Status::Unhealthy, Some("an earlier check still hangs")));
    release.send(()).expect("the check waits");
    // The second release is for the check that follows.
    release.send(()).expect("the check will ask");
    let begun = Instant::now();
    while health.readiness().await.status != Status::Healthy {
        assert!(begun.elapsed() < SOON, "the check ends and is started again");
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_runtime_that_ends_takes_its_checks_with_it_and_no_others() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let health = unrecorded([Check::required("hangs", Hanging).timeout(2 * SOON)]);
    let first = runtime();
    first.block_on(async {
        let asked = tokio::time::timeout(Duration::from_millis(20), health.readiness()).await;
        assert!(asked.is_err(), "the check is under way");
    });
    drop(first);
    let health = {
        // The same component in another runtime starts a check of its own: this one, too, is under way and not stopped.
        let second = runtime();
        second.block_on(async {
            assert!(tokio::time::timeout(Duration::from_millis(20), health.readiness()).await.is_err());
        });
        health
    };
    assert_eq!(health.liveness().status, Status::Healthy);
}

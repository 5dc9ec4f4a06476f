//! Timeouts, how long a finding is believed, and that those who ask together ask once; in paused time.

use std::time::Duration;

use telemetry_core::Meter;
use telemetry_health::{Check, HealthSettings, Status};
use telemetry_testkit::TestTelemetry;
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, timeout};

use crate::fixture::{Counting, Finds, Hanging, believed_for, described, found, unrecorded};

const SECOND: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_millis(100);

#[tokio::test(start_paused = true)]
async fn a_hanging_check_is_unhealthy_at_its_timeout_and_holds_up_nobody_longer() {
    let _in_paused_time = TestTelemetry::builder().with_tokio_time().entered();
    let health = unrecorded([
        Check::required("fine", Finds(Status::Healthy)),
        Check::required("default", Hanging),
        Check::optional("short", Hanging).timeout(2 * SECOND),
    ]);
    let begun = Instant::now();
    let report = health.readiness().await;
    let took = begun.elapsed();
    assert!((5 * SECOND..5 * SECOND + SOON).contains(&took), "{took:?}");
    assert_eq!(report.status, Status::Unhealthy);
    assert_eq!(found(&report, "fine"), (Status::Healthy, None));
    assert_eq!(found(&report, "default"), (Status::Unhealthy, Some("no answer within 5s")));
    assert_eq!(found(&report, "short"), (Status::Unhealthy, Some("no answer within 2s")));
    let short = report.component("short").and_then(|component| component.latency).expect("it ran");
    assert!((2 * SECOND..2 * SECOND + SOON).contains(&short), "{short:?}");
}

#[tokio::test(start_paused = true)]
async fn who_joins_late_waits_for_the_rest_of_the_timeout() {
    let health = unrecorded([Check::required("hangs", Hanging)]);
    let early = tokio::spawn({
        let health = health.clone();
        async move { health.readiness().await }
    });
    tokio::task::yield_now().await;
    advance(4 * SECOND).await;
    let begun = Instant::now();
    assert_eq!(health.readiness().await.status, Status::Unhealthy);
    assert!(begun.elapsed() <= SECOND + SOON, "{:?}", begun.elapsed());
    assert_eq!(early.await.expect("it ends").status, Status::Unhealthy);
}

#[tokio::test(start_paused = true)]
async fn a_finding_is_believed_for_its_time_and_no_longer() {
    let (own, default, never) = (Counting::default(), Counting::default(), Counting::default());
    let health = believed_for(
        3 * SECOND,
        [
            Check::required("own", own.clone()).ttl(10 * SECOND),
            Check::required("default", default.clone()),
            Check::required("never", never.clone()).ttl(Duration::ZERO),
        ],
    );
    let mut first = None;
    for (after, runs) in [(0, (1, 1, 1)), (2, (1, 1, 2)), (2, (1, 2, 3)), (2, (1, 2, 4)), (5, (2, 3, 5))] {
        advance(after * SECOND).await;
        let report = health.readiness().await;
        assert_eq!((own.runs(), default.runs(), never.runs()), runs);
        let checked = report.component("own").expect("it is there").last_check;
        assert_eq!(*first.get_or_insert(checked) == checked, runs.0 == 1, "the time is that of the check");
    }
}

#[tokio::test(start_paused = true)]
async fn what_failed_is_believed_as_long_as_what_did_not() {
    let health = believed_for(3 * SECOND, [Check::required("hangs", Hanging)]);
    health.readiness().await;
    let begun = Instant::now();
    assert_eq!(health.readiness().await.status, Status::Unhealthy);
    assert_eq!(begun.elapsed(), Duration::ZERO, "nobody waits for a hanging check at each call");
}

#[tokio::test(start_paused = true)]
async fn two_hundred_who_ask_at_once_ask_once() {
    let (quick, slow) = (Counting::default(), Counting::taking(SECOND));
    let checks = [Check::required("quick", quick.clone()), Check::required("slow", slow.clone())];
    let health = believed_for(2 * SECOND, checks);
    for round in 1..=3 {
        let begun = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..200 {
            let health = health.clone();
            calls.spawn(async move { health.readiness().await.status });
        }
        assert_eq!(calls.join_all().await, [Status::Healthy; 200]);
        assert_eq!((quick.runs(), slow.runs()), (round, round));
        assert_eq!(begun.elapsed(), SECOND);
        advance(2 * SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_goes_on_when_who_asked_has_gone() {
    let slow = Counting::taking(SECOND);
    let health = unrecorded([Check::required("slow", slow.clone())]);
    assert!(timeout(SOON, health.readiness()).await.is_err(), "the caller gives up");
    let begun = Instant::now();
    assert_eq!(health.readiness().await.status, Status::Healthy);
    assert_eq!(begun.elapsed(), SECOND - SOON, "the second caller waits for the same check");
    assert_eq!(slow.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_watch_checks_until_it_is_dropped() {
    let counting = Counting::default();
    let settings = HealthSettings { ttl: Duration::ZERO, watch_interval: 10 * SECOND, ..HealthSettings::default() };
    let health = described(&Meter::noop(), settings, [Check::required("counted", counting.clone())]);
    let watch = health.watch();
    let _over = timeout(35 * SECOND, std::future::pending::<()>()).await;
    assert_eq!(counting.runs(), 4, "at once, and each ten seconds");
    drop(watch);
    let _over = timeout(60 * SECOND, std::future::pending::<()>()).await;
    assert_eq!(counting.runs(), 4);
}

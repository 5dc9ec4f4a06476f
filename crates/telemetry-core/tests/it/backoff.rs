//! Pauses between attempts.

use std::time::Duration;

use telemetry_core::{Backoff, BackoffError};

const SECOND: Duration = Duration::from_secs(1);

fn pauses(backoff: Backoff, count: usize) -> Vec<Duration> {
    let mut delays = backoff.delays();
    (0..count).map(|_| delays.next_delay()).collect()
}

#[test]
fn without_jitter_the_pauses_are_what_they_are_said_to_be() {
    let backoff = Backoff::new(SECOND, 1.5, 3 * SECOND, 0.0).unwrap();
    let seconds: Vec<f64> = pauses(backoff, 5).iter().map(Duration::as_secs_f64).collect();
    assert_eq!(seconds, [1.0, 1.5, 2.25, 3.0, 3.0]);
    let longest = Backoff::new(Duration::MAX, f64::MAX, Duration::MAX, 0.0).unwrap();
    assert_eq!(pauses(longest, 2), [Duration::MAX; 2]);
}

#[test]
fn jitter_varies_in_both_directions_and_never_beyond_the_longest() {
    let backoff = Backoff::new(SECOND, 1.0, 2 * SECOND, 0.5).unwrap();
    let varied = pauses(backoff, 1_000);
    assert!(varied.iter().all(|pause| (SECOND / 2..=SECOND * 3 / 2).contains(pause)), "{varied:?}");
    assert!(varied.iter().any(|pause| *pause < SECOND * 6 / 10), "{varied:?}");
    assert!(varied.iter().any(|pause| *pause > SECOND * 14 / 10), "{varied:?}");
    let at_the_limit = Backoff::new(SECOND, 1.0, SECOND, 1.0).unwrap();
    assert!(pauses(at_the_limit, 1_000).iter().all(|pause| *pause <= SECOND));
}

#[test]
fn retries_double_up_to_the_longest_and_vary_downwards() {
    let longest = 2 * SECOND;
    let mut delays = Backoff::doubling(SECOND / 10, longest).delays();
    let mut step = SECOND / 10;
    for _ in 0..200 {
        let pause = delays.next_delay();
        assert!((step / 2..=step).contains(&pause), "{pause:?} for a step of {step:?}");
        step = (step * 2).min(longest);
    }
    assert_eq!(step, longest);
    delays.restart();
    assert!(delays.next_delay() <= SECOND / 10);
}

#[test]
fn retries_never_spin_and_their_limits_need_no_order() {
    for (initial, longest) in [(Duration::ZERO, Duration::ZERO), (SECOND, Duration::ZERO), (Duration::ZERO, SECOND)] {
        let pauses = pauses(Backoff::doubling(initial, longest), 20);
        assert!(pauses.iter().all(|pause| *pause >= Duration::from_micros(500)), "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= longest.max(Duration::from_millis(1))), "{pauses:?}");
    }
    let inverted = pauses(Backoff::doubling(SECOND, SECOND / 2), 3);
    assert!(inverted.iter().all(|pause| (SECOND / 4..=SECOND / 2).contains(pause)), "{inverted:?}");
}

#[test]
fn processes_do_not_march_in_step() {
    let backoff = Backoff::doubling(SECOND, SECOND);
    let first: Vec<_> = (0..20).map(|_| backoff.delays().next_delay()).collect();
    assert!(first.iter().any(|pause| *pause != first[0]), "{first:?}");
}

#[test]
fn what_cannot_be_is_refused_and_says_why() {
    let cases = [
        ((Duration::ZERO, 1.0, SECOND, 0.0), BackoffError::Initial),
        ((SECOND, 0.9, SECOND, 0.0), BackoffError::Factor(0.9)),
        ((SECOND, f64::INFINITY, SECOND, 0.0), BackoffError::Factor(f64::INFINITY)),
        ((SECOND, 1.0, SECOND / 2, 0.0), BackoffError::Max { max: SECOND / 2, initial: SECOND }),
        ((SECOND, 1.0, SECOND, 1.1), BackoffError::Jitter(1.1)),
    ];
    for ((initial, factor, max, jitter), expected) in cases {
        assert_eq!(Backoff::new(initial, factor, max, jitter), Err(expected));
    }
    assert!(matches!(Backoff::new(SECOND, f64::NAN, SECOND, 0.0), Err(BackoffError::Factor(_))));
    assert!(matches!(Backoff::new(SECOND, 1.0, SECOND, f64::NAN), Err(BackoffError::Jitter(_))));
}

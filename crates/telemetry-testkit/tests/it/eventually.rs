//! Waiting for what comes about in its own time.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use telemetry_testkit::eventually;

const SHORT: Duration = Duration::from_millis(20);

/// Sends the numbers from 0 on until nobody receives any more.
fn counting() -> mpsc::Receiver<u32> {
    let (sender, receiver) = mpsc::sync_channel(0);
    thread::spawn(move || (0..).try_for_each(|number| sender.send(number)));
    receiver
}

#[test]
fn a_condition_something_and_a_result_are_waited_for() {
    let numbers = counting();
    eventually("some numbers", || numbers.recv().is_ok_and(|number| number > 2)).wait();
    assert_eq!(eventually("a ten", || numbers.try_recv().ok().filter(|number| *number == 10)).wait(), 10);
    assert_eq!(eventually("the next", || numbers.try_recv()).try_wait(), Ok(11));
}

#[tokio::test]
async fn awaited_it_leaves_the_thread_to_others() {
    let task = tokio::spawn(async { tokio::task::yield_now().await });
    eventually("the task ends", || task.is_finished()).await;
    let numbers = counting();
    assert_eq!(eventually("the number", || numbers.try_recv()).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_ends_no_wait_and_goes_on_meanwhile() {
    let (an_hour, start) = (Duration::from_secs(3_600), Instant::now());
    let hours = AtomicUsize::new(0);
    let pass = async {
        let mut clock = tokio::time::interval(an_hour);
        loop {
            clock.tick().await;
            hours.fetch_add(1, Ordering::Relaxed);
        }
    };
    tokio::select! {
        () = pass => {}
        () = eventually("some hours", || hours.load(Ordering::Relaxed) > 2) => {}
    }
    assert!(start.elapsed() < an_hour);
    // A thread needs real time; there is no timer any more that the clock could jump to.
    let numbers = counting();
    eventually("the tenth number", || numbers.try_recv().is_ok_and(|number| number == 10)).await;
}

#[test]
fn what_does_not_come_is_named_with_the_last_reason_and_the_place() {
    let start = Instant::now();
    let mut looks = 0;
    let never = eventually("the parcel", || {
        looks += 1;
        Err::<(), _>(format!("still at stop {looks}"))
    });
    let error = never.within(SHORT).every(Duration::from_millis(1)).try_wait().unwrap_err().to_string();
    assert!(start.elapsed() >= SHORT, "it gives up no earlier");
    let expected = format!("the parcel: not within 20ms: still at stop {looks} (awaited at {}:", file!());
    assert!(looks > 1 && error.starts_with(&expected), "{error}");

    let panic = catch_unwind(|| eventually("rain", || false).within(SHORT).wait()).unwrap_err();
    let message = panic.downcast::<String>().unwrap();
    assert!(message.starts_with("rain: not within 20ms (awaited at "), "{message}");
}

#[test]
fn the_first_look_counts_however_short_the_patience() {
    assert_eq!(eventually("it is there", || Some(1)).within(Duration::ZERO).try_wait(), Ok(1));
    let mut looks = 0;
    let mut look = || {
        looks += 1;
        false
    };
    assert!(eventually("it is not", &mut look).within(Duration::ZERO).try_wait().is_err());
    assert_eq!(looks, 1);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_real_time() {
    let start = Instant::now();
    let never = tokio::spawn(eventually("never", || None::<()>).within(SHORT));
    let message = never.await.unwrap_err().into_panic().downcast::<String>().unwrap();
    assert!(message.starts_with("never: not within 20ms"), "{message}");
    assert!(start.elapsed() >= SHORT);
}

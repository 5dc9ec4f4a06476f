//! The histogram's cells, while threads record and read.

use loom::sync::Arc;
use loom::thread;

use crate::distribution::{Distribution, Snapshot};

#[test]
fn what_two_record_at_once_is_in_every_number() {
    loom::model(|| {
        let distribution = Arc::new(Distribution::new([2.0].into()));
        let recorders = [1.0, 4.0].map(|value| {
            let distribution = Arc::clone(&distribution);
            thread::spawn(move || distribution.record(value))
        });
        for recorder in recorders {
            recorder.join().unwrap();
        }
        let expected = Snapshot { buckets: vec![1, 1], sum: 5.0, min: 1.0, max: 4.0 };
        assert_eq!(distribution.snapshot(), expected);
    });
}

#[test]
fn a_snapshot_never_counts_what_was_not_recorded() {
    loom::model(|| {
        let distribution = Arc::new(Distribution::new([2.0].into()));
        let recorder = {
            let distribution = Arc::clone(&distribution);
            thread::spawn(move || distribution.record(4.0))
        };
        let Snapshot { buckets, sum, .. } = distribution.snapshot();
        assert!(matches!(buckets[..], [0, 0 | 1]) && (sum == 0.0 || sum == 4.0), "{buckets:?} {sum}");
        recorder.join().unwrap();
    });
}

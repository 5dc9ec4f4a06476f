//! Disks and readers that take nothing: the caller goes on, and what is lost is counted and said.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use telemetry_logs::{LogSettings, Logs};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{SOON, Written, all, parsed, with};

/// Takes nothing until it is released.
struct Stalled {
    release: Receiver<()>,
    written: Written,
}

impl Write for Stalled {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Once the sender is gone, it does not wait any more.
        let _released = self.release.recv();
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const LINES: u64 = 20_000;

/// How long the slowest of many events took.
fn slowest(logs: &Logs) -> Duration {
    use tracing_subscriber::layer::SubscriberExt as _;
    let say = || {
        let mut slowest = Duration::ZERO;
        for number in 0..LINES {
            let begun = Instant::now();
            tracing::info!(number, "a line of some hundred bytes");
            slowest = slowest.max(begun.elapsed());
        }
        slowest
    };
    tracing::subscriber::with_default(tracing_subscriber::registry().with(logs.layer()), say)
}

#[test]
fn a_reader_that_takes_nothing_blocks_nobody_and_what_is_lost_is_counted_and_said() {
    let telemetry = TestTelemetry::new();
    let (release, stalled) = channel();
    let written = Written::default();
    let settings = LogSettings { buffer_size: 64 * 1024, ..all() };
    let stream = Stalled { release: stalled, written: written.clone() };
    let builder = Logs::builder("shop").settings(settings).meter(telemetry.meter()).to(stream);
    let logs = builder.start().expect("the settings are good");
    // It would wait for ever if it waited for the reader.
    assert!(slowest(&logs) < Duration::from_secs(5));
    assert!(!logs.flush(Duration::from_millis(1)), "nothing is written yet");
    drop(release);
    assert!(logs.flush(SOON));
    // What was dropped is said behind what was written.
    with(&logs, || tracing::info!("last"));
    let lines = parsed(&written.text());
    let dropped: u64 = lines.iter().filter_map(|line| line["data"]["dropped"].as_u64()).sum();
    let kept = lines.iter().filter(|line| line["data"]["number"].is_u64()).count() as u64;
    assert!(dropped > 0 && kept > 0);
    assert_eq!(dropped + kept, LINES);
    let labels = [("signal", "logs"), ("reason", "log_buffer_full")];
    telemetry.assert_total("telemetry_dropped_total", &labels, dropped as f64);
}

#[cfg(unix)]
#[test]
fn a_disk_that_stalls_blocks_nobody() {
    use std::io::Read as _;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("shop.info.jsonl");
    // Nobody reads it, so that already opening it waits.
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a FIFO");
    let settings = LogSettings { directory: Some(directory.path().to_owned()), buffer_size: 64 * 1024, ..all() };
    let logs = Logs::builder("shop").settings(settings).files_only().start().expect("the settings are good");
    assert!(slowest(&logs) < Duration::from_secs(5));
    assert!(!logs.flush(Duration::from_millis(1)));
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text)).map(|_| text)
    });
    assert!(logs.flush(SOON));
    with(&logs, || tracing::warn!("last"));
    drop(logs);
    let lines = parsed(&reader.join().expect("it reads").expect("what it reads is text"));
    let warnings = std::fs::read_to_string(directory.path().join("shop.warn.jsonl")).expect("it is there");
    let dropped: u64 = parsed(&warnings).iter().filter_map(|line| line["data"]["dropped"].as_u64()).sum();
    assert!(!lines.is_empty() && dropped > 0);
    assert_eq!(lines.len() as u64 + dropped, LINES);
}

//! The files of a log: one a level, rotated, compressed, kept for a time; and what happens where they cannot be written.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use flate2::read::GzDecoder;
use telemetry_logs::{LogSettings, Logs};
use telemetry_testkit::eventually;

use crate::fixture::{PausedClock, Written, files, names, parsed, to, with};

const HOUR: Duration = Duration::from_secs(3_600);

fn read(path: &Path) -> String {
    let mut text = String::new();
    let file = fs::File::open(path).expect("it is there");
    let read = match path.extension().is_some_and(|ending| ending == "gz") {
        true => GzDecoder::new(file).read_to_string(&mut text),
        false => { file }.read_to_string(&mut text),
    };
    read.expect("it is text");
    text
}

/// The lines of all files of a directory.
fn all_lines(directory: &Path) -> Vec<serde_json::Value> {
    names(directory).iter().flat_map(|name| parsed(&read(&directory.join(name)))).collect()
}

fn full(directory: &Path, level: &str) -> Vec<String> {
    let mut names = names(directory);
    names.retain(|name| name.contains(&format!(".{level}.2")));
    names
}

#[test]
fn each_level_has_its_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let logs = files(to(&directory.path().join("made/by/the/log")), &PausedClock::new());
    with(&logs, || {
        tracing::trace!("t");
        tracing::debug!("d");
        tracing::info!("i");
        tracing::warn!("w");
        tracing::error!("e");
    });
    let directory = directory.path().join("made/by/the/log");
    let expected = ["shop.debug.jsonl", "shop.error.jsonl", "shop.info.jsonl", "shop.warn.jsonl"];
    assert_eq!(names(&directory), expected);
    assert_eq!(parsed(&read(&directory.join("shop.debug.jsonl"))).len(), 2);
    assert_eq!(parsed(&read(&directory.join("shop.error.jsonl")))[0]["message"], "e");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(directory.join("shop.info.jsonl")).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o007, 0, "{mode:o}: not for everybody");
    }
}

#[test]
fn a_full_file_is_set_aside_and_only_so_many_are_kept() {
    let directory = tempfile::tempdir().expect("a directory");
    let clock = PausedClock::new();
    let settings = LogSettings { max_file_size: 1_000, max_files: 3, ..to(directory.path()) };
    let logs = files(settings, &clock);
    for number in 0..50 {
        with(&logs, || tracing::info!(number, "a line of some hundred bytes"));
        clock.advance(Duration::from_secs(1));
    }
    clock.advance(Duration::from_secs(61));
    eventually("only three are kept", || full(directory.path(), "info").len() == 3).wait();
    for name in names(directory.path()) {
        let size = fs::metadata(directory.path().join(&name)).expect("it is there").len();
        assert!(size <= 1_000, "{name}: {size}");
    }
    let numbers: Vec<_> = all_lines(directory.path()).iter().map(|line| line["data"]["number"].as_i64()).collect();
    let last: Vec<_> = (50 - numbers.len() as i64..50).map(Some).collect();
    let mut sorted = numbers;
    sorted.sort_unstable();
    assert_eq!(sorted, last, "the newest are kept, each once");
}

#[test]
fn a_line_that_is_larger_than_a_file_has_one_for_itself() {
    let directory = tempfile::tempdir().expect("a directory");
    let logs = files(LogSettings { max_file_size: 1_000, ..to(directory.path()) }, &PausedClock::new());
    with(&logs, || {
        tracing::info!("small");
        tracing::info!(large = "word ".repeat(500), "large");
        tracing::info!("small again");
    });
    assert_eq!(full(directory.path(), "info").len(), 2);
    assert_eq!(all_lines(directory.path()).len(), 3);
}

#[test]
fn full_files_are_compressed() {
    let directory = tempfile::tempdir().expect("a directory");
    let settings = LogSettings { max_file_size: 2_000, compress: true, ..to(directory.path()) };
    let clock = PausedClock::new();
    let logs = files(settings, &clock);
    for number in 0..40 {
        with(&logs, || tracing::info!(number, "a line of some hundred bytes"));
    }
    clock.advance(Duration::from_secs(61));
    eventually("all full ones are compressed", || {
        let full = full(directory.path(), "info");
        !full.is_empty() && full.iter().all(|name| name.ends_with(".jsonl.gz"))
    })
    .wait();
    let mut numbers: Vec<_> = all_lines(directory.path()).iter().map(|line| line["data"]["number"].as_i64()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..40).map(Some).collect::<Vec<_>>(), "nothing is lost");
}

#[test]
fn lines_are_kept_as_long_as_their_level_says() {
    let directory = tempfile::tempdir().expect("a directory");
    let clock = PausedClock::new();
    let logs = files(to(directory.path()), &clock);
    let say = || {
        with(&logs, || {
            tracing::debug!("d");
            tracing::error!("e");
        });
    };
    say();
    clock.advance(3 * HOUR);
    eventually("what is an eighth of a day old is full", || full(directory.path(), "debug").len() == 1).wait();
    say();
    assert_eq!(full(directory.path(), "error").len(), 0, "an eighth of 90 days is more");
    clock.advance(20 * HOUR);
    eventually("the second is full", || full(directory.path(), "debug").len() == 2).wait();
    clock.advance(5 * HOUR);
    eventually("the first is removed", || full(directory.path(), "debug").len() == 1).wait();
    clock.advance(24 * HOUR);
    eventually("and the second", || full(directory.path(), "debug").is_empty()).wait();
    assert_eq!(parsed(&read(&directory.path().join("shop.error.jsonl"))).len(), 2);
    clock.advance(24 * HOUR * 12);
    eventually("an error's file is full in time", || full(directory.path(), "error").len() == 1).wait();
    clock.advance(24 * HOUR * 89);
    say();
    assert_eq!(full(directory.path(), "error").len(), 1, "errors are kept for 90 days");
    clock.advance(24 * HOUR * 2);
    eventually("and no longer", || !full(directory.path(), "error").iter().any(|name| name.contains(".20261208")))
        .wait();
}

#[test]
fn what_others_left_is_removed_in_time_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a directory");
    let clock = PausedClock::new();
    let old = "{\"timestamp\":\"2020-01-01T00:00:00.000Z\"}\n";
    let gone = ["shop.info.20200101T000000.000Z.jsonl.gz", "shop-3.info.20200101T000000.000Z-1.jsonl"];
    let stay = ["shop.info.txt", "other.info.20200101T000000.000Z.jsonl", "shop.info.20261126T000000.000Z.jsonl"];
    for name in gone.iter().chain(&stay) {
        fs::write(directory.path().join(name), old).expect("it is written");
    }
    let logs = files(to(directory.path()), &clock);
    with(&logs, || tracing::info!("x"));
    eventually("what is old is removed", || {
        let names = names(directory.path());
        gone.iter().all(|gone| !names.iter().any(|name| name == gone))
    })
    .wait();
    let names = names(directory.path());
    assert!(stay.iter().all(|stay| names.iter().any(|name| name == stay)), "{names:?}");
}

#[test]
fn two_logs_of_one_name_write_to_files_of_their_own() {
    let directory = tempfile::tempdir().expect("a directory");
    let clock = PausedClock::new();
    let (first, second) = (files(to(directory.path()), &clock), files(to(directory.path()), &clock));
    with(&first, || tracing::info!("first"));
    with(&second, || tracing::info!("second"));
    with(&first, || tracing::info!("first"));
    assert_eq!(names(directory.path()), ["shop-2.info.jsonl", "shop.info.jsonl"]);
    assert_eq!(parsed(&read(&directory.path().join("shop.info.jsonl"))).len(), 2);
    drop(second);
    let third = eventually("the second's name is free", || {
        let third = files(to(directory.path()), &clock);
        with(&third, || tracing::info!("third"));
        parsed(&read(&directory.path().join("shop-2.info.jsonl"))).iter().any(|line| line["message"] == "third")
    });
    third.wait();
}

#[test]
fn half_a_line_of_a_process_that_was_killed_is_taken_away() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("shop.info.jsonl");
    let whole = "{\"timestamp\":\"2026-11-26T13:00:00.000Z\",\"message\":\"whole\"}\n";
    fs::write(&path, format!("{whole}{{\"timestamp\":\"2026-11-26T13:00:0")).expect("it is written");
    let logs = files(to(directory.path()), &PausedClock::new());
    with(&logs, || tracing::info!("next"));
    let messages: Vec<_> = parsed(&read(&path)).iter().map(|line| line["message"].clone()).collect();
    assert_eq!(messages, ["whole", "next"]);
}

#[test]
fn a_directory_that_cannot_be_written_has_its_lines_on_standard_error_until_it_can() {
    let directory = tempfile::tempdir().expect("a directory");
    let place = directory.path().join("logs");
    fs::write(&place, "in the way").expect("it is written");
    let (clock, written) = (PausedClock::new(), Written::default());
    let of_log = clock.clone();
    let builder = Logs::builder("shop").settings(to(&place)).files_only().to(written.clone());
    let logs = builder.clock(move || of_log.now()).start().expect("it starts all the same");
    for _ in 0..3 {
        with(&logs, || tracing::info!("x"));
    }
    let lines = parsed(&written.text());
    let messages: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap_or_default()).collect();
    assert_eq!(messages[0], "log files cannot be written, their lines go to standard error");
    assert_eq!(messages[1..], ["x", "x", "x"], "it is said once");
    assert_eq!(lines[0]["error"]["code"], "LOG_FILE_ERROR");
    assert!(lines[0]["error"]["message"].as_str().is_some_and(|message| message.contains("shop.info.jsonl")));
    fs::remove_file(&place).expect("it is removed");
    clock.advance(Duration::from_secs(6));
    with(&logs, || tracing::info!("y"));
    assert_eq!(parsed(&read(&place.join("shop.info.jsonl")))[0]["message"], "y");
    assert!(written.text().lines().last().is_some_and(|line| line.contains("log files are written again")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_has_its_lines_on_standard_error() {
    let directory = tempfile::tempdir().expect("a directory");
    // What is written there fails as on a full disk.
    std::os::unix::fs::symlink("/dev/full", directory.path().join("shop.info.jsonl")).expect("it is made");
    let written = Written::default();
    let builder = Logs::builder("shop").settings(to(directory.path())).files_only().to(written.clone());
    let logs = builder.start().expect("it starts all the same");
    with(&logs, || {
        tracing::info!("kept");
        tracing::info!("too");
    });
    let lines = parsed(&written.text());
    assert!(
        lines[0]["error"]["message"].as_str().is_some_and(|message| message.contains("No space left")),
        "{lines:?}"
    );
    assert_eq!((&lines[1]["message"], &lines[2]["message"]), (&"kept".into(), &"too".into()));
}

#[test]
fn a_file_that_is_moved_away_is_followed_by_another() {
    let directory = tempfile::tempdir().expect("a directory");
    let logs = files(to(directory.path()), &PausedClock::new());
    with(&logs, || tracing::info!("first"));
    let path = directory.path().join("shop.info.jsonl");
    fs::rename(&path, directory.path().join("moved")).expect("it is moved");
    eventually("there is another", || {
        with(&logs, || tracing::info!("later"));
        path.exists()
    })
    .wait();
}

#[test]
fn a_directory_that_is_removed_is_made_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let place = directory.path().join("logs");
    let (clock, written) = (PausedClock::new(), Written::default());
    let of_log = clock.clone();
    let builder = Logs::builder("shop").settings(to(&place)).files_only().to(written.clone());
    let logs = builder.clock(move || of_log.now()).start().expect("the settings are good");
    with(&logs, || tracing::info!("first"));
    fs::remove_dir_all(&place).expect("it is removed");
    eventually("it is there again", || {
        clock.advance(Duration::from_secs(6));
        with(&logs, || tracing::info!("later"));
        place.join("shop.info.jsonl").exists()
    })
    .wait();
}

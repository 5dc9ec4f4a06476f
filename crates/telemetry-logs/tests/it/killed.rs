//! A process that is killed while it writes.
#![cfg(unix)]

use std::fs;
use std::process::{Command, Stdio};

use telemetry_logs::Logs;
use telemetry_testkit::eventually;

use crate::fixture::{PausedClock, files, parsed, to, with};

const DIRECTORY: &str = "LOGS_TEST_DIRECTORY";

/// Does nothing unless a test started it with a directory.
#[test]
fn writes_without_end() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let builder = Logs::builder("shop").settings(to(directory.as_ref())).files_only();
    let logs = builder.start().expect("the settings are good");
    with(&logs, || {
        for number in 0_u64.. {
            tracing::info!(number, text = "word ".repeat(number as usize % 200), "a line of some length");
        }
    });
}

#[test]
fn what_is_there_after_a_kill_is_valid_lines_and_the_next_process_goes_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("shop.info.jsonl");
    for _ in 0..3 {
        let before = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        let mut child = Command::new(std::env::current_exe().expect("the test runs"))
            .args(["killed::writes_without_end", "--exact"])
            .env(DIRECTORY, directory.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("the test's own binary starts");
        let grown = || fs::metadata(&path).is_ok_and(|metadata| metadata.len() > before + 500_000);
        let written = eventually("it writes", grown);
        written.wait();
        child.kill().expect("it is killed");
        child.wait().expect("it has ended");
        let text = fs::read(&path).expect("it is there");
        // The last line may have been under way.
        let end = text.iter().rposition(|byte| *byte == b'\n').expect("there are lines") + 1;
        let lines = parsed(std::str::from_utf8(&text[..end]).expect("lines are text"));
        let mut next = None;
        for line in &lines {
            let number = line["data"]["number"].as_u64().expect("each line has its number");
            assert!(number == 0 || next.is_none_or(|next| number >= next), "in their order");
            next = Some(number + 1);
        }
    }
    let logs = files(to(directory.path()), &PausedClock::new());
    with(&logs, || tracing::info!("after"));
    let lines = parsed(&fs::read_to_string(&path).expect("it is there"));
    assert!(lines.last().is_some_and(|line| line["message"] == "after"));
}

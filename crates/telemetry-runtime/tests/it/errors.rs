//! What a tool is given and what it writes shows in no error, span or log event.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use telemetry_runtime::{Input, Limits};

use crate::fixture::Fixture;
use crate::processes::sh;

const SECRET: &str = "hunter2";

#[tokio::test]
async fn content_shows_nowhere() {
    let long = Duration::from_secs(60);
    let cases: [(&str, &str, Limits); 6] = [
        ("exit", "cat; echo $1 >&2; exit 1", Limits::default()),
        ("signal", "cat; echo $1 >&2; kill -KILL $$", Limits::default()),
        ("timeout", "cat; echo $1 >&2; exec sleep 1000", Limits::default()),
        ("limit", "cat; echo $1 >&2", Limits { stdout: 1, ..Limits::default() }),
        ("parse", "cat; echo $1 >&2", Limits::default()),
        ("shape", "echo \"{\\\"$1\\\": 1}\"; echo $1 >&2", Limits::default()),
    ];
    let fixture = Fixture::new();
    for (tool, script, limits) in cases {
        let run = fixture.tools.run(tool).limits(limits).start();
        let command = sh(script, &[Path::new(SECRET)]);
        // Long enough for the script to get where it hangs.
        let timeout = if tool == "timeout" { Duration::from_secs(2) } else { long };
        let error = run.execute_json::<Vec<u8>>(command, SECRET, timeout).await.expect_err("each of them fails");
        let mut shown = format!("{error} {error:?}");
        let mut source = error.source();
        while let Some(cause) = source {
            shown += &format!(" {cause} {cause:?}");
            source = cause.source();
        }
        assert!(!shown.contains(SECRET), "{tool}: {shown}");
        if tool != "limit" {
            assert_eq!(error.stderr_tail(), b"hunter2\n", "{tool}: the caller who asks gets it");
        }
    }
    let output = fixture.tools.start("fine").execute(sh("cat", &[]), SECRET, Duration::from_secs(60)).await;
    assert!(!format!("{output:?} {:?}", Input::from(SECRET)).contains(SECRET));
    fixture.assert_nowhere(SECRET);
}

#[tokio::test]
async fn errors_say_what_happened() {
    let fixture = Fixture::new();
    let long = Duration::from_secs(60);
    let cases = [
        ("exit 3", long, Limits::default(), "the tool ended with exit code 3"),
        ("kill -SEGV $$", long, Limits::default(), "the tool ended with signal SIGSEGV (11)"),
        ("exec sleep 1000", Duration::from_millis(20), Limits::default(), "the tool ran longer than 20 ms"),
        ("echo 123", long, Limits { stdout: 2, ..Limits::default() }, "the tool wrote more than 2 bytes to stdout"),
        (
            "echo 1; echo 2x",
            long,
            Limits::default(),
            "the tool's stdout is not the JSON expected: no JSON at line 2, column 1",
        ),
    ];
    for (script, timeout, limits, expected) in cases {
        let run = fixture.tools.run("tool").limits(limits).start();
        let error = run.execute_json::<u8>(sh(script, &[]), (), timeout).await.expect_err("it fails");
        assert_eq!(error.to_string(), expected);
    }
}

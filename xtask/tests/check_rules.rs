//! `check-rules` as somebody calls it who has rules of their own.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether a call ends well, and what it says on both outputs.
fn check_rules(folder: &Path, args: &[&str]) -> (bool, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.arg("check-rules").args(args).current_dir(folder).stdin(Stdio::null()).output();
    let output = output.expect("it was built");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), said(&output.stdout), said(&output.stderr))
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    folder
}

const FOREIGN: &str = "\
groups:
- name: machines
  rules:
  - record: instance:load:relative
    expr: own_load1 / own_cpus
  - alert: Busy
    expr: max by (zone, job) (own_load1) > 8
";

#[test]
fn foreign_metrics_are_denied_warned_of_or_ignored() {
    let folder = folder(&[("own.yaml", FOREIGN)]);
    for (args, passes, told) in [
        (&["own.yaml"][..], false, "own.yaml:5:11: error: unknown metric `own_load1`"),
        (&["--foreign", "deny", "own.yaml"], false, "   = kind: foreign-metric"),
        (&["--foreign", "warn", "own.yaml"], true, "own.yaml:7:31: warning: unknown metric `own_load1`"),
        (&["--severity", "foreign-metric=note", "own.yaml"], true, "own.yaml:5:23: note: unknown metric `own_cpus`"),
    ] {
        let (passed, out, err) = check_rules(folder.path(), args);
        assert_eq!(passed, passes, "{args:?}: {out}{err}");
        assert!(out.contains(told), "{args:?}: {out}{err}");
    }
    let (passed, out, _) = check_rules(folder.path(), &["--foreign", "ignore", "own.yaml"]);
    assert!(passed && out.is_empty(), "{out}");
}

#[test]
fn a_catalogue_and_labels_make_others_metrics_known() {
    let catalog = "# TYPE own_load1 gauge\n# TYPE own_cpus gauge\n";
    let up = "groups: [{name: a, rules: [{alert: A, expr: 'up{zone=\"a\"} == 0'}]}]";
    let wrong = "groups: [{name: a, rules: [{alert: A, expr: 'rate(own_load1[5m]) > 1'}]}]";
    let folder = folder(&[("own.yaml", FOREIGN), ("metrics.txt", catalog), ("up.yaml", up), ("wrong.yaml", wrong)]);
    let (passed, out, err) = check_rules(folder.path(), &["--catalog", "metrics.txt", "own.yaml"]);
    assert!(passed, "{out}{err}");
    let (passed, out, _) = check_rules(folder.path(), &["--catalog", "metrics.txt", "wrong.yaml"]);
    assert!(!passed && out.contains("wrong.yaml:1:46: error: `rate` of `own_load1`, which is a gauge"), "{out}");
    let (passed, out, _) = check_rules(folder.path(), &["up.yaml"]);
    assert!(!passed && out.contains("`up` has no label `zone`"), "{out}");
    let (passed, out, err) = check_rules(folder.path(), &["--label", "zone", "up.yaml"]);
    assert!(passed, "{out}{err}");
    for (args, told) in [
        (&["--catalog", "own.yaml", "up.yaml"][..], "own.yaml: this tells of no metrics"),
        (&["--catalog", "missing.txt", "up.yaml"], "missing.txt"),
        (&["--label", "a-b", "up.yaml"], "a label has letters, digits and underscores"),
    ] {
        let (passed, out, err) = check_rules(folder.path(), args);
        assert!(!passed && err.contains(told), "{args:?}: {out}{err}");
    }
}

/// A server that answers two requests as Prometheus does, and where it is.
fn prometheus(answers: [&'static str; 2]) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let url = format!("http://{}/prometheus", listener.local_addr().expect("it is bound"));
    let served = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().expect("somebody connects");
            let mut lines = BufReader::new(stream.try_clone().expect("it can be read from")).lines();
            asked.push(lines.next().expect("a request has a line").expect("it is a text"));
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            stream.write_all(answer.as_bytes()).expect("it can be answered");
        }
        asked
    });
    (url, served)
}

#[test]
fn a_running_prometheus_says_what_it_has() {
    let folder = folder(&[("own.yaml", FOREIGN)]);
    let (url, served) = prometheus([
        "HTTP/1.0 200 OK\r\n\r\n{\"status\":\"success\",\"data\":{\"own_load1\":[{\"type\":\"gauge\"}]}}",
        "HTTP/1.0 200 OK\r\n\r\n{\"status\":\"success\",\"data\":[\"own_cpus\",\"own_load1\"]}",
    ]);
    let (passed, out, err) = check_rules(folder.path(), &["--prometheus", &url, "own.yaml"]);
    assert!(passed, "{out}{err}");
    let asked = served.join().expect("it serves to its end");
    assert_eq!(
        asked,
        ["GET /prometheus/api/v1/metadata HTTP/1.0", "GET /prometheus/api/v1/label/__name__/values HTTP/1.0"]
    );
    let (url, served) = prometheus(["HTTP/1.0 403 Forbidden\r\n\r\n", ""]);
    let (passed, _, err) = check_rules(folder.path(), &["--prometheus", &url, "own.yaml"]);
    assert!(!passed && err.contains("/api/v1/metadata: the status is \"403\""), "{err}");
    drop(served);
    for (url, told) in [
        ("https://127.0.0.1:9090", "accepted is http://HOST:PORT. Behind TLS or a password save the answer"),
        ("http://user:secret@127.0.0.1:9090", "without a user or a query"),
        ("http://127.0.0.1:9090/?a=b", "without a user or a query"),
        ("http://", "without a user or a query"),
    ] {
        let (passed, _, err) = check_rules(folder.path(), &["--prometheus", url, "own.yaml"]);
        assert!(!passed && err.contains(told), "{err}");
    }
}

#[test]
fn what_one_file_records_is_known_to_all() {
    let board = r#"{"title": "B", "panels": [{"targets": [{"expr": "instance:load:relative"}]}]}"#;
    let later = "groups: [{name: a, rules: [{record: instance:load:relative, expr: 'max by (instance) (up)'}]}]";
    let reads = "groups: [{name: a, rules: [{alert: A, expr: 'instance:load:relative > 2'}]}]";
    let folder = folder(&[("board.json", board), ("z.yaml", later), ("a.yaml", reads)]);
    let (passed, out, err) = check_rules(folder.path(), &["board.json", "a.yaml", "z.yaml"]);
    assert!(passed, "{out}{err}");
}

#[test]
fn what_cannot_be_read_hides_nothing_of_the_others() {
    let folder =
        folder(&[("own.yaml", "groups: [{name: a, rules: [{alert: A, expr: up}]}]"), ("broken.yaml", "groups: [")]);
    fs::write(folder.path().join("no-text.yaml"), [0xff, 0xfe, 0x00]).expect("a file can be written");
    let files = ["gone.yaml", "no-text.yaml", "broken.yaml", "own.yaml"];
    let (passed, out, err) = check_rules(folder.path(), &files);
    assert!(!passed && err.contains("4 problems found"), "{out}{err}");
    assert!(files.iter().all(|file| out.contains(file)), "{out}");
}

#[test]
fn severities_and_forms_of_output() {
    let text = "groups: [{name: a, rules: [{alert: A, expr: up}]}]";
    let folder = folder(&[("own.yaml", text)]);
    let (passed, out, _) = check_rules(folder.path(), &["--output", "json", "own.yaml"]);
    assert!(!passed && out.contains("\"kind\":\"no-comparison\"") && out.contains("\"errors\":1"), "{out}");
    let warn = ["--severity", "no-comparison=warn", "--output", "sarif", "own.yaml"];
    let (passed, out, _) = check_rules(folder.path(), &warn);
    assert!(passed && out.contains("\"level\":\"warning\"") && out.contains("\"version\":\"2.1.0\""), "{out}");
    let (passed, out, _) = check_rules(folder.path(), &["--severity", "no-comparison=ignore", "own.yaml"]);
    assert!(passed && out.is_empty(), "{out}");
    for (args, told) in [
        (&["--severity", "none=warn", "own.yaml"][..], "there is no kind of problem \"none\"; there are syntax, "),
        (&["--severity", "syntax", "own.yaml"], "write KIND=RULING"),
        (&["--severity", "syntax=loud", "own.yaml"], "none of ignore, note, warn and deny"),
        (&["--foreign", "maybe", "own.yaml"], "none of ignore, note, warn and deny"),
        (&["--output", "xml", "own.yaml"], "accepted are text, json and sarif"),
        (&[], "name the files to check"),
    ] {
        let (passed, _, err) = check_rules(folder.path(), args);
        assert!(!passed && err.contains(told), "{args:?}: {err}");
    }
}

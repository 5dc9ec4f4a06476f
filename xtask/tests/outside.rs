//! The commands on what others wrote: files that are none, texts that do something to a terminal, links that lead out.
#![cfg(unix)]

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Runs a command to its end, of which it has a minute.
fn xtask<'a>(args: impl IntoIterator<Item = &'a Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it was built");
    let (tell, told) = mpsc::channel();
    let (mut out, mut err) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
    std::thread::spawn(move || {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let _ = out.read_to_end(&mut stdout);
        let _ = err.read_to_end(&mut stderr);
        tell.send((stdout, stderr))
    });
    let answer = told.recv_timeout(Duration::from_secs(60));
    if answer.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().expect("it is ours");
    let (stdout, stderr) = answer.expect("it waits for something");
    Output { status, stdout, stderr }
}

/// What a command that fails says, on both outputs.
#[track_caller]
fn refused<'a>(args: impl IntoIterator<Item = &'a Path>) -> String {
    let output = xtask(args);
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(!output.status.success(), "{said}");
    said
}

#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let fifo = folder.path().join("rules.yaml");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo can be started").success());
    let link = folder.path().join("board.json");
    symlink("/dev/zero", &link).expect("a link can be made");
    let huge = folder.path().join("huge.yaml");
    let file = fs::File::create(&huge).expect("a file can be made");
    file.set_len((16 << 20) + 1).expect("it can have holes");
    let begun = Instant::now();
    for (path, reason) in [
        (&*fifo, "it is a FIFO, and only a regular file is read"),
        (&*link, "it is a device"),
        (Path::new("/dev/zero"), "it is a device"),
        (folder.path(), "it is a directory"),
        (&*huge, "it is larger than 16777216 bytes"),
    ] {
        let said = refused([Path::new("check-rules"), path]);
        assert!(said.contains(reason) && said.contains(&*path.to_string_lossy()), "{said}");
    }
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
    let sound = folder.path().join("sound.yaml");
    fs::write(&sound, "groups: []").expect("a file can be written");
    let link = folder.path().join("link.yaml");
    symlink(&sound, &link).expect("a link can be made");
    assert!(xtask([Path::new("check-rules"), &link]).status.success(), "a link to a file is read");
}

#[test]
fn nothing_of_others_reaches_a_terminal_raw() {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let hostile = [
        ("\u{1b}[2J", "\\u{1b}[2J", "\\e[2J"),
        ("\u{202e}", "\\u{202e}", "\\u202e"),
        ("\u{2028}", "\\u{2028}", "\\u2028"),
        ("\u{200b}", "\\u{200b}", "\\u200b"),
        ("\u{9b}", "\\u{9b}", "\\x9b"),
    ];
    for (raw, shown, yaml) in hostile {
        let assert_shown = |what: &str, said: &str| {
            assert!(said.contains(shown), "{what}: {said:?}");
            assert!(!said.contains(raw), "{what}: {said:?}");
        };
        let rules = folder.path().join(format!("{raw}.yaml"));
        for (what, text) in [
            ("a group", format!("groups: [{{name: \"{yaml}\", rules: [{{record: r, expr: nothing_such}}]}}]")),
            ("an expression", format!("groups: [{{name: g, rules: [{{record: r, expr: \"up{yaml} > 1\"}}]}}]")),
            ("no rules", "groups: 3".to_owned()),
        ] {
            fs::write(&rules, text).expect("a file can be written");
            let said = refused([Path::new("check-rules"), &rules]);
            assert_shown(what, &said);
        }
        let missing = folder.path().join(format!("missing{raw}"));
        assert_shown("no file", &refused([Path::new("check-rules"), &missing]));
        assert_shown("a flag", &refused([Path::new("check-rules"), Path::new(&format!("--{raw}"))]));
        assert_shown("a command", &refused([Path::new(raw)]));
        let dashboards = Path::new("gen-dashboards");
        assert_shown("a domain", &refused([dashboards, Path::new("--domains"), Path::new(&format!("a{raw}b"))]));
        assert_shown("a folder", &refused([dashboards, Path::new("--check"), Path::new("--out"), &missing]));

        let out = folder.path().join("out");
        assert!(xtask([dashboards, Path::new("--out"), &out]).status.success(), "it can be written");
        let board = out.join("docs/settings.md");
        fs::write(&board, format!("is {raw} now\n")).expect("a file can be written");
        assert_shown("a difference", &refused([dashboards, Path::new("--check"), Path::new("--out"), &out]));
        fs::write(out.join("deploy/GENERATED"), format!("../{raw}\n")).expect("a file can be written");
        assert_shown("the list", &refused([dashboards, Path::new("--out"), &out]));
        fs::remove_dir_all(&out).expect("it is there");
    }
}

#[test]
fn dashboards_are_not_written_through_links() {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let (out, outside) = (folder.path().join("out"), folder.path().join("outside"));
    fs::create_dir_all(&out).expect("a folder can be made");
    fs::create_dir_all(&outside).expect("a folder can be made");
    symlink(&outside, out.join("deploy")).expect("a link can be made");
    let link = folder.path().join("link");
    symlink(&outside, &link).expect("a link can be made");
    for (out, named) in [(&out, "out/deploy"), (&link, "link")] {
        let said = refused([Path::new("gen-dashboards"), Path::new("--out"), out]);
        assert!(said.contains(&format!("{named}: it is a symbolic link")), "{said}");
    }
    assert_eq!(fs::read_dir(&outside).expect("it is there").count(), 0, "nothing was written there");
}

//! Files whose paths others choose: what is read, and what is told of anything else.

use std::fs;

use telemetry_core::{read_regular, read_regular_to_string};

const LIMIT: u64 = 64;

#[test]
fn a_file_up_to_the_limit_is_read_and_not_one_byte_more() {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    for (size, whole) in [(0, true), (1, true), (64, true), (65, false), (1 << 20, false)] {
        let path = folder.path().join("file");
        let text = "é".repeat(size / 2) + &"x".repeat(size % 2);
        fs::write(&path, &text).expect("a file can be written");
        match read_regular(&path, LIMIT) {
            Ok(bytes) => assert!(whole && bytes == text.as_bytes(), "{size}"),
            Err(error) => {
                assert!(!whole, "{size}: {error}");
                assert_eq!(error.to_string(), "it is larger than 64 bytes, the most that is read of it");
            }
        }
        assert_eq!(read_regular_to_string(&path, LIMIT).is_ok_and(|read| read == text), whole, "{size}");
    }
}

#[test]
fn what_is_not_there_or_no_text_is_told() {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let missing = read_regular(&folder.path().join("missing"), LIMIT).expect_err("nothing is there");
    assert!(missing.is_not_found(), "{missing}");
    let path = folder.path().join("file");
    fs::write(&path, b"abc\xff").expect("a file can be written");
    assert_eq!(read_regular(&path, LIMIT).expect("bytes are read"), b"abc\xff");
    let error = read_regular_to_string(&path, LIMIT).expect_err("it is no text");
    assert!(!error.is_not_found());
    assert_eq!(error.to_string(), "it is no UTF-8 from byte 3 on");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_at_once_also_behind_a_link() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;
    use std::sync::mpsc;
    use std::time::Duration;

    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let fifo = folder.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo can be started").success());
    let socket = folder.path().join("socket");
    let _listener = UnixListener::bind(&socket).expect("a socket can be bound");
    let (tell, told) = mpsc::channel();
    let cases = [
        (fifo, "a FIFO"),
        (socket, "a socket"),
        ("/dev/zero".into(), "a device"),
        ("/dev/null".into(), "a device"),
        (folder.path().to_owned(), "a directory"),
    ];
    for (number, (path, kind)) in cases.into_iter().enumerate() {
        let link = folder.path().join(format!("link-{number}"));
        symlink(&path, &link).expect("a link can be made");
        for path in [path, link] {
            let tell = tell.clone();
            let read = path.clone();
            // A reader that waits for the pipe's writer must not have the test wait, too.
            std::thread::spawn(move || tell.send(read_regular(&read, LIMIT).map(|bytes| bytes.len())));
            let result = told.recv_timeout(Duration::from_secs(20)).expect("it is answered at once");
            let error = result.expect_err("it is no regular file");
            let expected = format!("it is {kind}, and only a regular file is read");
            assert_eq!(error.to_string(), expected, "{}", path.display());
        }
    }
    let file = folder.path().join("file");
    fs::write(&file, "read").expect("a file can be written");
    let link = folder.path().join("link");
    symlink(&file, &link).expect("a link can be made");
    assert_eq!(read_regular_to_string(&link, LIMIT).expect("a link to a file is read"), "read");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_tells_no_size_is_read_up_to_the_limit() {
    use std::path::Path;

    let maps = Path::new("/proc/self/maps");
    assert!(read_regular(maps, 16).is_err_and(|error| error.to_string().contains("larger than 16 bytes")));
    assert!(read_regular(maps, 1 << 24).is_ok_and(|bytes| bytes.len() > 16));
}

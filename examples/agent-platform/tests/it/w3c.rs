//! The service of the W3C's validation suite, driven as the suite drives it: over sockets, by a harness that is called
//! back and looks at the headers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long anything may take; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(20);

struct Service {
    process: Child,
    address: String,
}

impl Service {
    fn start() -> Self {
        let mut service = Command::new(env!("CARGO_BIN_EXE_agent-platform"));
        service.args(["w3c", "--listen", "127.0.0.1:0"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = service.spawn().expect("cargo has built it");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().strip_prefix("listening on http://").and_then(|url| url.strip_suffix("/test"));
        Self { address: address.unwrap_or_else(|| panic!("{line:?}")).to_owned(), process }
    }

    fn post(&self, lines: &[&str], body: &str) -> String {
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit is accepted");
        let length = body.len();
        let head = format!(
            "POST /test HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: \
             {length}\r\n{lines}\r\n",
            self.address
        );
        stream.write_all((head + body).as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whom the service calls.
struct Harness(TcpListener);

impl Harness {
    /// Sends the headers, asks for that many callbacks, and returns the requests that came back.
    fn run(&self, service: &Service, lines: &[&str], callbacks: usize) -> Vec<String> {
        let address = self.0.local_addr().expect("it is bound");
        let steps: Vec<String> = (0..callbacks)
            .map(|number| format!(r#"{{"url": "http://{address}/{number}", "arguments": [{{"further": {number}}}]}}"#))
            .collect();
        let body = format!("[{}]", steps.join(","));
        std::thread::scope(|scope| {
            let called = scope.spawn(|| (0..callbacks).map(|_| self.accept()).collect::<Vec<_>>());
            let answer = service.post(lines, &body);
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            called.join().expect("every callback comes")
        })
    }

    fn accept(&self) -> String {
        let (mut stream, _) = self.0.accept().expect("the service calls back");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit is accepted");
        let mut request = String::new();
        let mut reader = BufReader::new(stream.try_clone().expect("a socket can be cloned"));
        let mut length = 0;
        while !request.ends_with("\r\n\r\n") {
            let before = request.len();
            reader.read_line(&mut request).expect("the service sends a head");
            if let Some((name, value)) = request[before..].split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("the service sends the body");
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nnull").expect("it reads");
        request + std::str::from_utf8(&body).expect("the body is text")
    }
}

/// The one line of a header.
fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let head = request.split("\r\n\r\n").next().unwrap_or_default();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let found: Vec<&str> = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect();
    assert!(found.len() < 2, "several lines of {name} in\n{request}");
    found.first().copied()
}

#[test]
fn each_call_belongs_to_the_trace_and_has_its_own_id() {
    let service = Service::start();
    let harness = Harness(TcpListener::bind("127.0.0.1:0").expect("a port is free"));
    let parent = "traceparent: 00-12345678901234567890123456789012-1234567890123456-01";
    let called = harness.run(&service, &[parent, "tracestate: foo=1", "tracestate: bar@baz@=2"], 3);
    let mut ids = std::collections::BTreeSet::new();
    for (number, request) in called.iter().enumerate() {
        assert!(request.starts_with(&format!("POST /{number} ")), "{request}");
        assert!(request.ends_with(&format!(r#"[{{"further":{number}}}]"#)), "{request}");
        let sent = header(request, "traceparent").expect("the context goes along");
        assert!(sent.starts_with("00-12345678901234567890123456789012-") && sent.ends_with("-01"), "{sent}");
        assert_eq!(header(request, "tracestate"), Some("foo=1,bar@baz@=2"));
        ids.insert(sent.to_owned());
    }
    assert_eq!(ids.len(), 3);

    for lines in [&[][..], &[parent, parent], &["traceparent: 00-12345678901234567890123456789012-0000000000000000-01"]]
    {
        let called = harness.run(&service, lines, 2);
        let sent: Vec<&str> = called.iter().filter_map(|request| header(request, "traceparent")).collect();
        assert_eq!(sent.len(), 2);
        assert!(!sent[0].contains("12345678901234567890123456789012"), "{sent:?}");
        assert_eq!(sent[0][..35], sent[1][..35], "one request is one trace");
        assert_ne!(sent[0], sent[1]);
    }
}

#[test]
fn it_is_not_for_others() {
    let output = Command::new(env!("CARGO_BIN_EXE_agent-platform")).args(["w3c", "--listen", "0.0.0.0:0"]).output();
    let output = output.expect("cargo has built it");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("loopback"), "{said}");
}

//! A caller of an HTTP server that means no good, byte by byte over a socket.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a caller that says nothing keeps its connection.
const SILENCE: Duration = Duration::from_millis(100);

/// How long any answer may take; only a server that hangs takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// As long as a path may be for most servers.
const LONG: usize = 60_000;

/// What a hostile caller does to an HTTP server.
///
/// ```no_run
/// use telemetry_testkit::HttpFault;
///
/// # async fn example(server: std::net::SocketAddr) -> std::io::Result<()> {
/// for fault in HttpFault::ALL {
///     let status = fault.send(server).await?;
///     println!("{fault:?} was answered {status:?}");
///     // … the server still works, and its telemetry is as small as ever
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpFault {
    /// A path of 60 KB.
    LongPath,
    /// A query of 60 KB.
    LongQuery,
    /// A user agent of 300 KB, which is about as much as servers take.
    LongUserAgent,
    /// A user agent of 1 MB, which is more.
    HugeUserAgent,
    /// A user agent that is no text.
    BinaryUserAgent,
    /// A host of 60 KB.
    LongHost,
    /// An address with a name and a password in it.
    Credentials,
    /// A method of 60 KB.
    LongMethod,
    /// A method that nobody has heard of.
    OddMethod,
    /// Ninety headers of 2 KB.
    ManyHeaders,
    /// Ten thousand headers.
    TooManyHeaders,
    /// Forwarding headers of 60 KB.
    LongForwarded,
    /// Ids of request and trace, a trace's state and baggage of 50 KB each.
    LongIds,
    /// Two ids of request and trace each.
    DoubledIds,
    /// The head byte by byte.
    BytewiseHead,
    /// A body in chunks of one byte.
    BytewiseBody,
    /// Less of a body than was announced, and then the end.
    ShortBody,
    /// A length beyond all numbers.
    AbsurdLength,
    /// Two lengths that contradict each other.
    TwoLengths,
    /// A chunk whose length is no number.
    OddChunk,
    /// Half a head, and then silence.
    EndlessHead,
    /// A part of a body, and then silence.
    EndlessBody,
    /// Fifty requests at once.
    Pipelined,
    /// A reset instead of reading the answer.
    Reset,
    /// What is no HTTP.
    NoHttp,
}

impl HttpFault {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::LongPath,
        Self::LongQuery,
        Self::LongUserAgent,
        Self::HugeUserAgent,
        Self::BinaryUserAgent,
        Self::LongHost,
        Self::Credentials,
        Self::LongMethod,
        Self::OddMethod,
        Self::ManyHeaders,
        Self::TooManyHeaders,
        Self::LongForwarded,
        Self::LongIds,
        Self::DoubledIds,
        Self::BytewiseHead,
        Self::BytewiseBody,
        Self::ShortBody,
        Self::AbsurdLength,
        Self::TwoLengths,
        Self::OddChunk,
        Self::EndlessHead,
        Self::EndlessBody,
        Self::Pipelined,
        Self::Reset,
        Self::NoHttp,
    ];

    /// What stands in the address of [`Credentials`](Self::Credentials), and must be found nowhere.
    pub const PASSWORD: &'static str = "hunter2-of-a-caller";

    /// Does it to the server, and returns the status of the first answer; nothing where the server answered none.
    ///
    /// # Errors
    ///
    /// The server cannot be connected to, or neither answers nor closes within 20 seconds.
    pub async fn send(self, server: SocketAddr) -> io::Result<Option<u16>> {
        let mut stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let request = self.request();
        if self == Self::Reset {
            stream.set_zero_linger()?;
            stream.write_all(&request).await?;
            stream.readable().await?;
            return Ok(None);
        }
        let (mut reader, mut writer) = stream.split();
        let piece = if self == Self::BytewiseHead { 1 } else { request.len() };
        let write = async {
            for piece in request.chunks(piece) {
                // A server that has had enough closes.
                if writer.write_all(piece).await.is_err() {
                    return;
                }
            }
            if self == Self::ShortBody {
                let _ = writer.shutdown().await;
            }
        };
        let read = async {
            let mut answer = Vec::new();
            // It is reset where the server closes before it has read all, and the answer may have come before that.
            let _ = (&mut reader).take(1 << 20).read_to_end(&mut answer).await;
            answer
        };
        let exchange = async { tokio::join!(write, read).1 };
        if self.is_silent() {
            return Ok(timeout(SILENCE, exchange).await.ok().and_then(|answer| status(&answer)));
        }
        Ok(status(&timeout(PATIENCE, exchange).await?))
    }

    /// Whether it waits for the server to lose its patience.
    fn is_silent(self) -> bool {
        matches!(self, Self::EndlessHead | Self::EndlessBody)
    }

    fn request(self) -> Vec<u8> {
        let get = |target: &str, headers: &str| head("GET", target, headers);
        let post = |headers: &str, body: &str| head("POST", "/", headers) + body;
        let long = |bytes: usize| "x".repeat(bytes);
        let request = match self {
            Self::LongPath => get(&format!("/{}", long(LONG)), ""),
            Self::LongQuery => get(&format!("/?q={}", long(LONG)), ""),
            Self::LongUserAgent => get("/", &line("user-agent", &long(300_000))),
            Self::HugeUserAgent => get("/", &line("user-agent", &long(1 << 20))),
            Self::BinaryUserAgent => {
                let mut request = get("/", &line("user-agent", "?")).into_bytes();
                request.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xff);
                return request;
            }
            Self::LongHost => {
                format!("GET / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", long(LONG))
            }
            Self::Credentials => get(&format!("http://caller:{}@{}/", Self::PASSWORD, "localhost:80"), ""),
            Self::LongMethod => head(&"M".repeat(LONG), "/", ""),
            Self::OddMethod => head("P!RGE", "/", ""),
            Self::ManyHeaders => get("/", &(0..90).map(|n| line(&format!("x-{n}"), &long(2_000))).collect::<String>()),
            Self::TooManyHeaders => get("/", &(0..10_000).map(|n| line(&format!("x-{n}"), "y")).collect::<String>()),
            Self::LongForwarded => get(
                "/",
                &["forwarded", "x-forwarded-for", "x-forwarded-host"].map(|name| line(name, &long(LONG))).concat(),
            ),
            Self::LongIds => get(
                "/",
                &["x-request-id", "traceparent", "tracestate", "baggage"]
                    .map(|name| line(name, &long(50_000)))
                    .concat(),
            ),
            Self::DoubledIds => {
                let parent = line("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
                get("/", &(line("x-request-id", "one") + &line("x-request-id", "two") + &parent + &parent))
            }
            Self::BytewiseHead => get("/", ""),
            Self::BytewiseBody => post("transfer-encoding: chunked\r\n", &("1\r\nx\r\n".repeat(2_000) + "0\r\n\r\n")),
            Self::ShortBody | Self::EndlessBody => post("content-length: 1000\r\n", "so much"),
            Self::AbsurdLength => post("content-length: 99999999999999999999999\r\n", ""),
            Self::TwoLengths => post("content-length: 4\r\ncontent-length: 7\r\n", "so much"),
            Self::OddChunk => post("transfer-encoding: chunked\r\n", "-1\r\nx\r\n0\r\n\r\n"),
            Self::EndlessHead => "GET / HTTP/1.1\r\nhost: te".to_owned(),
            Self::Pipelined => "GET / HTTP/1.1\r\nhost: test\r\n\r\n".repeat(49) + &get("/", ""),
            Self::Reset => get("/", ""),
            Self::NoHttp => "\u{16}\u{3}\u{1} GET / and so on\r\n\r\n".to_owned(),
        };
        request.into_bytes()
    }
}

/// A head with these lines of headers.
fn head(method: &str, target: &str, headers: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n{headers}\r\n")
}

fn line(name: &str, value: &str) -> String {
    format!("{name}: {value}\r\n")
}

/// The status in the first line of an answer.
fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.strip_prefix(b"HTTP/1.1 ").or_else(|| answer.strip_prefix(b"HTTP/1.0 "))?;
    str::from_utf8(line.get(..3)?).ok()?.parse().ok()
}

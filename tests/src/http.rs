//! HTTP calls for tests that are not asynchronous themselves.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use agent_platform::client;
use http::{Method, StatusCode};
use tokio::runtime::Runtime;

use crate::Failure;

/// After how long a server that does not answer is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Calls a server on the loopback interface.
#[derive(Debug)]
pub struct Http {
    runtime: Runtime,
    server: SocketAddr,
}

impl Http {
    /// For the server on that port.
    ///
    /// # Errors
    ///
    /// When the system has no file descriptors left.
    pub fn new(port: u16) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, server: SocketAddr::from((Ipv4Addr::LOCALHOST, port)) })
    }

    /// The answer to a GET.
    ///
    /// # Errors
    ///
    /// When there is none within ten seconds, or when it is not 200: then with what it says.
    pub fn get(&self, path: &str) -> Result<String, Failure> {
        let call = client::call(Method::GET, self.server, path);
        let answer = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, call).await })??;
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        match answer.status() {
            StatusCode::OK => Ok(body),
            status => Err(format!("{path} answered {status}: {body}").into()),
        }
    }
}

/// The text as it stands in a query of a URL.
#[must_use]
pub fn escape(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

//! What a running Prometheus says of its metrics.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use telemetry_core::readable;

use crate::command::Result;

/// A server answers within that time, or is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// No Prometheus has more to say of its metrics, in bytes.
const LONGEST: u64 = 64 << 20;

/// Its metadata, which has the kinds, and its names, which has what rules record.
pub(crate) fn metrics(url: &str) -> Result<[String; 2]> {
    let server = Server::new(url)?;
    Ok([server.get("/api/v1/metadata")?, server.get("/api/v1/label/__name__/values")?])
}

/// Where a Prometheus listens.
pub(crate) struct Server<'a> {
    url: &'a str,
    /// Host and port.
    authority: &'a str,
    /// What its paths start with.
    prefix: &'a str,
}

impl<'a> Server<'a> {
    pub(crate) fn new(url: &'a str) -> Result<Self> {
        let shown = readable(url);
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(format!(
                "--prometheus {shown}: accepted is http://HOST:PORT. Behind TLS or a password save the answer of \
                 /api/v1/metadata with a client of yours, and name that file with --catalog"
            )
            .into());
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '?' | '#');
        if authority.is_empty() || rest.contains(is_odd) {
            return Err(format!("--prometheus {shown}: accepted is http://HOST:PORT, without a user or a query").into());
        }
        Ok(Self { url, authority, prefix: path.trim_end_matches('/') })
    }

    pub(crate) fn get(&self, path: &str) -> Result<String> {
        self.answer(path).map_err(|error| format!("--prometheus {}: {path}: {error}", readable(self.url)).into())
    }

    /// In version 1.0 of HTTP the body ends where the connection does.
    fn answer(&self, path: &str) -> Result<String> {
        let has_port = self.authority.rsplit(']').next().is_some_and(|end| end.contains(':'));
        let address = if has_port { self.authority.to_owned() } else { format!("{}:80", self.authority) };
        let address = address.to_socket_addrs()?.next().ok_or("the host has no address")?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let (prefix, authority) = (self.prefix, self.authority);
        write!(stream, "GET {prefix}{path} HTTP/1.0\r\nHost: {authority}\r\nAccept: application/json\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.take(LONGEST + 1).read_to_end(&mut answer)?;
        if answer.len() as u64 > LONGEST {
            return Err(format!("the answer is larger than {LONGEST} bytes").into());
        }
        let answer = String::from_utf8(answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("this is no answer of HTTP")?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        if status != "200" {
            return Err(format!("the status is {status:?}").into());
        }
        Ok(body.to_owned())
    }
}

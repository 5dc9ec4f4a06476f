//! One request to an endpoint, from the socket to the end of the body, with errors that repeat nothing.

use std::io;
use std::sync::Arc;

use http::header::{HOST, HeaderValue};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::error::HttpCheckError;
use super::tls;

/// What was answered, or why nothing was.
pub(in crate::checks) struct Answer {
    pub(in crate::checks) status: StatusCode,
    pub(in crate::checks) body: Vec<u8>,
}

/// Who is asked, and what for.
#[derive(Clone)]
pub(super) struct Target {
    host: Arc<str>,
    port: u16,
    /// As the header `host` has it.
    authority: HeaderValue,
    path: Uri,
    tls: Option<Secure>,
}

#[derive(Clone)]
struct Secure {
    /// `None` on a system without certificates, until the check is told whom to trust.
    config: Option<Arc<ClientConfig>>,
    name: ServerName<'static>,
}

impl Target {
    pub(super) fn new(uri: &Uri) -> Result<Self, HttpCheckError> {
        let refuse = |reason| HttpCheckError::Address { reason };
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return Err(refuse("its scheme is not http or https")),
        };
        let authority = uri.authority().ok_or_else(|| refuse("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse("it holds credentials, which a header takes"));
        }
        let host = host_of(authority).ok_or_else(|| refuse("it names no host"))?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let name = || ServerName::try_from(host.to_owned()).map_err(|_| refuse("its host is no name"));
        let tls = match secure {
            true => Some(Secure { config: tls::trusting_the_system()?, name: name()? }),
            false => None,
        };
        Ok(Self {
            host: Arc::from(host),
            port: authority.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            authority: HeaderValue::from_str(authority.as_str()).map_err(|_| refuse("its host is no name"))?,
            path: path.parse().map_err(|_| refuse("its path does not parse"))?,
            tls,
        })
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Replaces what is trusted, if anything has to be.
    pub(super) fn trust(&mut self, config: Arc<ClientConfig>) {
        if let Some(tls) = &mut self.tls {
            tls.config = Some(config);
        }
    }

    /// The errors are fixed texts, because those of the libraries may repeat what the other side said.
    pub(super) async fn ask(&self, method: &Method, headers: &HeaderMap, most: usize) -> Result<Answer, &'static str> {
        let mut request = Request::new(Empty::<Bytes>::new());
        *request.method_mut() = method.clone();
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = headers.clone();
        request.headers_mut().insert(HOST, self.authority.clone());
        let connect =
            async || TcpStream::connect((&*self.host, self.port)).await.map_err(|error| unreachable_as(&error));
        match &self.tls {
            None => exchange(connect().await?, request, most).await,
            Some(Secure { config, name }) => {
                let config =
                    config.as_ref().ok_or("the system has no certificates to trust; name some with `trust`")?;
                let connector = TlsConnector::from(Arc::clone(config));
                let stream =
                    connector.connect(name.clone(), connect().await?).await.map_err(|error| refused_as(&error))?;
                exchange(stream, request, most).await
            }
        }
    }
}

/// Without the brackets of an IPv6 address.
fn host_of(authority: &Authority) -> Option<&str> {
    let host = authority.host();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    (!bare.is_empty()).then_some(bare)
}

fn unreachable_as(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "there is no route to the host",
        io::ErrorKind::TimedOut => "the connection timed out",
        _ => "the host cannot be reached",
    }
}

fn refused_as(error: &io::Error) -> &'static str {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) => "the host's certificate is not trusted",
        _ => "the host does not speak TLS as expected",
    }
}

async fn exchange<S>(stream: S, request: Request<Empty<Bytes>>, most: usize) -> Result<Answer, &'static str>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    const BROKEN: &str = "the connection broke before the answer";
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| BROKEN)?;
    // Polled beside the exchange instead of spawned, so that the connection ends with it, however it ends.
    let mut connection = std::pin::pin!(connection);
    let exchanged = async {
        let answer = sender.send_request(request).await.map_err(|_| BROKEN)?;
        let status = answer.status();
        Ok(Answer { status, body: read(answer.into_body(), most).await? })
    };
    let mut exchanged = std::pin::pin!(exchanged);
    tokio::select! {
        biased;
        answer = &mut exchanged => answer,
        _closed = &mut connection => exchanged.await,
    }
}

/// The body, if it is no longer than that; with no room for any, it is left unread.
async fn read(mut body: Incoming, most: usize) -> Result<Vec<u8>, &'static str> {
    let mut read = Vec::new();
    if most == 0 {
        return Ok(read);
    }
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| "the connection broke within the answer")?;
        if let Some(data) = frame.data_ref() {
            if read.len() + data.len() > most {
                return Err("the answer is too long");
            }
            read.extend_from_slice(data);
        }
    }
    Ok(read)
}

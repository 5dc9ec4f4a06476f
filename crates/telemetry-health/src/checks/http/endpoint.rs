//! The check that calls an endpoint, and what it takes for healthy.

use std::fmt;

use async_trait::async_trait;
use http::header::{HeaderName, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method, StatusCode, Uri};

use super::client::{Answer, Target};
use super::error::HttpCheckError;
use super::tls;
use crate::check::HealthCheck;
use crate::verdict::Verdict;

/// An endpoint that answers with a certain status.
///
/// Each check is one connection, one request and one answer: no pool whose connections are alive while the service
/// behind them takes no new ones, no proxy, and no redirect is followed. Its timeout is that of the [`Check`].
///
/// ```
/// use http::{Method, StatusCode};
/// use telemetry_health::HttpCheck;
///
/// let check = HttpCheck::new("http://localhost:3001/health")?.method(Method::HEAD).expect(StatusCode::NO_CONTENT);
/// # Ok::<(), telemetry_health::HttpCheckError>(())
/// ```
///
/// [`Check`]: crate::Check
#[derive(Clone)]
pub struct HttpCheck {
    target: Target,
    method: Method,
    headers: HeaderMap,
    expected: Option<StatusCode>,
}

impl HttpCheck {
    /// A GET of that address, which is answered with a status from 200 to 299. For https, the certificates of the system
    /// are trusted; where it has none, the check is unhealthy until [`trust`](Self::trust) names some.
    ///
    /// # Errors
    ///
    /// [`HttpCheckError::Address`] when it is no http or https address, or holds credentials; a header takes them.
    /// [`HttpCheckError::Certificates`] when those of the system cannot be used.
    pub fn new(address: impl AsRef<str>) -> Result<Self, HttpCheckError> {
        let uri: Uri = address.as_ref().parse().map_err(|_| HttpCheckError::Address { reason: "it does not parse" })?;
        let agent = HeaderValue::from_static(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
        let headers = HeaderMap::from_iter([(USER_AGENT, agent)]);
        Ok(Self { target: Target::new(&uri)?, method: Method::GET, headers, expected: None })
    }

    /// The method to call with. Default: GET.
    #[must_use]
    pub fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// The one status that is healthy. Default: any from 200 to 299.
    #[must_use]
    pub fn expect(self, status: StatusCode) -> Self {
        Self { expected: Some(status), ..self }
    }

    /// Adds a header to each request, such as an authorization. Its value is kept out of debug output.
    ///
    /// # Errors
    ///
    /// [`HttpCheckError::Header`] when name or value are none of HTTP.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Result<Self, HttpCheckError> {
        let refuse = || HttpCheckError::Header { name: name.as_ref().to_owned() };
        let key = HeaderName::from_bytes(name.as_ref().as_bytes()).map_err(|_| refuse())?;
        let mut value = HeaderValue::from_str(value.as_ref()).map_err(|_| refuse())?;
        value.set_sensitive(true);
        self.headers.insert(key, value);
        Ok(self)
    }

    /// Trusts only what descends from these certificates, in PEM, and not those of the system.
    ///
    /// # Errors
    ///
    /// [`HttpCheckError::Certificates`] when there is none in it, or one that cannot be read.
    pub fn trust(mut self, pem: impl AsRef<[u8]>) -> Result<Self, HttpCheckError> {
        self.target.trust(tls::trusting(pem.as_ref())?);
        Ok(self)
    }

    /// Asks, and reads at most that many bytes of the answer's body.
    pub(in crate::checks) async fn ask(&self, most: usize) -> Result<Answer, &'static str> {
        self.target.ask(&self.method, &self.headers, most).await
    }
}

#[async_trait]
impl HealthCheck for HttpCheck {
    async fn check(&self) -> Verdict {
        let status = match self.ask(0).await {
            Ok(answer) => answer.status,
            Err(reason) => return Verdict::unhealthy(reason),
        };
        match self.expected {
            Some(expected) if status != expected => {
                Verdict::unhealthy(format_args!("answered {} instead of {}", status.as_u16(), expected.as_u16()))
            }
            None if !status.is_success() => Verdict::unhealthy(format_args!("answered {}", status.as_u16())),
            _ => Verdict::healthy(),
        }
    }
}

impl fmt::Debug for HttpCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCheck")
            .field("host", &self.target.host())
            .field("method", &self.method)
            .field("headers", &self.headers)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

//! What a scrape is answered: the metrics if the reader may have them and there is time for it, in a form it accepts.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
};
use http::{Response, StatusCode};
use tokio::time::timeout;

use super::accept::{Format, accepts_gzip};
use super::scraper::Scraper;
use crate::export::{LOG_TARGET, say};

/// How long a collection is waited for: Prometheus gives up on a scrape after ten seconds.
const COLLECTION_LIMIT: Duration = Duration::from_secs(10);
/// After how many seconds it is worth to ask again, when there are too many.
const ASK_AGAIN: &str = "5";

impl Scraper {
    /// The answer to a GET or HEAD with these headers: 200 with the metrics, as OpenMetrics for whoever prefers that to
    /// plain text, as Prometheus does, and compressed if gzip is accepted; 401 without
    /// the bearer token; 503 at once while 16 scrapes are being collected, and after ten seconds if they cannot be collected
    /// by then; 500 if the metrics cannot be put into the format. Its body is the whole text, in bytes.
    ///
    /// It needs tokio with its timers: the callbacks of the observable metrics run where blocking is allowed.
    pub async fn answer(&self, headers: &HeaderMap) -> Response<Vec<u8>> {
        if !self.admits(headers) {
            let challenge = (WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return plain(StatusCode::UNAUTHORIZED, "a bearer token is needed\n", Some(challenge));
        }
        let Ok(permit) = Arc::clone(&self.scrapes).try_acquire_owned() else { return busy() };
        let (scraper, format, compress) = (self.clone(), Format::accepted(headers), accepts_gzip(headers));
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let text = match format {
                Format::Prometheus => scraper.text().ok()?,
                Format::OpenMetrics => scraper.openmetrics().ok()?,
            };
            if compress { gzip(text.as_bytes()) } else { Some(text.into_bytes()) }
        });
        match timeout(COLLECTION_LIMIT, read).await {
            Ok(Ok(Some(body))) => with_body(body, format, compress),
            Ok(Ok(None) | Err(_)) => {
                self.say_once("the metrics cannot be read for Prometheus");
                plain(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be read\n", None)
            }
            Err(_elapsed) => {
                self.say_once(
                    "the metrics cannot be read for Prometheus: the callback of an observable instrument does not return",
                );
                plain(StatusCode::SERVICE_UNAVAILABLE, "the metrics cannot be collected in time\n", None)
            }
        }
    }

    fn say_once(&self, text: &str) {
        if !self.trouble_said.swap(true, Ordering::Relaxed) {
            say(|| tracing::warn!(target: LOG_TARGET, "{text}"));
        }
    }
}

/// What is answered at once where there is no room.
pub(super) fn busy() -> Response<Vec<u8>> {
    let retry = (RETRY_AFTER, HeaderValue::from_static(ASK_AGAIN));
    plain(StatusCode::SERVICE_UNAVAILABLE, "too many scrapes at the same time\n", Some(retry))
}

pub(super) fn plain(
    status: StatusCode,
    text: &'static str,
    header: Option<(HeaderName, HeaderValue)>,
) -> Response<Vec<u8>> {
    let mut response = Response::new(text.as_bytes().to_vec());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.extend(header);
    response
}

fn with_body(body: Vec<u8>, format: Format, is_compressed: bool) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let content_type = match format {
        Format::Prometheus => Scraper::CONTENT_TYPE,
        Format::OpenMetrics => Scraper::OPENMETRICS_TYPE,
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    if is_compressed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn gzip(text: &[u8]) -> Option<Vec<u8>> {
    // Fast, because text of metrics shrinks to a tenth at any level.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).ok()?;
    encoder.finish().ok()
}

//! A collector that breaks the protocol, or says what no collector should.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{HeaderMap, HeaderValue, Request, Response};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use prost::Message as _;
use prost::bytes::{BufMut as _, Bytes, BytesMut};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// What a [`HostileCollector`] does to every call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CollectorFault {
    /// Takes the request, as a sound collector does.
    None,
    /// Resets the stream with this error code of HTTP/2: 8 is CANCEL, 11 is ENHANCE_YOUR_CALM (RFC 9113, section 7).
    Reset(u32),
    /// Ends the connection with GOAWAY and this error code.
    GoAway(u32),
    /// Answers with status 200 and no status of gRPC, as an answer is that was cut short.
    NoStatus,
    /// Answers with this status of HTTP and a page, as a proxy does.
    Page(u16),
    /// Takes the request, and says that it rejected so many of its items.
    Rejects {
        /// How many.
        items: i64,
        /// Why.
        message: String,
    },
    /// Refuses the request.
    Refuses {
        /// The code of gRPC.
        code: u32,
        /// What it says, percent-encoded where it has to be.
        message: String,
        /// The bytes of the details, a `google.rpc.Status` unless they are broken.
        details: Vec<u8>,
    },
    /// Refuses the request as UNAUTHENTICATED, and says back what it was sent in this header, as this makes it.
    SaysBack {
        /// The header of the request.
        header: &'static str,
        /// What becomes of its value.
        how: fn(&str) -> String,
    },
}

/// A collector on a loopback port that answers every call with one [`CollectorFault`], until it is told another.
///
/// It keeps nothing of what it receives; [`OtlpSink`](crate::OtlpSink) does.
///
/// ```
/// use telemetry_testkit::{CollectorFault, HostileCollector};
///
/// let collector = HostileCollector::start(CollectorFault::Reset(11));
/// // … export to `collector.endpoint()`, then:
/// collector.set(CollectorFault::None);
/// assert_eq!(collector.calls(), 0);
/// ```
#[derive(Debug)]
pub struct HostileCollector {
    address: SocketAddr,
    shared: Arc<Shared>,
    _stop: oneshot::Sender<()>,
}

#[derive(Debug)]
struct Shared {
    fault: Mutex<CollectorFault>,
    calls: AtomicU64,
    taken: AtomicU64,
}

impl HostileCollector {
    /// Starts it, on a thread of its own.
    ///
    /// # Panics
    ///
    /// When the system has no port or thread left.
    #[must_use]
    pub fn start(fault: CollectorFault) -> Self {
        let shared = Arc::new(Shared { fault: Mutex::new(fault), calls: AtomicU64::new(0), taken: AtomicU64::new(0) });
        let (stop, stopped) = oneshot::channel();
        let (runtime, listener) = listen().expect("the system has a loopback port left");
        let address = listener.local_addr().expect("a bound socket has an address");
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, serving) => {}
                    _stopped = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        Self { address, shared, _stop: stop }
    }

    /// The URL for exporters.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it does from now on.
    pub fn set(&self, fault: CollectorFault) {
        *self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// How many calls came.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.shared.calls.load(Ordering::SeqCst)
    }

    /// How many it took, whatever it said of their items.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.shared.taken.load(Ordering::SeqCst)
    }
}

fn listen() -> io::Result<(tokio::runtime::Runtime, TcpListener)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    Ok((runtime, listener))
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _peer)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A peer that breaks off is none of the collector's.
            let _broken_off = serve_connection(stream, &shared).await;
        });
    }
}

async fn serve_connection(stream: TcpStream, shared: &Shared) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(call) = connection.accept().await {
        let (request, respond) = call?;
        shared.calls.fetch_add(1, Ordering::SeqCst);
        let fault = shared.fault.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let CollectorFault::GoAway(code) = fault {
            connection.abrupt_shutdown(Reason::from(code));
            continue;
        }
        if matches!(fault, CollectorFault::None | CollectorFault::Rejects { .. }) {
            shared.taken.fetch_add(1, Ordering::SeqCst);
        }
        tokio::spawn(async move {
            let _broken_off = answer(fault, request, respond).await;
        });
    }
    Ok(())
}

async fn answer(
    fault: CollectorFault,
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
) -> Result<(), h2::Error> {
    let (head, mut body) = request.into_parts();
    while let Some(chunk) = body.data().await {
        body.flow_control().release_capacity(chunk?.len())?;
    }
    match fault {
        CollectorFault::None | CollectorFault::GoAway(_) => taken(&mut respond, 0, String::new()),
        CollectorFault::Rejects { items, message } => taken(&mut respond, items, message),
        CollectorFault::Reset(code) => {
            respond.send_reset(Reason::from(code));
            Ok(())
        }
        CollectorFault::NoStatus => {
            respond.send_response(grpc(), false)?.send_data(Bytes::new(), true)?;
            Ok(())
        }
        CollectorFault::Page(status) => {
            let mut page = Response::new(());
            *page.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
            page.headers_mut().insert("content-type", HeaderValue::from_static("text/html"));
            respond.send_response(page, false)?.send_data(Bytes::from_static(b"<h1>no</h1>"), true)
        }
        CollectorFault::Refuses { code, message, details } => refuse(&mut respond, code, &message, Some(&details)),
        CollectorFault::SaysBack { header, how } => {
            let value = head.headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default();
            refuse(&mut respond, 16, &how(value), None)
        }
    }
}

fn grpc() -> Response<()> {
    let mut response = Response::new(());
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    response
}

/// The three signals' answers have the same form.
fn taken(respond: &mut SendResponse<Bytes>, rejected: i64, message: String) -> Result<(), h2::Error> {
    let partial = ExportTracePartialSuccess { rejected_spans: rejected, error_message: message };
    let message = ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    frame.extend_from_slice(&message);
    let mut body = respond.send_response(grpc(), false)?;
    body.send_data(frame.freeze(), false)?;
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    body.send_trailers(trailers)
}

fn refuse(
    respond: &mut SendResponse<Bytes>,
    code: u32,
    message: &str,
    details: Option<&[u8]>,
) -> Result<(), h2::Error> {
    let mut response = grpc();
    let headers = response.headers_mut();
    headers.insert("grpc-status", HeaderValue::from(code));
    let encoded = message.bytes().fold(String::new(), |encoded, byte| match byte {
        b' '..=b'~' if byte != b'%' => encoded + std::str::from_utf8(&[byte]).unwrap_or_default(),
        _ => format!("{encoded}%{byte:02X}"),
    });
    if let Ok(message) = HeaderValue::try_from(encoded) {
        headers.insert("grpc-message", message);
    }
    if let Some(details) = details {
        let mut status = tonic::metadata::BinaryMetadataValue::from_bytes(details);
        status.set_sensitive(false);
        if let Ok(details) = HeaderValue::from_bytes(status.as_encoded_bytes()) {
            headers.insert("grpc-status-details-bin", details);
        }
    }
    respond.send_response(response, true)?;
    Ok(())
}

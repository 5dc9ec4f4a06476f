//! The receiver as a test holds it: its address, its faults, and what it has accepted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::error::SinkError;
use super::faults::{Faults, Rejection};
use super::receiver::Shared;
use super::server::{Life, Settings};
use super::store::{OtlpSignal, RequestCounts, SinkRequest};
use crate::canary;
use crate::received::{LogSet, MetricSet, SpanSet};

/// What the sink says when it refuses a call on command.
const ON_COMMAND: &str = "refused on command";

/// An OTLP/gRPC receiver for metrics, traces and logs on a loopback port, with faults on command.
///
/// It runs on a thread and a tokio runtime of its own: a test may use it from any runtime, or none, and may block.
/// It keeps all that it accepted until [`clear`](Self::clear) or its end. Dropping it closes the port.
///
/// ```
/// use std::time::Duration;
/// use telemetry_testkit::OtlpSink;
///
/// let sink = OtlpSink::start();
/// assert!(sink.endpoint().starts_with("http://127.0.0.1:"));
/// // … give the endpoint to an exporter, record, flush, then:
/// let arrived = sink.poll(Duration::from_millis(10), |sink| !sink.spans().is_empty());
/// assert!(!arrived);
/// ```
#[derive(Debug)]
pub struct OtlpSink {
    pub(super) shared: Arc<Shared>,
    pub(super) settings: Settings,
    pub(super) life: Mutex<Life>,
}

impl OtlpSink {
    /// The URL for exporters: `http://127.0.0.1:PORT`, or `https://` with TLS.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let scheme = if self.settings.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.settings.port)
    }

    /// The port, which stays the same across [`die`](Self::die) and [`revive`](Self::revive).
    #[must_use]
    pub fn port(&self) -> u16 {
        self.settings.port
    }

    /// From now on answers every call with UNAVAILABLE, which exporters retry; `false` accepts again.
    pub fn refuse(&self, refuse: bool) {
        self.fail(refuse.then(|| commanded(Code::Unavailable)));
    }

    /// From now on answers every call with this code, until [`heal`](Self::heal).
    ///
    /// `InvalidArgument` or `ResourceExhausted` are permanent for an exporter that keeps to the protocol.
    pub fn fail_with(&self, code: Code) {
        self.fail(Some(commanded(code)));
    }

    /// From now on answers every call with RESOURCE_EXHAUSTED and asks, with `RetryInfo`, for a retry after this time.
    pub fn throttle(&self, retry_after: Duration) {
        let asked = ErrorDetails::with_retry_info(Some(retry_after));
        self.fail(Some(Status::with_error_details(Code::ResourceExhausted, ON_COMMAND, asked)));
    }

    /// From now on takes every request and answers that it refused so many of its items ("partial success"). All
    /// items are kept all the same.
    pub fn reject_items(&self, items: u32, message: impl Into<String>) {
        let rejection = Rejection { items: i64::from(items), message: message.into() };
        self.shared.faults.change(|faults| faults.rejection = Some(rejection));
    }

    /// From now on takes calls and does not answer them. `false` lets the waiting ones go on.
    pub fn hang(&self, hang: bool) {
        self.shared.faults.change(|faults| faults.hang = hang);
    }

    /// Ends [`refuse`](Self::refuse), [`fail_with`](Self::fail_with), [`throttle`](Self::throttle),
    /// [`reject_items`](Self::reject_items) and [`hang`](Self::hang).
    pub fn heal(&self) {
        self.shared.faults.change(|faults| *faults = Faults::default());
    }

    /// Closes the listener and every connection at once, as a killed process does. The port stays reserved.
    pub fn die(&self) {
        self.life().end(&self.settings);
    }

    /// Listens again on the same port after [`die`](Self::die). Received data and faults stay as they were.
    ///
    /// # Errors
    ///
    /// When another process took the port, or the system has no thread left.
    pub fn revive(&self) -> Result<(), SinkError> {
        self.life().begin(&self.settings, &self.shared)
    }

    /// Everything accepted of metrics.
    #[must_use]
    pub fn metrics(&self) -> MetricSet {
        self.shared.store.read(|store| store.metrics.clone())
    }

    /// Everything accepted of traces, retried deliveries included.
    #[must_use]
    pub fn spans(&self) -> SpanSet {
        self.shared.store.read(|store| store.spans.clone())
    }

    /// Everything accepted of logs, retried deliveries included.
    #[must_use]
    pub fn logs(&self) -> LogSet {
        self.shared.store.read(|store| store.logs.clone())
    }

    /// The accepted requests: signal, headers, bytes.
    #[must_use]
    pub fn requests(&self) -> Vec<SinkRequest> {
        self.shared.store.read(|store| store.requests.clone())
    }

    /// How many calls were accepted and refused.
    #[must_use]
    pub fn counts(&self) -> RequestCounts {
        self.shared.store.read(|store| store.counts)
    }

    /// The accepted metric requests as they came.
    #[must_use]
    pub fn raw_metrics(&self) -> Vec<ExportMetricsServiceRequest> {
        self.decode(OtlpSignal::Metrics)
    }

    /// The accepted trace requests as they came.
    #[must_use]
    pub fn raw_spans(&self) -> Vec<ExportTraceServiceRequest> {
        self.decode(OtlpSignal::Traces)
    }

    /// The accepted log requests as they came.
    #[must_use]
    pub fn raw_logs(&self) -> Vec<ExportLogsServiceRequest> {
        self.decode(OtlpSignal::Logs)
    }

    /// Whether these bytes occur anywhere in the accepted messages (serialized protobuf; headers are not searched).
    ///
    /// For canary tests: record a secret, then assert that nothing of it left the process.
    #[must_use]
    pub fn contains_bytes(&self, canary: impl AsRef<[u8]>) -> bool {
        let canary = canary.as_ref();
        self.shared.store.read(|store| store.requests.iter().any(|request| canary::found(canary, &request.bytes)))
    }

    /// Forgets all that was received, and the counts.
    pub fn clear(&self) {
        self.shared.store.clear();
    }

    fn fail(&self, status: Option<Status>) {
        self.shared.faults.change(|faults| faults.status = status);
    }

    fn decode<M: Message + Default>(&self, signal: OtlpSignal) -> Vec<M> {
        let decode = |request: &SinkRequest| M::decode(&*request.bytes).expect("the sink encoded it itself");
        self.shared
            .store
            .read(|store| store.requests.iter().filter(|known| known.signal == signal).map(decode).collect())
    }

    fn life(&self) -> std::sync::MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OtlpSink {
    fn drop(&mut self) {
        self.life().end(&self.settings);
    }
}

fn commanded(code: Code) -> Status {
    Status::new(code, ON_COMMAND)
}

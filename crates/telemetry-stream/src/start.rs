//! A stream about to be opened, of which more may be known than its name.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use telemetry_core::Shared;
use telemetry_core::propagation::{Carrier, current, extract};
use telemetry_core::text::{NAME, cut};
use tokio_util::sync::CancellationToken;

use crate::guard::{About, StreamGuard};
use crate::inner::Inner;
use crate::metrics::{StreamKind, Transport};

/// A stream about to be opened. [`start`](Self::start) opens it.
#[derive(Debug, Clone)]
#[must_use = "a stream opens with `start`"]
pub struct StreamStart<'a> {
    inner: &'a Shared<Inner>,
    kind: StreamKind,
    transport: Transport,
    execution_id: &'a str,
    id: Option<&'a str>,
    parent: Option<Context>,
    idle_timeout: Option<Duration>,
    shutdown: Option<CancellationToken>,
}

impl<'a> StreamStart<'a> {
    pub(crate) fn new(inner: &'a Shared<Inner>, kind: StreamKind, transport: Transport, execution_id: &'a str) -> Self {
        let idle_timeout = inner.settings.idle_timeout;
        Self { inner, kind, transport, execution_id, id: None, parent: None, idle_timeout, shutdown: None }
    }

    /// The workflow, agent, task or session that is executed, for span and logs.
    pub fn id(self, id: &'a str) -> Self {
        Self { id: Some(id), ..self }
    }

    /// Lets the connection's span continue the trace of the client's request, where no span of the request is active.
    pub fn headers(self, headers: &(impl Carrier + ?Sized)) -> Self {
        let parent = Some(extract(headers)).filter(Context::has_active_span);
        Self { parent, ..self }
    }

    /// How long this stream may wait for its next event, if not as the settings say; none is as long as it takes.
    pub fn idle_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        Self { idle_timeout: timeout.into(), ..self }
    }

    /// Ends this stream when that token is cancelled, in place of the token of all streams.
    pub fn shutdown(self, token: CancellationToken) -> Self {
        Self { shutdown: Some(token), ..self }
    }

    /// Opens the stream: its clock, its span `stream.connection`, its log record.
    pub fn start(self) -> StreamGuard {
        let is_within_request = current().has_active_span();
        let _attached = self.parent.filter(|_| !is_within_request).map(Context::attach);
        let about = About {
            kind: self.kind,
            transport: self.transport,
            execution_id: cut(self.execution_id, NAME).into(),
            id: self.id.map(|id| cut(id, NAME).into()),
        };
        StreamGuard::open(self.inner.lease(), about, self.idle_timeout, self.shutdown)
    }
}

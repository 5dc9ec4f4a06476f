//! Every way in which a request can end.

use http::StatusCode;
use telemetry_core::End;

use super::grpc::GrpcCode;

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The response was sent.
    Sent,
    /// The client left, before there was a response or before its body had been sent.
    ClientGone,
    /// The response's body failed.
    BodyFailed,
    /// The service failed without a response.
    ServiceFailed,
    /// The handler, or the response's body, panicked.
    Panicked,
}

impl Ending {
    /// What span, log and metrics say of it: an answer of the server's failure is one, whatever became of the answer. That
    /// of a gRPC server has a name.
    pub(super) fn end(self, answered: Option<&StatusCode>, grpc: Option<GrpcCode>) -> End<'_> {
        match (self, answered.filter(|status| status.is_server_error())) {
            (Self::Panicked, _) => End::panicked("error"),
            (Self::BodyFailed, _) => End::fatal("error", "body_error"),
            (Self::ServiceFailed, _) => End::fatal("error", "service_error"),
            (Self::Sent | Self::ClientGone, Some(status)) => match grpc {
                Some(code) => End::fatal("error", code.name()),
                None => End::fatal("error", status.as_str()),
            },
            (Self::Sent, None) => End::success("success"),
            (Self::ClientGone, None) => End::cancelled("cancelled"),
        }
    }
}

//! What a WebSocket's client sends that is no message, and with which code it is told so.

use axum::extract::ws::{CloseCode, close_code};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::ProtocolError;

/// The close code that answers this error of reading, by RFC 6455, and what it says; nothing where the connection is lost.
pub(crate) fn answer(error: &axum::Error) -> Option<(CloseCode, &'static str)> {
    match std::error::Error::source(error)?.downcast_ref()? {
        // The connection ended, or goes on after its end.
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake | ProtocolError::ReceivedAfterClosing) => None,
        Error::Protocol(_) => Some((close_code::PROTOCOL, "protocol error")),
        Error::Utf8(_) => Some((close_code::INVALID, "no UTF-8")),
        Error::Capacity(_) => Some((close_code::SIZE, "too big")),
        _ => None,
    }
}

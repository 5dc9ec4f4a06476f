//! What watches the bytes of an answer, and ends its call when they have been seen.

use std::error::Error;

use http::{HeaderMap, StatusCode};

#[cfg(feature = "tower")]
use super::attempts::Attempt;
use super::reading::Reading;
use crate::call::Call;
use crate::failure::Failure;

/// Watches an answer. Dropped before its end, the call is cancelled.
pub(super) struct Watch {
    of: Of,
    reading: Reading,
}

/// What the answer tells of.
#[expect(clippy::large_enum_variant, reason = "most answers are a call's, and a box would cost each an allocation")]
enum Of {
    /// Nothing more: it has ended.
    Ended,
    Call(Call),
    /// An attempt that failed, whose call goes on or ends elsewhere.
    #[cfg(feature = "tower")]
    Attempt(Attempt),
}

impl Watch {
    pub(super) fn call(mut call: Call, status: StatusCode, headers: &HeaderMap) -> Self {
        call.headers(headers);
        Self { of: Of::Call(call), reading: Reading::new(status, headers) }
    }

    /// Watches what the answer to an attempt says of why that failed.
    #[cfg(feature = "tower")]
    pub(super) fn attempt(attempt: Attempt, status: StatusCode, headers: &HeaderMap) -> Self {
        Self { of: Of::Attempt(attempt), reading: Reading::new(status, headers) }
    }

    pub(super) fn feed(&mut self, piece: &[u8]) {
        match &mut self.of {
            Of::Ended => {}
            Of::Call(call) => self.reading.feed(piece, call),
            #[cfg(feature = "tower")]
            Of::Attempt(_) => self.reading.feed_error(piece),
        }
    }

    /// The body has been read to its end.
    pub(super) fn end(&mut self) {
        match std::mem::replace(&mut self.of, Of::Ended) {
            Of::Ended => {}
            Of::Call(call) => std::mem::take(&mut self.reading).end(call),
            #[cfg(feature = "tower")]
            Of::Attempt(attempt) => attempt.told(self.reading.failure()),
        }
    }

    /// The body broke off.
    pub(super) fn fail(&mut self, error: &(dyn Error + 'static)) {
        match std::mem::replace(&mut self.of, Of::Ended) {
            Of::Ended => {}
            Of::Call(call) => drop(call.fail(Failure::from_error(error))),
            #[cfg(feature = "tower")]
            Of::Attempt(attempt) => attempt.told(self.reading.failure()),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Who has seen the last event, or that there is no answer, need not read on; any other call is cancelled.
        if self.reading.is_done() {
            self.end();
        }
    }
}

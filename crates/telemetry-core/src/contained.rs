//! Panics of code that is not ours, caught where a thread or a task of ours would end of them.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "otlp")]
use std::task::Poll;

/// A panic that was caught, with what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Panicked(String);

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked: {}", self.0)
    }
}

/// Runs this, and catches its panic. What the panic carries may panic itself when it is dropped, and is caught too.
pub(crate) fn contained<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let said = said(&*payload);
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            // There is no end to this but to keep one of them.
            std::mem::forget(second);
        }
        Panicked(said)
    })
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a message").to_owned()
}

/// Runs this future to its end, and catches its panic, also one in its drop.
#[cfg(feature = "otlp")]
pub(crate) async fn contained_future<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = Box::pin(future);
    let ended = std::future::poll_fn(|cx| match contained(|| future.as_mut().poll(cx)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await;
    contained(|| drop(future))?;
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    struct PanicsOnDrop;

    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            std::panic::panic_any(Self);
        }
    }

    #[test]
    fn any_panic_ends_here() {
        assert_eq!(contained(|| 1), Ok(1));
        assert_eq!(contained(|| panic!("of {}", "two")), Err::<(), _>(Panicked("of two".to_owned())));
        let odd = contained(|| std::panic::panic_any(PanicsOnDrop));
        assert_eq!(odd.map_err(|odd| odd.to_string()), Err::<(), _>("panicked: without a message".to_owned()));
    }
}

//! Whether a thread still has what a trace needs of it, which a guard in a thread-local variable may outlive.

use opentelemetry::Context;
use tracing::dispatcher;

thread_local! {
    static ALIVE: Alive = Alive::begin();
}

/// Lives for as long as what a trace needs of its thread.
struct Alive;

impl Alive {
    /// What is made first is taken away last: the context, and the subscriber's stack of spans.
    fn begin() -> Self {
        Context::map_current(|_| ());
        dispatcher::get_default(|dispatch| {
            dispatch.current_span();
        });
        Self
    }
}

/// Has the variable destroyed with its thread.
impl Drop for Alive {
    fn drop(&mut self) {}
}

/// Whether the destructors of this thread's variables do not run yet. When they do, asking for a context or entering a span
/// panics, and a panic in there aborts the process.
#[inline]
pub(crate) fn thread_is_alive() -> bool {
    ALIVE.try_with(|_| ()).is_ok()
}

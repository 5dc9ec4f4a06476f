//! What telemetry decides about the traces of this process: whether guards have spans, and which.

use std::cell::Cell;
use std::fmt;
use std::sync::OnceLock;

use tracing::subscriber::NoSubscriber;
use tracing::{Metadata, dispatcher};

use super::sampling::Sampling;
use super::thread_end::thread_is_alive;

/// What becomes of the traces that guards are part of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Course {
    /// Guards have spans, of these traces.
    Spans(Sampling),
    /// Guards have no spans of ours: the context goes through as it came. Where there is none, a trace that is not sampled
    /// starts, so that log records and the processes further on have an id in common; not where all is turned off.
    #[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "the lifecycle alone turns spans off"))]
    Through {
        /// Whether traces start here.
        starts: bool,
    },
}

/// Says of the declaration of a span whether the level of traces has it.
pub(crate) type Level = Box<dyn Fn(&Metadata<'_>) -> bool + Send + Sync>;

/// The course of the process.
pub(crate) struct Installed {
    pub(crate) course: Course,
    pub(crate) level: Option<Level>,
    /// Whether the subscriber is known to make OpenTelemetry spans of all that the level has. One of the application's
    /// may have filters around our layer, or not have it at all.
    pub(crate) bridged: bool,
}

impl fmt::Debug for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installed").field("course", &self.course).finish_non_exhaustive()
    }
}

static GLOBAL: OnceLock<Installed> = OnceLock::new();

thread_local! {
    static SCOPED: Cell<Option<Sampling>> = const { Cell::new(None) };
}

/// Makes this the sampling that guards ask before they build a span; false if there is one already.
pub fn install(sampling: Sampling) -> bool {
    set_out(Installed { course: Course::Spans(sampling), level: None, bridged: false })
}

/// Sets the course of the process; false if it has one already.
pub(crate) fn set_out(installed: Installed) -> bool {
    GLOBAL.set(installed).is_ok()
}

/// The same as [`install`] for this thread, until the guard is dropped: for tests.
#[must_use = "the sampling ends when this is dropped"]
pub fn scoped(sampling: Sampling) -> ScopedSampling {
    ScopedSampling { before: SCOPED.replace(Some(sampling)) }
}

/// Ends the thread's sampling of [`scoped`] when dropped.
#[derive(Debug)]
pub struct ScopedSampling {
    before: Option<Sampling>,
}

impl Drop for ScopedSampling {
    fn drop(&mut self) {
        SCOPED.set(self.before);
    }
}

/// Whether a guard that starts here may have a span: telemetry decides about traces, or a subscriber listens. Where neither
/// is so, a guard need not look at the context that it starts in.
#[must_use]
pub fn is_heard() -> bool {
    in_force().is_some() || is_listened_to()
}

/// Whether a subscriber listens to what this thread says.
pub(super) fn is_listened_to() -> bool {
    thread_is_alive() && dispatcher::get_default(|current| !current.is::<NoSubscriber>())
}

/// The course in force; without one, the subscriber is left to decide.
#[inline]
pub(super) fn in_force() -> Option<Course> {
    match SCOPED.get() {
        Some(sampling) => Some(Course::Spans(sampling)),
        None => GLOBAL.get().map(|installed| installed.course),
    }
}

/// Whether the span of this declaration is made, where the subscriber wants it or does not.
#[inline]
pub(super) fn makes(metadata: &Metadata<'_>, is_wanted: bool) -> bool {
    if SCOPED.get().is_some() {
        return true;
    }
    match GLOBAL.get() {
        Some(Installed { course: Course::Spans(_), level, .. }) => level.as_ref().is_none_or(|level| level(metadata)),
        Some(Installed { course: Course::Through { .. }, .. }) | None => is_wanted,
    }
}

/// Whether a span that was made is known to be an OpenTelemetry span too.
#[inline]
pub(super) fn is_bridged() -> bool {
    SCOPED.get().is_some() || GLOBAL.get().is_some_and(|installed| installed.bridged)
}

//! An operation, and the context in which what it guards runs.

use std::error::Error;

use opentelemetry::Context;
use opentelemetry::trace::FutureExt as _;
use telemetry_core::{End, Operation, scope, trace};
use tracing::Span;

/// An operation with its context: the scope and the conversation that it is part of hold for what it guards, whether there
/// is a span or not.
pub(crate) struct Work {
    pub(crate) operation: Operation,
    context: Context,
}

impl Work {
    /// Starts an operation within a context.
    pub(crate) fn start(within: &Context, build: impl FnOnce() -> Span) -> Self {
        if !trace::is_heard() {
            return Self { operation: Operation::start(Span::none), context: within.clone() };
        }
        let _attached = within.clone().attach();
        let operation = Operation::start(build);
        let of_span = operation.context();
        // A subscriber of the application's may give the span a context without what is around it.
        let context = scope::of(within).map_or_else(|| of_span.clone(), |scope| scope.within(&of_span));
        Self { operation, context }
    }

    /// The context of what it guards.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.operation.instrument(future.with_context(self.context.clone()))
    }

    pub(crate) fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.operation.in_scope(|| {
            let _attached = self.context.clone().attach();
            work()
        })
    }

    /// Why it fails, if somebody reads it.
    pub(crate) fn why(&self, error: &dyn Error) -> Option<String> {
        self.operation.error_message(error)
    }
}

/// An end with its reason, where there is one.
pub(crate) fn because<'a>(end: End<'a>, why: Option<&'a str>) -> End<'a> {
    why.map_or(end, |why| end.describing(why))
}

//! The macros of guards: a span that can say how it ended, and the log record of an end.

/// The `tracing` span of an [`Operation`](crate::Operation), at level INFO, with the fields that its end fills in:
/// `outcome`, `error.type`, `otel.status_code` and `otel.status_description`.
///
/// A field that is known only later is declared as [`Empty`](tracing::field::Empty). Whole numbers are signed: the
/// bridge to OpenTelemetry makes text of others.
///
/// Once telemetry is set up, no filter of the subscriber leaves the span out: it is telemetry, and no log line. What does
/// is the setting `sampling.level`.
///
/// ```
/// use telemetry_core::{Operation, operation_span};
///
/// let operation = Operation::start(|| {
///     operation_span!("till.sell", otel.kind = "internal", till_id = "north", items = 3_i64)
/// });
/// ```
#[macro_export]
macro_rules! operation_span {
    ($name:literal $(, $($fields:tt)*)?) => {
        $crate::__guard_span!($name, [
            outcome = $crate::__private::tracing::field::Empty,
            "error.type" = $crate::__private::tracing::field::Empty,
            otel.status_code = $crate::__private::tracing::field::Empty,
            otel.status_description = $crate::__private::tracing::field::Empty,
            $($($fields)*)?
        ])
    };
}

/// A span that is made as those of guards are, and that has no end to tell: one that is over when it is dropped.
///
/// The fields are written as in [`operation_span!`].
#[macro_export]
macro_rules! guard_span {
    ($name:literal $(, $($fields:tt)*)?) => {
        $crate::__guard_span!($name, [$($($fields)*)?])
    };
}

/// Takes the fields apart: their names for the declaration, their values for the span.
#[doc(hidden)]
#[macro_export]
macro_rules! __guard_span {
    ($span:literal, [$($fields:tt)*]) => {
        $crate::__guard_span!(@ $span [] [] $($fields)*,)
    };
    (@ $span:literal [$($name:expr,)*] [$($value:expr,)*] $(,)?) => {{
        static CALLSITE: $crate::__private::tracing::callsite::DefaultCallsite =
            $crate::__private::tracing::callsite::DefaultCallsite::new(&METADATA);
        static METADATA: $crate::__private::tracing::Metadata<'static> = $crate::__private::tracing_core::metadata! {
            name: $span,
            target: ::core::module_path!(),
            level: $crate::__private::tracing::Level::INFO,
            fields: &[$($name),*],
            callsite: &CALLSITE,
            kind: $crate::__private::tracing::metadata::Kind::SPAN,
        };
        if $crate::__private::makes_guard_span(&CALLSITE) {
            $crate::__private::guard_span(
                &METADATA,
                [$(::core::option::Option::Some(&$value as &dyn $crate::__private::tracing::Value)),*],
            )
        } else {
            $crate::__private::tracing::Span::none()
        }
    }};
    (@ $span:literal [$($names:tt)*] [$($values:tt)*] $name:literal = $value:expr, $($rest:tt)*) => {
        $crate::__guard_span!(@ $span [$($names)* $name,] [$($values)* $value,] $($rest)*)
    };
    (@ $span:literal [$($names:tt)*] [$($values:tt)*] $first:ident $(. $more:ident)* = $value:expr, $($rest:tt)*) => {
        $crate::__guard_span!(
            @ $span
            [$($names)* ::core::concat!(::core::stringify!($first) $(, ".", ::core::stringify!($more))*),]
            [$($values)* $value,]
            $($rest)*
        )
    };
    (@ $span:literal [$($names:tt)*] [$($values:tt)*] $name:ident, $($rest:tt)*) => {
        $crate::__guard_span!(@ $span [$($names)* ::core::stringify!($name),] [$($values)* $name,] $($rest)*)
    };
}

/// The one log record of an operation's end, within its span, at the level of the [`End`](crate::End): the guard's
/// fields, then `outcome`, `error_type`, `error_message` (the end's description) and `duration_ms`, and a message for an
/// end without and with an error.
///
/// A record that nobody takes costs one comparison.
#[macro_export]
macro_rules! end_event {
    ($operation:expr, $end:expr, $elapsed:expr, {}, $ended:literal, $failed:literal) => {
        $crate::__end_event!($operation, $end, $elapsed, {}, $ended, $failed)
    };
    ($operation:expr, $end:expr, $elapsed:expr, { $($fields:tt)+ }, $ended:literal, $failed:literal) => {
        $crate::__end_event!($operation, $end, $elapsed, { $($fields)+, }, $ended, $failed)
    };
}

/// With the fields' last comma.
#[doc(hidden)]
#[macro_export]
macro_rules! __end_event {
    ($operation:expr, $end:expr, $elapsed:expr, { $($fields:tt)* }, $ended:literal, $failed:literal) => {{
        use $crate::__private::tracing;
        let (operation, end, elapsed): (&$crate::Operation, &$crate::End<'_>, ::std::time::Duration) =
            (&$operation, &$end, $elapsed);
        if end.level() <= tracing::level_filters::LevelFilter::current() {
            let (outcome, duration_ms) = (end.outcome(), $crate::clock::millis(elapsed));
            let (error_type, error_message) = (end.error_type(), end.description());
            operation.say_end(|| match end.level() {
                tracing::Level::ERROR => {
                    tracing::error!(outcome, error_type, error_message, duration_ms, $($fields)* $failed);
                }
                tracing::Level::WARN => {
                    tracing::warn!(outcome, error_type, error_message, duration_ms, $($fields)* $failed);
                }
                _ => tracing::debug!(outcome, duration_ms, $($fields)* $ended),
            });
        }
    }};
}

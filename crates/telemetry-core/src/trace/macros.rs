//! The macros of guards: a span that can say how it ended, and the log record of an end.

/// The `tracing` span of an [`Operation`](crate::Operation), at level INFO, with the fields that its end fills in:
/// `outcome`, `error.type`, `otel.status_code` and `otel.status_description`.
///
/// A field that is known only later is declared as [`Empty`](tracing::field::Empty). Whole numbers are signed: the
/// bridge to OpenTelemetry makes text of others.
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
        $crate::__operation_span!($name, [$($($fields)*)?])
    };
}

/// Gives the fields a comma at their end, whether they had one or not.
#[doc(hidden)]
#[macro_export]
macro_rules! __operation_span {
    ($name:literal, []) => {
        $crate::__operation_span!(@ $name,)
    };
    ($name:literal, [$($fields:tt)+]) => {
        $crate::__operation_span!(@ $name, $($fields)+)
    };
    (@ $name:literal, $($fields:tt)*) => {
        $crate::__private::tracing::info_span!(
            $name,
            outcome = $crate::__private::tracing::field::Empty,
            error.r#type = $crate::__private::tracing::field::Empty,
            otel.status_code = $crate::__private::tracing::field::Empty,
            otel.status_description = $crate::__private::tracing::field::Empty,
            $($fields)*
        )
    };
}

/// The one log record of an operation's end, within its span, at the level of the [`End`](crate::End): the guard's
/// fields, then `outcome`, `error_type` and `duration_ms`, and a message for an end without and with an error.
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
            let (outcome, error_type, duration_ms) =
                (end.outcome(), end.error_type(), $crate::clock::millis(elapsed));
            operation.in_scope(|| match end.level() {
                tracing::Level::ERROR => {
                    tracing::error!(outcome, error_type, duration_ms, $($fields)* $failed);
                }
                tracing::Level::WARN => {
                    tracing::warn!(outcome, error_type, duration_ms, $($fields)* $failed);
                }
                _ => tracing::debug!(outcome, duration_ms, $($fields)* $ended),
            });
        }
    }};
}

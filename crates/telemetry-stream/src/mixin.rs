//! What operators see of event streams.

mod alerts;
mod names;
mod objectives;

use telemetry_mixin::model::{Dashboard, Domain, Mixin, Panel, Unit};
use telemetry_mixin::query::{quantiles, rate, share, sum};

use self::names::{KIND, STREAMING, TEAM};
use crate::CATALOGUE;
use crate::metrics::{CloseReason, EventMetrics, StreamMetrics};

/// The stream domain, for the generator. One of its alerts reads the error catalogue, so the generator needs the metrics
/// of telemetry-core, too.
///
/// ```
/// use telemetry_mixin::model::{Domain, Mixin};
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// let core = Domain::new("core", telemetry_core::CATALOGUE, Mixin::new());
/// let files = generate(&GeneratorSettings::default(), &[core, telemetry_stream::mixin::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/streaming.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("stream", CATALOGUE, mixin())
}

/// Its dashboards and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(streaming())
        .dashboard(infrastructure())
        .alert(alerts::stream_error_rate_high())
        .alert(alerts::most_streams_fail())
        .alert(alerts::stream_connection_drops())
        .alert(alerts::stream_time_to_first_event_high())
        .alert(alerts::stream_stalled())
        .alert(alerts::stream_connection_failed())
        .slos(objectives::all(TEAM, STREAMING))
}

fn streaming() -> Dashboard {
    Dashboard::new(STREAMING, "Streaming", "Event streams: how many are open, what is sent on them, why they end")
        .row("Streams")
        .at_a_glance(
            Panel::stat(
                "Error Share",
                "Share of the streams that ended in an error, of those that ended",
                Unit::Ratio,
                share(rate(StreamMetrics::ERRORS), rate(StreamMetrics::DURATION)),
            )
            .threshold(0.0, "green")
            .threshold(0.01, "yellow")
            .threshold(0.05, "red")
            .alert("StreamErrorRateHigh")
            .size(6, 4),
        )
        .panel(
            Panel::time_series(
                "Active Streams",
                "Streams that are open, by what they tell of",
                Unit::Short,
                sum(StreamMetrics::ACTIVE).by(KIND),
            )
            .alert("StreamStalled"),
        )
        .panel(Panel::time_series(
            "Open Connections by Transport",
            "Streams that are open, by how they reach their clients",
            Unit::Short,
            sum(StreamMetrics::CONNECTIONS).by(["type"]),
        ))
        .panel(Panel::time_series(
            "Stream Duration (p50/p95)",
            "How long the streams that ended had been open; the last bucket ends at 600 s, so that 600 s means 600 s or more",
            Unit::Seconds,
            quantiles([0.5, 0.95], StreamMetrics::DURATION).by(KIND),
        ))
        .panel(Panel::time_series(
            "Streams Ended",
            "Streams that ended, by what they told of",
            Unit::per_second("streams"),
            rate(StreamMetrics::DISCONNECTS).by(KIND),
        ))
        .row("Events")
        .panel(
            Panel::time_series(
                "Time to First Event (p95)",
                "95th percentile of the time from accepting a stream to its first event; 10 s means 10 s or more, and a stream without any event is not in it",
                Unit::Seconds,
                quantiles([0.95], StreamMetrics::TIME_TO_FIRST_EVENT).by(KIND),
            )
            .alert("StreamTimeToFirstEventHigh"),
        )
        .panel(Panel::time_series(
            "Delivery Latency (p99)",
            "99th percentile of the time from publishing an event to handing it to the connection; 250 ms means 250 ms or more",
            Unit::Seconds,
            quantiles([0.99], StreamMetrics::LATENCY),
        ))
        .panel(Panel::stacked_area(
            "Events by Type",
            "Events sent, by their type",
            Unit::per_second("events"),
            rate(EventMetrics::SENT).by(["event_type"]),
        ))
        .panel(
            Panel::stacked_area(
                "Events by Kind",
                "Events sent, by what their stream tells of; none while streams are open is a stall",
                Unit::per_second("events"),
                rate(EventMetrics::SENT).by(KIND),
            )
            .alert("StreamStalled"),
        )
        .row("Ends")
        .panel(
            Panel::stacked_area(
                "Stream Errors by Reason",
                "Streams that ended in an error, by what went wrong",
                Unit::per_second("streams"),
                rate(StreamMetrics::ERRORS).by(["kind", "reason"]),
            )
            .alert("StreamErrorRateHigh"),
        )
        .panel(
            Panel::stacked_area(
                "Disconnects by Reason",
                "Streams that ended, by why; a clean end is completed",
                Unit::per_second("streams"),
                rate(StreamMetrics::DISCONNECTS).by(["reason"]),
            )
            .alert("StreamConnectionDrops"),
        )
        .panel(
            Panel::time_series(
                "Stream Error Rate",
                "Share of the streams that ended in an error, of those that ended",
                Unit::Ratio,
                share(rate(StreamMetrics::ERRORS).by(KIND), rate(StreamMetrics::DURATION).by(KIND)),
            )
            .max(1.0)
            .alert("StreamErrorRateHigh")
            .alert("MostStreamsFail"),
        )
        .panel(
            Panel::time_series(
                "Stream Drop Rate",
                "Share of the streams that ended otherwise than completed: clients that left among them",
                Unit::Ratio,
                share(
                    rate(StreamMetrics::DISCONNECTS).except(CloseReason::Completed).by(KIND),
                    rate(StreamMetrics::DISCONNECTS).by(KIND),
                ),
            )
            .max(1.0)
            .alert("StreamConnectionDrops"),
        )
}

/// This domain's part of the dashboard that several share.
fn infrastructure() -> Dashboard {
    Dashboard::infrastructure()
        .row("Streams & Connections")
        .panel(
            Panel::time_series(
                "Active Connections",
                "Open stream connections, by transport",
                Unit::Short,
                sum(StreamMetrics::CONNECTIONS).by(["type"]),
            )
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "Events Published",
                "Events sent on streams, all types together",
                Unit::per_second("events"),
                rate(EventMetrics::SENT_IN_ALL),
            )
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "Stream Latency",
                "99th percentile of the time from publishing an event to handing it to the connection; 250 ms means 250 ms or more",
                Unit::Seconds,
                quantiles([0.99], StreamMetrics::LATENCY),
            )
            .size(8, 8),
        )
}

//! The dashboard Telemetry Pipeline.

use crate::model::{Dashboard, Panel, Unit};
use crate::query::{Expr, Query, max, min, promql, rate};

use super::certificates::time_left;
use super::collector::{ACCEPTED, CAPACITY, FAILED, MEMORY, PIPE, QUEUE, REFUSED, REJECTED, SENT, UPTIME};
use super::losses::{DROPPED, FAILURES, OVERFLOW, left_out, lost};
use super::names::PIPELINE;

pub(super) fn telemetry_pipeline() -> Dashboard {
    let board = Dashboard::new(
        PIPELINE,
        "Telemetry Pipeline",
        "Whether telemetry arrives: what applications cannot export or record, and what the collector does with the rest",
    );
    collector(applications(board))
}

/// 0 where nothing of the kind has been counted, and nothing where nothing at all is.
fn or_zero(part: impl Into<Expr>) -> Expr {
    promql(format!("{} or 0 * {}", part.into(), rate(DROPPED)))
}

fn applications(board: Dashboard) -> Dashboard {
    board
        .row("Applications")
        .panel(
            Panel::stat(
                "Lost on the Way",
                "Spans, log records and batches of metrics that were recorded and never reached the collector",
                Unit::per_second("items"),
                or_zero(lost()),
            )
            .threshold(0.0, "green")
            .threshold(0.1, "red")
            .alert("TelemetryDropped")
            .size(6, 8),
        )
        .panel(
            Panel::stat(
                "Left Out",
                "What was never recorded: values that would corrupt a series, labels too long, callbacks that hang or panic",
                Unit::per_second("items"),
                or_zero(left_out()),
            )
            .threshold(0.0, "green")
            .threshold(0.1, "yellow")
            .alert("TelemetryValuesLeftOut")
            .size(6, 8),
        )
        .panel(
            Panel::time_series(
                "Failed Exports",
                "Exports that failed after all retries, by service and signal; metrics are cumulative and make up for them",
                Unit::per_second("exports"),
                rate(FAILURES).by(["job", "signal"]),
            )
            .alert("TelemetryExportFailing"),
        )
        .panel(
            Panel::stacked_area(
                "Lost Items by Reason",
                "What was lost before export. On the way: queue_full, export_failed, rejected by the collector, shutdown, \
                 log_buffer_full. Never recorded: invalid_value, recorded_in_callback, callback_hangs, callback_panicked, \
                 live_entities_full, live_label_too_long",
                Unit::per_second("items"),
                rate(DROPPED).by(["signal", "reason"]),
            )
            .alert("TelemetryDropped")
            .alert("TelemetryValuesLeftOut"),
        )
        .panel(
            Panel::time_series(
                "Cardinality Overflow by Metric",
                "Measurements that were counted under `_other`, because a label of the metric has reached its limit of values",
                Unit::per_second("measurements"),
                rate(OVERFLOW).by(["metric"]),
            )
            .alert("TelemetrySeriesOverflow"),
        )
        .panel(
            Panel::stat(
                "Certificates Expire In",
                "Time that the certificates have left with which services export, by service; those of the system are not seen",
                Unit::Seconds,
                time_left().legend("{{job}} {{certificate}}"),
            )
            .threshold(0.0, "red")
            .threshold(1_209_600.0, "green")
            .alert("TelemetryCertificateExpiring"),
        )
        .panel(Panel::stacked_area(
            "Errors by Code",
            "Errors of the application's error catalogue, by code and component",
            Unit::per_second("errors"),
            rate(telemetry_core::ErrorMetrics::ERRORS).by(["error_code", "component"]),
        ))
}

/// One query for each of the three signals.
fn of_each_signal(metrics: [&'static str; 3]) -> [Query; 3] {
    let named = |(metric, name): (&'static str, &str)| rate(metric).legend(name);
    let [spans, records, points] = metrics;
    [(spans, "spans"), (records, "log records"), (points, "metric points")].map(named)
}

fn collector(board: Dashboard) -> Dashboard {
    board
        .row("Collector")
        .panel(
            Panel::stat(
                "Collector Uptime",
                "Time since the collector started that started last: a drop is a restart, none means that none is scraped",
                Unit::Seconds,
                min(UPTIME),
            )
            .alert("CollectorDown")
            .size(6, 8),
        )
        .panel(
            Panel::time_series(
                "Collector Queue Fill",
                "Share of each exporter's queue that is taken; a full one loses what comes",
                Unit::Ratio,
                max(QUEUE).by(PIPE) / max(CAPACITY).by(PIPE),
            )
            .max(1.0)
            .alert("CollectorQueueFilling")
            .size(9, 8),
        )
        .panel(
            Panel::time_series(
                "Collector Memory",
                "Memory in RAM, by collector",
                Unit::Bytes,
                max(MEMORY).by(["instance"]),
            )
            .alert("CollectorRefusesData")
            .size(9, 8),
        )
        .panel(Panel::time_series(
            "Received by the Collector",
            "What applications sent and the collector took",
            Unit::per_second("items"),
            of_each_signal(ACCEPTED),
        ))
        .panel(Panel::time_series(
            "Sent by the Collector",
            "What the back ends took; metrics that Prometheus scrapes are among them",
            Unit::per_second("items"),
            of_each_signal(SENT),
        ))
        .panel(
            Panel::time_series(
                "Refused by the Collector",
                "What the collector did not take, mostly because its memory is at the limit; applications try again",
                Unit::per_second("items"),
                of_each_signal(REFUSED),
            )
            .alert("CollectorRefusesData"),
        )
        .panel(
            Panel::time_series(
                "Failed to Send",
                "What a back end did not take and is not tried again",
                Unit::per_second("items"),
                of_each_signal(FAILED),
            )
            .alert("CollectorLosesData")
            .size(6, 8),
        )
        .panel(
            Panel::time_series(
                "Not Queued",
                "What found an exporter's queue full",
                Unit::per_second("items"),
                of_each_signal(REJECTED),
            )
            .alert("CollectorLosesData")
            .size(6, 8),
        )
}

//! What operators see of queries, connections and sizes: a part of the dashboard Infrastructure.

use telemetry_mixin::model::{
    Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Panel, RecordedQuantile, Severity, Unit,
};
use telemetry_mixin::query::{
    FEWEST_OF_MOST, WINDOW_OF_MOST, buckets, elsewhere, given, increase, max, most_fail, promql, quantiles, rate,
    series, share, sorted, sum, threshold,
};
use telemetry_mixin::runbook;

use crate::CATALOGUE;
use crate::metrics::{ConnectionMetrics, DbOperation, QueryMetrics, SizeMetrics};

/// The dashboard that alerts name, which other domains have a part in, too.
const INFRASTRUCTURE: &str = "infrastructure";

/// Who acts on this domain's alerts.
const TEAM: &str = "platform";

const QUERY: [&str; 2] = ["operation", "table"];
const DATABASE: [&str; 1] = ["database"];
const TABLE: [&str; 1] = ["table"];

/// One query a minute: of fewer, one that is slow is no sign.
const SOME_PER_SECOND: f64 = 1.0 / 60.0;
/// Below it, a database doubles because somebody uses it.
const LARGE_BYTES: f64 = 1e9;

/// What the dashboard and the latency alert share.
fn slow() -> RecordedQuantile {
    RecordedQuantile::new(0.95, QueryMetrics::DURATION, &QUERY, "5m")
}

/// The database domain, for the generator.
///
/// ```
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// let files = generate(&GeneratorSettings::default(), &[telemetry_db::mixin::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/infrastructure.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("db", CATALOGUE, mixin())
}

/// Its part of the dashboard, its rules and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(infrastructure())
        .rules(slow().rules())
        .alert(slow_queries())
        .alert(most_queries_fail())
        .alert(database_size_growth())
}

fn infrastructure() -> Dashboard {
    queries(sizes(Dashboard::infrastructure().row("Database")))
}

fn sizes(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::stat(
                "Database Size",
                "Size of each database, as the instance tells it that tells most",
                Unit::Bytes,
                max(SizeMetrics::SIZE).by(DATABASE),
            )
            .alert("DatabaseSizeGrowth")
            .size(6, 8),
        )
        .panel(
            Panel::time_series(
                "Database Size over Time",
                "Size of each database, as the instance tells it that tells most",
                Unit::Bytes,
                max(SizeMetrics::SIZE).by(DATABASE),
            )
            .alert("DatabaseSizeGrowth")
            .size(10, 8),
        )
        .panel(
            Panel::time_series(
                "Connections in Use",
                "Connections that queries and transactions hold, of all pools, by instance",
                Unit::Short,
                sum(ConnectionMetrics::ACTIVE).by(["instance"]),
            )
            .size(8, 8),
        )
}

fn queries(board: Dashboard) -> Dashboard {
    board
        .panel(
            Panel::bucket_heatmap(
                "Query Latency",
                "How long queries take, all together: how many a second are in each bucket; the last one is above 1 s",
                Unit::Seconds,
                buckets(QueryMetrics::DURATION),
            )
            .alert("SlowQueries"),
        )
        .panel(Panel::time_series(
            "Queries per Second",
            "Queries that ended, however they did",
            Unit::per_second("queries"),
            rate(QueryMetrics::QUERIES),
        ))
        .panel(
            Panel::time_series(
                "Failed Queries",
                "Share of the queries of each table that failed or exceeded their timeout",
                Unit::Ratio,
                share(rate(QueryMetrics::FAILURES).by(TABLE), rate(QueryMetrics::QUERIES).by(TABLE)),
            )
            .max(1.0)
            .alert("MostQueriesFail"),
        )
        .panel(Panel::stacked_area(
            "Queries by Operation and Table",
            "Queries that ended, by what they do and to which table",
            Unit::per_second("queries"),
            rate(QueryMetrics::QUERIES).by(QUERY),
        ))
        .panel(
            Panel::time_series(
                "Query Latency by Table (p95)",
                "95th percentile by operation and table; 1 s means 1 s or more",
                Unit::Seconds,
                quantiles([0.95], QueryMetrics::DURATION).by(QUERY),
            )
            .alert("SlowQueries"),
        )
        .panel(
            Panel::table(
                "Slowest Queries",
                "95th percentile of the last 5 minutes, as the alert SlowQueries sees it; 1 s means 1 s or more",
                Unit::Seconds,
                sorted(slow().of_chosen_instances()),
            )
            .alert("SlowQueries"),
        )
}

fn slow_queries() -> Alert {
    let query = |metric| given(metric, "a").is("table", "tasks").only(DbOperation::Select);
    let taken = |bound| query(QueryMetrics::DURATION).bucket(bound);
    let ended = || query(QueryMetrics::QUERIES);
    Alert::new(
        runbook!("SlowQueries"),
        AlertRule {
            when: slow()
                .value()
                .above(threshold(0.5))
                .and(rate(QueryMetrics::QUERIES).by(QUERY).over("5m").above(SOME_PER_SECOND)),
            hold: "10m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Queries on a table are slow",
            description: "One in twenty queries ({{ $labels.operation }} on {{ $labels.table }}) takes \
                          {{ $value | humanizeDuration }} or longer.",
            dashboard: INFRASTRUCTURE,
        },
    )
    .test(
        AlertTest::new("a tenth of the queries take between half a second and a second", "20m")
            .series(taken("0.25"), "0+54x30")
            .series(taken("0.5"), "0+54x30")
            .series(taken("1.0"), "0+60x30")
            .series(taken("+Inf"), "0+60x30")
            .series(ended(), "0+60x30")
            .fires(&[("operation", "select"), ("table", "tasks")], "750ms"),
    )
    .test(
        AlertTest::new("one in a hundred does", "20m")
            .series(taken("0.25"), "0+99x30")
            .series(taken("0.5"), "0+99x30")
            .series(taken("1.0"), "0+100x30")
            .series(taken("+Inf"), "0+100x30")
            .series(ended(), "0+100x30"),
    )
    .test(
        AlertTest::new("a query every five minutes is slow", "20m")
            .series(taken("0.25"), "0x30")
            .series(taken("0.5"), "0x30")
            .series(taken("1.0"), "0+0.2x30")
            .series(taken("+Inf"), "0+0.2x30")
            .series(ended(), "0+0.2x30"),
    )
    .test(
        AlertTest::new("it has to hold for ten minutes", "9m")
            .series(taken("0.25"), "0+54x30")
            .series(taken("0.5"), "0+54x30")
            .series(taken("1.0"), "0+60x30")
            .series(taken("+Inf"), "0+60x30")
            .series(ended(), "0+60x30"),
    )
}

fn most_queries_fail() -> Alert {
    let of = |metric| given(metric, "a").is("table", "tasks").only(DbOperation::Select);
    let healthy = elsewhere(QueryMetrics::QUERIES).is("table", "tasks").only(DbOperation::Select);
    Alert::new(
        runbook!("MostQueriesFail"),
        AlertRule {
            when: most_fail(
                increase(QueryMetrics::FAILURES).by(TABLE),
                increase(QueryMetrics::QUERIES).by(TABLE),
                FEWEST_OF_MOST,
            ),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Most queries on a table fail",
            description: "{{ $value | humanizePercentage }} of the queries on {{ $labels.table }} within $window failed.",
            dashboard: INFRASTRUCTURE,
        },
    )
    .window(WINDOW_OF_MOST)
    .test(
        AlertTest::new("all of five a minute since ten minutes, beside a busy service where all is well", "30m")
            .series(of(QueryMetrics::FAILURES), "0x20 5+5x20")
            .series(of(QueryMetrics::QUERIES), "0+5x40")
            .series(healthy, "0+600x40")
            .fires(&[("job", "api"), ("table", "tasks")], "100%"),
    )
    .test(
        AlertTest::new("half of them, which is the limit", "30m")
            .series(of(QueryMetrics::FAILURES), "0+5x40")
            .series(of(QueryMetrics::QUERIES), "0+10x40"),
    )
    .test(
        AlertTest::new("one query at night, which fails", "12m")
            .series(of(QueryMetrics::FAILURES), "0x5 1x20")
            .series(of(QueryMetrics::QUERIES), "0x5 1x20"),
    )
    .test(
        AlertTest::new("nothing is asked", "30m")
            .series(of(QueryMetrics::FAILURES), "50x40")
            .series(of(QueryMetrics::QUERIES), "50x40"),
    )
}

fn database_size_growth() -> Alert {
    let size = |instance| given(SizeMetrics::SIZE, instance).is("database", "tasks");
    let (now, before) = (max(SizeMetrics::SIZE).by(DATABASE), series(SizeMetrics::SIZE));
    Alert::new(
        runbook!("DatabaseSizeGrowth"),
        AlertRule {
            when: promql(format!("{now} / max by (database) (min_over_time({before}[$window]))"))
                .above(threshold(1.5))
                .and(max(SizeMetrics::SIZE).by(DATABASE).above(LARGE_BYTES)),
            hold: "30m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A database grows fast",
            description: "The database {{ $labels.database }} is {{ $value | printf \"%.1f\" }} times as large as it was \
                          within the last $window.",
            dashboard: INFRASTRUCTURE,
        },
    )
    .window("1d")
    .test(
        AlertTest::new("it doubles within a day, at both instances that ask it", "25h")
            .series(size("a"), "1000000000+1000000x2000")
            .series(size("b"), "1000000000+1000000x2000")
            .fires(&[("database", "tasks")], "2.4"),
    )
    .test(AlertTest::new("it grows by three percent a day", "25h").series(size("a"), "5000000000+100000x2000"))
    .test(AlertTest::new("a small one doubles", "25h").series(size("a"), "1000000+1000x2000"))
    .test(AlertTest::new("it shrinks", "25h").series(size("a"), "5000000000-1000000x2000"))
}

//! What operators see of HTTP servers.

mod objectives;

use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Panel, Severity, Unit};
use telemetry_mixin::query::{
    Aggregate, FEWEST_OF_MOST, WINDOW_OF_MOST, buckets, elsewhere, given, increase, most_fail, quantile, quantiles,
    rate, share, threshold,
};
use telemetry_mixin::runbook;

use crate::metrics::{CATALOGUE, RequestMetrics, RouteMetrics};

const TEAM: &str = "platform";

/// The dashboard's slug.
const HTTP: &str = "http";

const ROUTE: [&str; 2] = ["method", "path"];

/// Requests that were answered with a status of 500 or more.
fn failed() -> Aggregate {
    rate(RequestMetrics::REQUESTS).matches("status", "5..")
}

/// The HTTP domain, for the generator.
///
/// ```
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// let files = generate(&GeneratorSettings::default(), &[telemetry_http::mixin::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/overview.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("http", CATALOGUE, mixin())
}

/// Its dashboards and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(overview())
        .dashboard(http())
        .alert(high_error_rate())
        .alert(most_http_requests_fail())
        .alert(high_latency())
        .slos(objectives::all(TEAM, HTTP))
}

/// The part of the dashboard Overview that is HTTP's.
fn overview() -> Dashboard {
    Dashboard::overview()
        .row("Performance")
        .at_a_glance(error_share())
        .panel(
            Panel::time_series(
                "Request Rate",
                "HTTP requests, all routes together",
                Unit::RequestsPerSecond,
                rate(RequestMetrics::REQUESTS).legend("requests"),
            )
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "Error Rate",
                "Share of HTTP requests that were answered with a status of 500 or more",
                Unit::Ratio,
                share(failed(), rate(RequestMetrics::REQUESTS)).legend("errors"),
            )
            .alert("HighErrorRate")
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "P95 Latency",
                "95th percentile of HTTP requests, all routes together; the last bucket ends at 10 s",
                Unit::Seconds,
                quantiles([0.95], RouteMetrics::DURATION),
            )
            .alert("HighLatency")
            .size(8, 8),
        )
}

/// Whether requests fail, for the row that a dashboard begins with.
fn error_share() -> Panel {
    Panel::stat(
        "Error Share",
        "Share of HTTP requests that were answered with a status of 500 or more",
        Unit::Ratio,
        share(failed(), rate(RequestMetrics::REQUESTS)),
    )
    .threshold(0.0, "green")
    .threshold(0.01, "yellow")
    .threshold(0.05, "red")
    .alert("HighErrorRate")
    .size(6, 4)
}

fn http() -> Dashboard {
    Dashboard::new(HTTP, "HTTP", "Which routes are asked for, how they answer, how long they take, what they transfer")
        .row("Requests")
        .at_a_glance(error_share())
        .panel(Panel::stacked_area(
            "Requests by Status",
            "Requests by status; 499 are those whose client left before there was a response",
            Unit::RequestsPerSecond,
            rate(RequestMetrics::REQUESTS).by(["status"]),
        ))
        .panel(Panel::time_series(
            "Requests by Route",
            "Requests by method and route; those that match no route are `_unmatched`",
            Unit::RequestsPerSecond,
            rate(RequestMetrics::REQUESTS).by(ROUTE),
        ))
        .panel(
            Panel::time_series(
                "Error Rate by Route",
                "Share of each route's requests that were answered with a status of 500 or more",
                Unit::Ratio,
                share(failed().by(ROUTE), rate(RequestMetrics::REQUESTS).by(ROUTE)),
            )
            .alert("HighErrorRate")
            .alert("MostHttpRequestsFail"),
        )
        .panel(Panel::time_series(
            "Refused Requests",
            "Requests answered with a status of 400 to 499, by status: what callers do wrong, or are kept from",
            Unit::RequestsPerSecond,
            rate(RequestMetrics::REQUESTS).matches("status", "4..").by(["status"]),
        ))
        .row("Latency")
        .panel(
            Panel::time_series(
                "Latency by Route (p95)",
                "95th percentile by method and route; the last bucket ends at 10 s, so that 10 s means 10 s or more",
                Unit::Seconds,
                quantiles([0.95], RouteMetrics::DURATION).by(ROUTE),
            )
            .alert("HighLatency"),
        )
        .panel(Panel::bucket_heatmap(
            "Request Latency",
            "How the durations of all requests are spread; event streams and upgraded connections count until their response began",
            Unit::Seconds,
            buckets(RouteMetrics::DURATION),
        ))
        .row("Bodies")
        .panel(Panel::time_series(
            "Request Size (p95)",
            "95th percentile of what was read of the requests' bodies; the last bucket ends at 1 MB",
            Unit::Bytes,
            quantiles([0.95], RouteMetrics::REQUEST_SIZE).by(ROUTE),
        ))
        .panel(Panel::time_series(
            "Response Size (p95)",
            "95th percentile of what was sent of the responses' bodies; the last bucket ends at 1 MB",
            Unit::Bytes,
            quantiles([0.95], RouteMetrics::RESPONSE_SIZE).by(ROUTE),
        ))
}

fn high_error_rate() -> Alert {
    let answered =
        |status| given(RequestMetrics::REQUESTS, "a").is("method", "GET").is("path", "/tasks").is("status", status);
    let requests = || rate(RequestMetrics::REQUESTS);
    Alert::new(
        runbook!("HighErrorRate"),
        AlertRule {
            when: (failed() / requests()).above(threshold(0.05)).and(requests().above(0.1)),
            hold: "5m",
            severity: Severity::Critical,
            team: TEAM,
            summary: "Many HTTP requests fail",
            description: "{{ $value | humanizePercentage }} of the HTTP requests are answered with a status of 500 or more.",
            dashboard: HTTP,
        },
    )
    .cause("http errors")
    .keep_firing("5m")
    .test(
        AlertTest::new("all is well since two minutes, and may not stay so", "18m")
            .series(answered("500"), "0+60x12 720x30")
            .fires(&[], "100%"),
    )
    .test(AlertTest::new("all is well since ten minutes", "26m").series(answered("500"), "0+60x12 720x30"))
    .test(
        AlertTest::new("one request in ten fails", "15m")
            .series(answered("500"), "0+3x30")
            .series(answered("503"), "0+3x30")
            .series(answered("200"), "0+54x30")
            .fires(&[], "10%"),
    )
    .test(
        AlertTest::new("every one of a service does, beside a busy one where all is well", "15m")
            .series(answered("500"), "0+60x30")
            .series(elsewhere(RequestMetrics::REQUESTS).is("status", "200"), "0+60000x30")
            .fires(&[("job", "api")], "100%"),
    )
    .test(
        AlertTest::new("one request in a hundred fails", "15m")
            .series(answered("500"), "0+1x30")
            .series(answered("200"), "0+99x30"),
    )
    .test(
        AlertTest::new("what callers do wrong is no failure", "15m")
            .series(answered("404"), "0+50x30")
            .series(answered("499"), "0+10x30"),
    )
    .test(AlertTest::new("three requests a minute are too few to tell", "15m").series(answered("500"), "0+3x30"))
    .test(
        AlertTest::new("no request at all is no failure", "15m")
            .series(answered("500"), "60x30")
            .series(answered("200"), "60x30"),
    )
    .test(AlertTest::new("it has to hold for five minutes", "4m").series(answered("500"), "0+60x30"))
}

/// The sibling for a server that is asked seldom.
fn most_http_requests_fail() -> Alert {
    let answered =
        |status| given(RequestMetrics::REQUESTS, "a").is("method", "GET").is("path", "/tasks").is("status", status);
    let requests = || increase(RequestMetrics::REQUESTS);
    Alert::new(
        runbook!("MostHttpRequestsFail"),
        AlertRule {
            when: most_fail(requests().matches("status", "5.."), requests(), FEWEST_OF_MOST),
            hold: "2m",
            severity: Severity::Critical,
            team: TEAM,
            summary: "Most HTTP requests fail",
            description: "{{ $value | humanizePercentage }} of the HTTP requests within $window were answered with a status of 500 or more.",
            dashboard: HTTP,
        },
    )
    .window(WINDOW_OF_MOST)
    .cause("http errors")
    .test(
        AlertTest::new("all of five a minute since ten minutes, beside a busy service where all is well", "30m")
            .series(answered("200"), "0+5x20 100x20")
            .series(answered("503"), "0x20 5+5x20")
            .series(elsewhere(RequestMetrics::REQUESTS).is("status", "200"), "0+600x40")
            .fires(&[("job", "api")], "100%"),
    )
    .test(
        AlertTest::new("half of them, which is the limit", "30m")
            .series(answered("200"), "0+5x40")
            .series(answered("500"), "0+5x40"),
    )
    .test(AlertTest::new("one request at night, which fails", "12m").series(answered("500"), "0x5 1x20"))
    .test(AlertTest::new("nothing is asked", "30m").series(answered("500"), "50x40"))
}

fn high_latency() -> Alert {
    let taken = |bound| given(RouteMetrics::DURATION, "a").is("method", "GET").is("path", "/tasks").bucket(bound);
    Alert::new(
        runbook!("HighLatency"),
        AlertRule {
            when: quantile(0.95, RouteMetrics::DURATION).above(threshold(2.0)),
            hold: "10m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "HTTP requests are slow",
            description: "One HTTP request in twenty takes {{ $value | humanizeDuration }} or longer, the limit being $threshold s.",
            dashboard: HTTP,
        },
    )
    .test(
        AlertTest::new("a tenth of the requests take between 2.5 and 5 seconds", "20m")
            .series(taken("1.0"), "0+90x40")
            .series(taken("2.5"), "0+90x40")
            .series(taken("5.0"), "0+100x40")
            .series(taken("+Inf"), "0+100x40")
            .fires(&[], "3.75s"),
    )
    .test(
        AlertTest::new("one request in a hundred does", "20m")
            .series(taken("1.0"), "0+99x40")
            .series(taken("2.5"), "0+99x40")
            .series(taken("5.0"), "0+100x40")
            .series(taken("+Inf"), "0+100x40"),
    )
    .test(
        AlertTest::new("it has to hold for ten minutes", "9m")
            .series(taken("2.5"), "0+0x40")
            .series(taken("5.0"), "0+100x40")
            .series(taken("+Inf"), "0+100x40"),
    )
}

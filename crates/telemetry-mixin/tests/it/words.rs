//! The words of queries: what they mean in PromQL, and how they are put together.

use telemetry_core::{Counter, Gauge, Histogram, Label, Metrics};
use telemetry_mixin::model::{Panel, RecordedQuantile, Unit};
use telemetry_mixin::query::{
    Expr, IntoQueries, Query, amount, buckets, given, increase, max, min, promql, quantile, quantiles, rate, series,
    share, sorted, sum, threshold, top,
};

/// How a mail left.
#[derive(Label, Debug, Clone, Copy)]
#[label(name = "outcome")]
enum Outcome {
    Sent,
    Refused,
}

/// What is measured of one mailing list.
#[derive(Metrics)]
#[metrics(entity(list))]
struct Mails {
    /// Mails handed over
    #[metric(name = "mails_total")]
    mails: Counter<Outcome>,
    /// Time to hand a mail over
    #[metric(name = "mail_seconds", unit = "s", buckets = [0.1, 1.0])]
    time: Histogram,
    /// Mails that wait
    #[metric(name = "mail_queue")]
    queue: Gauge,
}

#[test]
fn words_are_promql() {
    for (said, expected) in [
        (Expr::from(rate(Mails::MAILS)), "sum(rate(mails_total[$window]))"),
        (rate(Mails::TIME).by(["list"]).into(), "sum by (list) (rate(mail_seconds_count[$window]))"),
        (amount(Mails::TIME).into(), "sum(rate(mail_seconds_sum[$window]))"),
        (increase(Mails::MAILS).over("1d").into(), "sum(increase(mails_total[1d]))"),
        (sum(Mails::QUEUE).into(), "sum(mail_queue)"),
        (min(Mails::QUEUE).by(["job", "list"]).into(), "min by (job, list) (mail_queue)"),
        (max(Mails::QUEUE).is("list", "news").into(), "max(mail_queue{list=\"news\"})"),
        (rate(Mails::MAILS).except(Outcome::Sent).into(), "sum(rate(mails_total{outcome!=\"sent\"}[$window]))"),
        (
            rate(Mails::MAILS).only(Outcome::Refused).is_not("list", "news").into(),
            "sum(rate(mails_total{outcome=\"refused\", list!=\"news\"}[$window]))",
        ),
        (
            rate(series(Mails::MAILS).matches("list", "a.*")).matches_not("list", "ab").into(),
            "sum(rate(mails_total{list=~\"a.*\", list!~\"ab\"}[$window]))",
        ),
        (buckets(Mails::TIME).by(["list"]).into(), "sum by (le, list) (rate(mail_seconds_bucket[$window]))"),
        (
            quantile(0.99, Mails::TIME).over("5m").into(),
            "histogram_quantile(0.99, sum by (le) (rate(mail_seconds_bucket[5m])))",
        ),
        (top(3, sum(Mails::QUEUE).by(["list"])), "topk(3, sum by (list) (mail_queue))"),
        (sorted(sum(Mails::QUEUE).by(["list"])), "sort_desc(sum by (list) (mail_queue))"),
        (
            share(rate("a_total") + rate("b_total"), rate("c_total") + rate("d_total")),
            "(sum(rate(a_total[$window])) + sum(rate(b_total[$window])) or 0 * (sum(rate(c_total[$window])) + \
             sum(rate(d_total[$window])))) / ((sum(rate(c_total[$window])) + sum(rate(d_total[$window]))) > 0)",
        ),
    ] {
        assert_eq!(said.to_string(), expected);
    }
}

#[test]
fn series_of_tests_are_written_as_they_are_exported() {
    assert_eq!(given(Mails::QUEUE, "a").to_string(), r#"mail_queue{job="api", instance="a"}"#);
    assert_eq!(series(Mails::TIME).count().to_string(), "mail_seconds_count");
    assert_eq!(series(Mails::TIME).total().to_string(), "mail_seconds_sum");
    assert_eq!(
        given(Mails::TIME, "a").is("list", "news").bucket("1.0").to_string(),
        r#"mail_seconds_bucket{job="api", instance="a", list="news", le="1.0"}"#
    );
    assert_eq!(series("up").is("job", "a\"\\").to_string(), r#"up{job="a\"\\"}"#);
}

#[test]
fn parentheses_stand_where_they_are_needed() {
    let (a, b, c) = (|| sum("a"), || sum("b"), || sum("c"));
    for (said, expected) in [
        (a() / b() / c(), "sum(a) / sum(b) / sum(c)"),
        (a() / (b() / c()), "sum(a) / (sum(b) / sum(c))"),
        ((a() + b()) * 2.0, "(sum(a) + sum(b)) * 2"),
        (2.0 * a() + b(), "2 * sum(a) + sum(b)"),
        ((a() / b()).above(0.5), "sum(a) / sum(b) > 0.5"),
        (a().above(1.0) * b(), "(sum(a) > 1) * sum(b)"),
        (a().at_least(1.0).and(b().below(2.0)), "sum(a) >= 1 and sum(b) < 2"),
        (promql("a or b").above(1.0), "(a or b) > 1"),
        (promql("level:a:sum").equal_to(0.0), "level:a:sum == 0"),
    ] {
        assert_eq!(said.to_string(), expected);
    }
}

#[test]
fn of_two_thresholds_the_first_can_be_set() {
    let both = sum("a").above(threshold(0.5)).and(sum("b").above(threshold(2.0)));
    assert_eq!(both.to_string(), "sum(a) > $threshold and sum(b) > 2");
    assert_eq!(Query::from(both).expression, "sum(a) > 0.5 and sum(b) > 2");
}

#[test]
fn legends_follow_from_labels() {
    let legends = |queries: Vec<Query>| queries.into_iter().map(|query| query.legend).collect::<Vec<_>>();
    for (queries, expected) in [
        (rate(Mails::MAILS).into_queries(), vec![""]),
        (rate(Mails::MAILS).by(["list", "outcome"]).into_queries(), vec!["{{list}} {{outcome}}"]),
        (buckets(Mails::TIME).into_queries(), vec!["{{le}}"]),
        (quantile(0.5, Mails::TIME).by(["list"]).into_queries(), vec!["{{list}}"]),
        (quantiles([0.95], Mails::TIME).into_queries(), vec!["p95"]),
        (quantiles([0.95], Mails::TIME).by(["list"]).into_queries(), vec!["{{list}}"]),
        (quantiles([0.5, 0.999], Mails::TIME).by(["list"]).into_queries(), vec!["p50 {{list}}", "p99.9 {{list}}"]),
        (share(rate("a_total").by(["list"]), rate("b_total").by(["list"])).into_queries(), vec!["{{list}}"]),
        ((3600.0 * rate("a_total").by(["list"])).into_queries(), vec!["{{list}}"]),
        (top(3, rate("a_total").by(["list"])).into_queries(), vec!["{{list}}"]),
        (vec![sum("a").legend("first"), sum("b").legend("second")].into_queries(), vec!["first", "second"]),
        (
            RecordedQuantile::new(0.95, Mails::TIME, &["list"], "5m").of_chosen_instances().into_queries(),
            vec!["{{list}}"],
        ),
    ] {
        assert_eq!(legends(queries), expected);
    }
}

#[test]
fn a_panel_fills_the_window_in_and_leaves_what_is_written_out() {
    let panel = |queries: Vec<Query>| Panel::stat("Mails", "Mails handed over", Unit::Short, queries);
    let shown =
        panel(vec![rate(Mails::MAILS).into(), increase(Mails::MAILS).over("24h").instant(), "rate(x[$window])".into()]);
    let expressions: Vec<&str> = shown.queries.iter().map(|query| query.expression.as_str()).collect();
    assert_eq!(
        expressions,
        ["sum(rate(mails_total[$__rate_interval]))", "sum(increase(mails_total[24h]))", "rate(x[$window])"]
    );
    assert!(shown.queries[1].instant && !shown.queries[0].instant);
}

#[test]
fn a_recorded_quantile_without_labels_is_of_the_job() {
    let all = RecordedQuantile::new(0.5, Mails::TIME, &[], "10m");
    let names = all.rules().map(|rule| rule.name);
    assert_eq!(names, ["job_instance_le:mail_seconds_bucket:rate10m", "job:mail_seconds:p50_rate10m"]);
    assert_eq!(all.value().to_string(), names[1]);
}

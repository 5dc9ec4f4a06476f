//! Whatever Prometheus 3.9 parses is parsed, with everything experimental; `cargo xtask grammar` runs Prometheus's own table.

use telemetry_core::Namespace;
use telemetry_mixin::promql::{Checker, Role, selectors};

use crate::catalogue::CATALOGUE;

#[test]
fn what_prometheus_parses_is_parsed() {
    let cases: [(&str, usize); 62] = [
        // Strings: in backquotes a backslash is itself.
        (r"{job=~`api-\d+`}", 1),
        (r"rate(errors_total{path=~`/v1/\w+\.json`}[5m])", 1),
        (r"label_replace(up, `host`, `$1`, `instance`, `(.*):\d+`)", 1),
        (r#"{job=~"api-\\d+", env='prod\'s'}"#, 1),
        ("{job=\"\\u00e9\\x41\"}", 1),
        // Names in quotes.
        (r#"{"http.server.duration"}"#, 1),
        (r#"{"http.server.duration", "k8s.pod"="a", job!="b"}"#, 1),
        (r#"sum by ("k8s.pod", job) (rate({"http.calls"}[5m]))"#, 1),
        (r#"up * on ("service.name", job) group_left ("k8s.pod") down"#, 2),
        (r#"{`a\b`="c"}"#, 1),
        ("{__name__=~\".+_total\", job=\"a\"}", 1),
        (r#"{or="a", and="b", by="c", on="d"}"#, 1),
        (r#"up{a="b" or c="d"}"#, 1),
        // Words that are keywords elsewhere.
        ("step", 1),
        ("smoothed + anchored", 2),
        ("sum by (step, smoothed, offset, bool) (up)", 1),
        ("sum + min / max", 3),
        ("start + end", 2),
        ("fill", 1),
        // Durations that are calculated.
        ("rate(errors_total[5m * 2])", 1),
        ("rate(errors_total[5m+30s])", 1),
        ("rate(errors_total[(1h - 5m) / 2])", 1),
        ("rate(errors_total[max(5m, 4 * step())])", 1),
        ("rate(errors_total[2 ^ 8])", 1),
        ("rate(errors_total[-(-5m)])", 1),
        ("max_over_time(rate(errors_total[5m])[1h + 30m : step() * 2])", 1),
        ("max_over_time(rate(errors_total[5m])[1h : ])", 1),
        ("up offset (5m * 2)", 1),
        ("up offset -(1d - 1h)", 1),
        ("up offset step()", 1),
        ("up offset -min(step(), 1m)", 1),
        ("up offset 5m * 2", 1),
        ("up offset -1h30m", 1),
        ("rate(errors_total[300])", 1),
        ("rate(errors_total[1_000])", 1),
        ("rate(errors_total[0x1F])", 1),
        // Moments.
        ("up @ 1700000000", 1),
        ("up @ -0.5e3", 1),
        ("up @ start() offset 5m", 1),
        ("rate(errors_total[5m] offset 1h @ end())", 1),
        // Ranges that look beyond their ends.
        ("rate(errors_total[5m] smoothed)", 1),
        ("increase(errors_total[5m] anchored) > 3", 1),
        ("increase(errors_total[5m] anchored offset 1h)", 1),
        ("up smoothed", 1),
        // Histograms that are one series.
        ("histogram_quantile(0.9, sum by (job) (rate(latency_seconds[5m])))", 1),
        ("histogram_fraction(0, 0.2, rate(latency_seconds[1h]))", 1),
        ("histogram_avg(rate(latency_seconds[5m])) > histogram_stddev(rate(latency_seconds[5m]))", 2),
        ("histogram_count(increase(latency_seconds[1d])) - histogram_sum(increase(latency_seconds[1d]))", 2),
        // Experimental functions and aggregations.
        ("info(up)", 1),
        (r#"info(rate(errors_total[5m]), {k8s_cluster=~".*"})"#, 2),
        ("info(up, {})", 2),
        (r#"info(up, {__name__=~"target_info|build_info", version="1"})"#, 2),
        ("limitk(5, up)", 1),
        ("limit_ratio(-0.1, up) by (job)", 1),
        ("sort_by_label(up, \"job\", \"instance\")", 1),
        ("mad_over_time(load[1h]) / double_exponential_smoothing(load[1h], 0.5, 0.1)", 2),
        ("ts_of_max_over_time(load[1h])", 1),
        // Numbers.
        ("1_000_000 + 0x_f * .5e-3 - Inf", 0),
        ("up == bool NaN", 1),
        ("time() - 5m", 0),
        // Comments and spaces.
        ("# first\nsum by # of jobs\n(job)\t(up) # last", 1),
        ("up[ 5m ] @\n1 offset\t5m", 1),
    ];
    for (case, found) in cases {
        match selectors(case) {
            Ok(number) => assert_eq!(number, found, "{case}"),
            Err(problem) => panic!("{}", problem.in_expression(case)),
        }
    }
}

#[test]
fn what_prometheus_refuses_is_refused() {
    let cases = [
        "rate(errors_total[5m *])",
        "rate(errors_total[step])",
        "rate(errors_total[max(5m)])",
        "rate(errors_total[(5m])",
        "rate(errors_total[5m]) smoothed anchored smoothed by",
        "up offset max(1m)",
        "up offset (5m",
        "{`a\\`b`=\"c\"}",
        "up{job=~\"(\"}",
        "info(up, up{job=\"a\"}, 1)",
        "limitk(up)",
        "1 smoothed",
        "up[5m:5m:5m]",
        "up{}[]",
        "sum by (\"a) (up)",
        "{}",
        "1__x",
        "rate(up)",
    ];
    for case in cases {
        assert!(selectors(case).is_err(), "{case}");
    }
}

#[test]
fn names_in_quotes_are_checked_like_others() {
    let checker = Checker::new(&[CATALOGUE], &Namespace::DEFAULT);
    for sound in [
        r#"sum by ("kind") (rate({"http_exec_started_total", "kind"="task"}[5m * 2]))"#,
        r"rate(runtime_tool_errors_total{tool_id=~`a\d`}[5m] anchored)",
    ] {
        if let Err(problems) = checker.check(sound, Role::Panel) {
            panic!("{}", problems[0].in_expression(sound));
        }
    }
    for (case, told, place) in [
        (r#"sum by ("knd") (rate(http_exec_started_total[5m]))"#, "has no label `knd`", 8..13),
        (r#"rate({"http_exec_started_total", "kind"="tsk"}[5m])"#, "is never \"tsk\"", 40..45),
        ("rate({`http_exec_startd_total`}[5m + 1m])", "unknown metric `http_exec_startd_total`", 6..30),
        (r"rate(http_exec_started_total{kind=~`x\d`}[5m])", r#"matches "x\d""#, 35..40),
    ] {
        let problems = checker.check(case, Role::Panel).expect_err(case);
        assert!(problems[0].message.contains(told), "{case}: {}", problems[0].message);
        assert_eq!(problems[0].span, place, "{case}");
    }
}

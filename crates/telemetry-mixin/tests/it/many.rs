//! A file of many rules, as a fleet's mixins together make it. The figures of the example `check_speed` are of these, too.

use std::fmt::Write as _;

/// Rules as public mixins have them: recordings by several labels, ratios, quantiles, alerts with texts.
pub(crate) fn rules(number: u32) -> String {
    let mut text = "groups:\n".to_owned();
    for at in 0..number {
        if at % 20 == 0 {
            let _ = write!(text, "- name: group-{}\n  interval: 1m\n  rules:\n", at / 20);
        }
        let _ = match at % 4 {
            0 => write!(
                text,
                "  - record: cluster_job:requests_{at}:rate5m\n    expr: sum by (cluster, job) (rate(requests_{at}_total{{job=~\".+\"}}[5m]))\n"
            ),
            1 => write!(
                text,
                "  - record: job:latency_{at}:p99\n    expr: |\n      histogram_quantile(0.99, sum by (job, le) (rate(latency_{at}_seconds_bucket[5m])))\n"
            ),
            2 => write!(
                text,
                "  - alert: ErrorsHigh{at}\n    expr: |\n      sum by (job) (rate(errors_{at}_total{{code=~\"5..\"}}[5m]))\n        / sum by (job) (rate(requests_{at}_total[5m])) > 0.05\n    for: 10m\n    labels:\n      severity: warning\n    annotations:\n      summary: Errors are high\n      description: '{{{{ $labels.job }}}} fails {{{{ $value | humanizePercentage }}}} of its requests.'\n"
            ),
            _ => write!(
                text,
                "  - alert: Down{at}\n    expr: up{{job=\"job-{at}\"}} == 0\n    for: 5m\n    labels:\n      severity: critical\n"
            ),
        };
    }
    text
}

//! What the checker has to know of PromQL's functions.

use super::lint::Lint;
use super::problem::Problem;
use super::tree::Span;

/// Functions of a counter's range: they follow its resets.
pub(crate) fn is_rate(function: &str) -> bool {
    matches!(function, "rate" | "irate" | "increase")
}

/// Functions of a gauge's range: a counter's reset would look like a fall.
pub(crate) fn is_delta(function: &str) -> bool {
    matches!(
        function,
        "delta" | "idelta" | "deriv" | "predict_linear" | "holt_winters" | "double_exponential_smoothing"
    )
}

/// Functions that only ask whether or how often there was a sample, so that the value does not matter.
pub(crate) fn ignores_value(function: &str) -> bool {
    matches!(
        function,
        "absent"
            | "absent_over_time"
            | "present_over_time"
            | "count_over_time"
            | "changes"
            | "resets"
            | "timestamp"
            | "ts_of_last_over_time"
    )
}

/// Functions that hand their vector on as it is.
pub(crate) fn passes_value(function: &str) -> bool {
    matches!(
        function,
        "label_replace"
            | "label_join"
            | "last_over_time"
            | "first_over_time"
            | "sort"
            | "sort_desc"
            | "sort_by_label"
            | "sort_by_label_desc"
    )
}

/// The rate of a sum: a single restarted process makes the sum fall, which `rate` takes for a reset of all of it.
pub(crate) fn after_aggregation(function: &str, aggregation: &str, span: Span) -> Problem {
    Problem::new(
        format!("`{function}` after `{aggregation}`: one process that restarts looks like a reset of all"),
        span,
    )
    .help(format!("take the rate first: `{aggregation}({function}(...))`"))
    .lint(Lint::RateAfterSum)
}

/// Where the range stands among a function's arguments.
pub(crate) fn range_argument(function: &str) -> Option<usize> {
    match function {
        "quantile_over_time" => Some(1),
        "changes" | "resets" => Some(0),
        _ if is_rate(function) || is_delta(function) || function.ends_with("_over_time") => Some(0),
        _ => None,
    }
}

pub(crate) const AGGREGATIONS: [&str; 14] = [
    "avg",
    "bottomk",
    "count",
    "count_values",
    "group",
    "limit_ratio",
    "limitk",
    "max",
    "min",
    "quantile",
    "stddev",
    "stdvar",
    "sum",
    "topk",
];

/// The words that may stand before a parenthesis without being a function or an aggregation.
pub(crate) const KEYWORDS: [&str; 18] = [
    "anchored",
    "and",
    "atan2",
    "bool",
    "by",
    "end",
    "fill",
    "fill_left",
    "fill_right",
    "group_left",
    "group_right",
    "ignoring",
    "offset",
    "on",
    "or",
    "smoothed",
    "unless",
    "without",
];

/// The functions that are mistyped most often; only for suggestions.
pub(crate) const FUNCTIONS: [&str; 37] = [
    "abs",
    "absent",
    "absent_over_time",
    "avg_over_time",
    "ceil",
    "changes",
    "clamp",
    "clamp_max",
    "clamp_min",
    "count_over_time",
    "day_of_week",
    "delta",
    "deriv",
    "floor",
    "histogram_avg",
    "histogram_count",
    "histogram_quantile",
    "histogram_sum",
    "hour",
    "idelta",
    "increase",
    "irate",
    "label_join",
    "label_replace",
    "last_over_time",
    "max_over_time",
    "min_over_time",
    "minute",
    "predict_linear",
    "quantile_over_time",
    "rate",
    "resets",
    "round",
    "scalar",
    "sum_over_time",
    "time",
    "vector",
];

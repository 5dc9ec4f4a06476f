//! The name that Prometheus shows for a metric of the semantic conventions, as collectors make it.

use std::borrow::Cow;

use super::kind::Kind;

/// The name of a metric in Prometheus, by the rules of OpenTelemetry's compatibility document: parts are joined by
/// underscores, then comes the unit in words, and `_total` for a counter. A name without dots is one of our own, and stays
/// as it is.
///
/// Source: <https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus>
pub(super) fn name<'a>(name: &'a str, unit: &str, kind: Kind) -> Cow<'a, str> {
    if !name.contains('.') {
        return Cow::Borrowed(name);
    }
    let mut words: Vec<&str> =
        name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let unit = unit.trim();
    let (amount, per) = unit.split_once('/').map_or((unit, None), |(amount, per)| (amount, Some(per)));
    let mut add = |word: &'static str| {
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    };
    add(in_words(amount));
    if let Some(per) = per.map(per_word).filter(|per| !per.is_empty()) {
        add("per");
        add(per);
    }
    if unit == "1" && kind == Kind::Gauge {
        add("ratio");
    }
    if kind == Kind::Counter {
        words.retain(|word| *word != "total");
        words.push("total");
    }
    Cow::Owned(words.join("_"))
}

/// Annotations such as `{token}` are no unit.
fn in_words(unit: &str) -> &'static str {
    match unit {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "TiBy" => "tibibytes",
        "KBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "TBy" => "terabytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "%" => "percent",
        _ => "",
    }
}

fn per_word(unit: &str) -> &'static str {
    match unit.trim() {
        "s" => "second",
        "m" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mo" => "month",
        "y" => "year",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_a_collector_makes() {
        use Kind::{Counter, Gauge, Histogram, UpDownCounter};
        for (otel, unit, kind, expected) in [
            ("http.server.request.duration", "s", Histogram, "http_server_request_duration_seconds"),
            ("gen_ai.client.token.usage", "{token}", Histogram, "gen_ai_client_token_usage"),
            ("http.server.active_requests", "{request}", UpDownCounter, "http_server_active_requests"),
            ("system.network.io", "By", Counter, "system_network_io_bytes_total"),
            ("jobs.total", "{job}", Counter, "jobs_total"),
            ("cache.hits", "1", Gauge, "cache_hits_ratio"),
            ("cache.hits", "1", Counter, "cache_hits_total"),
            ("disk.rate", "By/s", Gauge, "disk_rate_bytes_per_second"),
            ("wait.seconds", "s", Histogram, "wait_seconds"),
            ("runtime_tool_execute_seconds", "s", Histogram, "runtime_tool_execute_seconds"),
            ("http_server_errors", "", Counter, "http_server_errors"),
        ] {
            assert_eq!(name(otel, unit, kind), expected, "{otel} in {unit:?}, a {}", kind.as_str());
        }
    }
}

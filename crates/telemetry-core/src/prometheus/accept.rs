//! What a scrape accepts: the format of the metrics, and whether compressed.

use http::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName};

/// The form in which metrics are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Prometheus's own, version 0.0.4.
    Prometheus,
    /// OpenMetrics, version 1.0.0.
    OpenMetrics,
}

impl Format {
    /// OpenMetrics if `accept` prefers it to plain text, or takes either.
    pub(super) fn accepted(headers: &HeaderMap) -> Self {
        let (mut open, mut plain) = (0.0, 0.0);
        for item in items(headers, &ACCEPT) {
            let version = item.parameter("version").unwrap_or("1.0.0");
            let best = match &*item.name.to_ascii_lowercase() {
                "application/openmetrics-text" if version == "1.0.0" => &mut open,
                "text/plain" | "text/*" | "*/*" => &mut plain,
                _ => continue,
            };
            *best = item.weight().max(*best);
        }
        if open > 0.0 && open >= plain { Self::OpenMetrics } else { Self::Prometheus }
    }
}

/// Whether `accept-encoding` has gzip, by its name or by `*`, and does not exclude it with `q=0`.
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut by_star = false;
    for item in items(headers, &ACCEPT_ENCODING) {
        let is_excluded = item.weight() == 0.0;
        if item.name.eq_ignore_ascii_case("gzip") || item.name.eq_ignore_ascii_case("x-gzip") {
            return !is_excluded;
        }
        by_star |= item.name == "*" && !is_excluded;
    }
    by_star
}

/// One of the things that a header accepts.
struct Item<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Item<'a> {
    fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// How much it is wanted: 1 unless it says otherwise.
    fn weight(&self) -> f32 {
        self.parameter("q").and_then(|weight| weight.parse().ok()).unwrap_or(1.0)
    }
}

fn items<'a>(headers: &'a HeaderMap, header: &HeaderName) -> impl Iterator<Item = Item<'a>> {
    let listed = headers.get_all(header).into_iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|value| value.split(',')).map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let pair =
            |part: &'a str| part.split_once('=').map(|(name, value)| (name.trim(), value.trim().trim_matches('"')));
        Item { name, parameters: parts.filter_map(pair).collect() }
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(name: &HeaderName, value: Option<&'static str>) -> HeaderMap {
        value.map(|value| (name.clone(), HeaderValue::from_static(value))).into_iter().collect()
    }

    #[test]
    fn gzip_is_used_where_it_is_accepted() {
        for (header, accepted) in [
            (None, false),
            (Some(""), false),
            (Some("gzip"), true),
            (Some("GZIP;q=1.0, *;q=0.5"), true),
            (Some("deflate, gzip;q=0.2"), true),
            (Some("gzip;q=0"), false),
            (Some("gzip; q=0.000, *"), false),
            (Some("*"), true),
            (Some("*;q=0"), false),
            (Some("identity"), false),
            (Some("br"), false),
        ] {
            assert_eq!(accepts_gzip(&headers(&ACCEPT_ENCODING, header)), accepted, "{header:?}");
        }
    }

    #[test]
    fn open_metrics_is_for_whoever_prefers_it() {
        let prometheus = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,\
            application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
            application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
        for (header, open) in [
            (None, false),
            (Some("*/*"), false),
            (Some("text/plain"), false),
            (Some("application/openmetrics-text"), true),
            (Some("Application/OpenMetrics-Text; version=\"1.0.0\""), true),
            (Some("application/openmetrics-text;version=0.0.1"), false),
            (Some("application/openmetrics-text;q=0"), false),
            (Some("text/plain;version=0.0.4;q=1,application/openmetrics-text;q=0.5"), false),
            (Some("application/openmetrics-text;q=0.5,text/plain;q=0.5"), true),
            (Some(prometheus), true),
        ] {
            let expected = if open { Format::OpenMetrics } else { Format::Prometheus };
            assert_eq!(Format::accepted(&headers(&ACCEPT, header)), expected, "{header:?}");
        }
    }
}

//! The metrics in the text format of OpenMetrics, which can say since when a series counts.
//!
//! Source: <https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md>

use std::fmt::{self, Write as _};

use prometheus::proto::{LabelPair, Metric, MetricFamily, MetricType};

use crate::starts::Starts;

const TOTAL: &str = "_total";

/// The families as one exposition. `starts` tells since when their series count.
pub(super) fn encode(families: &[MetricFamily], starts: &mut Starts) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let mut result = Ok(());
    starts.of_families(families, |family, since| {
        if result.is_ok() {
            result = write_family(&mut text, family, since);
        }
    });
    result?;
    text.push_str("# EOF\n");
    Ok(text)
}

fn write_family(text: &mut String, family: &MetricFamily, since: &[u64]) -> fmt::Result {
    // The format appends `_total` to a counter's name. One that does not end so is of a kind that nobody knows, so that
    // its series is called as before.
    let (name, kind) = match (family.get_field_type(), family.name().strip_suffix(TOTAL)) {
        (MetricType::COUNTER, Some(name)) => (name, "counter"),
        (MetricType::GAUGE, _) => (family.name(), "gauge"),
        (MetricType::HISTOGRAM, _) => (family.name(), "histogram"),
        _ => (family.name(), "unknown"),
    };
    writeln!(text, "# TYPE {name} {kind}")?;
    if !family.help().is_empty() {
        write!(text, "# HELP {name} ")?;
        write_escaped(text, family.help())?;
        text.push('\n');
    }
    for (index, metric) in family.get_metric().iter().enumerate() {
        match family.get_field_type() {
            MetricType::COUNTER => write_sample(text, family.name(), metric, metric.get_counter().get_value())?,
            MetricType::GAUGE => write_sample(text, name, metric, metric.get_gauge().get_value())?,
            MetricType::HISTOGRAM => write_histogram(text, name, metric)?,
            MetricType::SUMMARY | MetricType::UNTYPED => {}
        }
        if kind != "unknown"
            && let Some(since) = since.get(index)
        {
            write_series(text, &format!("{name}_created"), metric.get_label(), None)?;
            writeln!(text, "{}.{:03}", since / 1_000_000_000, since / 1_000_000 % 1_000)?;
        }
    }
    Ok(())
}

fn write_histogram(text: &mut String, name: &str, metric: &Metric) -> fmt::Result {
    let histogram = metric.get_histogram();
    let bucket = format!("{name}_bucket");
    let finite = histogram.get_bucket().iter().filter(|bucket| bucket.upper_bound().is_finite());
    let finite = finite.map(|bucket| (format!("{:?}", bucket.upper_bound()), bucket.cumulative_count()));
    for (bound, count) in finite.chain([("+Inf".to_owned(), histogram.get_sample_count())]) {
        write_series(text, &bucket, metric.get_label(), Some(&bound))?;
        writeln!(text, "{count}")?;
    }
    write_sample(text, &format!("{name}_sum"), metric, histogram.get_sample_sum())?;
    write_series(text, &format!("{name}_count"), metric.get_label(), None)?;
    writeln!(text, "{}", histogram.get_sample_count())
}

fn write_sample(text: &mut String, name: &str, metric: &Metric, value: f64) -> fmt::Result {
    write_series(text, name, metric.get_label(), None)?;
    if value.is_infinite() {
        text.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else {
        write!(text, "{value}")?;
    }
    text.push('\n');
    Ok(())
}

/// A name and its labels, and the blank before the value.
fn write_series(text: &mut String, name: &str, labels: &[LabelPair], bound: Option<&str>) -> fmt::Result {
    text.push_str(name);
    let own = labels.iter().map(|label| (label.name(), label.value()));
    let mut separator = '{';
    for (label, value) in own.chain(bound.map(|bound| ("le", bound))) {
        write!(text, "{separator}{label}=\"")?;
        write_escaped(text, value)?;
        text.push('"');
        separator = ',';
    }
    text.push_str(if separator == '{' { " " } else { "} " });
    Ok(())
}

fn write_escaped(text: &mut String, value: &str) -> fmt::Result {
    for c in value.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            c => text.write_char(c)?,
        }
    }
    Ok(())
}

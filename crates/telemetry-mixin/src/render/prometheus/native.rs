//! The classic series of a test's histograms as one native series each, in promtool's notation.

use crate::promql::{ClassicPart, Expression, NativeHistograms, Problem, classic_series};

/// The input with every histogram that is given by its classic series as a native one with custom buckets. Its bounds are those
/// that the test's buckets name, so that a quantile lies where it did: the others' values are not told.
pub(super) fn natively(
    input: Vec<(String, String)>,
    histograms: &NativeHistograms,
) -> Result<Vec<(String, String)>, Problem> {
    let mut converted = Vec::new();
    let mut given: Vec<Given> = Vec::new();
    for (series, values) in input {
        let Some((selector, name, part)) = classic_series(&Expression::new(series.as_str()), histograms)? else {
            converted.push((series, values));
            continue;
        };
        let at = given.iter().position(|known| known.selector == selector).unwrap_or_else(|| {
            given.push(Given { selector, name, parts: Vec::new() });
            given.len() - 1
        });
        given[at].parts.push((part, expanded(&values).ok_or_else(|| unread(&series, &values))?));
    }
    for histogram in &given {
        let named = given.iter().filter(|other| other.name == histogram.name).flat_map(Given::bounds);
        let mut bounds: Vec<f64> = named.collect();
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        if bounds.is_empty() {
            bounds.extend(histograms.bounds(&histogram.name));
        }
        let points = histogram.points(&bounds).ok_or_else(|| unread(&histogram.selector, "its parts"))?;
        converted.push((histogram.selector.clone(), written(&points, &bounds)));
    }
    Ok(converted)
}

fn unread(series: &str, values: &str) -> Problem {
    Problem::new(format!("{values} of `{series}` make no native histogram"), 0..0)
        .help("give its `_count`, its `_sum` and its buckets as many values, which go together")
}

/// What a test tells of one histogram.
struct Given {
    selector: String,
    name: String,
    parts: Vec<(ClassicPart, Vec<Sample>)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Sample {
    Value(f64),
    Missing,
    Stale,
}

/// A histogram at one time: its sum, and how many values each bucket has, the last without a bound.
#[derive(Debug, Clone, PartialEq)]
enum Point {
    Histogram { sum: f64, buckets: Vec<f64> },
    Missing,
    Stale,
}

impl Given {
    fn bounds(&self) -> impl Iterator<Item = f64> {
        self.parts.iter().filter_map(|(part, _)| match part {
            ClassicPart::UpTo(bound) => Some(*bound),
            _ => None,
        })
    }

    fn points(&self, bounds: &[f64]) -> Option<Vec<Point>> {
        let times = self.parts.iter().map(|(_, samples)| samples.len()).max()?;
        (0..times).map(|time| self.point(time, bounds)).collect()
    }

    /// `None` where some parts have a value then and others have none, or a bucket holds fewer than that below it.
    fn point(&self, time: usize, bounds: &[f64]) -> Option<Point> {
        let samples = || self.parts.iter().map(|(_, samples)| samples.get(time).copied().unwrap_or(Sample::Missing));
        if samples().all(|sample| sample == Sample::Missing) {
            return Some(Point::Missing);
        }
        if samples().all(|sample| sample == Sample::Stale) {
            return Some(Point::Stale);
        }
        let value = |wanted: ClassicPart| {
            let found = self.parts.iter().find(|(part, _)| *part == wanted)?;
            match found.1.get(time) {
                Some(Sample::Value(value)) => Some(*value),
                _ => None,
            }
        };
        if !samples().all(|sample| matches!(sample, Sample::Value(_))) {
            return None;
        }
        let mut below = 0.0;
        let mut buckets = Vec::with_capacity(bounds.len() + 1);
        for bound in bounds {
            let up_to = value(ClassicPart::UpTo(*bound)).unwrap_or(below);
            buckets.push(up_to - below);
            below = up_to;
        }
        buckets.push(value(ClassicPart::Count).map_or(0.0, |count| count - below));
        let sum = value(ClassicPart::Sum).unwrap_or_default();
        buckets.iter().all(|count| *count >= 0.0).then_some(Point::Histogram { sum, buckets })
    }
}

/// promtool's notation, sample by sample; `None` for what it is not.
fn expanded(values: &str) -> Option<Vec<Sample>> {
    let mut samples = Vec::new();
    for item in values.split_whitespace() {
        let (item, times) = match item.split_once('x') {
            Some((item, times)) => (item, Some(times.parse::<u32>().ok()?)),
            None => (item, None),
        };
        match item {
            "_" => samples.extend((0..times.unwrap_or(1)).map(|_| Sample::Missing)),
            "stale" => samples.push(Sample::Stale),
            _ => {
                let sign = item
                    .char_indices()
                    .skip(1)
                    .find(|(at, sign)| matches!(sign, '+' | '-') && !item[..*at].ends_with(['e', 'E']));
                let (first, step) = match sign {
                    Some((at, _)) => (item[..at].parse::<f64>().ok()?, item[at..].parse::<f64>().ok()?),
                    None => (item.parse().ok()?, 0.0),
                };
                let value = |time: u32| Sample::Value(first + step * f64::from(time));
                samples.extend((0..=times.unwrap_or(0)).map(value));
            }
        }
    }
    Some(samples)
}

/// promtool's notation of the points, with what rises steadily in one piece.
fn written(points: &[Point], bounds: &[f64]) -> String {
    let mut pieces: Vec<String> = Vec::new();
    let mut rest = points;
    while let Some(first) = rest.first() {
        let (piece, times) = match first {
            Point::Missing => ("_".to_owned(), 1),
            Point::Stale => ("stale".to_owned(), 1),
            Point::Histogram { .. } => match rest.get(1).and_then(|next| step(first, next)) {
                Some(rise) => {
                    let follow = rest.windows(2).take_while(|pair| is_step(&pair[0], &pair[1], &rise)).count();
                    let by = if is_empty(&rise) { String::new() } else { format!("+{}", notation(&rise, bounds)) };
                    (format!("{}{by}x{follow}", notation(first, bounds)), follow + 1)
                }
                None => (notation(first, bounds), 1),
            },
        };
        pieces.push(piece);
        rest = &rest[times..];
    }
    pieces.join(" ")
}

/// By what the second is more than the first; `None` where a part falls.
fn step(first: &Point, next: &Point) -> Option<Point> {
    let (Point::Histogram { sum, buckets }, Point::Histogram { sum: next_sum, buckets: next_buckets }) = (first, next)
    else {
        return None;
    };
    let buckets: Vec<f64> = buckets.iter().zip(next_buckets).map(|(from, to)| to - from).collect();
    let rises = next_sum >= sum && buckets.iter().all(|count| *count >= 0.0);
    rises.then_some(Point::Histogram { sum: next_sum - sum, buckets })
}

fn is_empty(point: &Point) -> bool {
    matches!(point, Point::Histogram { sum, buckets } if *sum == 0.0 && buckets.iter().all(|count| *count == 0.0))
}

/// Whether the second is the first and that rise, but for what binary fractions make of it.
fn is_step(first: &Point, next: &Point, rise: &Point) -> bool {
    let (Some(Point::Histogram { sum, buckets }), Point::Histogram { sum: by, buckets: by_each }) =
        (step(first, next), rise)
    else {
        return false;
    };
    let is_near = |one: f64, other: f64| (one - other).abs() <= 1e-9 * other.abs().max(1.0);
    is_near(sum, *by) && buckets.iter().zip(by_each).all(|(one, other)| is_near(*one, *other))
}

fn notation(point: &Point, bounds: &[f64]) -> String {
    let Point::Histogram { sum, buckets } = point else { return String::new() };
    let count: f64 = buckets.iter().sum();
    let values = bounds.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    let mut text = format!("{{{{schema:-53 count:{count} sum:{sum} custom_values:[{values}]");
    let used = |count: &f64| *count > 0.0;
    if let (Some(first), Some(last)) = (buckets.iter().position(used), buckets.iter().rposition(used)) {
        let counts = buckets[first..=last].iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        text.push_str(&format!(" offset:{first} buckets:[{counts}]"));
    }
    text + "}}"
}

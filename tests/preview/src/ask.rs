//! A panel's queries, asked of a Prometheus.

use serde::Deserialize;

use crate::dashboard::{Panel, Target};
use crate::error::{AskError, PreviewError};
use crate::legend;
use crate::series::{Labels, Series, Shown};
use crate::variables::Variables;
use crate::window::Window;

/// How many columns a heat map and a row of states have at most.
const CELLS: u64 = 64;

/// Nothing that is measured is larger.
const LARGEST: f64 = 1e100;

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Data {
    Matrix(Vec<Row>),
    Vector(Vec<Cell>),
    Scalar(Point),
}

type Point = (f64, String);

#[derive(Deserialize)]
struct Row {
    metric: Labels,
    #[serde(default)]
    values: Vec<Point>,
}

#[derive(Deserialize)]
struct Cell {
    metric: Labels,
    /// Native histograms have none.
    value: Option<Point>,
}

/// Answers the path of a query with what a Prometheus says to it.
pub(crate) type Ask<'a> = dyn FnMut(&str) -> Result<String, AskError> + 'a;

/// All that a panel shows. Its expressions have to be filled in.
pub(crate) fn ask(
    panel: &Panel,
    variables: &Variables,
    window: Window,
    ask: &mut Ask<'_>,
) -> Result<Shown, PreviewError> {
    let window = match &*panel.kind {
        "heatmap" | "state-timeline" | "status-history" => window.with_points(CELLS),
        _ => window,
    };
    let mut all = Vec::new();
    for target in panel.asked() {
        let expression = variables.fill(&target.expr);
        let path = path(target, &expression, window);
        let said = ask(&path).map_err(|because| PreviewError::NoAnswer {
            panel: panel.title.clone(),
            expression: expression.clone(),
            because,
        })?;
        let answer: Answer = serde_json::from_str(&said).map_err(|because| PreviewError::NoPrometheus {
            panel: panel.title.clone(),
            expression,
            because,
        })?;
        let mut series = read(answer.data, target, window);
        if target.format == "heatmap" {
            series = apart(series);
        }
        legend::name(&mut series, &target.legend_format, &panel.title);
        all.extend(series);
    }
    Ok(Shown { window, series: all })
}

fn path(target: &Target, expression: &str, window: Window) -> String {
    let query = escape(expression);
    match target.instant && !target.range {
        true => format!("/api/v1/query?query={query}&time={}", window.end()),
        false => {
            let (start, end, step) = (window.start(), window.end(), window.step());
            format!("/api/v1/query_range?query={query}&start={start}&end={end}&step={step}")
        }
    }
}

fn read(data: Data, target: &Target, window: Window) -> Vec<Series> {
    let series = |labels, values| Series { name: String::new(), labels, query: target.ref_id.clone(), values };
    match data {
        Data::Matrix(rows) => {
            let row = |row: Row| {
                let mut values = vec![None; window.points()];
                for (time, value) in row.values {
                    let point = (window.share(time) * (window.points() - 1) as f64).round();
                    if let Some(place) = values.get_mut(point as usize) {
                        *place = number(&value);
                    }
                }
                series(row.metric, values)
            };
            rows.into_iter().map(row).collect()
        }
        Data::Vector(cells) => {
            let cell = |cell: Cell| Some(series(cell.metric, vec![number(&cell.value?.1)]));
            cells.into_iter().filter_map(cell).collect()
        }
        Data::Scalar((_, value)) => vec![series(Labels::new(), vec![number(&value)])],
    }
}

/// A number that can be shown, with sums of it that can be, too.
fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.abs() < LARGEST)
}

/// The buckets of a histogram, of which each holds those below it too, taken apart.
fn apart(mut series: Vec<Series>) -> Vec<Series> {
    let bound =
        |series: &Series| series.labels.get("le").and_then(|le| le.parse::<f64>().ok()).unwrap_or(f64::INFINITY);
    series.sort_by(|one, other| bound(one).total_cmp(&bound(other)));
    for at in (1..series.len()).rev() {
        let below = series[at - 1].values.clone();
        for (value, below) in series[at].values.iter_mut().zip(below) {
            // Prometheus's rates of two buckets may differ in their last digits.
            *value = value.map(|value| (value - below.unwrap_or_default()).max(0.0));
        }
    }
    series
}

/// The text as it stands in a query of a URL.
fn escape(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

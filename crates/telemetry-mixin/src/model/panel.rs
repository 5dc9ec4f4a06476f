//! A panel as declared: how it draws, in which unit, of which queries.

use super::Unit;
use crate::query::{IntoQueries, Query};

/// How a panel draws its series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viz {
    /// Lines over time.
    TimeSeries,
    /// Areas over time, one upon the other.
    StackedArea,
    /// Bars over time, one upon the other.
    StackedBars,
    /// One number with a line below it that shows its course.
    Stat,
    /// A dial for each series.
    Gauge,
    /// A row for each series, coloured over time by its value.
    Heatmap,
    /// A histogram's buckets, coloured over time; the query keeps `le`.
    BucketHeatmap,
    /// How often which value occurs among the series.
    Histogram,
    /// A bar for each bucket of a histogram; the query keeps `le`.
    BucketBars,
    /// A bar for each series.
    Bar,
    /// A slice for each series.
    Pie,
    /// A line for each series, a column for each label.
    Table,
    /// The times at which a series had which value.
    EventTimeline,
}

/// A value from which on a panel shows a colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// The value; the first threshold of a panel holds from there down, too.
    pub from: f64,
    /// Grafana's name of the colour.
    pub color: String,
}

/// One panel of a dashboard: made by how it is drawn, of a title, a description, a unit and what it asks for.
///
/// ```
/// use telemetry_mixin::model::{Panel, Unit};
/// use telemetry_mixin::query::rate;
///
/// let panel = Panel::time_series(
///     "Mails by List",
///     "Mails handed to the server",
///     Unit::per_second("mails"),
///     rate("mails_total").by(["list"]),
/// );
/// assert_eq!(panel.queries[0].legend, "{{list}}");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The title.
    pub title: String,
    /// What it shows and what to make of it.
    pub description: String,
    /// How it is drawn.
    pub viz: Viz,
    /// What its values are measured in.
    pub unit: Unit,
    /// Its queries.
    pub queries: Vec<Query>,
    /// The least value of its axis; 0 unless [`signed`](Self::signed).
    pub min: Option<f64>,
    /// The greatest value of its axis, where there is one.
    pub max: Option<f64>,
    /// Colours by value, in rising order.
    pub thresholds: Vec<Threshold>,
    /// The alerts that read the same, whose runbooks it links to.
    pub alerts: Vec<String>,
    /// How far back it looks, where that is not what the dashboard's reader chooses: `30d`.
    pub range: Option<String>,
    /// The width in Grafana's 24 columns.
    pub width: u8,
    /// The height in Grafana's rows of 30 pixels.
    pub height: u8,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident => $viz:ident, $width:literal;)+) => {
        impl Panel {
            $(
                $(#[doc = $doc])+
                #[must_use]
                pub fn $name(
                    title: impl Into<String>,
                    description: impl Into<String>,
                    unit: Unit,
                    queries: impl IntoQueries,
                ) -> Self {
                    let (title, description, queries) = (title.into(), description.into(), queries.into_queries());
                    Self::new(Viz::$viz, title, description, unit, queries, $width)
                }
            )+
        }
    };
}

kinds! {
    /// A panel of lines over time.
    time_series => TimeSeries, 12;
    /// A panel of stacked areas over time.
    stacked_area => StackedArea, 12;
    /// A panel of stacked bars over time.
    stacked_bars => StackedBars, 12;
    /// A panel of one number with its course.
    stat => Stat, 6;
    /// A panel of dials.
    gauge => Gauge, 6;
    /// A panel of one coloured row for each series.
    heatmap => Heatmap, 12;
    /// A panel of a histogram's buckets over time.
    bucket_heatmap => BucketHeatmap, 12;
    /// A panel of how often which value occurs.
    histogram => Histogram, 12;
    /// A panel of one bar for each bucket of a histogram.
    bucket_bars => BucketBars, 12;
    /// A panel of one bar for each series.
    bar => Bar, 12;
    /// A panel of one slice for each series.
    pie => Pie, 8;
    /// A panel of lines and columns. Of several queries each value is a column under the query's legend; a query without one
    /// is there for its labels.
    table => Table, 12;
    /// A panel of when a series had which value.
    event_timeline => EventTimeline, 12;
}

impl Panel {
    fn new(viz: Viz, title: String, description: String, unit: Unit, queries: Vec<Query>, width: u8) -> Self {
        Self {
            title,
            description,
            viz,
            unit,
            queries,
            min: Some(0.0),
            max: None,
            thresholds: Vec::new(),
            alerts: Vec::new(),
            range: None,
            width,
            height: 8,
        }
    }

    /// Ends the axis there.
    #[must_use]
    pub fn max(mut self, max: f64) -> Self {
        self.max = Some(max);
        self
    }

    /// Lets the axis go below 0.
    #[must_use]
    pub fn signed(mut self) -> Self {
        self.min = None;
        self
    }

    /// Shows the colour from that value on; the first colour holds below, too.
    #[must_use]
    pub fn threshold(mut self, from: f64, color: impl Into<String>) -> Self {
        self.thresholds.push(Threshold { from, color: color.into() });
        self
    }

    /// Links to the runbook of an alert that reads the same.
    #[must_use]
    pub fn alert(mut self, alert: impl Into<String>) -> Self {
        self.alerts.push(alert.into());
        self
    }

    /// Looks that far back, whatever time range the dashboard's reader chooses.
    #[must_use]
    pub fn range(mut self, range: impl Into<String>) -> Self {
        self.range = Some(range.into());
        self
    }

    /// Sets the size in Grafana's grid, which is 24 columns wide.
    #[must_use]
    pub fn size(mut self, width: u8, height: u8) -> Self {
        self.width = width;
        self.height = height;
        self
    }
}

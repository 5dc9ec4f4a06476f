//! A panel as declared: how it draws, in which unit, of which queries.

use super::{Query, Unit};

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

/// One panel of a dashboard.
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
                pub fn $name(title: impl Into<String>, description: impl Into<String>) -> Self {
                    Self::new(Viz::$viz, title, description, $width)
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
    /// A panel of lines and columns.
    table => Table, 12;
    /// A panel of when a series had which value.
    event_timeline => EventTimeline, 12;
}

impl Panel {
    fn new(viz: Viz, title: impl Into<String>, description: impl Into<String>, width: u8) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            viz,
            unit: Unit::Short,
            queries: Vec::new(),
            min: Some(0.0),
            max: None,
            thresholds: Vec::new(),
            alerts: Vec::new(),
            width,
            height: 8,
        }
    }

    /// Says what the values are measured in.
    #[must_use]
    pub fn unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// Adds a query.
    #[must_use]
    pub fn query(mut self, query: Query) -> Self {
        self.queries.push(query);
        self
    }

    /// Adds one query for each quantile of a histogram, over `sum by (le, …)` of its buckets' rate.
    ///
    /// ```
    /// use telemetry_mixin::model::Panel;
    ///
    /// let panel = Panel::time_series("Latency", "How long requests take").quantiles("request_seconds", &["path"], &[0.95]);
    /// assert_eq!(
    ///     panel.queries[0].expression,
    ///     "histogram_quantile(0.95, sum by (le, path) (rate(request_seconds_bucket[$__rate_interval])))",
    /// );
    /// assert_eq!(panel.queries[0].legend, "{{path}}");
    /// ```
    #[must_use]
    pub fn quantiles(mut self, histogram: &str, by: &[&str], ranks: &[f64]) -> Self {
        let labels = std::iter::once("le").chain(by.iter().copied()).collect::<Vec<_>>().join(", ");
        let names = by.iter().map(|label| format!("{{{{{label}}}}}")).collect::<Vec<_>>().join(" ");
        for rank in ranks {
            let expression =
                format!("histogram_quantile({rank}, sum by ({labels}) (rate({histogram}_bucket[$__rate_interval])))");
            let rank_name = format!("p{}", rank * 100.0);
            let legend = match (ranks.len(), names.is_empty()) {
                (1, false) => names.clone(),
                (_, false) => format!("{rank_name} {names}"),
                (_, true) => rank_name,
            };
            self.queries.push(Query::new(expression).legend(legend));
        }
        self
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

    /// Sets the size in Grafana's grid, which is 24 columns wide.
    #[must_use]
    pub fn size(mut self, width: u8, height: u8) -> Self {
        self.width = width;
        self.height = height;
        self
    }
}

//! What a panel's queries were answered with: series over the window, or numbers of now.

use std::collections::BTreeMap;

use crate::window::Window;

/// The labels of a series.
pub(crate) type Labels = BTreeMap<String, String>;

/// One series, under the name that the legend gives it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) labels: Labels,
    /// Which of the panel's queries it comes from.
    pub(crate) query: String,
    /// A number for each point of the window, or one number.
    pub(crate) values: Vec<Option<f64>>,
}

/// What a panel has to show.
pub(crate) struct Shown {
    pub(crate) window: Window,
    pub(crate) series: Vec<Series>,
}

impl Series {
    pub(crate) fn last(&self) -> Option<f64> {
        self.values.iter().rev().find_map(|value| *value)
    }

    pub(crate) fn max(&self) -> Option<f64> {
        self.values.iter().flatten().copied().reduce(f64::max)
    }
}

impl Shown {
    /// Whether there is no number at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.last().is_none())
    }

    /// The time of a point.
    pub(crate) fn time(&self, point: usize) -> f64 {
        self.window.start() as f64 + (point as u64 * self.window.step()) as f64
    }
}

//! Why there is no picture.

use std::error::Error;

use telemetry_core::readable;

/// What asking a Prometheus may end in.
pub type AskError = Box<dyn Error + Send + Sync>;

/// Why a dashboard could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The file is no dashboard of Grafana's.
    #[error("this is no dashboard of Grafana: accepted is its JSON with `title` and `panels`")]
    NoDashboard(#[source] serde_json::Error),
    /// A dashboard has a panel for which there is no room.
    #[error("panel {}: accepted is a place within 24 columns and {rows} rows", readable(.panel))]
    NoRoom {
        /// The panel's title.
        panel: String,
        /// How many rows a dashboard may have.
        rows: u32,
    },
    /// Prometheus refused a query, or did not answer.
    #[error("panel {}: no answer to {}", readable(.panel), readable(.expression))]
    NoAnswer {
        /// The panel's title.
        panel: String,
        /// What was asked, with its variables filled in.
        expression: String,
        /// Why not.
        #[source]
        because: AskError,
    },
    /// What answered was no Prometheus.
    #[error("panel {}: accepted is an answer of Prometheus to {}", readable(.panel), readable(.expression))]
    NoPrometheus {
        /// The panel's title.
        panel: String,
        /// What was asked, with its variables filled in.
        expression: String,
        /// What is wrong with the answer.
        #[source]
        because: serde_json::Error,
    },
}

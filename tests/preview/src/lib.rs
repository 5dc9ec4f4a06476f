//! Pictures of Grafana's dashboards with the data of a Prometheus: drawn as SVG, laid out as in Grafana, and as pages of
//! HTML that need nothing else.

mod area;
mod ask;
mod axes;
mod colour;
mod dashboard;
mod error;
mod layout;
mod legend;
mod panel;
mod picture;
mod series;
mod style;
mod svg;
mod unit;
mod variables;
mod window;

pub use error::{AskError, PreviewError};
pub use picture::{Picture, State, Subject};
pub use unit::Unit;
pub use variables::Variables;
pub use window::Window;

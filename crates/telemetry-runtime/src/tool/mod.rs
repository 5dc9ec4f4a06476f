//! The runs of tools.

mod entry;
mod instruments;
mod run;
mod settings;
mod start;

pub use entry::Tools;
pub use run::ToolRun;
pub use settings::ToolSettings;
pub use start::ToolStart;

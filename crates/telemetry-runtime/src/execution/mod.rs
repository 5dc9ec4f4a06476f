//! The executions of tasks, agents and workflows.

mod background;
mod entry;
mod guard;
mod id;
mod instruments;
mod preparation;
mod start;
mod work;

pub use background::{Accepted, Background};
pub use entry::Executions;
pub use guard::Execution;
pub use preparation::AgentPreparation;
pub use start::ExecutionStart;

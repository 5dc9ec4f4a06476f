//! The closed labels of this crate's metrics.

pub use crate::metrics::{AgentStatus, ApprovalOutcome, Column, RunStatus, TokenType, ToolStatus};

//! The closed labels of this crate's metrics.

pub use crate::metrics::{
    ClaudeDirection, ClaudeStatus, ErrorType, FactoryType, Outcome, PersistErrorType, PersistOutcome, TokenDetail,
    TokenType,
};

//! What ends a test before its verdict.

use std::error::Error;

/// What ends a test before it has come to a verdict.
pub type Failure = Box<dyn Error + Send + Sync>;

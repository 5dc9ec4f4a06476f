//! What stands in for the platform's surroundings, and fails on purpose.

pub(crate) mod tool_process;

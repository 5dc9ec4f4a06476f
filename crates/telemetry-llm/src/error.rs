//! What set-up refuses.

use telemetry_core::SettingsError;

/// Why calls, or a queue of their usage, cannot be set up.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LlmError {
    /// A setting is not accepted, or the file of prices that one names cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingsError),
    /// There is no tokio runtime here whose task a queue could be.
    #[error("a usage queue is started within a tokio runtime, and there is none here")]
    NoRuntime,
}

telemetry_core::debug_as_display!(LlmError);

//! Why settings are refused, in words that name where the value stands.

use std::path::Path;

use crate::readable;

/// Why settings were refused. Nothing was started.
///
/// A value shows up in it unless it may hold a secret: headers, tokens, addresses with credentials. Its `Debug` is its
/// message, so that it is what `main` prints of it.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A setting has a value that is not accepted.
    #[error("{}: {} is not accepted; accepted is {accepted}", readable(setting), readable(value))]
    Value {
        /// The setting as it was written: an environment variable, a key of the file, a setting of the builder.
        setting: String,
        /// What it was set to, or `[redacted]`.
        value: String,
        /// What it may be set to.
        accepted: String,
    },
    /// There is no such setting.
    #[error(
        "{}: there is no such setting (those of a domain are known once the builder's `domain` has it); the nearest is \
         {nearest}",
        readable(setting)
    )]
    Unknown {
        /// The setting as it was written.
        setting: String,
        /// The setting whose name is most like it.
        nearest: String,
    },
    /// A file that a setting names cannot be used.
    #[error("{}: {}: {}", readable(setting), readable(path), readable(reason))]
    File {
        /// The setting that names the file.
        setting: String,
        /// The file.
        path: String,
        /// What is wrong with it; for a syntax error the place.
        reason: String,
    },
}

crate::debug_as_display!(SettingsError);

impl SettingsError {
    /// A value that is not accepted, for the check of a group: `key` is that of the setting, under which it stands in a
    /// file. Where the value came from is told in its place.
    ///
    /// ```
    /// use telemetry_core::SettingsError;
    ///
    /// let error = SettingsError::value("s3.parts", "2", "as many parts as there are servers");
    /// assert_eq!(error.to_string(), "s3.parts: 2 is not accepted; accepted is as many parts as there are servers");
    /// ```
    pub fn value(key: impl Into<String>, value: impl Into<String>, accepted: impl Into<String>) -> Self {
        Self::Value { setting: key.into(), value: value.into(), accepted: accepted.into() }
    }

    /// A file that cannot be used, for the check of a group: `key` is that of the setting which names it.
    pub fn file(key: impl Into<String>, path: &Path, reason: impl Into<String>) -> Self {
        Self::File { setting: key.into(), path: path.display().to_string(), reason: reason.into() }
    }

    /// The setting as it was written.
    #[must_use]
    pub fn setting(&self) -> &str {
        match self {
            Self::Value { setting, .. } | Self::Unknown { setting, .. } | Self::File { setting, .. } => setting,
        }
    }

    /// The same error of the setting by another name.
    #[cfg(feature = "otlp")]
    pub(crate) fn named(mut self, name: String) -> Self {
        match &mut self {
            Self::Value { setting, .. } | Self::Unknown { setting, .. } | Self::File { setting, .. } => *setting = name,
        }
        self
    }
}

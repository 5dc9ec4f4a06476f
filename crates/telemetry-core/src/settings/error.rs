//! Why settings are refused, in words that name where the value stands.

/// Why settings were refused. Nothing was started.
///
/// A value shows up in it unless it may hold a secret: headers, tokens, addresses with credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A setting has a value that is not accepted.
    #[error("{setting}: {value} is not accepted; accepted is {accepted}")]
    Value {
        /// The setting as it was written: an environment variable, a key of the file, a setting of the builder.
        setting: String,
        /// What it was set to, or `[redacted]`.
        value: String,
        /// What it may be set to.
        accepted: String,
    },
    /// There is no such setting.
    #[error("{setting}: there is no such setting; the nearest is {nearest}")]
    Unknown {
        /// The setting as it was written.
        setting: String,
        /// The setting whose name is most like it.
        nearest: String,
    },
    /// A file that a setting names cannot be used.
    #[error("{setting}: {path}: {reason}")]
    File {
        /// The setting that names the file.
        setting: String,
        /// The file.
        path: String,
        /// What is wrong with it; for a syntax error the place.
        reason: String,
    },
}

impl SettingsError {
    /// The setting as it was written.
    #[must_use]
    pub fn setting(&self) -> &str {
        match self {
            Self::Value { setting, .. } | Self::Unknown { setting, .. } | Self::File { setting, .. } => setting,
        }
    }
}

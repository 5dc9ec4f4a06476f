//! What holds for all databases.

use std::time::Duration;

use telemetry_core::Settings;

/// What holds for all databases.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "db", env = "TELEMETRY_DB", title = "Databases")]
pub struct DbSettings {
    /// Whether the metric `db.client.operation.duration` of the OpenTelemetry semantic conventions is recorded beside our
    /// own.
    #[setting(unset = "as the setting `semconv` says")]
    pub semconv: Option<bool>,
    /// From how long on a query is logged as slow. `0s` logs none.
    #[setting(default = "1s", accepts = "0s"..="24h")]
    pub slow_query: Duration,
    /// Whether spans and the log of slow queries have the text of the statement, without its literals: as `?` stands what
    /// is a value or may be one. A text that cannot be read is left out.
    #[setting(default = false)]
    pub query_text: bool,
    /// How many bytes of a statement are read for its operation and table. A longer one is counted as `other` and
    /// `_unknown`.
    #[setting(default = 65_536, accepts = 256..=1_048_576)]
    pub max_statement_bytes: usize,
    /// How many statements are remembered by their texts, so that they are not read again: so many for each system of
    /// databases.
    #[setting(default = 1_000, accepts = 2..=1_000_000)]
    pub max_known_statements: usize,
    /// How many bytes of memory the remembered statements of a system may take. One that takes more than half of it is not
    /// remembered.
    #[setting(default = 1_048_576, accepts = 1_024..=1_073_741_824)]
    pub max_known_bytes: usize,
    /// How often the size of a database is read, where this crate reads it.
    #[setting(default = "1min", accepts = "1s"..="24h")]
    pub size_interval: Duration,
}

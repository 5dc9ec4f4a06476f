//! What a setting is: declared once by `#[derive(Settings)]`, and from that read, checked, documented and tried.
//!
//! The field of a struct is a row: its doc comment is the documentation, its attribute says the default and what is
//! accepted. Key and environment variable follow from its name. See the derive [`Settings`](macro@crate::Settings).
//!
//! ```
//! use std::time::Duration;
//!
//! use telemetry_core::setting::SettingsGroup as _;
//! use telemetry_core::{Meter, MeterSettings, Settings};
//!
//! /// What holds for all uploads.
//! #[derive(Settings, Debug, Clone, PartialEq)]
//! #[settings(key = "s3", env = "TELEMETRY_S3")]
//! pub struct S3Settings {
//!     /// How long an upload may take.
//!     #[setting(default = "5s", accepts = "1ms"..="10min")]
//!     pub timeout: Duration,
//!     /// The share of uploads that get a span of their own.
//!     #[setting(default = 0.1, accepts = 0.0..=1.0)]
//!     pub span_ratio: f64,
//! }
//!
//! let row = &S3Settings::SETTINGS[0];
//! assert_eq!((row.key(), row.env()), ("s3.timeout", "TELEMETRY_S3_TIMEOUT"));
//! assert_eq!(row.accepted(), "a duration from 1 ms to 10 min");
//!
//! let wrong = S3Settings { span_ratio: 7.0, ..S3Settings::default() }.validate().unwrap_err();
//! assert_eq!(wrong.to_string(), "s3.span_ratio: 7 is not accepted; accepted is a number from 0 to 1");
//!
//! // What builder, environment and file say of a registered group (`TelemetryBuilder::domain`) is carried by the meter.
//! assert_eq!(Meter::noop().settings_of::<S3Settings>(), S3Settings::default());
//! ```

mod def;
mod domains;
mod error;
mod group;
mod list;
mod name;
mod node;
mod range;
mod scalar;
mod value;

pub use def::{Concern, SettingDef};
pub use domains::DomainSettings;
pub use error::SettingsError;
pub use group::SettingsGroup;
#[cfg(feature = "otlp")]
pub(crate) use list::pairs;
#[cfg(feature = "levels")]
pub(crate) use node::without_last;
pub use node::{Node, Syntax};
pub use range::Range;
pub use value::{SettingValue, one_of};

/// For the derive only.
#[doc(hidden)]
pub mod derive {
    pub use super::def::{Part, count, rooted, table};
    pub use super::group::Unaccepted;
    pub use super::value::{doc_default, no_default};
}

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
//! /// What holds for all mails.
//! #[derive(Settings, Debug, Clone, PartialEq)]
//! #[settings(key = "mail", env = "TELEMETRY_MAIL")]
//! pub struct MailSettings {
//!     /// How long handing a mail to the server may take.
//!     #[setting(default = "5s", accepts = "1ms"..="10min")]
//!     pub timeout: Duration,
//!     /// The share of mails that get a span of their own.
//!     #[setting(default = 0.1, accepts = 0.0..=1.0)]
//!     pub span_ratio: f64,
//! }
//!
//! let row = &MailSettings::SETTINGS[0];
//! assert_eq!((row.key(), row.env()), ("mail.timeout", "TELEMETRY_MAIL_TIMEOUT"));
//! assert_eq!(row.accepted(), "a duration from 1 ms to 10 min");
//!
//! let wrong = MailSettings { span_ratio: 7.0, ..MailSettings::default() }.validate().unwrap_err();
//! assert_eq!(wrong.to_string(), "mail.span_ratio: 7 is not accepted; accepted is a number from 0 to 1");
//!
//! // What builder, environment and file say of a registered group (`TelemetryBuilder::domain`) is carried by the meter.
//! assert_eq!(Meter::noop().settings_of::<MailSettings>(), MailSettings::default());
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

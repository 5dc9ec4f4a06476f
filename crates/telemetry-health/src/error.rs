//! Why the health of a service cannot be described like that.

use telemetry_core::{SettingsError, debug_as_display};

/// The component that stands for the whole.
pub(crate) const ALL: &str = "all";
/// The most characters of a component's name.
const LONGEST_NAME: usize = 64;

/// Why the health of a service cannot be described like that. Its `Debug` is its message.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HealthError {
    /// A setting.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The name of a component or of a startup step.
    #[error(
        "component name {name:?} is not accepted; accepted are 1 to {LONGEST_NAME} lower-case letters, digits, `_`, `-` \
         and `.`, but not `{ALL}`, which is the whole"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Two components or startup steps have the same name.
    #[error("component name {name:?} is given twice; accepted are names of their own")]
    Twice {
        /// The name.
        name: String,
    },
    /// A check would have no time.
    #[error("timeout of component {name:?}: 0s is not accepted; accepted is any longer time")]
    Timeout {
        /// The component's name.
        name: String,
    },
}

debug_as_display!(HealthError);

impl HealthError {
    /// Checks the name of a component or of a startup step.
    pub(crate) fn check_name(name: &str) -> Result<(), Self> {
        let sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
        if (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(sound) && name != ALL {
            Ok(())
        } else {
            Err(Self::Name { name: name.to_owned() })
        }
    }
}

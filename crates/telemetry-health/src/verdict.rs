//! What a check finds.

use std::any::Any;
use std::error::Error;
use std::fmt::Display;

use serde_json::{Map, Value};
use telemetry_core::error_message;
use telemetry_core::text::{NAME, cut};

use crate::message;
use crate::status::Status;

/// What a check found.
///
/// Message and details are read by whoever reaches the endpoint. Texts are therefore cut to their first line and to 200
/// characters, and words that may be secrets are taken out of them: addresses, key-value pairs, what follows a word such
/// as `password`, and what looks like a token. That is a net and no licence: do not hand in what must not be read.
///
/// A `Result` is a verdict: what the error in `Err` and its causes say is why the component is unhealthy; whatever `Ok`
/// holds, it is healthy, unless that is a verdict in turn.
///
/// ```
/// use telemetry_health::{Status, Verdict};
///
/// let row: Result<(i64, String), std::io::Error> = Ok((1, "a row, as clients return them".to_owned()));
/// assert_eq!(Verdict::from(row).status(), Status::Healthy);
/// let found: Result<Verdict, std::io::Error> = Ok(Verdict::degraded("the replica lags"));
/// assert_eq!(Verdict::from(found).status(), Status::Degraded);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub(crate) status: Status,
    pub(crate) message: Option<String>,
    pub(crate) details: Map<String, Value>,
}

impl Verdict {
    /// The component does well.
    #[must_use]
    pub fn healthy() -> Self {
        Self { status: Status::Healthy, message: None, details: Map::new() }
    }

    /// The component does its work in part, or not for much longer.
    #[must_use]
    pub fn degraded(why: impl Display) -> Self {
        Self { status: Status::Degraded, ..Self::healthy() }.message(why)
    }

    /// The component does not do its work.
    #[must_use]
    pub fn unhealthy(why: impl Display) -> Self {
        Self { status: Status::Unhealthy, ..Self::healthy() }.message(why)
    }

    /// Says something of the component.
    #[must_use]
    pub fn message(mut self, text: impl Display) -> Self {
        self.message = Some(message::safe(&text.to_string()));
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn detail(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let name = name.into();
        let value = message::safe_field(&name, value.into());
        self.details.insert(cut(&name, NAME).into_owned(), value);
        self
    }

    /// How the component does.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }
}

impl<T: Any, E: Into<Box<dyn Error + Send + Sync>>> From<Result<T, E>> for Verdict {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(value) => {
                let mut value = Some(value);
                let found = (&mut value as &mut dyn Any).downcast_mut::<Option<Self>>();
                found.and_then(Option::take).unwrap_or_else(Self::healthy)
            }
            Err(error) => Self::unhealthy(error_message(&*error.into())),
        }
    }
}

//! Units as Grafana knows them.

use std::borrow::Cow;

/// What a panel's values are measured in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Unit {
    /// A plain number.
    #[default]
    Short,
    /// Seconds, shown as ms, s, min and so on.
    Seconds,
    /// Bytes, in powers of 1024.
    Bytes,
    /// A share between 0 and 1, shown in percent.
    Ratio,
    /// US dollars.
    Usd,
    /// HTTP requests per second.
    RequestsPerSecond,
    /// Things of that name per second: `PerSecond("errors")` is shown as `errors/s`.
    PerSecond(Cow<'static, str>),
    /// Any other unit by Grafana's identifier.
    Grafana(Cow<'static, str>),
}

impl Unit {
    /// Things of that name per second.
    #[must_use]
    pub const fn per_second(things: &'static str) -> Self {
        Self::PerSecond(Cow::Borrowed(things))
    }

    /// Grafana's identifier of the unit.
    #[must_use]
    pub fn id(&self) -> Cow<'_, str> {
        match self {
            Self::Short => Cow::Borrowed("short"),
            Self::Seconds => Cow::Borrowed("s"),
            Self::Bytes => Cow::Borrowed("bytes"),
            Self::Ratio => Cow::Borrowed("percentunit"),
            Self::Usd => Cow::Borrowed("currencyUSD"),
            Self::RequestsPerSecond => Cow::Borrowed("reqps"),
            Self::PerSecond(things) => Cow::Owned(format!("suffix: {things}/s")),
            Self::Grafana(id) => Cow::Borrowed(id),
        }
    }
}

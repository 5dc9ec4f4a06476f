//! Settings of domain crates, by their type, in the hands of a core that knows none of them.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::error::SettingsError;
use super::group::SettingsGroup;

/// The settings of domain crates that a meter carries, one group a type.
///
/// `TelemetryBuilder::domain` fills it; who makes a meter of an own provider does it by hand:
///
/// ```
/// # use telemetry_core::{MeterSettings, Settings};
/// # /// Uploads.
/// # #[derive(Settings, Debug, Clone, PartialEq)]
/// # #[settings(key = "s3", env = "TELEMETRY_S3")]
/// # struct S3Settings {
/// #     /// How many parts go at once.
/// #     #[setting(default = 10, accepts = 1..=100)]
/// #     batch: usize,
/// # }
/// let mut settings = MeterSettings::default();
/// settings.domains.insert(S3Settings { batch: 5 });
/// assert_eq!(settings.domains.of::<S3Settings>().batch, 5);
/// ```
#[derive(Clone, Default)]
pub struct DomainSettings(HashMap<TypeId, Arc<dyn Group>>);

/// A group whose type is known to its domain alone.
trait Group: Any + fmt::Debug + Send + Sync {
    fn equals(&self, other: &dyn Group) -> bool;
    fn validate(&self) -> Result<(), SettingsError>;
}

impl<S: SettingsGroup> Group for S {
    fn equals(&self, other: &dyn Group) -> bool {
        let other: &dyn Any = other;
        other.downcast_ref::<S>() == Some(self)
    }

    fn validate(&self) -> Result<(), SettingsError> {
        SettingsGroup::validate(self)
    }
}

impl DomainSettings {
    /// Puts in a domain's settings, in place of those that it had.
    pub fn insert<S: SettingsGroup>(&mut self, settings: S) {
        self.0.insert(TypeId::of::<S>(), Arc::new(settings));
    }

    /// A domain's settings; its defaults where none were put in.
    #[must_use]
    pub fn of<S: SettingsGroup>(&self) -> S {
        let group = self.0.get(&TypeId::of::<S>()).map(|group| -> &dyn Any { &**group });
        group.and_then(<dyn Any>::downcast_ref::<S>).cloned().unwrap_or_default()
    }

    /// Takes out a domain's settings; its defaults where none were put in.
    #[cfg(feature = "otlp")]
    pub(crate) fn take<S: SettingsGroup>(&mut self) -> S {
        let settings = self.of();
        self.0.remove(&TypeId::of::<S>());
        settings
    }

    /// Puts in those of others, in place of those that they had.
    #[cfg(feature = "otlp")]
    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Checks the settings of every domain.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] of one that is not accepted, by its key.
    pub fn validate(&self) -> Result<(), SettingsError> {
        self.0.values().try_for_each(|group| group.validate())
    }
}

impl PartialEq for DomainSettings {
    fn eq(&self, other: &Self) -> bool {
        let same = |(domain, group): (&TypeId, &Arc<dyn Group>)| {
            other.0.get(domain).is_some_and(|other| group.equals(&**other))
        };
        self.0.len() == other.0.len() && self.0.iter().all(same)
    }
}

impl fmt::Debug for DomainSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups: Vec<_> = self.0.values().map(|group| format!("{group:?}")).collect();
        groups.sort_unstable();
        write!(f, "[{}]", groups.join(", "))
    }
}

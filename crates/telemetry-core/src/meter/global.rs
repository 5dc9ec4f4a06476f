//! The one entry of a domain crate for a process.

use std::sync::OnceLock;

use super::handle::Meter;

/// The entry of a domain crate that a process has one of, for its `X::global()`.
///
/// It is made of the global meter when it is first asked for. One that was made before the telemetry was set up works from
/// then on, but with the settings that it had; who asks after the set-up gets another, with the settings as they are.
///
/// ```
/// use telemetry_core::{Counter, Global, Meter, Metrics, Single};
///
/// /// What is measured of mails.
/// #[derive(Metrics)]
/// #[metrics(entity())]
/// struct MailMetrics {
///     /// Mails sent
///     #[metric(name = "mails_total")]
///     sent: Counter,
/// }
///
/// pub struct Mails(Single<MailMetrics>);
///
/// impl Mails {
///     pub fn new(meter: &Meter) -> Self {
///         Self(Single::new(meter))
///     }
///
///     pub fn global() -> &'static Self {
///         static GLOBAL: Global<Mails> = Global::new();
///         GLOBAL.get(Mails::new)
///     }
/// }
///
/// Mails::global().0.sent.add(1);
/// ```
#[derive(Debug)]
pub struct Global<T> {
    before: OnceLock<T>,
    after: OnceLock<T>,
}

impl<T> Global<T> {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { before: OnceLock::new(), after: OnceLock::new() }
    }

    /// The entry, made of the global meter if there is none for it.
    pub fn get(&self, make: impl FnOnce(&Meter) -> T) -> &T {
        let entry = if Meter::global_is_set_up() { &self.after } else { &self.before };
        entry.get_or_init(|| make(&Meter::global()))
    }
}

impl<T> Default for Global<T> {
    fn default() -> Self {
        Self::new()
    }
}

//! Where the application's events go in the console's place.

use std::fmt;
use std::sync::OnceLock;
use std::time::Instant;

use tracing_subscriber::{Layer, Registry};

use super::error::InitError;
use super::layers::OwnLayer;
use crate::Meter;
use crate::export::GRACE;
use crate::levels::LogLevels;
use crate::settings::ResolvedSettings;

/// What an output of the application's events is made from.
#[derive(Debug)]
#[non_exhaustive]
pub struct LogStart<'a> {
    /// All settings.
    pub settings: &'a ResolvedSettings,
    /// The meter, which has the settings of the domains ([`Meter::settings_of`]).
    pub meter: &'a Meter,
    /// Which events are taken; the layer has to filter by them.
    pub levels: &'a LogLevels,
    /// Whether it is to print to standard error: where the console would have printed JSON, or would have chosen.
    pub prints: bool,
}

/// What takes the events of the application, in the console's place.
pub struct LogOutput {
    pub(super) layer: Option<OwnLayer>,
    flush: Flush,
}

/// Waits until what was taken is written, at most until then; whether it is.
type Flush = Box<dyn Fn(Instant) -> bool + Send + Sync>;

/// Makes an output once the settings are known.
pub(super) type MakeOutput = Box<dyn FnOnce(&LogStart<'_>) -> Result<LogOutput, InitError> + Send>;

impl LogOutput {
    /// A layer, and how what it has taken is flushed until a deadline, which says whether all was.
    pub fn new(
        layer: impl Layer<Registry> + Send + Sync + 'static,
        flush: impl Fn(Instant) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { layer: Some(layer.boxed()), flush: Box::new(flush) }
    }

    /// Takes nothing.
    #[must_use]
    pub fn none() -> Self {
        Self { layer: None, flush: Box::new(|_| true) }
    }
}

impl fmt::Debug for LogOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogOutput").field("takes", &self.layer.is_some()).finish()
    }
}

/// The output of a running telemetry, once there is one.
#[derive(Default)]
pub(super) struct Output(OnceLock<Flush>);

impl Output {
    /// Keeps how it is flushed, and hands on its layer.
    pub(super) fn keep(&self, output: LogOutput) -> Option<OwnLayer> {
        let _only_once = self.0.set(output.flush);
        output.layer
    }

    /// Waits until what was taken is written. An export that has used up the time leaves this a little all the same.
    pub(super) fn flush(&self, deadline: Instant) {
        let deadline = deadline.max(Instant::now() + GRACE);
        let _said_by_the_output = self.0.get().is_none_or(|flush| flush(deadline));
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Output").field(&self.0.get().is_some()).finish()
    }
}

//! The table of all settings, each under the names that its sources give it.

use std::fmt;

use super::node::{FromNode, Node, Syntax};
use super::{Settings, batch, exporters, limits, logs, metrics, otlp, prometheus, propagators, resource, sampling};

/// One setting under the names that its sources give it.
///
/// The list of [`variables`] is the only one: the environment and the file are read along it.
pub struct Variable {
    key: &'static str,
    env: &'static str,
    example: &'static str,
    secret: bool,
    pub(super) slot: &'static dyn Slot,
}

impl Variable {
    pub(super) const fn new(
        key: &'static str,
        env: &'static str,
        example: &'static str,
        slot: &'static dyn Slot,
    ) -> Self {
        Self { key, env, example, secret: false, slot }
    }

    /// Marks a setting whose value must not show up in errors.
    pub(super) const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The key in a settings file, its levels joined by dots, such as `otlp.traces.endpoint`.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// The environment variable.
    #[must_use]
    pub const fn env(&self) -> &'static str {
        self.env
    }

    /// A value that the environment variable accepts.
    #[must_use]
    pub const fn example(&self) -> &'static str {
        self.example
    }

    /// Whether the value is kept out of errors.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        self.secret
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variable").field("key", &self.key).field("env", &self.env).finish_non_exhaustive()
    }
}

/// A field of [`Settings`], without its type.
pub(super) trait Slot: Sync {
    /// Parses a value into the field; the error says what is accepted.
    fn set(&self, settings: &mut Settings, value: &Node, syntax: Syntax) -> Result<(), String>;

    /// Lays `upper` over `lower`; says whether `upper` had a value.
    fn lay_over(&self, upper: &mut Settings, lower: &mut Settings) -> bool;
}

/// The field that this function finds.
pub(super) struct At<T>(pub(super) fn(&mut Settings) -> &mut Option<T>);

impl<T: FromNode> Slot for At<T> {
    fn set(&self, settings: &mut Settings, value: &Node, syntax: Syntax) -> Result<(), String> {
        *(self.0)(settings) = Some(T::from_node(value, syntax)?);
        Ok(())
    }

    fn lay_over(&self, upper: &mut Settings, lower: &mut Settings) -> bool {
        let Some(value) = (self.0)(upper).take() else { return false };
        let below = (self.0)(lower);
        *below = Some(match below.take() {
            Some(below) => value.laid_over(below),
            None => value,
        });
        true
    }
}

const GENERAL: &[Variable] = &[
    Variable::new("disabled", "OTEL_SDK_DISABLED", "true", &At(|s| &mut s.disabled)),
    Variable::new("semconv", "TELEMETRY_SEMCONV", "gen_ai", &At(|s| &mut s.semconv)),
    Variable::new("shutdown_timeout", "TELEMETRY_SHUTDOWN_TIMEOUT", "10s", &At(|s| &mut s.shutdown_timeout)),
    Variable::new("config_file", "TELEMETRY_CONFIG_FILE", "/etc/telemetry.yaml", &At(|s| &mut s.config_file)),
];

const ALL: &[&[Variable]] = &[
    GENERAL,
    exporters::VARIABLES,
    otlp::ALL,
    otlp::TRACES,
    otlp::METRICS,
    otlp::LOGS,
    otlp::CHANNEL,
    batch::SPANS,
    batch::LOGS,
    metrics::VARIABLES,
    resource::VARIABLES,
    sampling::VARIABLES,
    limits::VARIABLES,
    propagators::VARIABLES,
    logs::VARIABLES,
    prometheus::VARIABLES,
];

/// Every setting there is, in the order of their concerns.
pub fn variables() -> impl Iterator<Item = &'static Variable> {
    ALL.iter().copied().flatten()
}

/// The setting of an environment variable.
pub(super) fn by_env(name: &str) -> Option<&'static Variable> {
    variables().find(|variable| variable.env == name)
}

/// The setting of a key.
pub(super) fn by_key(key: &str) -> Option<&'static Variable> {
    variables().find(|variable| variable.key == key)
}

/// The candidate that takes the fewest edits to get from `name`.
pub(super) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> &'a str {
    candidates.min_by_key(|candidate| edits(name, candidate)).unwrap_or_default()
}

/// How many insertions, deletions and substitutions lie between two texts.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

//! A table of prices in a file, read again when it has changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, SystemTime};

use genai_prices::Calculator;
use serde_json::Value;
use telemetry_core::SettingsError;

use super::current::Current;
use super::model_price::ModelPrice;

/// What tells that a file has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    modified: SystemTime,
    bytes: u64,
}

impl Version {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self { modified: metadata.modified()?, bytes: metadata.len() })
    }
}

pub(super) fn load(path: &Path) -> Result<(Version, Calculator), SettingsError> {
    let refuse = |reason: String| SettingsError::file("llm.prices.file", path, reason);
    // Told before the content is read: a change in between is then seen as one.
    let version = Version::of(path).map_err(|error| refuse(error.to_string()))?;
    let content = fs::read(path).map_err(|error| refuse(error.to_string()))?;
    let calculator = Calculator::from_json(&content).map_err(|error| refuse(error.to_string()))?;
    let table: Value = serde_json::from_slice(&content).map_err(|error| refuse(error.to_string()))?;
    sound(&table).map_err(refuse)?;
    Ok((version, calculator))
}

/// Whether a table says what a model costs, and nothing beyond what any does.
fn sound(table: &Value) -> Result<(), String> {
    let mut models = list(Some(table)).flat_map(|provider| list(provider.get("models"))).peekable();
    if models.peek().is_none() {
        return Err("it has no model, so that nothing would have a price".to_owned());
    }
    for model in models {
        let variants = list(model.get("price_variants")).filter_map(|variant| variant.get("prices"));
        for price in model.get("prices").into_iter().chain(variants) {
            if let Some(price) = excess(price) {
                let id = model.get("id").and_then(Value::as_str).unwrap_or_default();
                return Err(format!("a price of {id:?} is {price}, and at most {} is accepted", ModelPrice::MOST_USD));
            }
        }
    }
    Ok(())
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// A price beyond what is accepted, among a model's or those of their steps. Where a step begins, and when a price holds,
/// are no prices.
fn excess(prices: &Value) -> Option<f64> {
    match prices {
        Value::Number(number) => number.as_f64().filter(|price| *price > ModelPrice::MOST_USD),
        Value::Array(items) => items.iter().find_map(excess),
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "start" | "constraint"))
            .find_map(|(_, value)| excess(value)),
        Value::Null | Value::Bool(_) | Value::String(_) => None,
    }
}

/// Whether it is a table of prices.
pub(super) fn check(path: &Path) -> Result<(), SettingsError> {
    load(path).map(drop)
}

/// The thread that looks for changes; it ends when this is dropped.
pub(super) struct Watcher {
    _stop: mpsc::Sender<()>,
}

impl Watcher {
    /// Looks for what comes after `seen`; nothing where there is no thread to be had, which is said.
    pub(super) fn start(path: &Path, seen: Option<Version>, every: Duration, table: Weak<Current>) -> Option<Self> {
        let (stop, stopped) = mpsc::channel();
        let mut watched = Watched { file: path.to_owned(), seen, table };
        let watch = move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                watched.look();
            }
        };
        match thread::Builder::new().name("llm-prices".to_owned()).spawn(watch) {
            Ok(_) => Some(Self { _stop: stop }),
            Err(error) => {
                tracing::warn!(target: "telemetry", %error, "changes of the file of prices are not looked for");
                None
            }
        }
    }
}

struct Watched {
    file: PathBuf,
    /// The version that was last loaded, or last refused; nothing while the file is away.
    seen: Option<Version>,
    table: Weak<Current>,
}

impl Watched {
    fn look(&mut self) {
        let now = Version::of(&self.file).ok();
        if now == self.seen {
            return;
        }
        self.seen = now;
        let path = self.file.display();
        match load(&self.file) {
            Ok((version, calculator)) => {
                self.seen = Some(version);
                if let Some(table) = self.table.upgrade() {
                    table.replace(calculator);
                    tracing::info!(target: "telemetry", %path, "prices of models were read again");
                }
            }
            Err(error) => {
                tracing::warn!(target: "telemetry", %path, %error, "prices of models stay as they were");
            }
        }
    }
}

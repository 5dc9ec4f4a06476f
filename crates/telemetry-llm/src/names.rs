//! Names of providers and models, few enough to be labels.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::metrics::{ClaudeMetrics, ModelMetrics};
use crate::price::{KnownRates, Prices};

/// How many spellings are remembered; beyond that each is worked out anew.
const MOST_KNOWN: usize = 2_000;
/// No model's name is as long as this.
const LONGEST: usize = 96;

/// What a provider and a model are called in metrics and spans, and what is looked up once for all of their calls.
pub(crate) struct Name {
    pub(crate) provider: String,
    pub(crate) model: String,
    /// The model as called, or as the settings say it is.
    pub(crate) called: String,
    pub(crate) is_anthropic: bool,
    pub(crate) metrics: OnceLock<Arc<ModelMetrics>>,
    pub(crate) claude: OnceLock<Arc<ClaudeMetrics>>,
    pub(crate) rates: KnownRates,
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, model, called, .. } = self;
        f.debug_struct("Name")
            .field("provider", provider)
            .field("model", model)
            .field("called", called)
            .finish_non_exhaustive()
    }
}

/// Names by their spellings.
#[derive(Default)]
pub(crate) struct Names {
    /// Models by the names of their deployments.
    deployments: BTreeMap<String, String>,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    /// Of the price table that they were told by.
    generation: u64,
    by_provider: HashMap<String, HashMap<String, Arc<Name>>>,
    count: usize,
}

impl Names {
    pub(crate) fn new(deployments: BTreeMap<String, String>) -> Self {
        Self { deployments, known: RwLock::default() }
    }

    pub(crate) fn get(&self, provider: &str, model: &str, prices: &Prices) -> Arc<Name> {
        let generation = prices.generation();
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if known.generation == generation
                && let Some(name) = known.by_provider.get(provider).and_then(|models| models.get(model))
            {
                return Arc::clone(name);
            }
        }
        let called = self.deployments.get(model).map_or(model, String::as_str);
        let id = |model: &str| prices.model_id(provider, model);
        let folded = fold(provider);
        let name = Arc::new(Name {
            is_anthropic: folded == "anthropic",
            provider: folded,
            model: label(called, id),
            called: called.to_owned(),
            metrics: OnceLock::new(),
            claude: OnceLock::new(),
            rates: KnownRates::default(),
        });
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.generation != generation {
            *known = Known { generation, ..Known::default() };
        }
        if known.count < MOST_KNOWN {
            known.count += 1;
            known.by_provider.entry(provider.to_owned()).or_default().insert(model.to_owned(), Arc::clone(&name));
        }
        name
    }
}

/// A model's label: its id where that is known, else the name without what changes from one call to the next.
fn label(model: &str, id: impl Fn(&str) -> Option<String>) -> String {
    let model = model.trim();
    if let Some(base) = model.strip_prefix("ft:") {
        // `ft:base:organization:suffix:id` has as many values as there are trainings.
        let base = base.split(':').next().unwrap_or_default();
        return format!("ft:{}", label(base, id));
    }
    id(model).unwrap_or_else(|| fold(without_date(without_path(model))))
}

/// Without the resource that a deployment is (`models/…`, `projects/…/publishers/google/models/…`).
fn without_path(model: &str) -> &str {
    const RESOURCES: &[&str] = &["models/", "projects/", "publishers/", "accounts/", "deployments/", "arn:"];
    if RESOURCES.iter().any(|resource| model.starts_with(resource)) {
        model.rsplit('/').next().unwrap_or(model)
    } else {
        model
    }
}

/// Without the date of a snapshot: `-2025-01-31`, `-20250131`, `@20250131`.
fn without_date(model: &str) -> &str {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    for length in [11, 9] {
        let Some(start) = model.len().checked_sub(length).filter(|start| *start > 0 && model.is_char_boundary(*start))
        else {
            continue;
        };
        let (name, date) = model.split_at(start);
        let date_of_length = date.strip_prefix(['-', '@']).is_some_and(|date| match date.split('-').count() {
            1 => date.len() == 8 && digits(date),
            3 => date.len() == 10 && date.split('-').map(str::len).eq([4, 2, 2]) && date.split('-').all(digits),
            _ => false,
        });
        if date_of_length && date[1..].starts_with("20") {
            return name;
        }
    }
    model
}

/// In lower case, of printable characters, and no longer than any name is meant to be.
fn fold(name: &str) -> String {
    let folded: String =
        name.trim().chars().filter(|c| !c.is_control()).take(LONGEST).flat_map(char::to_lowercase).collect();
    if folded.is_empty() { "unknown".to_owned() } else { folded }
}

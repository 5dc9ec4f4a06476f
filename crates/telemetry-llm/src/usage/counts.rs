//! The numbers of a usage as an answer, or the pieces of one, say them; and what they come to.

use serde_json::Value;
use telemetry_core::text;

use super::api::Api;
use super::field::{Field, Stands, TOTAL, is_moved_by_total, is_of_prompt};
use super::path;
use super::providers::Provider;
use super::shapes::Shape;
use super::tokens::{Request, Usage};

const PROMPT: &str = "input_tokens";
const COMPLETION: &str = "output_tokens";

/// The numbers that were said, one of each unit that the tables of shape and provider have: no more, whatever a peer
/// sends and however often.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    said: Vec<Count>,
    /// Those of each request, where the call is made of several, and the model that it was to.
    requests: Vec<(Option<Box<str>>, Self)>,
}

/// Of how many requests each is priced by itself: a call that is made of more is priced by their sum.
const MOST_REQUESTS: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Count {
    unit: &'static str,
    stands: Stands,
    value: f64,
}

impl Counts {
    /// The numbers of one body.
    pub(super) fn of(api: Api, provider: &Provider, body: &Value) -> Self {
        let shape = api.shape();
        let own = provider.fields(api);
        let is_own = |field: &&Field| own.iter().any(|own| own.unit == field.unit);
        let fields = || own.iter().chain(shape.fields.iter().filter(|field| !is_own(field)));
        let roots = shape.roots.iter().filter_map(|root| path::first(body, root).filter(|root| root.is_object()));
        // One that says nothing stands before one that does.
        for root in roots {
            let mut counts = Self::default();
            for field in fields() {
                counts.add(field, number(root, field));
            }
            counts.lay_over(&Self::of_parts(shape, root, fields));
            if !counts.is_empty() {
                return counts;
            }
        }
        Self::default()
    }

    /// The sums over the requests that the usage lists, if it does, and those of each.
    fn of_parts<'a, F: Iterator<Item = &'a Field>>(shape: &Shape, root: &Value, fields: impl Fn() -> F) -> Self {
        let parts = shape.parts.and_then(|parts| root.get(parts)?.as_array());
        let mut counts = Self::default();
        let Some(parts) = parts else { return counts };
        for part in parts {
            let mut request = Self::default();
            for field in fields() {
                let number = number(part, field);
                counts.add(field, number);
                request.add(field, number);
            }
            if parts.len() <= MOST_REQUESTS {
                let model = part.get("model").and_then(Value::as_str).filter(|model| !model.is_empty());
                counts.requests.push((model.map(|model| text::cut(model, text::NAME).into()), request));
            }
        }
        counts
    }

    fn add(&mut self, field: &Field, value: Option<f64>) {
        let Some(value) = value else { return };
        match self.said.iter_mut().find(|count| count.unit == field.unit) {
            Some(count) => count.value += value,
            None => self.said.push(Count { unit: field.unit, stands: field.stands, value }),
        }
    }

    /// Lays what is said later over what was said before: pieces repeat only what has changed. What was used stays used, so
    /// that a zero over it is a field that somebody left empty.
    pub(super) fn lay_over(&mut self, later: &Self) {
        for count in &later.said {
            match self.said.iter_mut().find(|before| before.unit == count.unit) {
                Some(before) if count.value > 0.0 => *before = *count,
                Some(_) => {}
                None => self.said.push(*count),
            }
        }
        if !later.requests.is_empty() {
            self.requests.clone_from(&later.requests);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    fn value(&self, unit: &str) -> Option<f64> {
        self.said.iter().find(|count| count.unit == unit).map(|count| count.value)
    }

    /// What the numbers come to; nothing where they count nothing. What a total says of the place of a detail comes before
    /// what the tables say.
    pub(super) fn usage(&self, hides_thoughts: bool) -> Option<Usage> {
        if self.said.iter().all(|count| count.unit == TOTAL) {
            return None;
        }
        let total = self.value(TOTAL);
        let fits = |(of_prompt, of_completion): &(Moved, Moved)| {
            let sum = self.whole(PROMPT, *of_prompt) + self.whole(COMPLETION, *of_completion);
            total.is_some_and(|total| total == sum)
        };
        let told = READINGS.iter().find(|reading| fits(reading)).or_else(|| self.least_wrong(total));
        let (of_prompt, of_completion) = *told.unwrap_or(&READINGS[0]);
        let (prompt, mut completion) = (self.whole(PROMPT, of_prompt), self.whole(COMPLETION, of_completion));
        let mut reasoning = self.value("output_reasoning_tokens").unwrap_or_default();
        let unsaid = total.unwrap_or_default() - prompt - completion;
        if told.is_none() && hides_thoughts && unsaid > 0.0 {
            completion += unsaid;
            reasoning += unsaid;
        }
        let detail = |unit: &str| tokens(self.value(unit).unwrap_or_default());
        let usage = Usage::new(tokens(prompt), tokens(completion))
            .cached_prompt(detail("cache_read_tokens"))
            .cache_creation(detail("cache_write_tokens"))
            .reasoning(tokens(reasoning));
        let others = self.said.iter().filter(|count| !Usage::COUNTED.contains(&count.unit) && count.unit != TOTAL);
        let usage = usage.charged_for(others.map(|count| (count.unit, count.value))).settled()?;
        Some(usage.made_of(self.requests(hides_thoughts)))
    }

    /// A reading in which no detail is more than its whole, where the first one is none and the total has room for it.
    fn least_wrong(&self, total: Option<f64>) -> Option<&'static (Moved, Moved)> {
        let total = total.filter(|_| self.is_contradicted(&READINGS[0]))?;
        READINGS.iter().find(|reading| {
            let sum = self.whole(PROMPT, reading.0) + self.whole(COMPLETION, reading.1);
            sum <= total && !self.is_contradicted(reading)
        })
    }

    fn is_contradicted(&self, (of_prompt, of_completion): &(Moved, Moved)) -> bool {
        let value = |unit: &str| self.value(unit).unwrap_or_default();
        value("cache_read_tokens") + value("cache_write_tokens") > self.whole(PROMPT, *of_prompt)
            || value("output_reasoning_tokens") > self.whole(COMPLETION, *of_completion)
    }

    /// What each request used; nothing where one cannot be, or where there is but one, to the model that was called.
    fn requests(&self, hides_thoughts: bool) -> Vec<Request> {
        let Some(last) = self.requests.iter().rposition(|(model, _)| model.is_none()) else { return Vec::new() };
        if self.requests.len() < 2 {
            return Vec::new();
        }
        let mut requests = self.requests.clone();
        // What is said of the call alone is of what the model said last.
        let is_of_one = |count: &&Count| self.requests.iter().any(|(_, one)| one.value(count.unit).is_some());
        let of_all = self.said.iter().filter(|count| !is_of_one(count) && count.unit != TOTAL);
        requests[last].1.said.extend(of_all);
        let used =
            requests.into_iter().map(|(model, counts)| Some(Request { model, usage: counts.usage(hides_thoughts)? }));
        used.collect::<Option<_>>().unwrap_or_default()
    }

    /// A whole with the details that it lacks.
    fn whole(&self, whole: &str, moved: Moved) -> f64 {
        let beside = self.said.iter().filter(|count| {
            let is_its = count.stands != Stands::Alone && is_of_prompt(count.unit) == (whole == PROMPT);
            let stands = moved.filter(|_| is_moved_by_total(count.unit)).unwrap_or(count.stands);
            is_its && stands == Stands::Beside
        });
        self.value(whole).unwrap_or_default() + beside.map(|count| count.value).sum::<f64>()
    }
}

/// How the details are read that a total tells the place of: as the tables say, or otherwise.
type Moved = Option<Stands>;

/// The ways to read the details of prompt and completion, from what the tables say to what only a total can.
const READINGS: [(Moved, Moved); 9] = {
    const BESIDE: Moved = Some(Stands::Beside);
    const WITHIN: Moved = Some(Stands::Within);
    [
        (None, None),
        (None, BESIDE),
        (None, WITHIN),
        (BESIDE, None),
        (WITHIN, None),
        (BESIDE, BESIDE),
        (WITHIN, WITHIN),
        (BESIDE, WITHIN),
        (WITHIN, BESIDE),
    ]
};

/// Tokens are whole; a fraction of one is nothing that a provider means.
fn tokens(value: f64) -> u64 {
    if value.fract() == 0.0 { value as u64 } else { 0 }
}

/// What a field says: of a detail, the first place that has any, because compatible servers fill in zeros elsewhere.
fn number(root: &Value, field: &Field) -> Option<f64> {
    let whole = field.unit.ends_with("_tokens");
    let mut said = field.paths.iter().filter_map(|path| path::number(root, path, Usage::MOST_TOKENS as f64));
    let mut said = said.by_ref().filter(|number| !whole || number.fract() == 0.0);
    let first = said.next()?;
    if first > 0.0 || field.stands == Stands::Alone {
        Some(first)
    } else {
        Some(said.find(|number| *number > 0.0).unwrap_or(first))
    }
}

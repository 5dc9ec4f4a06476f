//! What an answer says besides its content, by the shape that it has and the provider that sent it.

use serde_json::Value;
use telemetry_core::text;

use super::api::Api;
use super::counts::Counts;
use super::path;
use super::pieces::Piece;
use super::providers::Provider;
use super::shapes::Sign;
use super::tokens::Usage;
use super::tool_calls::ToolCalls;
use crate::failure::Failure;
use crate::gen_ai::MOST_TOOL_CALLS;
use crate::metrics::ErrorType;

/// What an answer says besides its content.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// What it used; nothing where the answer does not say, or says what cannot be.
    pub usage: Option<Usage>,
    /// The model that answered, as the provider names it.
    pub model: Option<String>,
    /// The tier of service that was charged, as the provider names it.
    pub service_tier: Option<String>,
    /// The answer's id.
    pub id: Option<String>,
    /// Why the model stopped, of each choice: of [`MOST_REASONS`](Self::MOST_REASONS) at most.
    pub finish_reasons: Vec<String>,
    /// The tools that the model asks for, by their names, in the order in which it does: of
    /// [`MOST_TOOL_CALLS`](Self::MOST_TOOL_CALLS) calls at most.
    pub tool_calls: Vec<String>,
    /// What the provider says that the call cost, in US dollars: at most 1,000,000.
    pub cost_usd: Option<f64>,
    /// The call is charged for something that the table of prices has no unit for: a tool of the provider, a fast mode,
    /// an advisor.
    pub has_unpriced_parts: bool,
    /// The error that the answer holds in spite of its status.
    pub failure: Option<Failure>,
    /// It lacks the mark by which its provider ends one: what came are the first pieces of a streamed answer.
    pub is_truncated: bool,
}

impl Answer {
    /// Of how many choices the reasons are kept: no provider makes more for one prompt.
    pub const MOST_REASONS: usize = 128;
    /// Of how many calls of tools the names are kept.
    pub const MOST_TOOL_CALLS: usize = MOST_TOOL_CALLS;

    /// All but the usage and the calls of tools, which pieces of an answer say in parts.
    pub(super) fn without_usage(api: Api, provider: &Provider, body: &Value) -> Self {
        let shape = api.shape();
        let text = |paths: &[&str]| path::text(body, paths).map(cut);
        Self {
            usage: None,
            model: text(shape.model),
            service_tier: text(shape.tier).map(|tier| tier_of(api, tier)),
            id: text(shape.id),
            finish_reasons: finish_reasons(shape.finish, body),
            tool_calls: Vec::new(),
            cost_usd: provider.cost_usd(body),
            has_unpriced_parts: shape.unpriced.iter().any(|sign| says(body, sign)),
            failure: shape.failed.iter().find_map(|failed| failed_by(failed, body)),
            is_truncated: false,
        }
    }

    pub(super) fn of_shape(api: Api, provider: &Provider, body: &Value) -> Self {
        let mut tool_calls = Vec::new();
        ToolCalls::default().read(api, body, &mut tool_calls);
        let said = Self::without_usage(api, provider, body);
        Self {
            usage: Counts::of(api, provider, body).usage(provider.hides_thoughts),
            tool_calls,
            failure: Failure::from_body(body).or(said.failure),
            is_truncated: Piece::of(api, body).is_cut(),
            ..said
        }
    }

    /// Lays what is said now over what was said before.
    pub(super) fn lay_over(&mut self, said: Self) {
        let Self {
            usage,
            model,
            service_tier,
            id,
            finish_reasons,
            tool_calls,
            cost_usd,
            has_unpriced_parts,
            failure,
            is_truncated: _,
        } = said;
        self.usage = usage.or(self.usage.take());
        self.model = model.or(self.model.take());
        self.service_tier = service_tier.or(self.service_tier.take());
        self.id = id.or(self.id.take());
        self.cost_usd = cost_usd.or(self.cost_usd);
        self.has_unpriced_parts |= has_unpriced_parts;
        self.failure = failure.or(self.failure.take());
        if !finish_reasons.is_empty() {
            self.finish_reasons = finish_reasons;
        }
        if !tool_calls.is_empty() {
            self.tool_calls = tool_calls;
        }
    }
}

fn finish_reasons(paths: &[&str], body: &Value) -> Vec<String> {
    let mut reasons = Vec::new();
    for path in paths {
        path::each(body, path, &mut |value| {
            let reason = value.as_str().filter(|reason| !reason.is_empty());
            reasons.extend(reason.filter(|_| reasons.len() < Answer::MOST_REASONS).map(cut));
        });
        if !reasons.is_empty() {
            break;
        }
    }
    reasons
}

/// The tier as the table of prices has it: `flex`, `priority`. Google's APIs have enums of it.
fn tier_of(api: Api, tier: String) -> String {
    if !matches!(api, Api::GeminiGenerateContent | Api::GeminiInteractions) {
        return tier;
    }
    let tier = tier.to_lowercase();
    let bare = ["service_tier_", "on_demand_"].into_iter().find_map(|prefix| tier.strip_prefix(prefix));
    bare.map(str::to_owned).unwrap_or(tier)
}

fn says(body: &Value, sign: &Sign) -> bool {
    let mut found = false;
    let (path, is_it): (&str, &dyn Fn(&Value) -> bool) = match sign {
        Sign::Text(path, texts) => (path, &|value| value.as_str().is_some_and(|text| texts.contains(&text))),
        Sign::AnyText(path) => (path, &Value::is_string),
        Sign::Above(path) => (path, &|value| value.as_f64().is_some_and(|number| number > 0.0)),
    };
    path::each(body, path, &mut |value| found |= is_it(value));
    found
}

/// The failure that an answer tells of by the reason why it ended, where it does.
fn failed_by((path, texts, class): &(&str, &[&'static str], ErrorType), body: &Value) -> Option<Failure> {
    let mut found = None;
    path::each(body, path, &mut |value| {
        found = found.or_else(|| value.as_str().and_then(|said| texts.iter().copied().find(|text| *text == said)));
    });
    found.map(|text| Failure::named(*class, text))
}

/// A name that a provider gives something, no longer than any that is meant.
fn cut(name: &str) -> String {
    text::cut(name, text::NAME).into_owned()
}

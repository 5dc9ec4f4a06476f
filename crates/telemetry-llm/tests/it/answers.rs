//! Answers of providers, each a line of `cases/answers.jsonl`: read by the readers, by a call, and by the middleware.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::Value;
use telemetry_core::Label as _;
use telemetry_llm::{
    Answer, AnswerStream, Call, Ended, Failure, LlmSettings, OnEnd, PriceContext, Prices, Usage, shapes_as_markdown,
};

use crate::fixture::{Fixture, NAMES};

#[derive(Deserialize)]
struct Case {
    name: String,
    provider: String,
    model: String,
    #[cfg_attr(not(feature = "reqwest"), expect(dead_code, reason = "only the middleware asks by it"))]
    path: String,
    status: Option<u16>,
    #[serde(default)]
    headers: Vec<(String, String)>,
    body: Option<Value>,
    #[serde(default)]
    events: Vec<Value>,
    expect: Expected,
}

#[derive(Deserialize)]
struct Expected {
    /// Prompt, completion, cached prompt, cache creation, reasoning.
    usage: Option<[u64; 5]>,
    outcome: Option<String>,
    error_type: Option<String>,
    reason: Option<String>,
    cost: Option<f64>,
    cost_source: Option<String>,
    #[serde(default)]
    partial: bool,
    response_model: Option<String>,
    tier: Option<String>,
    outputs: Option<usize>,
}

fn cases() -> Vec<Case> {
    let cases: Vec<Case> = crate::cases::read(include_str!("cases/answers.jsonl"));
    assert!(cases.len() > 190);
    cases
}

fn numbers(usage: &Usage) -> [u64; 5] {
    [
        usage.prompt_tokens(),
        usage.completion_tokens(),
        usage.cached_prompt_tokens(),
        usage.cache_creation_tokens(),
        usage.reasoning_tokens(),
    ]
}

impl Case {
    fn status(&self) -> u16 {
        self.status.unwrap_or(200)
    }

    fn headers(&self) -> http::HeaderMap {
        let header =
            |(name, value): &(String, String)| Some((name.parse::<http::HeaderName>().ok()?, value.parse().ok()?));
        self.headers.iter().map(|pair| header(pair).expect("it is a header")).collect()
    }

    /// The data of the events, as they are sent.
    fn data(&self) -> impl Iterator<Item = String> {
        self.events.iter().map(|event| event.as_str().map_or_else(|| event.to_string(), str::to_owned))
    }

    fn read(&self) -> Answer {
        if let Some(body) = &self.body {
            return Answer::from_json_of(&self.provider, body);
        }
        let mut stream = AnswerStream::of(&self.provider);
        self.data().for_each(|data| drop(stream.data(&data)));
        let is_cut = stream.is_truncated() && stream.answer().failure.is_none();
        assert_eq!(is_cut, self.expect.reason.is_some(), "{}", self.name);
        stream.into_answer()
    }

    fn end(&self, mut call: Call) -> Ended {
        call.headers(&self.headers());
        if let Some(body) = self.body.as_ref().filter(|_| self.status() != 200) {
            return call.fail(Failure::from_response(self.status(), &self.headers(), body.to_string().as_bytes()));
        }
        if let Some(body) = &self.body {
            call.body(body.to_string().as_bytes());
        }
        let mut outputs = 0;
        for data in self.data() {
            outputs += usize::from(call.chunk(&data).has_output);
        }
        if let Some(expected) = self.expect.outputs {
            assert_eq!(outputs, expected, "{}", self.name);
        }
        call.complete()
    }

    fn assert_ended(&self, ended: &Ended, by: &str) {
        let (name, expect) = (&self.name, &self.expect);
        assert_eq!(ended.usage().map(numbers), expect.usage, "usage of {name}, by {by}");
        if let Some(outcome) = &expect.outcome {
            assert_eq!(ended.outcome().as_str(), outcome, "{name}, by {by}");
        }
        if let Some(cost) = expect.cost {
            let ours = ended.cost_usd().unwrap_or_else(|| panic!("{name}, by {by} has a cost"));
            assert!((ours - cost).abs() < 1e-9, "{name}, by {by}: {ours}, not {cost}");
        }
        if let Some(source) = &expect.cost_source {
            assert_eq!(ended.cost_source().map(|source| source.as_str()), Some(source.as_str()), "{name}, by {by}");
            assert_eq!(ended.record().cost_source.as_ref(), Some(source), "{name}, by {by}");
        }
        assert_eq!(ended.is_partly_priced(), expect.partial, "{name}, by {by}");
        if let Some(model) = &expect.response_model {
            assert_eq!(ended.response_model(), Some(model.as_str()), "{name}, by {by}");
        }
    }
}

#[test]
fn a_call_counts_what_the_provider_bills() {
    for case in cases() {
        let fixture = Fixture::with(LlmSettings::default());
        let ended = case.end(fixture.llm.start(&case.provider, &case.model));
        case.assert_ended(&ended, "a call");
        let metrics = fixture.metrics();
        let tokens = case.expect.usage.map_or(0, |usage| usage[0] + usage[1]);
        assert_eq!(metrics.total(NAMES.tokens, &[]), tokens as f64, "{}", case.name);
        let details = case.expect.usage.map_or(0, |usage| usage[2] + usage[3] + usage[4]);
        assert_eq!(metrics.total(NAMES.token_details, &[]), details as f64, "{}", case.name);
        let errors =
            case.expect.error_type.as_deref().map(|error| metrics.total(NAMES.errors, &[("error_type", error)]));
        assert!(errors.is_none_or(|errors| errors == 1.0), "{}", case.name);
        let span = fixture.call();
        if let Some(reason) = &case.expect.reason {
            span.assert_attribute("reason", reason.as_str());
        }
        if let Some(cost) = ended.cost_usd() {
            assert_eq!(metrics.total(NAMES.cost, &[]), cost, "{}", case.name);
            let source = ended.cost_source().expect("who says a cost is known").as_str();
            span.assert_attribute("cost_source", source);
        }
        let is_unpriced = ended.outcome().as_str() == "success" && (ended.cost_usd().is_none() || case.expect.partial);
        assert_eq!(metrics.total(NAMES.unpriced, &[]), f64::from(u8::from(is_unpriced)), "{}", case.name);
    }
}

#[test]
fn the_readers_tell_the_same() {
    for case in cases() {
        let answer = case.read();
        // What headers count is no part of a body.
        if case.headers.is_empty() {
            assert_eq!(answer.usage.as_ref().map(numbers), case.expect.usage, "{}", case.name);
        }
        if let Some(tier) = &case.expect.tier {
            assert_eq!(answer.service_tier.as_ref(), Some(tier), "{}", case.name);
        }
        if let Some(model) = &case.expect.response_model {
            assert_eq!(answer.model.as_ref(), Some(model), "{}", case.name);
        }
    }
}

/// A client whose types are turned into JSON has no text to hand on.
#[test]
fn events_that_are_parsed_already_tell_the_same() {
    for case in cases().iter().filter(|case| !case.events.is_empty()) {
        let fixture = Fixture::with(LlmSettings::default());
        let mut call = fixture.llm.start(&case.provider, &case.model);
        call.headers(&case.headers());
        for event in &case.events {
            match event.as_str() {
                Some(data) => drop(call.chunk(data)),
                None => drop(call.event(event)),
            }
        }
        case.assert_ended(&call.complete(), "events");
    }
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn the_middleware_tells_the_same_wherever_the_bytes_are_cut() {
    use crate::middleware::{Reply, Server};
    let mut random = fastrand::Rng::with_seed(12);
    for case in cases() {
        let (bytes, kind) = match &case.body {
            Some(body) => (body.to_string().into_bytes(), "application/json"),
            None if case.provider == "ollama" => {
                (case.data().flat_map(|data| (data + "\n").into_bytes()).collect(), "application/x-ndjson")
            }
            #[cfg(feature = "bedrock")]
            None if case.provider == "bedrock" => {
                let is_invoked = case.path.contains("/invoke");
                (crate::frames::framed(&case.events, is_invoked), "application/vnd.amazon.eventstream")
            }
            // Without the feature, their frames are not read.
            None if case.provider == "bedrock" => continue,
            None => {
                (case.data().flat_map(|data| format!("data: {data}\n\n").into_bytes()).collect(), "text/event-stream")
            }
        };
        let reply = Reply::cut(case.status(), kind, bytes, || random.usize(1..40)).headers(&case.headers);
        let server = Server::start(reply).await;
        let fixture = Fixture::with(LlmSettings::default());
        let ends = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&ends);
        let on_end = move |ended: &Ended| told.lock().expect("nobody panics while holding it").push(ended.clone());
        let client = server.client_telling(&fixture, &case.provider, on_end);
        let request = client.post(format!("{}{}", server.url(), case.path));
        let answer = request.json(&serde_json::json!({"model": case.model})).send().await.expect("it answers");
        answer.bytes().await.expect("to the end");
        let ended = ends.lock().expect("nobody panics while holding it").pop();
        case.assert_ended(&ended.unwrap_or_else(|| panic!("{} is measured", case.name)), "the middleware");
    }
}

#[test]
fn who_knows_the_cost_says_it_before_any_price() {
    let fixture = Fixture::with(LlmSettings::default());
    let told = Arc::new(Mutex::new(Vec::new()));
    let costs = Arc::clone(&told);
    let on_end = OnEnd::new(move |ended| costs.lock().expect("nobody panics while holding it").push(ended.record()));
    let body = br#"{"object":"chat.completion","model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"cost":0.5}}"#;
    for (usd, expected) in [(0.25, 0.25), (f64::NAN, 0.5), (-1.0, 0.5), (1e300, 0.5)] {
        let mut call = fixture.llm.call("openrouter", "openai/gpt-4o").on_end(&on_end).start();
        call.cost_usd(usd);
        call.body(body);
        assert_eq!(call.complete().cost_usd(), Some(expected), "{usd}");
    }
    let told = told.lock().expect("nobody panics while holding it");
    let sources: Vec<_> = told.iter().filter_map(|record| record.cost_source.as_deref()).collect();
    assert_eq!(sources, ["application", "provider", "provider", "provider"]);
}

#[test]
fn a_contradiction_is_said_once_of_a_model() {
    let fixture = Fixture::with(LlmSettings::default());
    for _ in 0..3 {
        let ended = fixture.llm.start("openai", "gpt-4o").succeed(Usage::new(10, 5).cached_prompt(12).reasoning(6));
        assert_eq!(ended.usage().map(numbers), Some([10, 5, 10, 0, 5]));
    }
    assert_eq!(fixture.logs().containing("usage contradicts itself").len(), 1);
}

#[test]
fn the_tables_name_every_shape_and_provider() {
    let tables = shapes_as_markdown();
    for expected in ["OpenAI chat completions", "`/responses/compact`", "Bedrock Converse", "| xai, ", "`usage.cost`"] {
        assert!(tables.contains(expected), "{expected} is in\n{tables}");
    }
    assert!(tables.lines().count() > 25);
}

/// What another implementation of the same prices makes of the tokens: `tests/prices/expected.py`.
#[derive(Deserialize)]
struct Costs {
    at: u64,
    costs: BTreeMap<String, f64>,
}

#[test]
fn the_tokens_of_answers_cost_what_the_other_implementation_says() {
    let costs: Costs = serde_json::from_str(include_str!("../prices/answers.json")).expect("the table is JSON");
    assert!(costs.costs.len() > 100);
    let (prices, cases) = (Prices::bundled(), cases());
    for (name, expected) in &costs.costs {
        let case = cases.iter().find(|case| case.name == *name).unwrap_or_else(|| panic!("{name} is a case"));
        let answer = case.read();
        let usage = answer.usage.unwrap_or_else(|| panic!("{name} has usage"));
        let at = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(costs.at));
        let context = PriceContext { service_tier: answer.service_tier.as_deref(), at, ..PriceContext::default() };
        let cost = prices.cost(&case.provider, &case.model, &usage, &context).expect(name);
        assert!((cost - expected).abs() < 5e-9, "{name}: {cost}, not {expected}");
    }
}

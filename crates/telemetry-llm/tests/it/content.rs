//! What is said stays out of telemetry, unless a call site asks for it.

use http::HeaderMap;
use telemetry_llm::{Content, Failure, Usage};

use crate::fixture::{Fixture, MODEL};

const PROMPT: &str = "canary-prompt-7f3a";
const COMPLETION: &str = "canary-completion-7f3a";
const KEY: &str = "sk-canary-key-7f3a-0123456789";

/// A call with all that it can be given, in all its endings.
fn say_all(fixture: &Fixture) {
    let body = format!(
        r#"{{"object":"chat.completion","model":"{MODEL}","choices":[{{"message":{{"content":"{COMPLETION}"}}}}],
            "usage":{{"prompt_tokens":3,"completion_tokens":2}}}}"#
    );
    let mut call = fixture.llm.call("openai", MODEL).prompt_length(1).start();
    call.prompt(PROMPT);
    call.completion(COMPLETION);
    call.body(body.as_bytes());
    call.complete();

    let mut call = fixture.llm.call("openai", MODEL).start();
    call.chunk(&format!(r#"{{"choices":[{{"delta":{{"content":"{COMPLETION}"}}}}]}}"#));
    call.chunk(&format!(r#"{{"error":{{"message":"you said {PROMPT}","code":"{KEY}"}}}}"#));
    call.complete();

    let refused = format!(r#"{{"error":{{"message":"Incorrect API key provided: {KEY}","code":"invalid_api_key"}}}}"#);
    let mut call = fixture.llm.call("openai", MODEL).start();
    call.attempt_failed(Failure::from_response(401, &HeaderMap::new(), refused.as_bytes()));
    call.fail(Failure::from_response(401, &HeaderMap::new(), refused.as_bytes()));
}

#[test]
fn nothing_that_was_said_is_exported_by_default() {
    let fixture = Fixture::new();
    say_all(&fixture);
    assert_eq!(fixture.spans().named("llm.complete").len(), 3);
    for canary in [PROMPT, COMPLETION, KEY, "canary"] {
        fixture.assert_nowhere(canary);
    }
}

#[test]
fn a_call_site_that_asks_for_content_gets_it_masked_and_cut() {
    let fixture = Fixture::new();
    let content = Content { max_chars: 32, ..Content::default() };
    let call = fixture.llm.call("openai", MODEL).capture_content(content).start();
    call.prompt(&format!("use {KEY} and {PROMPT} and more"));
    call.completion("short");
    call.succeed(Usage::new(1, 1));
    let span = fixture.call();
    span.assert_attribute(
        "gen_ai.input.messages",
        r#"[{"role":"user","parts":[{"type":"text","content":"use [redacted] and canary-prompt[cut]"}]}]"#,
    );
    span.assert_attribute(
        "gen_ai.output.messages",
        r#"[{"role":"assistant","parts":[{"type":"text","content":"short"}],"finish_reason":""}]"#,
    );
    fixture.assert_nowhere(KEY);
    // The next call has asked for nothing.
    fixture.clear();
    say_all(&fixture);
    fixture.assert_nowhere(COMPLETION);
}

//! Streamed answers: when their tokens come, and how they end.

use std::time::Duration;

use telemetry_llm::labels::ErrorType;
use telemetry_llm::{Answer, AnswerStream, Usage};
use tokio::time::advance;

use crate::fixture::{Fixture, MODEL, NAMES};

/// A streamed answer of each shape, of four pieces of output, 12 tokens to the model and 5 from it.
pub(crate) const STREAMS: &[(&str, &[&str])] = &[
    (
        "chat",
        &[
            r#"{"object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#,
            r#"{"object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}],"usage":null}"#,
            r#"{"object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"content":"b"},"finish_reason":null}],"usage":null}"#,
            r#"{"object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]},"finish_reason":null}],"usage":null}"#,
            r#"{"object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"content":"c"},"finish_reason":null}],"usage":null}"#,
            r#"{"object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"#,
            r#"{"object":"chat.completion.chunk","model":"m-1","service_tier":"default","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":8}}}"#,
            "[DONE]",
        ],
    ),
    (
        "responses",
        &[
            r#"{"type":"response.created","response":{"id":"resp_1","object":"response","model":"m-1","status":"in_progress","usage":null}}"#,
            r#"{"type":"response.output_item.added","output_index":0,"item":{}}"#,
            r#"{"type":"response.reasoning_summary_text.delta","delta":"a"}"#,
            r#"{"type":"response.output_text.delta","delta":"b"}"#,
            r#"{"type":"response.output_text.delta","delta":"c"}"#,
            r#"{"type":"response.function_call_arguments.delta","delta":"{"}"#,
            r#"{"type":"response.completed","response":{"id":"resp_1","object":"response","model":"m-1","status":"completed","service_tier":"default","error":null,"usage":{"input_tokens":12,"input_tokens_details":{"cached_tokens":8},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":17}}}"#,
        ],
    ),
    (
        "messages",
        &[
            r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m-1","stop_reason":null,"usage":{"input_tokens":4,"cache_creation_input_tokens":0,"cache_read_input_tokens":8,"output_tokens":1,"service_tier":"default"}}}"#,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"b"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"c"}}"#,
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{"}}"#,
            r#"{"type":"content_block_stop","index":0}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}}"#,
            r#"{"type":"message_stop"}"#,
        ],
    ),
    (
        "generate_content",
        &[
            r#"{"candidates":[{"content":{"parts":[{"text":"a"}],"role":"model"}}],"modelVersion":"m-1","usageMetadata":{"promptTokenCount":12,"cachedContentTokenCount":8,"totalTokenCount":12}}"#,
            r#"{"candidates":[{"content":{"parts":[{"text":"b"}],"role":"model"}}],"modelVersion":"m-1","usageMetadata":{"promptTokenCount":12,"cachedContentTokenCount":8,"candidatesTokenCount":2,"totalTokenCount":14}}"#,
            r#"{"candidates":[{"content":{"parts":[{"functionCall":{}}],"role":"model"}}],"modelVersion":"m-1"}"#,
            r#"{"candidates":[{"content":{"parts":[{"text":"c"}],"role":"model"},"finishReason":"STOP"}],"modelVersion":"m-1","responseId":"r1","usageMetadata":{"promptTokenCount":12,"cachedContentTokenCount":8,"candidatesTokenCount":5,"totalTokenCount":17}}"#,
        ],
    ),
];

#[test]
fn usage_and_model_are_put_together_from_the_pieces_of_each_shape() {
    for (shape, pieces) in STREAMS {
        let mut stream = AnswerStream::new();
        let outputs = pieces.iter().filter(|piece| stream.data(piece).has_output).count();
        assert_eq!(outputs, 4, "{shape}");
        assert_eq!(stream.is_done(), *shape != "generate_content", "{shape}");
        let answer = stream.into_answer();
        let usage = answer.usage.unwrap_or_else(|| panic!("{shape} has usage"));
        assert_eq!(
            (usage.prompt_tokens(), usage.completion_tokens(), usage.cached_prompt_tokens()),
            (12, 5, 8),
            "{shape}"
        );
        assert_eq!(answer.model.as_deref(), Some("m-1"), "{shape}");
        assert_eq!(answer.finish_reasons.len(), 1, "{shape}");
        assert_eq!(answer.failure, None, "{shape}");
        let tier = (*shape != "generate_content").then_some("default");
        assert_eq!(answer.service_tier.as_deref(), tier, "{shape}");
    }
}

#[test]
fn a_list_of_pieces_is_a_stream_too() {
    let (_, pieces) = STREAMS.iter().find(|(shape, _)| *shape == "generate_content").expect("it is one of them");
    let body = format!("[{}]", pieces.join(","));
    let usage = Answer::from_body(body.as_bytes()).usage.expect("it has usage");
    assert_eq!((usage.prompt_tokens(), usage.completion_tokens()), (12, 5));
}

#[tokio::test(start_paused = true)]
async fn the_first_token_and_the_pace_of_the_others_are_measured() {
    for (shape, pieces) in STREAMS {
        let fixture = Fixture::new();
        let mut call = fixture.llm.call("openai", MODEL).start();
        advance(Duration::from_millis(300)).await;
        for piece in *pieces {
            if call.chunk(piece).has_output {
                advance(Duration::from_millis(80)).await;
            }
        }
        advance(Duration::from_secs(5)).await;
        call.complete();

        fixture.assert_one_request("success", &[]);
        let metrics = fixture.metrics();
        let first = metrics.histogram(NAMES.time_to_first_token, &[("model", MODEL)]);
        assert_eq!((first.count, first.sum), (1, 0.3), "{shape}");
        // From the first to the last of four pieces are 240 ms, in which four of five tokens came.
        let pace = metrics.histogram(NAMES.time_per_output_token, &[("model", MODEL)]);
        assert_eq!(pace.count, 1, "{shape}");
        assert!((pace.sum - 0.06).abs() < 1e-9, "{shape}: {}", pace.sum);
    }
}

#[tokio::test(start_paused = true)]
async fn one_token_alone_has_no_pace() {
    let fixture = Fixture::new();
    let mut call = fixture.llm.call("openai", MODEL).start();
    call.token();
    call.succeed(Usage::new(1, 1));
    fixture.assert_no_series(NAMES.time_per_output_token, &[]);
    fixture.assert_histogram_count(NAMES.time_to_first_token, &[], 1);
}

#[test]
fn an_error_amid_a_stream_is_the_providers() {
    let fixture = Fixture::new();
    let mut call = fixture.llm.call("anthropic", MODEL).start();
    let chunk = call.chunk(r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#);
    assert_eq!(chunk.failure.map(|failure| failure.error_type()), Some(ErrorType::ServerError));
    call.complete();
    fixture.assert_one_request("error", &[ErrorType::ServerError]);
}

#[test]
fn data_that_makes_no_sense_is_passed_over() {
    let fixture = Fixture::new();
    let mut call = fixture.llm.call("openai", MODEL).start();
    for data in ["", "{", "null", "7", "[]", r#"{"choices":7}"#, r#"{"type":"message_start"}"#, "\u{0}"] {
        let chunk = call.chunk(data);
        assert!(!chunk.has_output && chunk.failure.is_none(), "{data:?}");
    }
    call.complete();
    fixture.assert_one_request("success", &[]);
    fixture.assert_counter(NAMES.unpriced, &[], 1.0);
}

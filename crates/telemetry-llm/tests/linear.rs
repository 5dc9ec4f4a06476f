//! Readers of what peers say take twice as long for twice as much: in a program of its own, beside which nothing runs.

use std::hint::black_box;
use std::time::{Duration, Instant};

use http::HeaderMap;
use telemetry_llm::{Answer, AnswerStream, Failure, SseReader};

/// Large enough that a doubling is more than noise.
const SIZE: usize = 256 << 10;

/// What hostile bodies are made of: beginning, what is repeated, end.
const BODIES: &[(&str, &str, &str)] = &[
    (r#"{"object":"chat.completion","choices":["#, r#"{"finish_reason":"stop"},"#, "{}]}"),
    (r#"{"object":"chat.completion","x":["#, "0,", r#"0],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#),
    (r#"{"x":"#, "[", ""),
    (r#"{"x":"#, r#"{"a":"#, ""),
    (r#"{"x":""#, r"\u4e2d", "\"}"),
    (r#"{"x":""#, r"\ud83d\ude00", ""),
    (r#"{"x":""#, r"\", "\"}"),
    (r#"{"x":{"#, r#""k":1,"#, r#""k":1}}"#),
    (r#"{"usage":{"#, r#""k":1,"#, r#""prompt_tokens":1}}"#),
    ("[", r#"{"usageMetadata":{"promptTokenCount":1}},"#, "{}]"),
    ("", r#"{"object":"chat.completion.chunk","model":"m"}"#, ""),
    ("", "{},", ""),
    ("", " ", ""),
    ("", "9", ""),
    ("", "]", ""),
    (r#"{"error":{"details":["#, r#"{"reason":"x"},"#, "{}]}}"),
];

/// What hostile streams are made of.
const STREAMS: &[&str] = &[
    "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
    "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"a\"}}\r\r",
    "data:\n",
    "data:x\n",
    "data:x",
    "event:",
    "event: e\n",
    ": ping\n",
    "\r",
    "\n\n",
    "data:{}\n\n",
    "d",
];

/// How long this thread has run: on Linux without the time that others had the processor.
fn ran(begun: Instant) -> Duration {
    // What has run is entered when the next thread is chosen.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

/// The shortest of some runs.
fn time(mut work: impl FnMut()) -> Duration {
    let begun = Instant::now();
    let run = || {
        let before = ran(begun);
        work();
        ran(begun).saturating_sub(before)
    };
    std::iter::repeat_with(run).take(2).min().unwrap_or_default()
}

/// Asserts that twice as much takes three times as long at most: once, of a few times on a busy machine.
fn assert_linear(case: &str, body: impl Fn(usize) -> String, read: impl Fn(&str)) {
    /// Less than any work that is more than linear takes for so much, and more than the clock is off.
    const CLOCK: Duration = Duration::from_millis(4);
    let (one, two) = (body(SIZE), body(2 * SIZE));
    let mut times = Vec::new();
    while times.last().is_none_or(|(one, two)| *two > *one * 3 + CLOCK) {
        assert!(times.len() < 8, "{} bytes and twice as many of {case} take {times:?}", one.len());
        times.push((time(|| read(&one)), time(|| read(&two))));
    }
}

#[test]
fn bodies_are_read_in_linear_time() {
    for (beginning, unit, end) in BODIES {
        let body = |size: usize| format!("{beginning}{}{end}", unit.repeat(size / unit.len()));
        let case = format!("{beginning}{unit}");
        assert_linear(&case, body, |body| drop(black_box(Answer::from_body(body.as_bytes()))));
        assert_linear(&format!("{case} in an event"), body, |body| drop(black_box(AnswerStream::new().data(body))));
        assert_linear(&format!("{case} in an error"), body, |body| {
            drop(black_box(Failure::from_response(429, &HeaderMap::new(), body.as_bytes())));
        });
    }
}

#[test]
fn streams_are_read_in_linear_time_in_pieces_of_any_size() {
    for unit in STREAMS {
        for size in [1, 1_000, usize::MAX] {
            let body = |size: usize| unit.repeat(size / unit.len());
            assert_linear(unit, body, |body| {
                let (mut reader, mut stream) = (SseReader::new(), AnswerStream::new());
                for piece in body.as_bytes().chunks(size) {
                    reader.feed(piece, |event| drop(stream.data(&event.data)));
                }
                reader.finish(|event| drop(stream.data(&event.data)));
                black_box(stream.into_answer());
            });
        }
    }
}

/// Makes the event of a number.
type Event = fn(usize) -> String;

/// Streams whose every event brings keys that no event before it had, in each shape and at each place of a usage.
const NEWS: &[(&str, Event)] = &[
    ("messages", |n| {
        format!(
            r#"{{"type":"message_delta","delta":{{}},"usage":{{"output_tokens":{n},"key_{n}":{n},"list_{n}":[{n}]}}}}"#
        )
    }),
    ("messages, nested", |n| {
        format!(r#"{{"type":"message_delta","usage":{{"output_tokens":{n},"cache_creation":{{"life_{n}":{n}}}}}}}"#)
    }),
    ("messages, parts", |n| {
        format!(
            r#"{{"type":"message_delta","usage":{{"iterations":[{{"type":"t{n}","input_tokens":{n},"k{n}":1}}]}}}}"#
        )
    }),
    ("chat", |n| {
        let delta = format!(r#"{{"index":{n},"delta":{{"content":"x"}},"finish_reason":"r{n}"}}"#);
        format!(r#"{{"id":"c{n}","choices":[{delta}],"usage":{{"prompt_tokens":{n},"key_{n}":1}}}}"#)
    }),
    ("responses", |n| {
        let usage = format!(r#"{{"input_tokens":{n},"key_{n}":1}}"#);
        format!(r#"{{"type":"response.in_progress","response":{{"id":"r{n}","status":"s{n}","usage":{usage}}}}}"#)
    }),
    ("generateContent", |n| {
        let details = format!(r#"[{{"modality":"M{n}","tokenCount":1}}]"#);
        let usage = format!(r#"{{"promptTokenCount":{n},"key{n}":1,"promptTokensDetails":{details}}}"#);
        format!(r#"{{"candidates":[{{"finishReason":"F{n}"}}],"usageMetadata":{usage}}}"#)
    }),
    ("converse", |n| format!(r#"{{"metadata":{{"usage":{{"inputTokens":{n},"key{n}":1}}}}}}"#)),
];

#[test]
fn streams_whose_events_bring_new_keys_are_read_in_linear_time() {
    for (shape, event) in NEWS {
        let lines = |size: usize| {
            let mut lines = String::new();
            let mut numbers = 1..;
            while lines.len() < size {
                lines.extend(numbers.next().map(event));
                lines.push('\n');
            }
            lines
        };
        assert_linear(shape, lines, |lines| {
            let mut stream = AnswerStream::of("anthropic");
            lines.lines().for_each(|event| drop(stream.data(event)));
            assert!(stream.into_answer().usage.is_some());
        });
    }
}

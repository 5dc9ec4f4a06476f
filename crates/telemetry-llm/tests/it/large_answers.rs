//! Answers of any size and shape, of which what they used is read all the same.

use http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};
use telemetry_core::Label as _;
use telemetry_llm::labels::ErrorType;
use telemetry_llm::{Answer, AnswerStream, SseReader};

use crate::fixture::{Fixture, NAMES};
use crate::passing::Passing;
use crate::streams::STREAMS;

const CHAT: &str = "/v1/chat/completions";

/// More than the reader of an answer keeps of it, in any of its parts.
const LARGE: usize = 1 << 20;

/// A chat completion of 12 and 5 tokens that has this in the place of its content, before its usage and after it.
fn answer(content: &str) -> String {
    format!(
        r#"{{"id":"c-1","object":"chat.completion","model":"m-1","extra":{content},
            "choices":[{{"index":0,"message":{{"role":"assistant","content":{content}}},"logprobs":{content},"finish_reason":"stop"}}],
            "usage":{{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,"more":{content}}},"service_tier":"default",
            "last":{content}}}"#
    )
}

/// What fills an answer: each is sound JSON, and longer than `size`.
fn fillings(size: usize) -> Vec<(&'static str, String)> {
    let list = |item: &str| format!("[{}{item}]", format!("{item},").repeat(size / (item.len() + 1) + 1));
    let text = |unit: &str| format!("\"{}\"", unit.repeat(size / unit.len() + 1));
    let keys: Vec<String> = (0..size / 8).map(|number| format!("\"k{number}\":1")).collect();
    vec![
        ("an image", text("iVBORw0KGgo")),
        ("escaped characters", text(r"\u4e2d\n\\\u0022")),
        ("pairs of escapes", text(r"\ud83d\ude00")),
        ("wide characters", text("語🦀é")),
        ("small values", list("0")),
        ("small lists", list("[]")),
        ("embeddings", list(&format!("[{}0.5]", "-0.0123,".repeat(400)))),
        ("texts", list(r#""a","bc""#)),
        ("objects", list(r#"{"token":"a","logprob":-0.1,"bytes":[97]}"#)),
        ("keys", format!("{{{}}}", keys.join(","))),
        ("a long key", format!("{{{}:1}}", text("k"))),
        ("a long number", format!("[{}]", "9".repeat(size))),
        ("depth", format!("{}{}", "[".repeat(size / 2), "]".repeat(size / 2))),
        ("objects in objects", format!("{}1{}", "{\"a\":".repeat(size / 6), "}".repeat(size / 6))),
    ]
}

#[test]
fn what_an_answer_says_is_read_whatever_fills_it() {
    for (filling, content) in fillings(LARGE) {
        let answer = Answer::from_body(answer(&content).as_bytes());
        let usage = answer.usage.unwrap_or_else(|| panic!("the usage is lost in {filling}"));
        assert_eq!((usage.prompt_tokens(), usage.completion_tokens()), (12, 5), "{filling}");
        assert_eq!(answer.id.as_deref(), Some("c-1"), "{filling}");
        assert_eq!(answer.model.as_deref(), Some("m-1"), "{filling}");
        assert_eq!(answer.service_tier.as_deref(), Some("default"), "{filling}");
        assert_eq!(answer.finish_reasons, ["stop"], "{filling}");
    }
}

#[tokio::test]
async fn large_answers_pass_the_middleware_in_pieces_of_any_size() {
    for (filling, content) in fillings(LARGE / 8) {
        for size in [1_009, usize::MAX] {
            let fixture = Fixture::new();
            let body = answer(&content);
            let length = body.len();
            let passing = Passing::new(body).in_pieces(size);
            let (bytes, longest) = passing.ask(&fixture.llm, CHAT).await;
            assert_eq!(bytes, length, "it passes whole");
            assert!(longest <= 64 << 10, "{longest} bytes were read at once");
            fixture.assert_one_request("success", &[]);
            assert_eq!(fixture.total(NAMES.tokens, &[]), 17.0, "{filling} in pieces of {size}");
        }
    }
}

#[tokio::test]
async fn an_event_of_any_size_is_read() {
    let created =
        json!({"type": "response.created", "response": {"object": "response", "model": "m-1", "usage": null}});
    for content in [format!("\"{}\"", "A".repeat(20 << 20)), format!("[{}0]", "0,".repeat(1 << 20))] {
        let completed = format!(
            r#"{{"type":"response.completed","response":{{"object":"response","model":"m-1","status":"completed",
            "output":[{{"type":"image_generation_call","result":{content}}}],"usage":{{"input_tokens":12,"output_tokens":5}}}}}}"#
        );
        // The data of an event may have several lines.
        let completed = completed.replace('\n', "\ndata:");
        let fixture = Fixture::new();
        let passing = Passing::new(format!("data: {created}\n\nevent: x\ndata: {completed}\n\n")).in_pieces(16 << 10);
        let passing = Passing { content_type: Some("text/event-stream"), ..passing };
        passing.ask(&fixture.llm, "/v1/responses").await;
        fixture.assert_one_request("success", &[]);
        assert_eq!(fixture.total(NAMES.tokens, &[]), 17.0);

        let mut reader = SseReader::new();
        let mut stream = AnswerStream::new();
        for piece in passing.body.chunks(16 << 10) {
            reader.feed(piece, |event| drop(stream.data(&event.data)));
        }
        assert!(stream.is_done());
        assert_eq!(stream.into_answer().usage.map(|usage| usage.prompt_tokens()), Some(12));
    }
}

#[test]
fn events_are_what_the_standard_says_wherever_they_are_cut() {
    let table: [(&str, &[(&str, &str)]); 12] = [
        ("data: a\ndata: b\n\n", &[("", "a\nb")]),
        ("data: a\r\ndata: b\r\n\r\n", &[("", "a\nb")]),
        ("data: a\rdata: b\r\r", &[("", "a\nb")]),
        ("\u{feff}data:a\n\n\u{feff}data:b\n\n", &[("", "a")]),
        ("event: e\ndata:  a \n\ndata: b\n\n", &[("e", " a "), ("", "b")]),
        ("event: e\n\ndata: a\n\n", &[("", "a")]),
        ("event: e\nevent: f\ndata\n\n", &[("f", "")]),
        (": data: a\nid: 1\nretry: 2\ndat: a\ndatas: a\n data: a\nDATA: a\n\n", &[]),
        ("data\ndata\n\ndata:\n\n", &[("", "\n"), ("", "")]),
        ("\n\n\r\r\r\n\r\ndata: a\n\n\n\n", &[("", "a")]),
        ("data: a\n\ndata: it ends here", &[("", "a"), ("", "it ends here")]),
        ("data: a:b: c\r\n\ndata: d\n\r\n", &[("", "a:b: c"), ("", "d")]),
    ];
    for (stream, expected) in table {
        for size in 1..=stream.len() {
            let (mut reader, mut events) = (SseReader::new(), Vec::new());
            for piece in stream.as_bytes().chunks(size) {
                reader.feed(piece, |event| events.push((event.name, event.data)));
            }
            reader.finish(|event| events.push((event.name, event.data)));
            let events: Vec<_> = events.iter().map(|(name, data)| (&**name, &**data)).collect();
            assert_eq!(events, expected, "{stream:?} in pieces of {size}");
        }
    }
}

#[test]
fn an_event_beyond_any_is_passed_over_and_counted() {
    let mut reader = SseReader::new();
    let mut events = Vec::new();
    reader.feed(b"data: ", |_| {});
    for _ in 0..33 {
        reader.feed(&vec![b'x'; 1 << 20], |_| {});
    }
    reader.feed(b"\n\nevent: e\ndata: after it\n\n", |event| events.push((event.name, event.data)));
    assert_eq!(events, [("e".to_owned(), "after it".to_owned())]);
    assert_eq!(reader.passed_over(), 1);
    // Its name is cut.
    let long = format!("event: {}\ndata\n\n", "n".repeat(1 << 20));
    reader.feed(long.as_bytes(), |event| events.push((event.name, event.data)));
    assert_eq!((events[1].0.len(), &*events[1].1), (256, ""));
}

#[tokio::test]
async fn the_first_character_tells_events_from_documents() {
    let (_, events) = STREAMS[0];
    let plain: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    let whole = answer("\"Hello\"");
    let pieces = STREAMS[3].1;
    let table = [
        ("no type", None, plain.clone()),
        ("a type in capitals", Some("Text/Event-Stream; Charset=UTF-8"), plain.clone()),
        ("another type", Some("application/json"), plain.clone()),
        ("a byte order mark", Some("text/event-stream"), format!("\u{feff}{plain}")),
        ("carriage returns", Some("text/event-stream"), plain.replace('\n', "\r")),
        ("both", Some("text/event-stream"), plain.replace('\n', "\r\n")),
        ("comments and other fields", None, plain.replace("data:", ": ping\nretry: 5\nid: 7\nid\nevent: e\ndata:")),
        ("no blanks", None, plain.replace("data: ", "data:")),
        ("no blank line at the end", None, plain.trim_end().to_owned()),
        ("blank lines first", None, format!("\n\n{plain}")),
        ("an answer that is called events", Some("text/event-stream"), whole.clone()),
        ("an answer without a type", None, whole.clone()),
        ("an answer with a byte order mark", Some("application/json"), format!("\u{feff} {whole}")),
        ("a list of pieces", Some("application/json"), format!(" [{}\n]", pieces.join(",\r\n"))),
        ("one piece a line", Some("application/x-ndjson"), pieces.join("\n")),
    ];
    for (case, content_type, body) in table {
        for size in [1, 2, 3, 7, usize::MAX] {
            let fixture = Fixture::new();
            let passing = Passing { content_type, ..Passing::new(body.clone()).in_pieces(size) };
            passing.ask(&fixture.llm, CHAT).await;
            fixture.assert_one_request("success", &[]);
            assert_eq!(fixture.total(NAMES.tokens, &[]), 17.0, "{case} in pieces of {size}");
        }
    }
}

#[tokio::test]
async fn errors_of_any_size_are_classed() {
    for (filling, content) in fillings(LARGE / 8) {
        for body in [
            format!(r#"{{"detail":{content},"error":{{"type":"insufficient_quota","message":"no"}}}}"#),
            format!(r#"{{"error":{{"message":{content},"code":"insufficient_quota"}},"detail":{content}}}"#),
            format!(r#"[{{"error":{{"details":{content},"code":"insufficient_quota"}}}}]"#),
        ] {
            let fixture = Fixture::new();
            let passing = Passing { status: StatusCode::TOO_MANY_REQUESTS, ..Passing::new(body).in_pieces(10_007) };
            passing.ask(&fixture.llm, CHAT).await;
            assert_eq!(fixture.total(NAMES.errors, &[("error_type", ErrorType::Auth.as_str())]), 1.0, "{filling}");
        }
    }
}

/// The stream's events as the middleware has them, and as the reader does.
fn answers_of(body: &[u8], cuts: &[usize]) -> (Vec<String>, Answer) {
    let (mut reader, mut events, mut stream) = (SseReader::new(), Vec::new(), AnswerStream::new());
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (body.len() + 1)).chain([body.len()]).collect();
    ends.sort_unstable();
    let mut start = 0;
    for end in ends {
        reader.feed(&body[start..end], |event| events.push(event.data));
        start = end;
    }
    reader.finish(|event| events.push(event.data));
    events.iter().for_each(|event| drop(stream.data(event)));
    (events, stream.into_answer())
}

/// JSON of some depth.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        (".", 0_usize..9_000).prop_map(|(unit, times)| Value::from(unit.repeat(times))),
    ];
    leaf.prop_recursive(6, 200, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(Value::from),
            prop::collection::hash_map(".{0,12}", inner, 0..20).prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Wherever a stream is cut, and however its lines end, its events are the same.
    #[test]
    fn cuts_and_ends_of_lines_change_nothing(
        shape in 0..STREAMS.len(),
        end in prop::sample::select(vec!["\n", "\r", "\r\n"]),
        mark in any::<bool>(),
        comments in any::<bool>(),
        cuts in prop::collection::vec(any::<usize>(), 0..40),
    ) {
        let (_, pieces) = STREAMS[shape];
        let mark = if mark { "\u{feff}" } else { "" };
        let comment = if comments { ": ping\n" } else { "" };
        let body: String = pieces.iter().map(|piece| format!("{comment}data: {piece}\n\n")).collect();
        let body = format!("{mark}{}", body.replace('\n', end));
        let (events, answer) = answers_of(body.as_bytes(), &cuts);
        prop_assert_eq!(events, pieces.iter().map(|&piece| piece.to_owned()).collect::<Vec<_>>());
        prop_assert_eq!(answer.usage.map(|usage| (usage.prompt_tokens(), usage.completion_tokens())), Some((12, 5)));
    }

    /// Whatever an answer is filled with, it says what it says when all of it is read.
    #[test]
    fn what_is_passed_over_is_nothing_that_an_answer_says(
        fillings in prop::collection::vec(value(), 1..4),
        cuts in prop::collection::vec(any::<usize>(), 0..40),
    ) {
        let text = answer("FILLING");
        let mut pieces = text.split("FILLING");
        let mut body = pieces.next().expect("there is a first").to_owned();
        for (piece, filling) in pieces.zip(fillings.iter().cycle()) {
            body.push_str(&filling.to_string());
            body.push_str(piece);
        }
        // Never so small that it is read as it is.
        body.insert_str(1, &format!("\"first\":\"{}\",", "x".repeat(20_000)));
        let whole: Value = serde_json::from_str(&body).expect("it is JSON");
        let expected = Answer::from_json(&whole);
        prop_assert_eq!(expected.usage.as_ref().map(|usage| usage.prompt_tokens()), Some(12));
        prop_assert_eq!(&Answer::from_body(body.as_bytes()), &expected);
        let (_, streamed) = answers_of(format!("data: {body}\n\n").replace(",\n", ",").as_bytes(), &cuts);
        prop_assert_eq!(streamed.finish_reasons, expected.finish_reasons);
        prop_assert_eq!(streamed.id, expected.id);
    }

    /// No bytes end a reader otherwise than by its end.
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2_000), times in 1_usize..20) {
        let bytes = bytes.repeat(times);
        let _ = Answer::from_body(&bytes);
        let _ = answers_of(&bytes, &[7, 100]);
    }

    /// Nor do bytes of which JSON is made.
    #[test]
    fn any_characters_of_json_are_read(text in "[\\[\\]{},:\"\\\\u0-9eda. \n-]{0,600}", times in 1_usize..60) {
        let text = text.repeat(times);
        let _ = Answer::from_body(text.as_bytes());
        let _ = answers_of(format!("data:{text}").as_bytes(), &[7, 100]);
    }
}

//! What is exported holds no secrets: in messages, fields, errors, names and attributes, of spans as of log records.

use std::time::{Duration, Instant};

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry::trace::{Span as _, SpanContext, Status, Tracer as _, TracerProvider as _};
use opentelemetry::{Array, KeyValue, StringValue, Value};
use telemetry_core::Telemetry;
use telemetry_core::trace::SPANS_ONLY;
use telemetry_testkit::OtlpSink;

use super::fixture::{SOON, listen, start, towards};

/// Secrets of some shapes; each is also looked for by its middle.
const TOKENS: [&str; 6] = [
    "sk-ant-api03-R2D2c3poBB8xYzAbCdEf0123456789",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "AKIAIOSFODNN7EXAMPLE",
    "xoxb-123456789012-abcdefghijklmnop",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "x8Kq2Lm9Pz4Rt7Vw3Yb6Nc1D",
];
/// What is a secret by its name alone.
const NAMED: &str = "hunter2-of-the-test";
/// A number that is one. It is so long because times and ids are in what is sent, and have any four digits now and then.
const NUMBER: u64 = 4_711_815_234_260_871;

/// Spans and log records that hold secrets wherever one can be.
fn leak(telemetry: &Telemetry) {
    let _listening = listen(telemetry);
    for token in TOKENS {
        let text = format!("the call with {token} was refused");
        let span = tracing::info_span!("call", text, api_key = NAMED, otel.name = format!("call {token}"));
        span.in_scope(|| {
            tracing::info!(target: SPANS_ONLY, text, password = NAMED, "{text}");
            tracing::info!(text, password = NAMED, secret = NUMBER, "logged: {text}");
            tracing::error!(error = text, request_id = if token.len() == 24 { "-" } else { token }, "failed");
        });
    }
    let provider = telemetry.tracer_provider().expect("spans are exported");
    let tracer = provider.tracer("test");
    let mut span = tracer.start("direct");
    span.set_attribute(KeyValue::new("url.full", format!("https://me:{NAMED}@example.com/x")));
    span.set_attribute(KeyValue::new("name", "x-api-key"));
    span.set_attribute(KeyValue::new("value", NAMED));
    let arguments: Vec<StringValue> = ["login", "--token", NAMED, "--verbose"].map(StringValue::from).into();
    span.set_attribute(KeyValue::new("process.command_args", Value::Array(Array::String(arguments))));
    let header: Vec<StringValue> = vec![format!("Bearer {NAMED}").into()];
    span.set_attribute(KeyValue::new("http.request.header.authorization", Value::Array(Array::String(header))));
    span.add_event("exception", vec![KeyValue::new("exception.message", format!("password={NAMED}"))]);
    span.add_link(SpanContext::empty_context(), vec![KeyValue::new("note", format!("password={NAMED}"))]);
    span.set_status(Status::error(format!("cannot reach postgres://app:{NAMED}@db/shop")));
    span.end();
    let provider = telemetry.logger_provider().expect("log records are exported");
    let logger = provider.logger("test");
    let mut record = logger.create_log_record();
    let inner =
        [("password", NAMED), ("note", "kept"), ("api_key", NAMED)].map(|(key, value)| (key.into(), value.into()));
    record.set_body(AnyValue::Map(Box::new(inner.into_iter().collect())));
    record.add_attribute("list", AnyValue::ListAny(Box::new(vec!["kept".into(), format!("password={NAMED}").into()])));
    record.add_attribute("header", "Authorization");
    record.add_attribute("header_value", NAMED);
    logger.emit(record);
}

#[test]
fn no_secret_is_exported() {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    leak(&telemetry);
    let report = telemetry.shutdown_within(SOON);
    assert!(report.is_complete(), "{report}");
    let sent = format!("{:?}\n{:?}", sink.raw_spans(), sink.raw_logs());
    for secret in TOKENS {
        let middle = &secret[secret.len() / 2 - 4..secret.len() / 2 + 4];
        assert!(!sent.contains(middle), "{secret} in {sent}");
    }
    assert!(!sent.contains(NAMED) && !sent.contains(&NUMBER.to_string()), "{sent}");
    for kept in ["the call with [redacted] was refused", "me:[redacted]@example.com", "kept", "--verbose"] {
        assert!(sent.contains(kept), "{kept:?} in {sent}");
    }
    assert_eq!(sink.spans().len(), TOKENS.len() + 1);
    assert_eq!(sink.logs().len(), 2 * TOKENS.len() + 1);
}

#[test]
fn what_is_asked_not_to_be_masked_is_sent_as_it_is_and_names_of_ones_own_are_masked() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).settings(|settings| settings.mask.export = Some(false));
    let telemetry = telemetry.build().expect("the settings are good");
    leak(&telemetry);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    assert!(format!("{:?}", sink.raw_spans()).contains(NAMED), "it is as it was");

    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).settings(|settings| {
        settings.mask.names = Some(vec!["employee_pin".to_owned()]);
        settings.mask.patterns = Some(vec!["acme_live_".to_owned()]);
    });
    let telemetry = telemetry.build().expect("the settings are good");
    let listening = listen(&telemetry);
    tracing::info_span!("work", employee_pin = 4711, key = "acme_live_1").in_scope(|| {
        tracing::info!(employeePin = "4712", "EMPLOYEE-PIN=4713 and acme_live_2");
    });
    drop(listening);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    let (spans, logs) = (sink.spans(), sink.logs());
    let (span, log) = (spans.one("work"), logs.one("EMPLOYEE-PIN=[redacted] and [redacted]"));
    for (said, key) in
        [(span.attribute("employee_pin"), "pin"), (span.attribute("key"), "key"), (log.attribute("employeePin"), "log")]
    {
        assert_eq!(said, Some("[redacted]"), "{key}");
    }
}

#[test]
fn what_the_conventions_need_stays() {
    let random = "x8Kq2Lm9Pz4Rt7Vw3Yb6Nc1D";
    let stays = [
        ("gen_ai.request.model", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
        ("gen_ai.response.model", "us.anthropic.claude-3-5-sonnet-20241022-v2:0"),
        ("gen_ai.response.id", random),
        ("gen_ai.conversation.id", random),
        ("gen_ai.tool.call.id", "toolu_01A09q90qw90lq917835lq9Zz"),
        ("gen_ai.agent.id", random),
        ("gen_ai.token.type", "input"),
        ("gen_ai.usage.input_tokens", "812"),
        ("gen_ai.openai.response.system_fingerprint", "fp_50cad350e4"),
        ("mcp.session.id", random),
        ("session.id", random),
        ("sessionId", random),
        ("service.instance.id", "627cc493-f310-47de-96bd-71410b7dec09"),
        ("vcs.ref.head.revision", "9d59409acf479dfa0df1aa568182e43e43df8bbe"),
        ("container.image.repo_digests", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("code.file.path", "/home/app/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/serde-1.0.219/src/lib.rs"),
        ("url.full", "https://api.github.com/repos/octocat/hello-world/pulls/17?per_page=100&page=2"),
        ("db.query.text", "SELECT id, token_count FROM tasks WHERE project_id = $1"),
        ("http.route", "/v1/tokens/{token}"),
        ("error.type", "authentication_error"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ];
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    let tracer = telemetry.tracer_provider().expect("spans are exported").tracer("test");
    let attributes = || stays.map(|(key, value)| KeyValue::new(key, value));
    let mut span = tracer.span_builder("stays").with_attributes(attributes()).start(&tracer);
    span.set_attribute(KeyValue::new("is_secret", true));
    span.end();
    let logger = telemetry.logger_provider().expect("log records are exported").logger("test");
    let mut record = logger.create_log_record();
    record.set_body("stays".into());
    stays.into_iter().for_each(|(key, value)| record.add_attribute(key, value));
    logger.emit(record);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    let (spans, logs) = (sink.spans(), sink.logs());
    for (key, value) in stays {
        spans.one("stays").assert_attribute(key, value);
        logs.one("stays").assert_attribute(key, value);
    }
    spans.one("stays").assert_attribute("is_secret", "true");
}

#[test]
fn a_secret_where_a_text_is_cut_is_not_half_there() {
    let sink = OtlpSink::start();
    let telemetry = start(&sink);
    let listening = listen(&telemetry);
    let token = "sk-ant-api03-R2D2c3poBB8xYzAbCdEf0123456789";
    // An attribute has 4,096 characters; what goes before makes room for what is behind.
    let block = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", "Ab1".repeat(400));
    for before in [4_096 - token.len(), 4_096 - 10, 4_096 - 3, 5_120 - 10, 5_120] {
        let plain = format!("{}{token} {}", "word ".repeat(before / 5), "word ".repeat(1_000));
        let shifted = format!("{block}{plain}");
        tracing::info_span!("cut", plain, shifted).in_scope(|| tracing::info!(plain, shifted, "cut"));
    }
    drop(listening);
    assert!(telemetry.shutdown_within(SOON).is_complete());
    let sent = format!("{:?}\n{:?}", sink.raw_spans(), sink.raw_logs());
    assert_eq!((sink.spans().len(), sink.logs().len()), (5, 5));
    assert!(!sent.contains("sk-a") && !sent.contains("Ab1Ab1"), "half a secret is sent");
}

#[test]
fn masking_is_bounded_by_what_is_sent_and_not_by_what_was_recorded() {
    let huge = "a word and key=value another ".repeat(100_000);
    let took = || {
        let sink = OtlpSink::start();
        let telemetry = start(&sink);
        let listening = listen(&telemetry);
        for _ in 0..20 {
            tracing::info_span!("huge", huge).in_scope(|| {});
        }
        drop(listening);
        let begun = Instant::now();
        let report = telemetry.shutdown_within(SOON);
        assert!(report.is_complete(), "{report}");
        begun.elapsed()
    };
    // To mask the 58 MB that wait would take ten times as long where nothing is optimized. A busy machine may be late, but
    // not each time.
    let mut times = Vec::new();
    while times.last().is_none_or(|time| *time > Duration::from_secs(3)) {
        assert!(times.len() < 5, "{times:?}");
        times.push(took());
    }
}

//! What is recorded of an error: its causes, no secrets, and not a novel.

use std::error::Error;
use std::fmt;

use telemetry_core::{End, Operation, end_event, error_message, operation_span};
use telemetry_testkit::TestTelemetry;

/// An error that says this, because of that.
#[derive(Debug)]
struct Says(String, Option<Box<Says>>);

impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Says {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

fn says(messages: &[&str]) -> Says {
    let (first, causes) = messages.split_first().expect("an error says something");
    Says((*first).to_owned(), (!causes.is_empty()).then(|| Box::new(says(causes))))
}

#[test]
fn an_error_is_told_with_its_causes_and_without_secrets() {
    let cases: [(&[&str], &str); 6] = [
        (&["no change"], "no change"),
        (&["the sale failed", "the till is shut"], "the sale failed: the till is shut"),
        (&["the sale failed: the till is shut", "the till is shut", "fire"], "the sale failed: the till is shut: fire"),
        (&["", "the till is shut"], "the till is shut"),
        (&["no login", "password=hunter2 is wrong"], "no login: password=[redacted] is wrong"),
        (
            &["GET https://me:hunter2@shop/", "Bearer x7Kq90Lm2Np4"],
            "GET https://me:[redacted]@shop/: Bearer [redacted]",
        ),
    ];
    for (messages, expected) in cases {
        assert_eq!(error_message(&says(messages)), expected);
    }
}

#[test]
fn a_long_error_is_cut_and_a_secret_at_the_cut_does_not_show() {
    let word = "wörter ";
    for repeated in [100, 200, 2_000, 3_000, 1_000_000] {
        let secret = "key sk-abcdefghijklmnopqrstuvwx";
        let message = error_message(&says(&[&word.repeat(repeated), secret]));
        assert!(message.len() <= 1024 + '…'.len_utf8(), "{repeated}: {} bytes", message.len());
        assert_eq!(message.ends_with('…'), repeated > 100, "{repeated}: {message}");
        assert!(!message.contains("sk-a"), "{repeated}: {message}");
    }
    // What is read of it ends within the secret, and what the masker makes of it is short.
    let hidden = format!("{}sk-{}", "password=hunter2hunter2 ".repeat(682), "x1y2z3".repeat(4_000));
    let message = error_message(&says(&[&hidden]));
    assert!(message.len() <= 1024 + '…'.len_utf8() && !message.contains("sk-"), "{message}");
}

#[test]
fn an_error_whose_display_fails_is_no_panic() {
    #[derive(Debug)]
    struct Mute;
    impl fmt::Display for Mute {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }
    impl Error for Mute {}
    assert_eq!(error_message(&Mute), "");
}

#[test]
fn span_and_log_record_of_a_failure_say_why() {
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| {
        let mut operation = Operation::start(|| operation_span!("till.sell"));
        let why = operation.error_message(&says(&["the sale failed", "token=hunter2 expired"]));
        let end = End::failure("error", "no_change").describing(why.as_deref().expect("somebody listens"));
        let elapsed = operation.end(&end).expect("it has not ended before");
        end_event!(operation, end, elapsed, {}, "sale ended", "sale failed");
    });
    let expected = "the sale failed: token=[redacted] expired";
    let span = telemetry.spans().one("till.sell").clone();
    assert!(span.to_string().contains(expected), "{span}");
    telemetry.logs().one("sale failed").assert_attribute("error_message", expected);
}

#[test]
fn nobody_reads_an_error_that_nobody_is_told_of() {
    let operation = Operation::start(tracing::Span::none);
    assert_eq!(operation.error_message(&says(&["the sale failed"])), None);
}

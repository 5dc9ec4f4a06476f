//! What holds for any text.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use telemetry_core::mask::{Policy, text};

/// Pieces that the masker has an eye on, and what comes between them.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "password",
        "token",
        "Authorization",
        "Bearer ",
        "basic ",
        "Cookie",
        "--secret ",
        "key",
        "://",
        "@",
        ":",
        "=",
        "=>",
        "\"",
        "'",
        "`",
        "\\",
        "\\\"",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        ";",
        "&",
        " ",
        "\n",
        "\t",
        ".",
        "!",
        "?",
        "/",
        "-",
        "-----BEGIN",
        " PRIVATE KEY-----",
        "-----END",
        "sk-",
        "eyJ",
        "AKIA",
        "[redacted]",
        "é",
        "🔑",
        "Digest ",
        "is ",
    ];
    prop_oneof![prop::sample::select(known.to_vec()).prop_map(str::to_owned), "[a-zA-Z0-9]{1,20}", ".{0,5}"]
}

fn any_text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_is_too_strange(any in any_text()) {
        for policy in [Policy::Known, Policy::Strict] {
            let masked = policy.text(&any);
            prop_assert!(masked.len() <= any.len() * 12 + 12);
        }
    }

    #[test]
    fn a_secret_on_a_line_of_its_own_goes_whatever_is_around_it(before in any_text(), after in any_text()) {
        const SECRET: &str = "hunter2-of-the-test";
        prop_assume!(!before.contains(SECRET) && !after.contains(SECRET));
        let forms =
            ["password=*", "api_key: *", "X-Token: \"*\"", "Authorization: Bearer *", "https://me:*@db/x", "--token *"];
        for form in forms {
            let line = form.replace('*', SECRET);
            for policy in [Policy::Known, Policy::Strict] {
                let masked = policy.text(&line).into_owned();
                prop_assert!(!masked.contains(SECRET), "{masked:?}");
                let whole = format!("{before}\n{line}\n{after}");
                let masked = policy.text(&whole);
                prop_assert!(!masked.contains(SECRET), "{masked:?} of {whole:?}");
            }
        }
    }

    #[test]
    fn words_stay(words in "([a-z]{1,14}[ ,.\n]{1,2}){0,30}") {
        prop_assert_eq!(text(&words), words.as_str());
    }
}

/// Texts that a masker that looks back, or looks ahead again and again, needs the square of its time for: at this length
/// minutes, where one pass takes a part of a second.
#[test]
fn time_is_in_proportion_to_the_text() {
    let pieces = [
        "a",
        " ",
        "\"",
        "token",
        "token ",
        "token:",
        "token: \"",
        "token: '\\\"",
        "token:[",
        "password=,",
        "a://",
        "a://b:c/",
        "a://b@",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "Bearer ",
        "Bearer .",
        "--token ",
        "Cookie:",
        "eyJ",
        "sk-",
        "\\",
        "token:\\",
        "é",
        "a@",
        "aA0",
        "token: \"\n",
        "token:\n",
        "!",
        "....",
        "token: Digest ",
    ];
    for piece in pieces {
        let long = piece.repeat(131_072 / piece.len());
        for policy in [Policy::Known, Policy::Strict] {
            let begun = Instant::now();
            let masked = policy.text(&long).len();
            assert!(begun.elapsed() < Duration::from_secs(8), "{policy:?} of {piece:?}: {masked} bytes");
        }
    }
}

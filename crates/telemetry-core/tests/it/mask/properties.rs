//! What holds for any text.

use std::time::Instant;

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
        "pass",
        "pwd ",
        "name",
        "value",
        "rejected",
        "thin:",
        "%3A%2F%2F",
        "%40",
        "%3D",
        "\"\"",
        "\\\\\\\"",
        "|\n  ",
        "'\\''",
        "={",
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
        let forms = [
            "password=*",
            "api_key: *",
            "X-Token: \"*\"",
            "Authorization: Bearer *",
            "https://me:*@db/x",
            "--token *",
            "Server=db;Password=*;Database=x",
            "jdbc:oracle:thin:me/*@db",
            "password rejected: *",
            "login with pwd *",
            "smtp_pass: *",
            "{\"name\":\"token\",\"value\":\"*\"}",
            "{\"value\":\"*\",\"name\":\"token\"}",
            "{\\\"password\\\":\\\"*\\\"}",
        ];
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

/// Texts that a masker that looks back, or looks ahead again and again, needs the square of its time for.
const WORST: [&str; NUMBER] = [
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
    "{",
    "}{",
    "name:",
    "value:",
    "value:[",
    "value:\"",
    "value:'\\''",
    "value:\\\"",
    "value:\"a\"\"",
    "{\"value\":\"a",
    "{\"value\":\"a\",\"name\":\"token\"},",
    "{\"name\":\"token\",\"value\":",
    "name=token&value=",
    "token:|",
    "token:|\n",
    "token: |\n  a",
    "token:\"\"a",
    "password={",
    ";password=",
    ";password=a ",
    "pass: ",
    "pwd a",
    "pwd ",
    "password is ",
    "password rejected: ",
    "thin:a/",
    "sqlplus a/b@",
    "a%3A%2F%2F",
    "a%3A%2F%2Fb%3Ac%40",
    "password%3D",
    "password%3Da%26",
    "%3D",
    "password=a,b",
    r"password=\n",
    r"token=a\nb ",
    r"\n",
    "[31m",
];
const NUMBER: usize = 68;

#[test]
fn time_is_in_proportion_to_the_text() {
    // Such growth that a square of the time would be eight times what is accepted.
    const SHORT: usize = 1024;
    const GROWTH: usize = 64;
    const ACCEPTED: f64 = 8.0;
    let took = |policy: Policy, text: &str, times: u32| {
        let run = || {
            let begun = Instant::now();
            std::hint::black_box(policy.text(text));
            begun.elapsed()
        };
        // What else the machine did meanwhile is not in the shortest.
        (0..times).map(|_| run()).min().unwrap_or_default().as_secs_f64()
    };
    for piece in WORST {
        let short = piece.repeat(SHORT / piece.len());
        let long = short.repeat(GROWTH);
        for policy in [Policy::Known, Policy::Strict] {
            let mut growth = 0.0;
            // A busy machine may stretch one of the two, but not each time.
            for _ in 0..3 {
                growth = took(policy, &long, 1) / took(policy, &short, 10) / GROWTH as f64;
                if growth < ACCEPTED {
                    break;
                }
            }
            assert!(growth < ACCEPTED, "{policy:?} of {piece:?}: {growth:.1} times as long a byte");
        }
    }
}

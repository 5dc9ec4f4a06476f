//! What masking is told besides, how deep it looks, and that it holds for any text.

use proptest::prelude::*;
use serde_json::{Value, json};
use telemetry_core::mask::Masker;
use telemetry_logs::nested;

use crate::fixture::{Log, all, parsed};

#[test]
fn names_and_patterns_of_ones_own_are_masked_everywhere() {
    let masker = Masker::new(["employee_pin"], ["acme_live_"]);
    let log = Log::with(|builder| builder.settings(all()).masker(masker));
    let input =
        json!({"EmployeePin": 47118152341_u64, "key": "acme_live_1", "deep": [{"employee-pin": "47118152342"}]});
    log.run(|| {
        tracing::info!(
            employeePin = "47118152343",
            employee_pin = 47118152344_u64,
            "set EMPLOYEE-PIN=47118152345 for ACME_LIVE_2"
        );
        tracing::info!(input = %nested(&input), url = "https://x/?k=acme_live_3&page=2", "nested");
    });
    let text = log.text();
    // So many digits, because a line's time has any four of them now and then.
    for secret in
        ["47118152341", "47118152342", "47118152343", "47118152344", "47118152345", "live_1", "LIVE_2", "live_3"]
    {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains("page=2"), "{text}");
    let line = Log::line(|| tracing::info!(employee_pin = "4713", "acme_live_8"));
    assert_eq!((&line["data"]["employee_pin"], &line["message"]), (&json!("4713"), &json!("acme_live_8")));
}

#[test]
fn what_lies_deeper_than_ten_levels_is_taken_out() {
    let deep = |levels: usize| (0..levels).fold(json!("bottom"), |inner, _| json!({ "in": inner }));
    let line = Log::line(|| tracing::info!(at = %nested(&deep(10)), beyond = %nested(&deep(11)), "deep"));
    let text = |key: &str| line["data"][key].to_string();
    assert!(text("at").contains("bottom"), "{line}");
    assert!(!text("beyond").contains("bottom") && text("beyond").contains("[redacted]"), "{line}");
}

#[test]
fn secrets_in_nested_data_go_by_their_keys_and_stay_typed_beside() {
    let value = json!({
        "headers": [{"name": "x-api-key", "value": "hunter2"}, {"name": "accept", "value": "*/*"}],
        "token": {"kind": "access", "raw": "hunter2"},
        "list": [["x-api-key", "hunter2"], ["accept", "*/*"]],
        "arguments": ["login", "--token", "hunter2", "--password", "--verbose", "auth"],
        "Pass-Word": 4711,
        "secret": null,
        "n": 3,
    });
    let line = Log::line(|| {
        tracing::info!(value = %nested(&value), table = %nested(&json!({"sk-abcdefghijklmnop": 1})), "nested");
    });
    assert_eq!(line["data"]["table"], json!({"[redacted]": 1}), "a key is a text as well");
    assert_eq!(
        line["data"]["value"],
        json!({
            "headers": [{"name": "x-api-key", "value": "[redacted]"}, {"name": "accept", "value": "*/*"}],
            "token": "[redacted]",
            "list": [["x-api-key", "[redacted]"], ["accept", "*/*"]],
            "arguments": ["login", "--token", "[redacted]", "--password", "--verbose", "auth"],
            "Pass-Word": "[redacted]",
            "secret": null,
            "n": 3,
        })
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_makes_one_valid_line_that_says_it(text in "(?s).{0,200}", key in "\\PC{0,20}") {
        let log = Log::new();
        log.run(|| {
            tracing::info!(text, key = %key, "{text}");
            tracing::error!(error = text, input = %nested(&[(&key, &text)]), request_id = key, "x");
        });
        let said = log.text();
        prop_assert_eq!(said.lines().count(), 2);
        let lines = parsed(&said);
        let expected = telemetry_core::mask::text(&text).into_owned();
        prop_assert_eq!(lines[0]["message"].as_str(), Some(expected.as_str()));
        prop_assert_eq!(lines[0]["data"]["text"].as_str(), Some(expected.as_str()));
        let id = Masker::default().id(&key).into_owned();
        prop_assert_eq!(lines[1].get("requestId").and_then(Value::as_str), (!key.is_empty()).then_some(id.as_str()));
    }
}

//! Expressions and files of rules, checked against the catalogues: what is found names no character that moves a cursor.
#![no_main]

use libfuzzer_sys::fuzz_target;
use telemetry_mixin::promql::Checker;
use telemetry_mixin::{GeneratorSettings, check_dashboard, check_rules, checker};

thread_local! {
    static CHECKER: Checker = checker(&GeneratorSettings::default(), &telemetry::domains());
}

fn readable(said: &dyn std::fmt::Display) {
    let said = said.to_string();
    assert!(!said.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{said:?}");
}

fuzz_target!(|text: &str| {
    // What one file records is not known to the next.
    CHECKER.with(|checker| {
        let checker = &mut checker.clone();
        let quoted = serde_json::Value::from(text);
        let rules = format!("groups: [{{name: a, rules: [{{alert: A, expr: {quoted}}}]}}]");
        for rules in [text, &rules] {
            match check_rules(checker, rules) {
                Ok(findings) => findings.iter().for_each(|finding| readable(finding)),
                Err(error) => readable(&error),
            }
        }
        match check_dashboard(checker, text) {
            Ok(findings) => findings.iter().for_each(|finding| readable(finding)),
            Err(error) => readable(&error),
        }
    });
});

//! Texts of anybody, masked by either policy: nothing panics, and a secret in the middle of anything is hidden.
#![no_main]

use libfuzzer_sys::fuzz_target;
use telemetry_core::mask::Policy;

const SECRET: &str = "sk-ant-api03-Zx9Qw3Er5Ty7Ui1Op2As4Df6Gh8Jk0Lz";

fuzz_target!(|text: &str| {
    for policy in [Policy::Known, Policy::Strict] {
        let _ = policy.text(text);
        let _ = policy.field(text, text);
        let around = format!("{text} {SECRET} {text}");
        assert!(!policy.text(&around).contains(SECRET), "{around:?}");
    }
});

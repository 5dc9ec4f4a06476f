//! `docs/settings.md` lists every variable that the code names.

use std::collections::BTreeSet;

use crate::tidy::workspace::{read, root, rust_files};

/// The variables of a text that stand in quotes: the prefix and what of capitals and underscores follows.
fn variables(text: &str) -> BTreeSet<&str> {
    let quoted = text.split('"').filter(|quoted| {
        let rest = ["OTEL_", "TELEMETRY_"].iter().find_map(|prefix| quoted.strip_prefix(prefix));
        let sound = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(sound))
    });
    quoted.collect()
}

#[test]
fn every_variable_in_the_code_is_a_row_of_the_page() {
    let page = read(&root().join("docs/settings.md"));
    let listed: BTreeSet<&str> = page.split('`').filter(|word| word.contains('_')).collect();
    let mut named = 0;
    for file in rust_files().iter().filter(|file| file.starts_with(root().join("crates"))) {
        for variable in variables(&read(file)) {
            // A group gives how its variables begin.
            let is_group =
                listed.iter().any(|row| row.strip_prefix(variable).is_some_and(|rest| rest.starts_with('_')));
            assert!(listed.contains(variable) || is_group, "{variable} of {} is not listed", file.display());
            named += 1;
        }
    }
    assert!(named > 80, "only {named} found");
}

#[test]
fn every_setting_is_a_row_of_the_page() {
    let page = read(&root().join("docs/settings.md"));
    for row in telemetry::settings() {
        assert!(page.contains(&format!("\n| `{}` | `{}` | ", row.env(), row.key())), "{row:?} is not listed");
    }
    assert!(!page.contains("[`"), "links of the code's documentation lead nowhere here");
}

#[test]
fn variables_are_found_as_they_are_written() {
    let text = r#"("OTEL_A_B", x), "TELEMETRY_C" "OTEL_" "OTEL_a" "OTEL_A1" 'OTEL_D' "NOT_OTEL_E""#;
    assert_eq!(variables(text), BTreeSet::from(["OTEL_A_B", "TELEMETRY_C"]));
}

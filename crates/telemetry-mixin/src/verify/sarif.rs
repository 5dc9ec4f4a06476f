//! Findings for other programs: JSON, and SARIF as code hosts show it beside the lines.

use serde_json::{Value, json as value};

use super::report::Verified;
use crate::promql::{Lint, Weight, cut};

/// So much of a text is handed on at most, in bytes.
const LONGEST: usize = 4_000;

/// The findings as JSON: an object with the list `findings`, and how many `errors` and `warnings` are among them. Of each
/// there are `file`, `line` and `column` (counted from 1, `null` where they are not known), `severity`, `kind`, `place`,
/// `message`, `help` and `expression`. All of it is ASCII.
///
/// ```
/// assert_eq!(telemetry_mixin::findings_as_json(&[]), "{\"findings\":[],\"errors\":0,\"warnings\":0}\n");
/// ```
#[must_use]
pub fn findings_as_json(found: &[Verified]) -> String {
    let findings: Vec<Value> = found
        .iter()
        .map(|found| {
            let problem = &found.finding.problem;
            value!({
                "file": found.file,
                "line": found.finding.position.map(|position| position.line()),
                "column": found.finding.position.map(|position| position.column()),
                "severity": found.weight.to_string(),
                "kind": problem.lint.name(),
                "place": found.finding.place,
                "message": cut(&problem.message, LONGEST),
                "help": problem.help.as_deref().map(|help| cut(help, LONGEST)),
                "expression": cut(&found.finding.expression, LONGEST),
            })
        })
        .collect();
    let count = |weight| found.iter().filter(|found| found.weight == weight).count();
    ascii(&value!({ "findings": findings, "errors": count(Weight::Error), "warnings": count(Weight::Warning) }))
}

/// The findings as SARIF 2.1.0, which GitHub and editors read. All of it is ASCII.
#[must_use]
pub fn findings_as_sarif(found: &[Verified]) -> String {
    let rules: Vec<Value> = Lint::ALL
        .iter()
        .map(|lint| {
            value!({
                "id": lint.name(),
                "shortDescription": { "text": lint.describe() },
                "defaultConfiguration": { "level": lint.weight().to_string() },
            })
        })
        .collect();
    let results: Vec<Value> = found.iter().map(result).collect();
    ascii(&value!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "check-rules", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn result(found: &Verified) -> Value {
    let problem = &found.finding.problem;
    let mut message = format!("{} (in {})", cut(&problem.message, LONGEST), found.finding.place);
    if let Some(help) = &problem.help {
        message = format!("{message}. Help: {}", cut(help, LONGEST));
    }
    // Where the place is not known it is the file's first line: without a region nothing would be shown.
    let (line, column) = found.finding.position.map_or((1, 1), |position| (position.line(), position.column()));
    value!({
        "ruleId": problem.lint.name(),
        "level": found.weight.to_string(),
        "message": { "text": message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&found.file) },
            "region": { "startLine": line, "startColumn": column },
        } }],
    })
}

/// A path as a reference to it: whatever has a meaning there is escaped.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'~');
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            byte if plain(byte) => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// A document on one line, without any character that a terminal or a browser would act on.
fn ascii(document: &Value) -> String {
    let mut out = String::new();
    for c in document.to_string().chars() {
        match c {
            ' '..='~' => out.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out.push('\n');
    out
}

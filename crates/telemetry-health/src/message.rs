//! What may be said to whoever reaches the endpoint. A word that may be a secret is one: what is lost is in the logs of
//! the component that failed.

use serde_json::Value;

/// The most characters of a message.
const LONGEST: usize = 200;
/// What stands for what was taken out.
const REDACTED: &str = "[redacted]";
/// The fewest characters of a word that is taken for a token if letters and digits are mixed in it.
const TOKEN: usize = 16;
/// The fewest characters of a word that is taken for a token in any case: no word of a language is as long.
const LONG_TOKEN: usize = 32;
/// What the names of secrets have in common.
const SECRET_NAMES: [&str; 14] = [
    "apikey",
    "auth",
    "authorization",
    "bearer",
    "basic",
    "connectionstring",
    "cookie",
    "credential",
    "dsn",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "token",
];
/// Words between the name of a secret and the secret.
const LINKS: [&str; 6] = ["is", "was", ":", "=", "->", "of"];
/// Words after which no secret follows its name: what failed is told, not what with.
const VERDICTS: [&str; 12] = [
    "authentication",
    "cannot",
    "could",
    "expired",
    "failed",
    "invalid",
    "missing",
    "not",
    "rejected",
    "required",
    "revoked",
    "wrong",
];
/// Where the interesting part of an error ends and a stack trace begins, if both are in one line.
const TRACES: [&str; 4] = ["stack backtrace", "Stack trace", "Traceback (", "    at "];

/// The first line without what may be a secret.
pub(crate) fn safe(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let end = TRACES.iter().filter_map(|mark| line.find(mark)).min().unwrap_or(line.len());
    let mut out = String::new();
    let mut after_name = false;
    for word in line[..end].split_whitespace() {
        let links = after_name && LINKS.contains(&word);
        let told = after_name && VERDICTS.contains(&word);
        let secret = (after_name && !links && !told) || is_secret(word);
        // What follows `Authorization:` may be a name in turn, such as `Bearer`.
        after_name = links || names_secret(word);
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(if secret { REDACTED } else { word });
    }
    match out.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &out[..cut]),
        None => out,
    }
}

/// The value under a name, with the texts in it made safe, and with nothing under names of secrets.
pub(crate) fn safe_field(name: &str, value: Value) -> Value {
    if names_secret(name) { REDACTED.into() } else { safe_value(value) }
}

fn safe_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(safe(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(safe_value).collect()),
        Value::Object(fields) => {
            let safe = |(name, value): (String, Value)| {
                let value = safe_field(&name, value);
                (name, value)
            };
            Value::Object(fields.into_iter().map(safe).collect())
        }
        value => value,
    }
}

fn is_secret(word: &str) -> bool {
    // An address, a pair of a connection string, a mail address or a user of a host, a query.
    let has_more = |mark: char| word.split_once(mark).is_some_and(|(_, more)| !more.is_empty());
    if word.contains("://") || has_more('=') || has_more('@') || has_more('?') {
        return true;
    }
    if has_more(':') && word.split_once(':').is_some_and(|(name, _)| names_secret(name)) {
        return true;
    }
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let (mut letters, mut digits) = (false, false);
    for c in bare.chars() {
        letters |= c.is_alphabetic();
        digits |= c.is_ascii_digit();
    }
    // A path is long and may hold digits, but its parts are not.
    bare.split(['/', '.', ':', ',']).any(|part| part.len() >= LONG_TOKEN || part.len() >= TOKEN && letters && digits)
}

/// Whether what follows this word is a secret.
fn names_secret(word: &str) -> bool {
    let plain: String = word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET_NAMES.iter().any(|name| plain.ends_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_stays_and_what_may_be_secret_goes() {
        for (text, shown) in [
            ("no such table: tasks", "no such table: tasks"),
            ("connection refused (os error 111)", "connection refused (os error 111)"),
            ("cannot reach db.internal:5432 at 10.0.0.3", "cannot reach db.internal:5432 at 10.0.0.3"),
            ("version 0.3.15 of /var/lib/agentpane/db", "version 0.3.15 of /var/lib/agentpane/db"),
            ("postgres://app:hunter2@db/prod: timed out", "[redacted] timed out"),
            ("redis://db:6379/0?password=hunter2 is down", "[redacted] is down"),
            ("host=db password=hunter2 dbname=prod", "[redacted] [redacted] [redacted]"),
            ("Password: hunter2 is wrong", "Password: [redacted] is wrong"),
            ("password is \"hunter2\"", "password is [redacted]"),
            ("password authentication failed for user \"app\"", "password authentication failed for user \"app\""),
            ("the token is expired", "the token is expired"),
            ("no such path: /a/b?q", "no such path: [redacted]"),
            ("is it there?", "is it there?"),
            ("token:hunter2", "[redacted]"),
            ("api_key hunter2", "api_key [redacted]"),
            ("Authorization: Bearer hunter2", "Authorization: [redacted] [redacted]"),
            ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[redacted]"),
            ("key sk-ant-api03-AbCdEf0123456789 was refused", "key [redacted] was refused"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln rejected", "[redacted] rejected"),
            ("operator@example.com has no access", "[redacted] has no access"),
            ("boom\n   0: core::panicking\n   1: main", "boom"),
            ("boom stack backtrace: 0: main", "boom"),
            ("Error: boom    at main (/srv/app.js:1:2)", "Error: boom"),
            ("\n\n  boom", "boom"),
            ("", ""),
        ] {
            assert_eq!(safe(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let safe = safe(&"ä ".repeat(500));
        assert_eq!(safe.chars().count(), LONGEST + 1);
        assert!(safe.ends_with('…'));
    }

    #[test]
    fn values_are_made_safe_in_depth() {
        let value = serde_json::json!({
            "rate": {"remaining": 4500, "percent": "90.0", "hosts": ["a", "https://user:pass@host"]},
            "apiKey": "hunter2",
            "sessionToken": 7,
        });
        let safe = serde_json::json!({
            "rate": {"remaining": 4500, "percent": "90.0", "hosts": ["a", "[redacted]"]},
            "apiKey": "[redacted]",
            "sessionToken": "[redacted]",
        });
        assert_eq!(safe_value(value), safe);
    }
}

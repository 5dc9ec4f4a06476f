//! What goes, what stays, and what a text looks like afterwards.

use telemetry_core::mask::{Policy, REDACTED, is_secret_name, text};

use super::forms::assert_masked;

const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

#[test]
fn tokens_of_known_shapes_go() {
    let known = [
        ("key sk-proj-abcdefghijklmnop.", "key •."),
        ("key sk-ant-api03-AbCdEf0123456789 was refused", "key • was refused"),
        ("ghp-less ghp_16C7e42F292c6912E7710c838347Ae178B4a", "ghp-less •"),
        ("(github_pat_11ABCDEFG0abcdefghij)", "(•)"),
        ("AKIAIOSFODNN7EXAMPLE, ASIAIOSFODNN7EXAMPLE", "•, •"),
        ("slack: xoxb-123456789012-abcdefghij", "slack: •"),
        ("AIzaSyA-abcdefghijklmnopqrstuvwxyz", "•"),
        ("ya29.a0AfH6SMBabcdefghijkl", "•"),
        ("hf_abcdefghijklmnop123 and npm_abcdefghijklmnop123", "• and •"),
        ("SG.abcdefghijklm.nopqrstuvw", "•"),
        ("x8Kq2Lm9Pz4Rt7Vw3Yb6Nc1D", "•"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nowIB\n-----END RSA PRIVATE KEY-----\nrest", "•\nrest"),
        (r#"{"key": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"}"#, r#"{"key": "•\n"}"#),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "•"),
    ];
    assert_masked(Policy::Known, &known);
    assert_eq!(text(&format!("token: {JWT}, {JWT}")), "token: [redacted], [redacted]");
    assert_eq!(text(&format!("{JWT} was refused")), "[redacted] was refused");
}

#[test]
fn values_of_secret_names_go() {
    let known = [
        ("password=hunter2&user=me", "password=•&user=me"),
        ("Password=hunter2;Database=shop", "Password=•;Database=shop"),
        (r#"{"api_key": "abc", "n": 1}"#, r#"{"api_key": "•", "n": 1}"#),
        (r#"{"password":"with \" and 'more' words","n":1}"#, r#"{"password":"•","n":1}"#),
        (r#"{\"clientSecret\": \"abc\", \"n\": 1}"#, r#"{\"clientSecret\": \"•\", \"n\": 1}"#),
        (r#"{"token": ["abc", "def"], "n": 1}"#, r#"{"token": [•], "n": 1}"#),
        ("OPENAI_API_KEY='abc' run", "OPENAI_API_KEY='•' run"),
        ("spring.datasource.password = a,b:c", "spring.datasource.password = •"),
        ("password: hunter2, user: me", "password: •, user: me"),
        ("{password: hunter2}", "{password: •}"),
        ("secret => 'abc'", "secret => '•'"),
        ("password: \"never closed and more\nnext line", "password: \"•\nnext line"),
        ("API key: hunter2", "API key: •"),
        ("login --token hunter2 --verbose", "login --token • --verbose"),
        ("login --password 'correct horse' now", "login --password '•' now"),
        ("Authorization: Bearer abc123", "Authorization: Bearer •"),
        ("Authorization: Bearer abc", "Authorization: Bearer •"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic •"),
        ("Authorization: token abc", "Authorization: token •"),
        ("Authorization: Digest username=\"me\", response=\"abc\"\nHost: x", "Authorization: Digest •\nHost: x"),
        (r#"{"Authorization": "Bearer abc"}"#, r#"{"Authorization": "Bearer •"}"#),
        ("-H 'X-Api-Key: abc' https://example.com", "-H 'X-Api-Key: •' https://example.com"),
        ("curl -H \"Authorization: Bearer abc\" https://x", "curl -H \"Authorization: Bearer •\" https://x"),
        ("Cookie: session=abc; theme=dark\nHost: x", "Cookie: •\nHost: x"),
        ("Set-Cookie: session=abc; Path=/", "Set-Cookie: •"),
        ("sent Bearer abc123 along", "sent Bearer • along"),
        ("https://x/y?access_token=abc&page=2", "https://x/y?access_token=•&page=2"),
        ("https://x/y?X-Amz-Signature=abc", "https://x/y?X-Amz-Signature=•"),
        ("PASSWORD=[redacted] TOKEN=abc", "PASSWORD=• TOKEN=•"),
        ("token: \"open\npassword: \"hunter2\"", "token: \"•\npassword: \"•\""),
    ];
    assert_masked(Policy::Known, &known);
}

#[test]
fn passwords_in_addresses_go() {
    let known = [
        ("postgres://me:hunter2@db.example.com/x", "postgres://me:•@db.example.com/x"),
        ("redis://:hunter2@cache:6379/0", "redis://:•@cache:6379/0"),
        ("amqp://me:hunt@er2@broker", "amqp://me:•@broker"),
        ("mysql://me:hunter/2@db/shop", "mysql://me:•@db/shop"),
        ("cannot reach 'https://me:hunter2@x'", "cannot reach 'https://me:•@x'"),
        ("https://hunter2@git.example.com/x.git", "https://•@git.example.com/x.git"),
        ("ssh://git@git.example.com/x.git", "ssh://git@git.example.com/x.git"),
        ("http://db.example.com:5432/x@y", "http://db.example.com:5432/x@y"),
        ("http://[::1]:4317/v1", "http://[::1]:4317/v1"),
        ("postgres://me:[redacted]@db", "postgres://me:•@db"),
    ];
    assert_masked(Policy::Known, &known);
}

/// What people write and what names things.
const READABLE: [&str; 34] = [
    "",
    "... === :::",
    "plain words, and a full stop.",
    "Donaudampfschifffahrtsgesellschaft",
    "id 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "trace 4bf92f3577b34da6a3ce929d0e0e4736",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "claude-sonnet-4-5-20250929 and gpt-4o-2024-08-06",
    "/var/lib/agentpane/db-0.3.15/main.rs:7:12",
    "npm_config_registry and pk_of_the_customers",
    "max_tokens: 2000, tokens=17",
    "the token is expired",
    "token: expired",
    "password: required",
    "the password of a bearer token",
    "a basic understanding of Bearer tokens",
    "the author: somebody",
    "crate::token::parse",
    "its signature: fn parse(text: &str)",
    r#"{"password": null, "token": {"kind": "access"}}"#,
    "operator@example.com has no access",
    "host=db user=app",
    "cannot reach db.internal:5432 at 10.0.0.3",
    "https://example.com/path?page=2#part",
    "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
    "2025-11-25T22:17:29.682973Z WARN telemetry.export: failing",
    "Ωμέγα 東京 🔑: ключ",
    "digest sha256:abc123",
    "5 of 10 tokens",
    "basic 2048 and Basic 101",
    "Cookie:\n",
    "--token",
];

#[test]
fn what_is_no_secret_stays_as_it_is() {
    for readable in READABLE {
        assert_eq!(text(readable), readable);
        assert!(matches!(text(readable), std::borrow::Cow::Borrowed(_)), "nothing is copied of {readable:?}");
    }
}

#[test]
fn the_strict_policy_takes_what_may_be_a_secret() {
    let strict = [
        ("no such table: tasks", "no such table: tasks"),
        ("connection refused (os error 111)", "connection refused (os error 111)"),
        ("cannot reach db.internal:5432 at 10.0.0.3", "cannot reach db.internal:5432 at 10.0.0.3"),
        ("version 0.3.15 of /var/lib/agentpane/db", "version 0.3.15 of /var/lib/agentpane/db"),
        ("postgres://app:hunter2@db/prod: timed out", "• timed out"),
        ("redis://db:6379/0?password=hunter2 is down", "• is down"),
        ("host=db password=hunter2 dbname=prod", "• • •"),
        ("Password: hunter2 is wrong", "Password: • is wrong"),
        ("password is \"hunter2\"", "password is •"),
        ("login with password 'correct horse' failed", "login with password • horse' failed"),
        ("password: 'correct horse' failed", "password: • failed"),
        ("password authentication failed for user \"app\"", "password authentication failed for user \"app\""),
        ("the token is expired", "the token is expired"),
        ("no such path: /a/b?q", "no such path: •"),
        ("is it there?", "is it there?"),
        ("token:hunter2", "•"),
        ("api_key hunter2", "api_key •"),
        ("Authorization: Bearer hunter2", "Authorization: • •"),
        ("Bearer hunter", "Bearer •"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "•"),
        ("key sk-ant-api03-AbCdEf0123456789 was refused", "key • was refused"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln rejected", "• rejected"),
        ("operator@example.com has no access", "• has no access"),
        ("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "id •"),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "•"),
        ("spaces  and\ttabs\nstay", "spaces  and\ttabs\nstay"),
    ];
    assert_masked(Policy::Strict, &strict);
}

#[test]
fn a_field_goes_by_its_name() {
    for secret in [
        "password",
        "Db-Password",
        "X-API-Key",
        "OPENAI_API_KEY",
        "accessToken",
        "set-cookie",
        "DSN",
        "pass",
        "DB_PASS",
        "smtpPass",
    ] {
        assert!(is_secret_name(secret), "{secret}");
        assert_eq!(Policy::Known.field(secret, "x"), REDACTED);
        assert_eq!(Policy::Strict.field(secret, "x"), REDACTED);
    }
    for plain in
        ["", "-", "user", "token_count", "max_tokens", "passwords_total", "author", "key", "id", "compass", "bypass"]
    {
        assert!(!is_secret_name(plain), "{plain}");
        assert_eq!(Policy::Known.field(plain, "x"), "x");
    }
    assert_eq!(Policy::Known.field("url", "https://me:hunter2@x/"), "https://me:[redacted]@x/");
    assert_eq!(Policy::Strict.field("url", "https://me:hunter2@x/"), REDACTED);
}

#[test]
fn what_is_masked_stays_so() {
    for masked in
        [text("password=hunter2 token: 'a b' Bearer abc123 https://me:x@y/"), text("Authorization: Bearer abc")]
    {
        assert_eq!(text(&masked), masked);
    }
}

//! Two hundred secrets that leak nowhere, and two hundred texts that look like secrets and stay readable.

use std::fmt::Write as _;

use telemetry_logs::nested;

use crate::fixture::Log;

/// A secret of each documented shape, with what it is.
const SECRETS: [(&str, &str); 26] = [
    ("Anthropic", "sk-ant-api03-R2D2c3poBB8xYzAbCdEf0123456789"),
    ("OpenAI", "sk-abcdefghijklmnopqrstuvwxyz0123456789ABCD"),
    ("OpenAI project", "sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8"),
    ("GitHub classic", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
    ("GitHub fine-grained", "github_pat_11ABCDEFG0abcdefghij_0123456789"),
    ("GitHub server", "ghs_16C7e42F292c6912E7710c838347Ae178B4a"),
    ("GitHub OAuth", "gho_16C7e42F292c6912E7710c838347Ae178B4a"),
    ("AWS key id", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS temporary", "ASIAIOSFODNN7EXAMPLE"),
    ("AWS secret", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("Google API", "AIzaSyA-abcdefghijklmnopqrstuvwxyz01234"),
    ("Google OAuth", "ya29.a0AfH6SMBabcdefghijklmnopqrs"),
    ("Google client", "GOCSPX-abcdefghijklmnopqrstuvwx"),
    ("Slack bot", "xoxb-123456789012-abcdefghijklmnop"),
    ("Slack user", "xoxp-123456789012-abcdefghijklmnop"),
    ("Slack app", "xapp-1-A0123456789-abcdefghijklmnop"),
    ("Stripe secret", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("Stripe restricted", "rk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("Stripe webhook", "whsec_4eC39HqLyjWDarjtT1zdp7dc"),
    ("JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
    ("random", "x8Kq2Lm9Pz4Rt7Vw3Yb6Nc1D"),
    ("npm", "npm_16C7e42F292c6912E7710c838347Ae178B4a"),
    ("GitLab", "glpat-abcdefghij0123456789"),
    ("Hugging Face", "hf_abcdefghijklmnop0123456789"),
    ("Groq", "gsk_abcdefghijklmnop0123456789"),
    ("xAI", "xai-abcdefghijklmnop0123456789"),
];

/// What a secret stands in, with `*` for it.
const CARRIERS: [&str; 12] = [
    "*",
    "the call with * was refused",
    "{\"body\":{\"key\":\"*\",\"n\":1}}",
    "https://api.example.com/v1/items?page=2&key=*",
    "https://me:*@example.com/x.git",
    "authorization: Bearer *\r\nhost: example.com",
    "INSERT INTO keys (owner, secret) VALUES ('me', '*')",
    "first line\n  export KEY=*\nlast line",
    "curl -H \"x-api-key: *\" https://example.com",
    "the key is:\n*",
    "tab\t*\r\nand an end",
    "\u{1b}[1;32m*\u{1b}[0m in green",
];

/// Secrets that are known by what stands beside them: they have no shape.
const NAMED: [&str; 24] = [
    "password=*",
    "password: *",
    "Password=*;Database=shop",
    "ANTHROPIC_API_KEY=*",
    "GITHUB_TOKEN='*'",
    "GITHUB_PRIVATE_KEY=\"*\"",
    "{\"apiKey\":\"*\"}",
    "{\"api-key\": \"*\"}",
    "{\"API_KEY\":\"*\"}",
    "{\"auth_token\":\"*\"}",
    "{\"credential\":\"*\"}",
    "{\"privateKey\":\"*\"}",
    "{\"cookie\":\"*\"}",
    "Cookie: session=*",
    "Set-Cookie: session=*; Path=/",
    "postgres://app:*@db/shop",
    "redis://:*@cache:6379/0",
    "Authorization: Basic *",
    "login --password * --verbose",
    "https://example.com/?access_token=*&page=2",
    "{\"name\":\"api_key\",\"value\":\"*\"}",
    "-----BEGIN RSA PRIVATE KEY-----\n*\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n*",
    "{\\\"secret\\\":\\\"*\\\"}",
];
const PLAIN: &str = "hunter2-of-the-test";
/// And a number that is one: so long, because a line's time has any four digits now and then.
const NUMBER: u64 = 4_711_815_234_260_871;

/// Everything that an event can say a text in.
fn say(text: &str) -> String {
    let log = Log::new();
    log.run(|| {
        tracing::info!("{text}");
        tracing::info!(text, "a field");
        tracing::info!(text = ?text, "a field's debug");
        tracing::info!(input = %nested(&[text]), "nested");
        tracing::error!(error = text, error.stack = text, error.details.text = text, "an error");
        tracing::info!(a.long.name = %format_args!("<{text}>"), "formatted");
    });
    log.text()
}

#[test]
fn no_secret_leaks() {
    let mut tried = 0;
    for (kind, secret) in SECRETS {
        for carrier in CARRIERS {
            tried += 1;
            let text = carrier.replace('*', secret);
            let said = say(&text);
            // A part of it would be as bad: eight characters of its middle.
            let middle = &secret[secret.len() / 2 - 4..secret.len() / 2 + 4];
            assert!(!said.contains(secret) && !said.contains(middle), "{kind} in {carrier:?}: {said}");
            assert!(said.contains("[redacted]"));
        }
    }
    for carrier in NAMED {
        tried += 1;
        let said = say(&carrier.replace('*', PLAIN));
        assert!(!said.contains(PLAIN) && said.contains("[redacted]"), "{carrier:?}: {said}");
    }
    assert!(tried >= 200, "{tried} secrets");
}

#[test]
fn a_secret_that_two_fields_make_goes_in_either_order() {
    let log = Log::new();
    log.run(|| {
        tracing::info!(name = "x-api-key", value = PLAIN, "name and value");
        tracing::info!(value = PLAIN, header = "Authorization", "value and name");
        tracing::info!(key = "password", val = %PLAIN, "short");
        tracing::info!(name = "pin_token", value = NUMBER, "a number");
        tracing::info!(password = PLAIN, "named");
        tracing::info!(DbPassword = %PLAIN, api_key = NUMBER, secret = true, "named otherwise");
        tracing::info!(name = "region", value = "eu-west-1", "harmless");
    });
    let text = log.text();
    assert!(!text.contains(PLAIN) && !text.contains(&NUMBER.to_string()) && !text.contains("true"), "{text}");
    assert!(text.contains("eu-west-1") && text.contains("x-api-key"), "{text}");
}

/// Texts that look like secrets and are none.
fn harmless() -> Vec<String> {
    let mut all: Vec<String> = [
        "claude-sonnet-4-5-20250929",
        "gpt-4o-2024-08-06",
        "gemini-2.5-flash-preview-09-2025",
        "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
        "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "text-embedding-3-large",
        "/var/lib/agentpane/worktrees/agent-feature-x/src/index.ts",
        "/home/app/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/serde-1.0.219/src/lib.rs:42:7",
        "C:\\Users\\app\\AppData\\Local\\agentpane\\db.sqlite",
        "crates/telemetry-core/src/mask/known.rs",
        "agent/feature-add-rate-limit-to-checkout",
        "Donaudampfschifffahrtsgesellschaftskapitaen",
        "com.example.platform.scheduler.BackgroundTaskRunner",
        "AbstractSingletonProxyFactoryBeanConfiguration",
        "getServerSidePropsWithAuthenticationContext",
        "CONCURRENCY_LIMIT_EXCEEDED_FOR_PROJECT",
        "agentpane_http_request_duration_seconds_bucket",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "msg_01XFDUDYJgAACzvnptvVoYEL",
        "toolu_01A09q90qw90lq917835lq9Zz",
        "chatcmpl-9xYzAbCdEfGhIjKlMnOpQrStUvWx",
        "req_011CSHoEeqs5C35K2UUqR7Fy",
        "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
        "call_Qx7Zk2Lm9Pz4Rt7Vw3Yb6Nc1",
        "img_MDEyMzQ1Njc4OWFiY2RlZkdISktM",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "registry.example.com/agentpane/api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "2026-11-26T13:50:00.123456789Z",
        "max_tokens=4096, prompt_tokens: 812, completion_tokens: 17",
        "the token is expired",
        "password: required",
        "GET /api/agents/start 200 in 150ms",
        "SELECT id, title FROM tasks WHERE project_id = $1 ORDER BY created_at DESC",
        "https://api.github.com/repos/octocat/hello-world/pulls/17?per_page=100&page=2",
        "http://[::1]:4317/v1/traces",
        "postgres://db.internal:5432/shop",
        "operator@example.com has no access",
        "thread 'tokio-runtime-worker' panicked at src/main.rs:12:5",
        "npm_config_registry and pk_of_the_customers",
    ]
    .map(str::to_owned)
    .into();
    // As random as they get, but from one seed each time.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut hexadecimal = |digits: usize| {
        let mut text = String::new();
        while text.len() < digits {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            write!(text, "{state:016x}").expect("a string takes all");
        }
        text.truncate(digits);
        text
    };
    for _ in 0..40 {
        let h = hexadecimal(32);
        all.push(format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..]));
        all.push(format!("commit {}", hexadecimal(40)));
        all.push(format!("sha256:{}", hexadecimal(64)));
        all.push(format!("/srv/objects/{}/{}", hexadecimal(2), hexadecimal(38)));
    }
    all
}

#[test]
fn what_looks_like_a_secret_and_is_none_stays_readable() {
    let all = harmless();
    assert!(all.len() >= 200, "{} texts", all.len());
    for text in all {
        let log = Log::new();
        log.run(|| {
            tracing::info!("{text}");
            tracing::info!(text, input = %nested(&[&text]), "fields");
        });
        let lines = log.lines();
        assert_eq!(lines[0]["message"], text.as_str());
        assert_eq!(lines[1]["data"]["text"], text.as_str());
        assert_eq!(lines[1]["data"]["input"][0], text.as_str());
    }
}

#[test]
fn ids_of_the_schema_stay_unless_they_are_a_services_token() {
    let id = "x8Kq2Lm9Pz4Rt7Vw3Yb6Nc1D";
    let line = Log::line(|| {
        let _span = tracing::info_span!("work", session_id = id).entered();
        tracing::info!(request_id = id, "x");
    });
    assert_eq!((&line["sessionId"], &line["requestId"]), (&id.into(), &id.into()));
    let (token, hidden) = ("sk-ant-api03-R2D2c3poBB8xYzAbCdEf0123456789", "[redacted]");
    let line = Log::line(|| {
        let _span = tracing::info_span!("work", user_id = token).entered();
        tracing::info!(request_id = token, "x");
    });
    assert_eq!((&line["userId"], &line["requestId"]), (&hidden.into(), &hidden.into()));
}

//! Names whose value is a secret, and what may stand between a name and its value.

/// Endings of the names of secrets, in lower case and without separators: a compound such as `OPENAI_API_KEY` is as
/// secret as its end.
const ENDINGS: [&str; 20] = [
    "accesskey",
    "amzsignature",
    "apikey",
    "auth",
    "authorization",
    "connectionstring",
    "cookie",
    "credential",
    "credentials",
    "dsn",
    "encryptionkey",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "signingkey",
    "token",
];

/// Schemes of authorization, which stand between the name and the secret, or before the secret alone.
const SCHEMES: [&str; 7] = ["apikey", "basic", "bearer", "digest", "negotiate", "ntlm", "token"];

/// Words after the name of a secret that tell of it, and are none.
const VERDICTS: [&str; 16] = [
    "authentication",
    "cannot",
    "could",
    "expired",
    "failed",
    "false",
    "invalid",
    "missing",
    "none",
    "not",
    "null",
    "rejected",
    "required",
    "revoked",
    "true",
    "wrong",
];

/// Whether a field of this name holds a secret. Compared without case, `_`, `-` and other separators, by its end:
/// `X-Api-Key`, `clientSecret` and `OPENAI_API_KEY` are.
///
/// ```
/// use telemetry_core::mask::is_secret_name;
///
/// assert!(is_secret_name("X-Api-Key") && is_secret_name("DB_PASSWORD") && is_secret_name("refreshToken"));
/// assert!(!is_secret_name("tokens_total") && !is_secret_name("author"));
/// ```
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    ENDINGS.iter().any(|ending| ends_with(name, ending))
}

/// Whether the name is that of a header whose whole line is secret.
pub(super) fn is_cookie(name: &str) -> bool {
    ends_with(name, "cookie")
}

pub(super) fn is_scheme(word: &str) -> bool {
    SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
}

/// Whether a secret follows a scheme also where no name is before it.
pub(super) fn stands_alone(scheme: &str) -> bool {
    ["basic", "bearer"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Whether the next word of a sentence may be a secret: after a name of one, or a scheme.
pub(super) fn announces_secret(word: &str) -> bool {
    is_secret_name(word) || ["basic", "bearer"].iter().any(|scheme| ends_with(word, scheme))
}

/// Whether a word after the name of a secret tells of it.
pub(super) fn is_verdict(word: &str) -> bool {
    VERDICTS.contains(&word)
}

/// Compares from the end, letters and digits alone, without a copy.
fn ends_with(name: &str, ending: &str) -> bool {
    let mut bytes = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
    ending.bytes().rev().all(|expected| bytes.next().is_some_and(|byte| byte.eq_ignore_ascii_case(&expected)))
}

//! Names whose value is a secret, and what may stand between a name and its value.

/// Endings of the names of secrets, in lower case and without separators: a compound such as `OPENAI_API_KEY` is as
/// secret as its end.
const ENDINGS: [&str; 23] = [
    "accesskey",
    "accountkey",
    "amzsignature",
    "apikey",
    "auth",
    "authorization",
    "connectionstring",
    "cookie",
    "credential",
    "credentials",
    "dbpass",
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
    "userpass",
];

/// Schemes of authorization, which stand between the name and the secret, or before the secret alone.
const SCHEMES: [&str; 7] = ["apikey", "basic", "bearer", "digest", "negotiate", "ntlm", "token"];

/// Words after the name of a secret that tell of it, and are none.
const VERDICTS: [&str; 24] = [
    "accepted",
    "authentication",
    "bad",
    "cannot",
    "command",
    "could",
    "denied",
    "expired",
    "failed",
    "false",
    "incorrect",
    "invalid",
    "mismatch",
    "missing",
    "none",
    "not",
    "null",
    "refused",
    "rejected",
    "required",
    "revoked",
    "true",
    "unknown",
    "wrong",
];

/// Words that may stand between the name of a secret and what became of it.
const LINKED: [&str; 6] = ["for", "has", "been", "is", "user", "was"];

/// Values that are none.
const NOTHING: [&str; 7] = ["None", "false", "nil", "none", "null", "true", "undefined"];

/// Keys that stand beside a password in a list: what follows the comma before one is no part of the password.
const BESIDE: [&str; 20] = [
    "database", "db", "dbname", "email", "env", "host", "hostname", "id", "login", "mode", "name", "path", "port",
    "region", "role", "server", "sslmode", "url", "user", "username",
];

/// Whether a field of this name holds a secret. Compared without case, `_`, `-` and other separators, by its end:
/// `X-Api-Key`, `clientSecret` and `OPENAI_API_KEY` are.
///
/// ```
/// use telemetry_core::mask::is_secret_name;
///
/// assert!(is_secret_name("X-Api-Key") && is_secret_name("DB_PASSWORD") && is_secret_name("refreshToken"));
/// assert!(!is_secret_name("tokens_total") && !is_secret_name("author") && !is_secret_name("compass"));
/// ```
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    may_end(name) && (ENDINGS.iter().any(|ending| ends_with(name, ending)) || is_pass(name))
}

/// For each letter, before which letters it ends the name of a secret: most words are none by their last two.
const LAST: [u32; 26] = {
    let mut table = [0; 26];
    // The names with `pass` at their end are as `dbpass`.
    let mut ending = 0;
    while ending < ENDINGS.len() {
        let letters = ENDINGS[ending].as_bytes();
        let (last, before) = (letters[letters.len() - 1], letters[letters.len() - 2]);
        table[(last - b'a') as usize] |= 1 << (before - b'a');
        ending += 1;
    }
    table
};

/// Whether the last two letters of a name are those of a secret's name.
fn may_end(name: &str) -> bool {
    if let [.., before, last] = name.as_bytes()
        && before.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        let place = |letter: &u8| usize::from(letter.to_ascii_lowercase().wrapping_sub(b'a'));
        return LAST
            .get(place(last))
            .is_some_and(|known| place(before) < LAST.len() && known >> place(before) & 1 == 1);
    }
    let mut letters = name.bytes().rev().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    let mut next = || letters.next().map(|letter| letter.wrapping_sub(b'a')).filter(|letter| *letter < 26);
    let (Some(last), Some(before)) = (next(), next()) else { return false };
    LAST[usize::from(last)] >> before & 1 == 1
}

/// Whether the last word of a name is `pass`, which is no part of `compass`: `DB_PASS`, `smtpPass`.
pub(super) fn is_pass(name: &str) -> bool {
    let Some(at) = name.len().checked_sub("pass".len()).filter(|at| name.is_char_boundary(*at)) else { return false };
    let (before, last) = name.split_at(at);
    let begins = match before.chars().next_back() {
        None => true,
        Some(c) if c.is_ascii_lowercase() => last.starts_with('P') && !last.ends_with('S'),
        Some(c) => !c.is_alphanumeric() || c.is_ascii_digit(),
    };
    begins && last.eq_ignore_ascii_case("pass")
}

/// Whether the name may be that of the folder that a shell is in.
pub(super) fn is_pwd(name: &str) -> bool {
    name.eq_ignore_ascii_case("pwd") || name.eq_ignore_ascii_case("oldpwd")
}

/// Whether the name is also that of what goes along with requests, of which more is told than that it is a secret.
pub(super) fn is_of_requests(name: &str) -> bool {
    ["auth", "authorization", "cookie", "credential", "credentials"].iter().any(|ending| ends_with(name, ending))
}

/// Whether a field of this name says which one something is: `id`, `request_id`, `gen_ai.response.id`, `sessionId`.
#[cfg(feature = "otlp")]
pub(crate) fn is_id_name(name: &str) -> bool {
    name == "id" || [".id", "_id", "-id", "Id"].iter().any(|ending| name.ends_with(ending))
}

/// Whether a key in an object says which value the object holds: `name`, `header`, `key`.
#[must_use]
pub fn is_key_of_name(key: &str) -> bool {
    // Nearly all keys are told by their length and their first letter.
    if key.len() > 10
        || !matches!(key.as_bytes().first(), Some(first) if b"efhknopsv".contains(&first.to_ascii_lowercase()))
    {
        return false;
    }
    const KEYS: [&str; 12] = [
        "env",
        "field",
        "header",
        "headername",
        "k",
        "key",
        "name",
        "option",
        "param",
        "parameter",
        "setting",
        "variable",
    ];
    KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
}

/// Whether a key in an object is that of the value: `value`, `val`, `headerValue`.
#[must_use]
pub fn is_key_of_value(key: &str) -> bool {
    match key.len() {
        1 | 3 => ["v", "val"].iter().any(|known| key.eq_ignore_ascii_case(known)),
        _ => ends_with(key, "value"),
    }
}

/// Whether a text begins with a key that stands beside a password, or with another secret's name, and its sign.
pub(super) fn begins_with_key(text: &str) -> bool {
    const LONGEST: usize = 32;
    let bytes = text.as_bytes().iter().take(LONGEST);
    let length = bytes.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    let key = &text[..length];
    text[length..].starts_with([':', '='])
        && (BESIDE.iter().any(|known| key.eq_ignore_ascii_case(known)) || is_secret_name(key))
}

/// Whether a value says that there is none.
pub(super) fn is_nothing(word: &str) -> bool {
    NOTHING.contains(&word)
}

pub(super) fn is_link(word: &str) -> bool {
    LINKED.contains(&word)
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
    matches!(scheme.len(), 5 | 6) && ["basic", "bearer"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
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
pub(super) fn ends_with(name: &str, ending: &str) -> bool {
    let mut bytes = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
    ending.bytes().rev().all(|expected| bytes.next().is_some_and(|byte| byte.eq_ignore_ascii_case(&expected)))
}

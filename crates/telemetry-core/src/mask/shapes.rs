//! What is a secret by its shape alone.

/// How tokens of well-known services begin.
const PREFIXES: [&str; 34] = [
    "AIza",
    "GOCSPX-",
    "SG.",
    "dop_v1_",
    "ghp_",
    "gho_",
    "ghr_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "gsk_",
    "hf_",
    "lsv2_",
    "npm_",
    "pk_",
    "pplx-",
    "pypi-",
    "r8_",
    "rk_",
    "shpat_",
    "shpss_",
    "sk-",
    "sk_",
    "tvly-",
    "whsec_",
    "xai-",
    "xapp-",
    "xoxa-",
    "xoxb-",
    "xoxe-",
    "xoxp-",
    "xoxs-",
    "ya29.",
];
/// The fewest characters of a token behind its prefix.
const BEHIND_PREFIX: usize = 12;
/// The fewest characters of a JSON web token.
const JWT: usize = 24;
/// The fewest characters of a word that is random enough to be a key.
const RANDOM: usize = 24;
/// The fewest characters of a token behind a scheme of authorization, and of one that is the user of an address.
const SHORT_TOKEN: usize = 6;
/// The fewest characters of such a token that looks like a word or a number.
const LONG_WORD: usize = 16;
/// The length of an access key's id at AWS.
const AWS: usize = 20;

/// How the names begin that models' services give to answers, calls, files: as random as a key, and none.
const NAMES: [&str; 20] = [
    "asst_",
    "batch_",
    "call_",
    "chatcmpl-",
    "cmpl-",
    "container_",
    "fc_",
    "file-",
    "file_",
    "gen-",
    "img_",
    "msg_",
    "req_",
    "resp_",
    "run_",
    "srvtoolu_",
    "thread_",
    "toolu_",
    "tooluse_",
    "vs_",
];
/// The fewest characters of any secret by its shape.
pub(super) const SHORTEST: usize = 15;
/// The length of a secret key of AWS, in which slashes are.
const AWS_SECRET: usize = 40;

/// Whether a word is a secret, whatever is around it.
pub(super) fn is_secret(word: &str) -> bool {
    word.len() >= SHORTEST && (is_token(word) || (is_random(word) && !is_name(word)))
}

/// Whether a word is a token of a well-known service: what is random alone may be an id.
pub(super) fn is_token(word: &str) -> bool {
    word.len() >= SHORTEST && (is_prefixed(word) || is_aws(word) || is_jwt(word))
}

/// Whether a text is a word that an id may be.
pub(super) fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)) && !is_token(text)
}

/// Whether a word is the name of an answer, a call or a file.
fn is_name(word: &str) -> bool {
    NAMES.iter().any(|prefix| {
        word.strip_prefix(prefix).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    })
}

/// The end of a secret key of AWS that begins here, for sure or if nothing before belongs to it: forty characters of base64,
/// slashes among them.
pub(super) fn end_of_slashed_key(text: &str, start: usize, begins: bool) -> Option<usize> {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).filter(|_| !begins);
    if before.and_then(|before| bytes.get(before)).is_some_and(|before| belongs(before) || b".-_".contains(before)) {
        return None;
    }
    let length = bytes[start..].iter().take(AWS_SECRET + 1).take_while(|byte| belongs(byte)).count();
    let end = start + length;
    let goes_on = bytes.get(end).is_some_and(|byte| matches!(byte, b'.' | b'-' | b'_' | b'='));
    (length == AWS_SECRET && !goes_on && is_random(&text[start..end])).then_some(end)
}

fn is_prefixed(word: &str) -> bool {
    PREFIXES.iter().any(|prefix| {
        let behind = word.strip_prefix(prefix);
        // An underscore joins words of ordinary names too, such as `npm_config_registry`, but those have no digits.
        let joins_names = prefix.ends_with('_');
        behind.is_some_and(|rest| {
            rest.len() >= BEHIND_PREFIX && (!joins_names || rest.bytes().any(|byte| byte.is_ascii_digit()))
        })
    })
}

fn is_aws(word: &str) -> bool {
    let id = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    word.len() == AWS && (word.starts_with("AKIA") || word.starts_with("ASIA")) && word.bytes().all(id)
}

fn is_jwt(word: &str) -> bool {
    word.starts_with("eyJ") && word.len() >= JWT && word.bytes().filter(|byte| *byte == b'.').count() >= 2
}

/// Letters of both cases mixed with digits throughout, at a length that no word has. UUIDs and hashes in hexadecimal
/// digits name things, and are no keys.
fn is_random(word: &str) -> bool {
    if word.len() < RANDOM || word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        return false;
    }
    let mut seen = [false; 3];
    let (mut last, mut all, mut changes) = (None, 0, 0);
    for byte in word.bytes() {
        let class = match byte {
            b'0'..=b'9' => 0,
            b'A'..=b'Z' => 1,
            b'a'..=b'z' => 2,
            _ => continue,
        };
        changes += usize::from(last.is_some_and(|last| last != class));
        (seen[class], last, all) = (true, Some(class), all + 1);
    }
    seen.iter().all(|seen| *seen) && changes * 3 >= all
}

/// Whether a word where a token may be is neither a plain word nor a number.
pub(super) fn is_no_plain_word(word: &str) -> bool {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && word.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
    word.len() >= LONG_WORD || (word.len() >= SHORT_TOKEN && !is_number && !is_plain)
}

/// Whether a word where a reason may be told is one: a code such as `invalid_grant`, a time, a duration.
pub(super) fn is_told(word: &str) -> bool {
    let is_code = word.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'\''));
    let is_time = word.starts_with(|c: char| c.is_ascii_digit())
        && word.bytes().all(|byte| {
            byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'.' | b'+' | b'T' | b'Z' | b'm' | b's' | b'h' | b'd')
        });
    (is_code && word.len() < RANDOM) || is_time
}

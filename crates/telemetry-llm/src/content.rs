//! Prompts and completions on spans: only where a call site asks for them, masked and cut.

use std::borrow::Cow;

/// How a call site records what is said. Without one, nothing is.
///
/// ```
/// use telemetry_llm::Content;
///
/// let content = Content { max_chars: 20, ..Content::default() };
/// assert_eq!(content.shown("the key is sk-abcdefghijklmnop, use it"), "the key is [masked],[cut]");
/// ```
#[derive(Clone, Copy)]
pub struct Content {
    /// How many characters of a prompt or a completion are kept. Default: 2,000.
    pub max_chars: usize,
    /// What hides secrets before the text is cut. Default: [`mask`].
    pub mask: fn(&str) -> Cow<'_, str>,
}

impl Default for Content {
    fn default() -> Self {
        Self { max_chars: 2_000, mask }
    }
}

impl Content {
    /// A text as it is recorded.
    #[must_use]
    pub fn shown(&self, text: &str) -> String {
        // Masked before it is cut: half a secret is not recognized any more.
        let masked = (self.mask)(text);
        match masked.char_indices().nth(self.max_chars) {
            Some((end, _)) => format!("{}{CUT}", &masked[..end]),
            None => masked.into_owned(),
        }
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content").field("max_chars", &self.max_chars).finish_non_exhaustive()
    }
}

const MASKED: &str = "[masked]";
const CUT: &str = "[cut]";

/// How tokens of well-known services begin.
const PREFIXES: &[&str] = &[
    "sk-",
    "sk_",
    "pk_",
    "rk_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxs-",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29.",
    "hf_",
    "npm_",
    "gsk_",
    "xai-",
    "r8_",
    "pplx-",
    "dop_v1_",
];

/// Names whose value is a secret, compared without case, `_` and `-`.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "secret",
    "clientsecret",
    "token",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "apikey",
    "xapikey",
    "authorization",
    "privatekey",
    "credential",
    "credentials",
];

/// Replaces what looks like a secret: tokens of known shapes, values of secret names (`password=…`, `"api_key": "…"`),
/// credentials in URLs, what follows `Bearer` and `Basic`, and words as random as only keys are.
///
/// Identifiers stay readable: UUIDs, hashes in hexadecimal digits, long words.
#[must_use]
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut copied = 0;
    let mut before = Before::Nothing;
    for (start, word) in words(text) {
        if is_secret(word) || before.demands(word) {
            let end = start + word.len();
            masked.push_str(&text[copied..start]);
            masked.push_str(MASKED);
            copied = end;
        }
        let after = &text[start + word.len()..];
        before = before.next(word, after);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(&text[copied..]);
    Cow::Owned(masked)
}

/// What the words so far say of the next one.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Nothing,
    /// The name of a secret and `=` or `:`, or a scheme of authorization.
    Secret,
    /// `https://`: a name and a password may follow.
    Url,
    /// A name of a URL's credentials.
    UrlPassword,
}

impl Before {
    fn demands(self, word: &str) -> bool {
        match self {
            Self::Secret => !is_scheme(word),
            Self::UrlPassword => true,
            Self::Nothing | Self::Url => false,
        }
    }

    fn next(self, word: &str, after: &str) -> Self {
        let assigned = after.trim_start_matches(['"', '\'', ' ', '\\']).starts_with(['=', ':']);
        if after.starts_with("://") {
            Self::Url
        } else if self == Self::Url && after.starts_with(':') && credentials_follow(after) {
            Self::UrlPassword
        } else if (assigned && is_secret_name(word)) || is_scheme(word) {
            Self::Secret
        } else {
            Self::Nothing
        }
    }
}

/// Whether an `@` comes before the host of a URL ends.
fn credentials_follow(after: &str) -> bool {
    let authority = after.split(['/', ' ', '?', '#', '"', '\n']).next().unwrap_or_default();
    authority.contains('@')
}

fn is_scheme(word: &str) -> bool {
    word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic")
}

fn is_secret_name(word: &str) -> bool {
    // A compound such as OPENAI_API_KEY is as secret as its end.
    let folded: String = word.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect();
    SECRET_NAMES.iter().any(|name| folded.ends_with(name))
}

fn is_secret(word: &str) -> bool {
    let prefixed = PREFIXES.iter().any(|prefix| word.len() >= prefix.len() + 12 && word.starts_with(prefix));
    prefixed || is_jwt(word) || is_random(word)
}

fn is_jwt(word: &str) -> bool {
    word.starts_with("eyJ") && word.matches('.').count() == 2 && word.len() >= 24
}

/// Letters of both cases mixed with digits throughout, at a length that no word has.
fn is_random(word: &str) -> bool {
    if word.len() < 24 || word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        return false;
    }
    let class = |byte: u8| match byte {
        b'0'..=b'9' => 1,
        b'A'..=b'Z' => 2,
        b'a'..=b'z' => 3,
        _ => 0,
    };
    let classes: Vec<u8> = word.bytes().map(class).filter(|class| *class != 0).collect();
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    (1..=3).all(|class| classes.contains(&class)) && changes * 3 >= classes.len()
}

/// The runs of characters of which tokens are made.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let belongs = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '~' | '!' | '$' | '%' | '*');
    let mut rest = 0;
    let runs = std::iter::from_fn(move || {
        let start = rest + text[rest..].find(belongs)?;
        let end = text[start..].find(|c| !belongs(c)).map_or(text.len(), |length| start + length);
        rest = end;
        // The full stop of a sentence is not part of its last word.
        let word = text[start..end].trim_end_matches(['.', '!']);
        Some((start, word))
    });
    runs.filter(|(_, word)| !word.is_empty())
}

//! What is a secret by its name or its shape.

use std::borrow::Cow;
use std::ops::Range;

use super::hidden::{Hidden, REDACTED};
use super::{names, shapes};

const PEM_BEGIN: &str = "-----BEGIN";
const PEM_END: &str = "-----END";
const PEM_DASHES: &str = "-----";
/// The longest label of a block, and the longest name and password of an address, that are looked for.
const LONGEST_LABEL: usize = 64;
const LONGEST_CREDENTIALS: usize = 256;

/// Masks in one pass: each word is looked at once, and what it leads to is behind it.
pub(super) fn mask(text: &str) -> Cow<'_, str> {
    let mut hidden = Hidden::new(text);
    let mut at = 0;
    let mut before = "";
    while let Some(word) = next_word(text, at) {
        let here = &text[word.clone()];
        at = match secret(text, before, word.clone()) {
            Some(part) => {
                let end = part.end;
                hidden.hide(part);
                end
            }
            None => word.end,
        };
        before = here;
    }
    hidden.finish()
}

/// The secret that a word is, or that it leads to.
fn secret(text: &str, before: &str, word: Range<usize>) -> Option<Range<usize>> {
    let (here, behind) = (&text[word.clone()], word.end);
    if here.ends_with(PEM_BEGIN) {
        return private_key(text, word.end - PEM_BEGIN.len());
    }
    if text[behind..].starts_with("://") {
        return password_of_url(text, behind + 3);
    }
    if shapes::is_secret(here) {
        return Some(word);
    }
    if names::stands_alone(here)
        && let Some(token) = after_scheme(text, behind)
    {
        return shapes::is_no_plain_word(&text[token.clone()]).then_some(token);
    }
    let named = names::is_secret_name(here) || (here.eq_ignore_ascii_case("key") && is_key_of_access(before));
    if !named {
        return None;
    }
    if let Some(start) = after_assignment(text, behind) {
        return value(text, here, start);
    }
    // An option of a command; what follows it may be another.
    let is_option = here.starts_with("--") && text[behind..].starts_with(' ');
    (is_option && !text[behind + 1..].starts_with('-')).then(|| value(text, here, behind + 1)).flatten()
}

/// Whether a key of this kind is a secret: `API key: …`.
fn is_key_of_access(kind: &str) -> bool {
    ["access", "api", "private", "secret"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}

/// Where a value begins, if what follows a name gives it one.
fn after_assignment(text: &str, name_end: usize) -> Option<usize> {
    let behind = text[name_end..].trim_start_matches(['"', '\'', '`', ' ', '\\']);
    // A path of code, such as `token::Kind`, gives nothing.
    if !behind.starts_with(['=', ':']) || behind.starts_with("::") {
        return None;
    }
    Some(text.len() - behind.trim_start_matches(['=', ':', '>']).len())
}

/// The value of a secret name, from behind the sign of its assignment.
fn value(text: &str, name: &str, from: usize) -> Option<Range<usize>> {
    let behind = text[from..].trim_start_matches([' ', '\t']);
    let is_apart = behind.len() < text.len() - from;
    let escaped = behind.trim_start_matches('\\');
    let start = text.len() - escaped.len();
    let first = escaped.chars().next()?;
    if escaped.starts_with(REDACTED) {
        return None;
    }
    match first {
        '"' | '\'' | '`' => quoted(text, start + 1, first, escaped.len() < behind.len()),
        '[' => Some(start + 1..end_of(text, start + 1, ']')).filter(|part| !part.is_empty()),
        '{' => None,
        _ if names::is_cookie(name) => Some(start..end_of_header(text, start)).filter(|part| !part.is_empty()),
        _ => {
            let part = unquoted(text, start)?;
            let word = &text[part.clone()];
            if word.eq_ignore_ascii_case("digest") {
                // Its parameters stand in quotes.
                after_scheme(text, part.end).map(|first| first.start..end_of(text, first.start, '\n'))
            } else if names::is_scheme(word) {
                after_scheme(text, part.end)
            } else {
                Some(part).filter(|_| !(is_apart && names::is_verdict(word)))
            }
        }
    }
}

/// What is between quotes, from behind the first of them; to the end of the line where there is no second.
fn quoted(text: &str, start: usize, quote: char, escaped: bool) -> Option<Range<usize>> {
    let rest = &text[start..];
    let mut is_escape = false;
    let mut close = rest.len();
    for (at, c) in rest.char_indices() {
        if c == '\n' || (c == quote && (escaped || !is_escape)) {
            close = at;
            break;
        }
        is_escape = c == '\\' && !is_escape;
    }
    let inner = &rest[..close];
    // Of an escaped quote the escape is not part of the value.
    let inner = if escaped { inner.trim_end_matches('\\') } else { inner };
    let end = start + inner.len();
    if inner.is_empty() || inner == REDACTED {
        return None;
    }
    let scheme = inner.split(' ').next().filter(|word| names::is_scheme(word) && word.len() < inner.len());
    Some(scheme.map_or(start, |scheme| start + scheme.len() + 1)..end)
}

/// The word of a value without quotes.
fn unquoted(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = &text[start..];
    let ends = |(at, c): (usize, char)| match c {
        // A comma can be part of a password; one that separates is followed by something that is not.
        ',' => rest[at + 1..].starts_with(|next: char| next.is_whitespace() || matches!(next, '"' | '\'' | '}' | ']')),
        '\\' => rest[at + 1..].starts_with(['"', '\'', '`']),
        '&' | ';' | '"' | '\'' | '`' | ')' | ']' | '}' | '<' | '>' => true,
        c => c.is_whitespace(),
    };
    let end = rest.char_indices().find(|place| ends(*place)).map_or(rest.len(), |(at, _)| at);
    // The punctuation of a sentence is not part of its last word.
    let word = rest[..end].trim_end_matches([',', '.', ':', '!', '?']);
    (!word.is_empty()).then(|| start..start + word.len())
}

/// The word after a scheme of authorization.
fn after_scheme(text: &str, scheme_end: usize) -> Option<Range<usize>> {
    let behind = text[scheme_end..].trim_start_matches(' ');
    let start = text.len() - behind.len();
    let begins = behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+'));
    (start > scheme_end && begins).then(|| unquoted(text, start)).flatten()
}

/// The password in an address, from behind its scheme: between the first colon and the last `@` before the host ends.
/// A user without a password is one if it looks like a token.
fn password_of_url(text: &str, start: usize) -> Option<Range<usize>> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '|');
    let rest = &text[start..];
    let authority = rest.split(|c| ends(c) || matches!(c, '/' | '?' | '#')).next().unwrap_or_default();
    let credentials = match (authority.rsplit_once('@'), authority.split_once(':')) {
        (Some((credentials, _)), _) => credentials,
        // What is behind a colon and no port is a password, with a character that ends a host.
        (None, Some((_, behind))) if behind.bytes().any(|byte| !byte.is_ascii_digit()) => {
            let longest = rest.floor_char_boundary(LONGEST_CREDENTIALS);
            rest[..longest].split(ends).next().unwrap_or_default().rsplit_once('@')?.0
        }
        _ => return None,
    };
    let (part, is_secret) = match credentials.split_once(':') {
        Some((user, password)) => (user.len() + 1..credentials.len(), !password.is_empty()),
        None => (0..credentials.len(), shapes::is_no_plain_word(credentials)),
    };
    let goes = is_secret && &credentials[part.clone()] != REDACTED;
    goes.then(|| start + part.start..start + part.end)
}

/// A private key in PEM; without an end it goes on to the end of the text.
fn private_key(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = &text[start..];
    let label = rest[PEM_BEGIN.len()..].split(PEM_DASHES).next()?;
    if label.len() > LONGEST_LABEL || !label.ends_with("PRIVATE KEY") {
        return None;
    }
    let body = PEM_BEGIN.len() + label.len();
    let end = rest[body..].find(PEM_END).map_or(rest.len(), |at| {
        let behind = body + at + PEM_END.len();
        rest[behind..].find(PEM_DASHES).map_or(rest.len(), |dashes| behind + dashes + PEM_DASHES.len())
    });
    Some(start..start + end)
}

/// The end of the value of a header: of its line, or of the quotes that it stands in.
fn end_of_header(text: &str, start: usize) -> usize {
    text[start..].find(['\n', '\r', '"', '\'', '`']).map_or(text.len(), |at| start + at)
}

/// The place of a character, or the end of the line.
fn end_of(text: &str, start: usize, c: char) -> usize {
    text[start..].find([c, '\n']).map_or(text.len(), |at| start + at)
}

/// The next run of characters of which tokens are made.
fn next_word(text: &str, from: usize) -> Option<Range<usize>> {
    let belongs = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '~' | '!' | '$' | '%' | '*');
    let mut at = from;
    loop {
        let start = at + text[at..].find(belongs)?;
        let end = text[start..].find(|c| !belongs(c)).map_or(text.len(), |length| start + length);
        // The full stop of a sentence is not part of its last word.
        let word = text[start..end].trim_end_matches(['.', '!']);
        if !word.is_empty() {
            return Some(start..start + word.len());
        }
        at = end;
    }
}

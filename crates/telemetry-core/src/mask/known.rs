//! What is a secret by its name or its shape.

use std::borrow::Cow;
use std::ops::Range;

use super::hidden::Hidden;
use super::own::Own;
use super::pairs::Pairs;
use super::value::{after_assignment, after_scheme, unquoted, value};
use super::{address, names, shapes};

const PEM_BEGIN: &str = "-----BEGIN";
const PEM_END: &str = "-----END";
const PEM_DASHES: &str = "-----";
/// The longest label of a block that is looked for.
const LONGEST_LABEL: usize = 64;
/// The most words between the name of a secret and the colon before its value: `password was not accepted: …`.
const MOST_WORDS: usize = 4;

/// Masks in one pass: each word is looked at once, and what it leads to is behind it, or beside it in an object. What an
/// application adds of its own counts as what is known.
pub(super) fn mask<'a>(text: &'a str, own: Option<&Own>) -> Cow<'a, str> {
    if own.is_none() && is_short_word(text) {
        return Cow::Borrowed(text);
    }
    let mut hidden = Hidden::new(text);
    let mut pairs = Pairs::new(text, own);
    let mut at = 0;
    let mut before = 0..0;
    while let Some(word) = next_word(text, at) {
        pairs.pass(at..word.start);
        let part = behind_escape(text, &word).and_then(|word| secret(text, before.clone(), word, true, own));
        if let Some(part) = part.or_else(|| secret(text, before.clone(), word.clone(), false, own)) {
            at = end_of_line(text, &part).max(word.end);
            hidden.hide(part);
        } else {
            at = word.end;
            if let Some(part) = pairs.secret(word.clone()) {
                // A value that is told before its name lies behind already.
                at = at.max(part.end);
                hidden.hide(part);
            }
        }
        if text.as_bytes().get(word.end) == Some(&b',')
            && let Some(end) = end_of_image(text, word.clone(), before.clone())
        {
            at = at.max(end);
        }
        before = word;
    }
    if let Some(own) = own {
        own.tokens(text, |token| hidden.hide(token));
    }
    hidden.finish()
}

/// Where a value ends, or before that the line of which `Debug` or JSON wrote the end in it: what is behind may be another
/// name and its value.
fn end_of_line(text: &str, part: &Range<usize>) -> usize {
    // Of a longer one, all of it goes.
    const LONGEST: usize = 256;
    let value = &text[part.clone()];
    let is_end = |two: &[u8]| matches!(two, b"\\n" | b"\\r");
    let end = || value.as_bytes().windows(2).position(is_end);
    if value.len() > LONGEST { part.end } else { end().map_or(part.end, |at| part.start + at) }
}

/// What stands in a word behind an escape: of a line's end, as `Debug` and JSON write it, or of a terminal's colour.
fn behind_escape(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let length = match bytes.get(word.start.checked_sub(1)?)? {
        b'\\' if matches!(bytes[word.start], b'n' | b'r' | b't' | b'b' | b'f') => 1,
        b'[' | b';' => {
            let digits = bytes[word.clone()].iter().take_while(|byte| byte.is_ascii_digit()).count();
            (bytes.get(word.start + digits) == Some(&b'm')).then_some(digits + 1)?
        }
        _ => return None,
    };
    (word.start + length < word.end).then(|| word.start + length..word.end)
}

/// Whether the text is a single word that is too short to be a secret by itself, as most values of fields are.
fn is_short_word(text: &str) -> bool {
    text.len() < shapes::SHORTEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The end of an image that is written out in an address: `data:image/png;base64,…` is as random as a key, and none.
fn end_of_image(text: &str, word: Range<usize>, kind: Range<usize>) -> Option<usize> {
    let data = text[word.end..].strip_prefix(',').filter(|_| &text[word.clone()] == "base64")?;
    let is_image = kind.end + 1 == word.start && text[..kind.start].ends_with("data:image/");
    let is_data = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte);
    is_image.then(|| text.len() - data.len() + data.bytes().take_while(|byte| is_data(*byte)).count())
}

/// The secret that a word is, or that it leads to; what is before one behind an escape is no part of it.
fn secret(
    text: &str,
    before: Range<usize>,
    word: Range<usize>,
    is_behind_escape: bool,
    own: Option<&Own>,
) -> Option<Range<usize>> {
    let (here, behind) = (&text[word.clone()], word.end);
    if here.ends_with(PEM_BEGIN) {
        return private_key(text, word.end - PEM_BEGIN.len());
    }
    let next = text.as_bytes().get(behind).copied().unwrap_or_default();
    if next == b':' && text[behind..].starts_with("://") {
        return address::password(text, here, behind + 3);
    }
    if next == b'%'
        && let Some(part) = address::encoded(text, here, behind, own)
    {
        return Some(part);
    }
    if next == b'/'
        && let Some(login) = address::login(text, before.clone(), word.clone())
    {
        return Some(login);
    }
    if shapes::is_secret(here) {
        return Some(word);
    }
    if next == b'/'
        && let Some(end) = shapes::end_of_slashed_key(text, word.start, is_behind_escape)
    {
        return Some(word.start..end);
    }
    if names::stands_alone(here)
        && let Some(token) = after_scheme(text, behind)
    {
        return shapes::is_no_plain_word(&text[token.clone()]).then_some(token);
    }
    let named =
        Own::is_secret_name(own, here) || (here.eq_ignore_ascii_case("key") && is_key_of_access(&text[before.clone()]));
    if !named {
        return None;
    }
    if let Some(start) = after_assignment(text, behind) {
        return value(text, word.clone(), start).filter(|part| !is_harmless(text, before, word, part.clone()));
    }
    // An option of a command; what follows it may be another.
    if here.starts_with("--") && text[behind..].starts_with(' ') {
        let is_value = !text[behind + 1..].starts_with('-');
        return is_value.then(|| value(text, word, behind + 1)).flatten();
    }
    if here.eq_ignore_ascii_case("pwd") {
        return after_pwd(text, behind);
    }
    (!names::is_of_requests(here)).then(|| after_verdict(text, behind)).flatten()
}

/// Whether a key of this kind is a secret: `API key: …`.
fn is_key_of_access(kind: &str) -> bool {
    ["access", "api", "private", "secret"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}

/// Whether the value of a name that has another meaning too is that: `pass: 12 tests`, `PWD=/home/app`.
fn is_harmless(text: &str, before: Range<usize>, name: Range<usize>, part: Range<usize>) -> bool {
    let (here, given) = (&text[name.clone()], &text[part.clone()]);
    let behind = &text[part.end..];
    if names::is_pwd(here) {
        // The folder that a shell is in, but for a connection string.
        let is_path = given.starts_with(['/', '.', '~']) || given.get(1..3).is_some_and(|drive| drive == ":\\");
        return is_path && !behind.starts_with(';') && !text[..name.start].trim_end().ends_with(';');
    }
    if !names::is_pass(here) || text[..part.start].ends_with(['"', '\'', '`']) {
        return false;
    }
    let is_apart = text[..part.start].ends_with(' ');
    let is_number = given.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'/' | b'%'));
    if is_number {
        return is_apart || given.len() < 4;
    }
    // What a compiler does in a pass, and which test has passed.
    let is_plain = given.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !is_apart || here.len() > "pass".len() {
        return is_apart && is_plain && here.to_ascii_lowercase().ends_with("-pass");
    }
    let is_told_of = !before.is_empty() && &text[before.end..name.start] == " ";
    let goes_on = behind.strip_prefix(' ').is_some_and(|more| more.starts_with(char::is_alphabetic));
    let is_test = here == "PASS" && (is_plain || given.contains(['/', '.', '_', ':', '(']) || behind.starts_with(" ("));
    is_test || (is_plain && (is_told_of || goes_on))
}

/// A password after `pwd` and nothing else: no folder, no option, no plain word.
fn after_pwd(text: &str, behind: usize) -> Option<Range<usize>> {
    let rest = text[behind..].strip_prefix(' ')?;
    let start = text.len() - rest.len();
    if rest.starts_with(['"', '\'']) {
        return value(text, behind..behind, start);
    }
    let part = unquoted(text, start)?;
    let word = &text[part.clone()];
    let is_path = word.starts_with(['/', '.', '~', '-', '$', '&', '|']) || word.contains('/');
    (!is_path && shapes::is_no_plain_word(word) && !shapes::is_told(word)).then_some(part)
}

/// A secret that is told with what became of it: `password rejected: hunter2`. A reason is no secret: `too short`.
fn after_verdict(text: &str, behind: usize) -> Option<Range<usize>> {
    let mut at = behind;
    for _ in 0..MOST_WORDS {
        let rest = text[at..].strip_prefix(' ')?;
        let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let word = &rest[..length];
        if !names::is_verdict(word) && !names::is_link(word) {
            return None;
        }
        at += 1 + length;
        if !names::is_verdict(word) {
            continue;
        }
        if let Some(rest) = text[at..].strip_prefix([':', '=']) {
            let rest = rest.trim_start_matches(' ');
            let start = text.len() - rest.len();
            let part = value(text, at..at, start)?;
            let (word, is_quoted) = (&text[part.clone()], part.start > start);
            let is_secret = if is_quoted {
                !word.contains(char::is_whitespace)
            } else {
                shapes::is_no_plain_word(word) && !shapes::is_told(word)
            };
            return is_secret.then_some(part);
        }
    }
    None
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

/// The next run of characters of which tokens are made, without the signs of a percent-encoded address or query.
fn next_word(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let start = end_of_run(text, at, false);
        if start == text.len() {
            return None;
        }
        if bytes[start] == b'%' && address::is_sign(text, start) {
            at = start + address::SIGN;
            continue;
        }
        let end = end_of_run(text, start, true);
        // The full stop of a sentence is not part of its last word.
        let word = match bytes[end - 1] {
            b'.' | b'!' => text[start..end].trim_end_matches(['.', '!']),
            _ => &text[start..end],
        };
        if !word.is_empty() {
            return Some(start..start + word.len());
        }
        at = end;
    }
}

/// The end of the run from here on of characters that tokens are made of, or of those that they are not.
#[inline]
fn end_of_run(text: &str, from: usize, of_tokens: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let byte = bytes[at];
        // Nearly all text is ASCII, for which a table is enough.
        if byte.is_ascii() {
            if OF_TOKENS[usize::from(byte)] != of_tokens || (of_tokens && byte == b'%' && address::is_sign(text, at)) {
                break;
            }
            at += 1;
        } else {
            let (belongs, length) =
                text[at..].chars().next().map_or((false, 1), |c| (c.is_alphanumeric(), c.len_utf8()));
            if belongs != of_tokens {
                break;
            }
            at += length;
        }
    }
    at
}

/// Which characters of ASCII tokens are made of.
const OF_TOKENS: [bool; 128] = {
    let mut table = [false; 128];
    let (mut byte, others) = (0, b"-_.+~!$%*");
    while byte < table.len() {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut other = 0;
    while other < others.len() {
        table[others[other] as usize] = true;
        other += 1;
    }
    table
};

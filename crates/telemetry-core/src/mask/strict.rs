//! What may be a secret.

use std::borrow::Cow;

use super::hidden::Hidden;
use super::{known, names};

/// The fewest characters of a word that is taken for a token if letters and digits are mixed in it.
const TOKEN: usize = 16;
/// The fewest characters of a word that is taken for a token in any case: no word of a language is as long.
const LONG_TOKEN: usize = 32;
/// Words between the name of a secret and the secret.
const LINKS: [&str; 6] = ["is", "was", ":", "=", "->", "of"];

/// Masks what is known to be a secret, and then each word that may be one.
pub(super) fn mask(text: &str) -> Cow<'_, str> {
    match known::mask(text, None) {
        Cow::Borrowed(text) => words(text),
        Cow::Owned(text) => Cow::Owned(words(&text).into_owned()),
    }
}

fn words(text: &str) -> Cow<'_, str> {
    let mut hidden = Hidden::new(text);
    let mut after_name = false;
    let mut end = 0;
    for run in text.split_inclusive(char::is_whitespace) {
        let word = run.trim_end();
        let start = end;
        end += run.len();
        if word.is_empty() {
            continue;
        }
        let links = after_name && LINKS.contains(&word);
        let told = after_name && names::is_verdict(word);
        if (after_name && !links && !told) || is_secret(word) {
            hidden.hide(start..start + word.len());
        }
        // What follows `Authorization:` may be a name in turn, such as `Bearer`.
        after_name = links || names::announces_secret(word);
    }
    hidden.finish()
}

fn is_secret(word: &str) -> bool {
    // An address, a pair of a connection string, a mail address or a user of a host, a query.
    let has_more = |mark: char| word.split_once(mark).is_some_and(|(_, more)| !more.is_empty());
    if word.contains("://") || has_more('=') || has_more('@') || has_more('?') {
        return true;
    }
    if has_more(':') && word.split_once(':').is_some_and(|(name, _)| names::announces_secret(name)) {
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

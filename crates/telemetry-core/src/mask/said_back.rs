//! Secrets that are known, in whatever form somebody says them back.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::hidden::Hidden;
use crate::percent;

/// So many characters in a row that are of a secret are hidden; a secret that is shorter is hidden as a whole.
const PIECE: usize = 8;
/// The shortest secret that is hidden: what is shorter is found in any text.
const SHORTEST: usize = 4;
/// The most bytes of one secret that are known. What is longer is no header.
const LONGEST: usize = 16 * 1024;

/// Hides secrets whose values are known, such as those of the settings, in what a peer says: the whole, each part of eight
/// characters, and the same in base64, hexadecimal and percent-encoding, whether letters are capital or not.
pub(crate) struct SaidBack(Option<AhoCorasick>);

impl std::fmt::Debug for SaidBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SaidBack")
    }
}

impl SaidBack {
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut pieces = BTreeSet::new();
        for secret in secrets {
            let secret = &secret[..secret.len().min(LONGEST)];
            if secret.len() >= SHORTEST {
                forms(secret, |form| cut(&form, &mut pieces));
            }
        }
        let builder = || AhoCorasick::builder().ascii_case_insensitive(true).build(&pieces);
        // It is only refused beyond two billion states.
        Self((!pieces.is_empty()).then(builder).and_then(Result::ok))
    }

    pub(crate) fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(pieces) = &self.0 else { return Cow::Borrowed(text) };
        let mut hidden = Hidden::new(text);
        let mut run: Option<std::ops::Range<usize>> = None;
        for found in pieces.find_overlapping_iter(text) {
            // Pieces are ASCII or whole secrets, but what they are found in need not be cut between two characters.
            let (start, end) = (text.floor_char_boundary(found.start()), text.ceil_char_boundary(found.end()));
            match &mut run {
                Some(run) if start <= run.end => *run = run.start.min(start)..run.end.max(end),
                _ => {
                    if let Some(run) = run.replace(start..end) {
                        hidden.hide(run);
                    }
                }
            }
        }
        if let Some(run) = run {
            hidden.hide(run);
        }
        hidden.finish()
    }
}

/// All pieces of a form.
fn cut(form: &[u8], pieces: &mut BTreeSet<Vec<u8>>) {
    if form.len() < PIECE {
        pieces.insert(form.to_ascii_lowercase());
    }
    pieces.extend(form.windows(PIECE).map(<[u8]>::to_ascii_lowercase));
}

fn forms(secret: &[u8], mut each: impl FnMut(Vec<u8>)) {
    each(secret.to_vec());
    each(hexadecimal(secret));
    if let Ok(text) = std::str::from_utf8(secret) {
        each(percent::encode(text, |_| false).into_bytes());
        each(percent::encode(text, |byte| byte.is_ascii_alphanumeric()).into_bytes());
        each(percent::encode(text, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)).into_bytes());
        each(text.escape_debug().to_string().into_bytes());
        // `Basic dXNlcjpwYXNz` holds a secret that a peer may say decoded.
        for word in text.split_ascii_whitespace() {
            let decoded = STANDARD_NO_PAD.decode(word.trim_end_matches('='));
            if let Some(decoded) = decoded.ok().filter(|decoded| decoded.len() >= SHORTEST && decoded.is_ascii()) {
                each(decoded);
            }
        }
    }
    // Within something longer it begins at any of three places of the encoding's groups. The characters that also depend
    // on what stands beside it are left out.
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(secret);
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&bytes).into_bytes();
            let whole = bytes.len() * 8 / 6;
            let begin = (before * 8).div_ceil(6);
            if whole - begin >= PIECE {
                each(encoded[begin..whole].to_vec());
            }
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn a_secret_is_hidden_in_whatever_form_it_comes_back() {
        let secret = "Bearer s3cr3t-t0ken/0f+z9#kQw7-1zzy-88";
        let said_back = SaidBack::of([secret.as_bytes(), b"dog"]);
        let token = "s3cr3t-t0ken/0f+z9#kQw7-1zzy-88";
        for said in [
            format!("invalid token '{token}'"),
            format!("invalid token '{}'", token.to_uppercase()),
            "invalid token 's3cr3t-t0…'".to_owned(),
            "it ends with #kQw7-1zzy-88".to_owned(),
            format!("got {}", STANDARD.encode(secret)),
            format!("got {}", STANDARD.encode(format!("user:{token}"))),
            format!("got {}", URL_SAFE_NO_PAD.encode(token)),
            format!("got {}", percent::encode(token, |byte| byte.is_ascii_alphanumeric())),
            format!("got {}", percent::encode(token, |_| false).to_lowercase()),
            format!("got {}", String::from_utf8_lossy(&hexadecimal(token.as_bytes()))),
        ] {
            let hidden = said_back.hide(&said);
            assert!(hidden.contains("[redacted]"), "{hidden}");
            let mut left = hidden.replace("[redacted]", " ");
            left.retain(|c| c.is_ascii_alphanumeric());
            assert!(left.len() <= "invalidtoken".len() + PIECE, "{said} is left as {hidden}");
        }
        let harmless = "the dog and the collector: 401 Unauthenticated, no such tenant é";
        assert_eq!(said_back.hide(harmless), harmless, "a word is no secret, nor are three letters");
    }

    #[test]
    fn what_basic_authorization_holds_is_known_decoded() {
        let header = format!("Basic {}", STANDARD.encode("till:hunter2-and-3"));
        let said_back = SaidBack::of([header.as_bytes()]);
        assert_eq!(said_back.hide("no user till:hunter2-and-3!"), "no user [redacted]!");
    }

    #[test]
    fn text_is_cut_between_characters() {
        let said_back = SaidBack::of(["пароль-для-меня".as_bytes()]);
        assert_eq!(said_back.hide("é пароль-для-меня é"), "é [redacted] é");
        assert_eq!(SaidBack::of([]).hide("nothing is secret"), "nothing is secret");
    }
}

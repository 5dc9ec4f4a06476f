//! The value of a name: where it begins behind the sign of its assignment, and where it ends.

use std::ops::Range;

use super::hidden::REDACTED;
use super::names;

/// How far a value is looked for that is neither quoted nor a word.
const LONGEST: usize = 256;
/// The longest mark of a block of YAML, with its line's end: `|2-`.
const LONGEST_MARK: usize = 6;
/// The most backslashes before a quote, of a text in a text in a text in a text.
const DEEPEST: usize = 15;
/// The longest key of a connection string or of a list that is known behind a value.
const LONGEST_KEY: usize = 32;

/// Where a value begins, if what follows a name gives it one.
pub(super) fn after_assignment(text: &str, name_end: usize) -> Option<usize> {
    let behind = text[name_end..].trim_start_matches(['"', '\'', '`', ' ', '\\']);
    // A path of code, such as `token::Kind`, gives nothing.
    if !behind.starts_with(['=', ':']) || behind.starts_with("::") {
        return None;
    }
    Some(text.len() - behind.trim_start_matches(['=', ':', '>']).len())
}

/// The value of a secret name, from behind the sign of its assignment.
pub(super) fn value(text: &str, name: Range<usize>, from: usize) -> Option<Range<usize>> {
    let behind = text[from..].trim_start_matches([' ', '\t']);
    let is_apart = behind.len() < text.len() - from;
    let escaped = behind.trim_start_matches('\\');
    let start = text.len() - escaped.len();
    let first = escaped.chars().next()?;
    if escaped.starts_with(REDACTED) {
        return None;
    }
    match first {
        '"' if is_doubled(escaped) => {
            let end = escaped[2..].find(['"', '\n']).map_or(text.len(), |at| start + 2 + at);
            Some(start + 2..end)
        }
        '"' | '\'' | '`' => quoted(text, start + 1, first, behind.len() - escaped.len()),
        '[' => Some(start + 1..end_of(text, start + 1, ']')).filter(|part| !part.is_empty()),
        '{' => text[..from].ends_with('=').then(|| braced(text, start + 1)).flatten(),
        '|' | '>' => block(text, name.start, start),
        _ if names::is_cookie(&text[name.clone()]) => {
            Some(start..end_of_header(text, start)).filter(|part| !part.is_empty())
        }
        _ => {
            if let Some(part) = of_connection(text, name.start, from, start) {
                return Some(part);
            }
            let part = unquoted(text, start)?;
            let word = &text[part.clone()];
            if names::is_nothing(word) {
                None
            } else if word.eq_ignore_ascii_case("digest") {
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

/// What is between quotes, from behind the first of them, which so many backslashes escape; to the end of the line where
/// there is no second.
///
/// A quote within has more backslashes than those around: each text in a text doubles them. One is also written twice, as
/// connection strings do, and a shell ends its quotes for one.
pub(super) fn quoted(text: &str, start: usize, quote: char, escapes: usize) -> Option<Range<usize>> {
    let rest = &text[start..];
    let bytes = rest.as_bytes();
    let (quote, escapes) = (u8::try_from(quote).ok()?, escapes.min(DEEPEST));
    let (mut at, mut run, mut close) = (0, 0, rest.len());
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => {
                close = at;
                break;
            }
            b'\\' => run += 1,
            byte if byte == quote => {
                let closes = run <= escapes || (run - escapes).is_multiple_of(2 * (escapes + 1));
                let quotes_again: usize = if escapes > 0 || run > 0 {
                    0
                } else if at > 0 && bytes.get(at + 1) == Some(&quote) {
                    2
                } else if quote == b'\'' && bytes[at..].starts_with(b"'\\''") {
                    4
                } else {
                    0
                };
                if closes && quotes_again == 0 {
                    // The escapes of the quote are not part of the value.
                    close = at - run.min(escapes);
                    break;
                }
                at += quotes_again.saturating_sub(1);
                run = 0;
            }
            _ => run = 0,
        }
        at += 1;
    }
    let inner = &rest[..close];
    if inner.is_empty() || inner == REDACTED {
        return None;
    }
    let scheme = inner.split(' ').next().filter(|word| names::is_scheme(word) && word.len() < inner.len());
    Some(scheme.map_or(start, |scheme| start + scheme.len() + 1)..start + close)
}

/// Whether a value stands in doubled quotes, as JSON does in a table of comma-separated values.
fn is_doubled(value: &str) -> bool {
    value.starts_with("\"\"") && value[2..].starts_with(|c: char| !c.is_whitespace() && !",;:}])\"".contains(c))
}

/// What is between the braces of ODBC, in which a brace that is part of the value is written twice; an object is none.
fn braced(text: &str, start: usize) -> Option<Range<usize>> {
    let line = first_line(text, start);
    let mut at = 0;
    let end = loop {
        let close = at + line[at..].find('}')?;
        if !line[close + 1..].starts_with('}') {
            break close;
        }
        at = close + 2;
    };
    let inner = &line[..end];
    (!inner.is_empty() && inner != REDACTED && !inner.contains(['"', ':'])).then_some(start..start + end)
}

/// A block of YAML: the lines that are indented further than that of the name.
fn block(text: &str, name: usize, start: usize) -> Option<Range<usize>> {
    let mark = text[start..].bytes().take(LONGEST_MARK).position(|byte| byte == b'\n')?;
    let rest = &text[start + mark + 1..];
    let line = &text[text.ceil_char_boundary(name.saturating_sub(LONGEST))..name];
    let line = line.rsplit('\n').next().unwrap_or_default();
    let outer = line.len() - line.trim_start_matches([' ', '-']).len();
    let begin = text.len() - rest.len();
    let mut end = begin;
    for line in rest.split_inclusive('\n') {
        if !line.trim().is_empty() && line.len() - line.trim_start_matches(' ').len() <= outer {
            break;
        }
        end += line.len();
    }
    let body = text[begin..end].trim_end();
    let begin = begin + body.len() - body.trim_start().len();
    (begin < end && !body.trim_start().is_empty()).then(|| begin..text.len() - rest.len() + body.len())
}

/// The value of a key in a connection string, which may hold spaces and ends with its semicolon: `;Password=a b;Server=db`.
fn of_connection(text: &str, name: usize, from: usize, start: usize) -> Option<Range<usize>> {
    if !text[..from].ends_with('=') || !text[..name].trim_end_matches(' ').ends_with(';') {
        return None;
    }
    let line = first_line(text, start);
    let end = line.find([';', '"', '\'', '`'])?;
    let behind = line[end..].strip_prefix(';').unwrap_or_default();
    let key = behind.split('=').next().unwrap_or_default();
    let is_key = key.len() < LONGEST_KEY && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
    let goes_on = key.len() < behind.len() || behind.is_empty();
    let part = line[..end].trim_end();
    (is_key && goes_on && !part.is_empty()).then(|| start..start + part.len())
}

/// The word of a value without quotes.
pub(super) fn unquoted(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = &text[start..];
    let ends = |(at, c): (usize, char)| match c {
        // A comma can be part of a password; one that separates is followed by something that is not.
        ',' => {
            let behind = &rest[at + 1..];
            behind.starts_with(|next: char| next.is_whitespace() || matches!(next, '"' | '\'' | '}' | ']'))
                || names::begins_with_key(behind)
        }
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
pub(super) fn after_scheme(text: &str, scheme_end: usize) -> Option<Range<usize>> {
    let behind = text[scheme_end..].trim_start_matches(' ');
    let start = text.len() - behind.len();
    let begins = behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+'));
    (start > scheme_end && begins).then(|| unquoted(text, start)).flatten()
}

/// The end of the value of a header: of its line, or of the quotes that it stands in.
fn end_of_header(text: &str, start: usize) -> usize {
    text[start..].find(['\n', '\r', '"', '\'', '`']).map_or(text.len(), |at| start + at)
}

/// The place of a character, or the end of the line.
fn end_of(text: &str, start: usize, c: char) -> usize {
    text[start..].find([c, '\n']).map_or(text.len(), |at| start + at)
}

/// The beginning of the rest of a line, as far as a value is looked for.
fn first_line(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let near = &rest[..rest.floor_char_boundary(LONGEST)];
    near.split('\n').next().unwrap_or_default()
}

use std::collections::HashSet;

use opentelemetry::trace::TraceState;

/// Members of a list at most; with more the whole list is invalid.
const MAX_MEMBERS: usize = 32;
/// Characters that everybody has to hand on; we hand on no more, so that a header cannot grow from hop to hop.
const MAX_LENGTH: usize = 512;
/// Members longer than this go first when the list is too long.
const LONG_MEMBER: usize = 128;

type Member<'a> = (&'a str, &'a str);

/// The lines of the header, joined; empty if anything in them is malformed.
pub(super) fn parse(lines: &[&str]) -> TraceState {
    let blank = [' ', '\t'];
    let members = lines.iter().flat_map(|line| line.split(',')).map(|member| member.trim_matches(blank));
    // Empty members are allowed, for joining lines brings them about.
    let pairs = members.filter(|member| !member.is_empty()).map(|member| member.split_once('='));
    pairs.take(MAX_MEMBERS + 1).collect::<Option<Vec<_>>>().map(state).unwrap_or_default()
}

/// The state itself if it is valid, cut to the length we hand on; empty if not.
pub(super) fn sound(state: &TraceState) -> TraceState {
    self::state(state.into_iter().collect())
}

fn state(mut members: Vec<Member<'_>>) -> TraceState {
    let mut keys = HashSet::new();
    let valid = members.len() <= MAX_MEMBERS
        && members.iter().all(|(key, value)| is_key(key) && is_value(value) && keys.insert(*key));
    if !valid {
        return TraceState::NONE;
    }
    shorten(&mut members);
    // The SDK takes systems of only 13 characters where the recommendation has 14: such a member alone is lost.
    TraceState::from_key_value(members.iter().copied()).unwrap_or_else(|_| {
        members.retain(|member| TraceState::from_key_value([*member]).is_ok());
        TraceState::from_key_value(members).unwrap_or_default()
    })
}

fn shorten(members: &mut Vec<Member<'_>>) {
    let length = |(key, value): &Member<'_>| key.len() + 1 + value.len();
    while members.iter().map(|member| length(member) + 1).sum::<usize>() > MAX_LENGTH + 1 {
        let last = members.len() - 1;
        members.remove(members.iter().rposition(|member| length(member) > LONG_MEMBER).unwrap_or(last));
    }
}

/// A lower-case letter and up to 255 further characters; or a tenant of up to 241 that may start with a digit, `@`, and
/// a system of up to 14.
fn is_key(key: &str) -> bool {
    match key.split_once('@') {
        None => is_word(key, 256, false),
        Some((tenant, system)) => is_word(tenant, 241, true) && is_word(system, 14, false),
    }
}

fn is_word(word: &str, max: usize, digit_first: bool) -> bool {
    let first = |byte: u8| byte.is_ascii_lowercase() || (digit_first && byte.is_ascii_digit());
    let further = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-*/".contains(&byte);
    word.len() <= max && word.bytes().next().is_some_and(first) && word.bytes().all(further)
}

/// Up to 256 printable ASCII characters other than `,` and `=`, the last of them no space.
fn is_value(value: &str) -> bool {
    let printable = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b',' && byte != b'=';
    (1..=256).contains(&value.len()) && value.bytes().all(printable) && !value.ends_with(' ')
}

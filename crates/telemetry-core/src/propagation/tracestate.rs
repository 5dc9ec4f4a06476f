//! The list in `tracestate`: its grammar, and how it is kept short.

use std::collections::HashSet;

use opentelemetry::trace::TraceState;

/// Members of a list at most; with more the whole list is invalid.
const MAX_MEMBERS: usize = 32;
/// Characters that everybody has to hand on; we hand on no more, so that a header cannot grow from hop to hop.
const MAX_LENGTH: usize = 512;
/// Members longer than this go first when the list is too long.
const LONG_MEMBER: usize = 128;

type Member<'a> = (&'a str, &'a str);

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct State {
    /// The members that the SDK can hold.
    pub(super) known: TraceState,
    /// The whole header, where the SDK cannot hold all of it.
    pub(super) whole: Option<String>,
}

impl State {
    /// The header; `None` where it would be empty.
    pub(super) fn header(&self) -> Option<String> {
        let line = self.whole.clone().unwrap_or_else(|| self.known.header());
        (!line.is_empty()).then_some(line)
    }
}

/// The lines of the header, joined; empty if anything in them is malformed.
pub(super) fn parse(lines: &[&str]) -> State {
    let blank = [' ', '\t'];
    let members = lines.iter().flat_map(|line| line.split(',')).map(|member| member.trim_matches(blank));
    // Empty members are allowed, for joining lines brings them about.
    let pairs = members.filter(|member| !member.is_empty()).map(|member| member.split_once('='));
    pairs.take(MAX_MEMBERS + 1).collect::<Option<Vec<_>>>().map(state).unwrap_or_default()
}

/// The state itself if it is valid, cut to the length we hand on; empty if not.
pub(super) fn sound(state: &TraceState) -> State {
    self::state(state.into_iter().collect())
}

fn state(mut members: Vec<Member<'_>>) -> State {
    if members.is_empty() {
        return State::default();
    }
    let valid = members.len() <= MAX_MEMBERS && members.iter().all(|(key, value)| is_key(key) && is_value(value));
    if !valid {
        return State::default();
    }
    // Whoever writes a key moves it to the front, so that of several the first is the latest.
    let mut keys = HashSet::new();
    members.retain(|(key, _)| keys.insert(*key));
    shorten(&mut members);
    if let Ok(known) = TraceState::from_key_value(members.iter().copied()) {
        return State { known, whole: None };
    }
    // The SDK knows `@` only between a tenant and a system of up to 13 characters.
    let whole = members.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",");
    members.retain(|member| TraceState::from_key_value([*member]).is_ok());
    State { known: TraceState::from_key_value(members).unwrap_or_default(), whole: Some(whole) }
}

fn shorten(members: &mut Vec<Member<'_>>) {
    let length = |(key, value): &Member<'_>| key.len() + 1 + value.len();
    while members.iter().map(|member| length(member) + 1).sum::<usize>() > MAX_LENGTH + 1 {
        let last = members.len() - 1;
        members.remove(members.iter().rposition(|member| length(member) > LONG_MEMBER).unwrap_or(last));
    }
}

/// A lower-case letter or a digit and up to 255 further characters, `@` among them: the grammar of the second level,
/// which has all keys of the first, where `@` stands only between a tenant and a system.
fn is_key(key: &str) -> bool {
    let first = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let further = |byte: u8| first(byte) || b"_-*/@".contains(&byte);
    key.len() <= 256 && key.bytes().next().is_some_and(first) && key.bytes().all(further)
}

/// Up to 256 printable ASCII characters other than `,` and `=`, the last of them no space.
fn is_value(value: &str) -> bool {
    let printable = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b',' && byte != b'=';
    (1..=256).contains(&value.len()) && value.bytes().all(printable) && !value.ends_with(' ')
}

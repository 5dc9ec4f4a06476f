//! Passwords in addresses, also where these are percent-encoded, and those of Oracle's logins.

use std::ops::Range;

use super::hidden::REDACTED;
use super::own::Own;
use super::shapes;

/// The longest name and password that are looked for.
const LONGEST: usize = 256;

/// The password in an address, from behind its scheme: between the first colon and the last `@` before the host. A user
/// without a password is one if it looks like a token.
///
/// The paths of the web have an `@` of their own; no other address does, so that the last one ends a password with an `@`
/// or a `/`.
pub(super) fn password(text: &str, scheme: &str, start: usize) -> Option<Range<usize>> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '|');
    let rest = &text[start..];
    let near = rest[..rest.floor_char_boundary(LONGEST)].split(ends).next().unwrap_or_default();
    let near = &near[..end_of_server(near)];
    let authority = near.split(['/', '?', '#']).next().unwrap_or_default();
    let is_web = ["http", "https", "ws", "wss"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let credentials = match (authority.rsplit_once('@'), authority.split_once(':')) {
        (Some((credentials, _)), None) => credentials,
        (Some((credentials, _)), _) if is_web => credentials,
        (Some((credentials, _)), Some(_)) => {
            let query = near.rfind('?').filter(|at| near[*at..].contains('=')).unwrap_or(near.len());
            let (all, host) = near[..query].rsplit_once('@').unwrap_or((credentials, ""));
            if host.starts_with(|c: char| c.is_alphanumeric() || c == '[') { all } else { credentials }
        }
        // What is behind a colon and no port is a password, with a character that ends a host.
        (None, Some((_, behind))) if behind.bytes().any(|byte| !byte.is_ascii_digit()) => near.rsplit_once('@')?.0,
        _ => return None,
    };
    let (part, is_secret) = match credentials.split_once(':') {
        Some((user, password)) => (user.len() + 1..credentials.len(), !password.is_empty()),
        None => (0..credentials.len(), shapes::is_no_plain_word(credentials)),
    };
    let goes = is_secret && &credentials[part.clone()] != REDACTED;
    goes.then(|| start + part.start..start + part.end)
}

/// Where the pairs begin that SQL Server's addresses have behind the server: `db:1433;user=sa;password=…`.
fn end_of_server(near: &str) -> usize {
    let Some((server, pairs)) = near.split_once(';') else { return near.len() };
    let key = pairs.split('=').next().unwrap_or_default();
    let is_key = key.len() < pairs.len() && !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_key && !server.contains('@') { server.len() } else { near.len() }
}

/// The password of a login of Oracle's: `jdbc:oracle:thin:me/…@db`, `sqlplus me/…@db`.
pub(super) fn login(text: &str, before: Range<usize>, user: Range<usize>) -> Option<Range<usize>> {
    let password = text[user.end..].strip_prefix('/')?;
    let (name, between) = (&text[before.clone()], &text[before.end..user.start]);
    let is_login = match name {
        "thin" | "oci" => between == ":",
        "sqlplus" | "-L" | "-S" => between == " ",
        _ => false,
    };
    if !is_login {
        return None;
    }
    // The host is behind the last one, in quotes of its own perhaps.
    let near = password[..password.floor_char_boundary(LONGEST)].split(char::is_whitespace).next()?;
    let (password, _) = near.rsplit_once('@')?;
    let start = user.end + 1;
    (!password.is_empty() && password != REDACTED).then(|| start..start + password.len())
}

/// The length of a sign that is percent-encoded.
pub(super) const SIGN: usize = 3;

/// Whether one of the signs of an address or a query stands here, percent-encoded.
pub(super) fn is_sign(text: &str, at: usize) -> bool {
    ["%26", "%3A", "%2F", "%3D", "%3F", "%40"].iter().any(|sign| is_this(text, at, sign))
}

fn is_this(text: &str, at: usize, sign: &str) -> bool {
    text.as_bytes()[at..].get(..sign.len()).is_some_and(|here| here.eq_ignore_ascii_case(sign.as_bytes()))
}

/// The secret behind a word and a percent-encoded sign: the value of a query, or the password of an address.
pub(super) fn encoded(text: &str, word: &str, behind: usize, own: Option<&Own>) -> Option<Range<usize>> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '|' | '&');
    let start = behind + SIGN;
    if is_this(text, behind, "%3D") && Own::is_secret_name(own, word) {
        let is_end = |(at, c): &(usize, char)| ends(*c) || (*c == '%' && is_this(text, start + at, "%26"));
        let end = text[start..].char_indices().find(is_end).map_or(text.len(), |(at, _)| start + at);
        return (end > start).then_some(start..end);
    }
    let user = behind + "%3A%2F%2F".len();
    if !is_this(text, behind, "%3A%2F%2F") {
        return None;
    }
    let near = &text[user..text.floor_char_boundary(user + LONGEST)];
    let near = near.split(ends).next().unwrap_or_default();
    let place = |sign: &'static str| (0..near.len()).filter(move |at| is_this(near, *at, sign));
    let query = place("%3F").next().unwrap_or(near.len());
    let start = place("%3A").next()? + SIGN;
    let end = place("%40").take_while(|at| *at < query).last()?;
    (end > start).then(|| user + start..user + end)
}

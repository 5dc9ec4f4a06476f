//! How LogQL and TraceQL are told from PromQL, where nothing says which of them is asked.

/// Whether an expression has what PromQL never has: something that follows a selector of streams or of spans by a pipe, or
/// that compares it with a text.
pub(super) fn is_piped(expression: &str) -> bool {
    let mut quote = None;
    let mut after_braces = false;
    let mut rest = expression;
    while let Some(next) = rest.chars().next() {
        let from = rest;
        rest = &rest[next.len_utf8()..];
        match (quote, next) {
            (Some(open), '\\') if open != '`' => rest = rest.get(1..).unwrap_or_default(),
            (Some(open), _) if open == next => quote = None,
            (Some(_), _) => {}
            (None, '#') => rest = rest.find('\n').map_or("", |end| &rest[end..]),
            (None, '"' | '\'' | '`') => (quote, after_braces) = (Some(next), false),
            (None, '|') if !from.starts_with("||") && (after_braces || is_stage(rest)) => return true,
            (None, '!') if after_braces && compares_with_text(rest) => return true,
            (None, '}') => after_braces = true,
            (None, space) if space.is_whitespace() => {}
            (None, _) => after_braces = false,
        }
    }
    false
}

fn is_stage(after_pipe: &str) -> bool {
    let word = after_pipe.trim_start();
    after_pipe.starts_with(['=', '~', '>']) || ["json", "logfmt"].iter().any(|stage| word.starts_with(stage))
}

fn compares_with_text(after_mark: &str) -> bool {
    let operand = after_mark.strip_prefix(['=', '~', '>']).map(str::trim_start);
    operand.is_some_and(|operand| operand.starts_with(['"', '`']))
}

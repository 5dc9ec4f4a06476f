//! Grafana's variables in an expression, replaced by what the parser takes.

use std::ops::Range;

/// An expression whose Grafana variables have been replaced by text of the same length, so that every place in it is
/// the place in the author's text.
#[derive(Debug, Clone)]
pub(crate) struct Filled {
    pub(crate) text: String,
    /// Where variables stood, outside of strings.
    pub(crate) places: Vec<Range<usize>>,
}

impl Filled {
    /// Whether the piece holds a variable, so that nothing can be said of its value.
    pub(crate) fn is_variable(&self, span: &Range<usize>) -> bool {
        let first = self.places.partition_point(|place| place.end <= span.start);
        self.places.get(first).is_some_and(|place| place.start < span.end)
    }
}

/// Whether a quoted value holds a Grafana variable.
pub(crate) fn has_variable(value: &str) -> bool {
    (0..value.len()).any(|at| value.is_char_boundary(at) && variable_length(&value[at..]).is_some())
}

/// Replaces `$name`, `${name}`, `${name:format}` and `[[name]]` outside of strings: by a duration within brackets and
/// after `offset`, by a name among grouping labels and where it is part of a name, by a number elsewhere.
pub(crate) fn fill(text: &str) -> Filled {
    let mut filled = String::with_capacity(text.len());
    let mut places = Vec::new();
    let mut quote: Option<char> = None;
    let mut brackets = 0_usize;
    // Whether this is a list of labels to group by, told at its parenthesis: nothing is looked for from each variable back.
    let mut in_grouping = false;
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        if quote.is_none() && next == '#' {
            // What people write in comments opens and closes nothing.
            let end = text[at..].find('\n').map_or(text.len(), |line| at + line);
            filled.push_str(&text[at..end]);
            at = end;
            continue;
        }
        if quote.is_none()
            && let Some(length) = variable_length(&text[at..])
        {
            let stand_in = stand_in(&filled, &text[at + length..], brackets > 0, in_grouping, length);
            places.push(at..at + length);
            filled.push_str(&stand_in);
            at += length;
            continue;
        }
        match quote {
            Some(open) if next == '\\' && open != '`' => {
                filled.push(next);
                at += 1;
                if let Some(escaped) = text[at..].chars().next() {
                    filled.push(escaped);
                    at += escaped.len_utf8();
                }
                continue;
            }
            Some(open) if next == open => quote = None,
            None if matches!(next, '"' | '\'' | '`') => quote = Some(next),
            None if next == '[' => brackets += 1,
            None if next == ']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        in_grouping = match next {
            '(' => GROUPINGS.iter().any(|word| ends_in(&filled, word)),
            _ => in_grouping && (next.is_ascii_alphanumeric() || matches!(next, '_' | ',' | ' ')),
        };
        filled.push(next);
        at += next.len_utf8();
    }
    Filled { text: filled, places }
}

/// How long the variable is that this begins with. It looks no further than to where another could begin, so that a text of
/// many beginnings is read once.
fn variable_length(rest: &str) -> Option<usize> {
    if let Some(inner) = rest.strip_prefix("${") {
        let end = inner.find(['}', '{', '$']).filter(|end| *end > 0)?;
        return (inner.as_bytes()[end] == b'}').then_some(end + 3);
    }
    if let Some(inner) = rest.strip_prefix("[[") {
        let end = name_length(inner);
        return (end > 0 && inner[end..].starts_with("]]")).then_some(end + 4);
    }
    let name = rest.strip_prefix('$')?;
    let length = name_length(name);
    (length > 0 && !name.starts_with(|first: char| first.is_ascii_digit())).then_some(length + 1)
}

fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

fn stand_in(before: &str, after: &str, in_brackets: bool, in_grouping: bool, length: usize) -> String {
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    if in_brackets || ends_in(before, "offset") {
        // `${__range_s}s` brings its own unit.
        return if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            format!("{}1", "0".repeat(length - 1))
        } else {
            format!("1s{}", " ".repeat(length - 2))
        };
    }
    if length >= "sum".len() && aggregates(after) {
        return format!("sum{}", " ".repeat(length - "sum".len()));
    }
    let name = in_grouping
        || before.ends_with(part_of_name)
        || after.starts_with(part_of_name)
        || after.trim_start().starts_with(['{', '[', '(']);
    if name { "_".repeat(length) } else { format!("1{}", " ".repeat(length - 1)) }
}

/// Whether what stands before this is an aggregation, such as `$aggregation by (job) (…)`.
fn aggregates(after: &str) -> bool {
    ["by", "without"]
        .iter()
        .any(|word| after.trim_start().strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('(')))
}

const GROUPINGS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// Whether the last word is this one.
fn ends_in(text: &str, word: &str) -> bool {
    let rest = text.trim_end().strip_suffix(word);
    rest.is_some_and(|rest| !rest.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}

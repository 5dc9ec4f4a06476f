//! What to say of an expression that does not parse: the parser tells neither the place nor what was meant.

use super::function::{AGGREGATIONS, FUNCTIONS, KEYWORDS, after_aggregation, range_argument};
use super::problem::Problem;
use super::suggest::nearest;
use super::token::{Token, TokenKind, whole};

/// Explains a refusal: by the mistakes that are commonly made, else by the parser's own words.
pub(crate) fn explain(text: &str, filled: &str, tokens: &[Token], message: &str) -> Problem {
    let reader = Reader { text, filled, tokens };
    reader
        .unbalanced()
        .or_else(|| reader.postfix_grouping())
        .or_else(|| reader.window())
        .or_else(|| reader.unknown_function(message))
        .unwrap_or_else(|| {
            let reason = if message == "invalid promql query" { "this is not PromQL" } else { message };
            Problem::new(reason, whole(text))
        })
}

struct Reader<'a> {
    /// What the author wrote.
    text: &'a str,
    /// The same with variables replaced, place by place.
    filled: &'a str,
    tokens: &'a [Token],
}

impl Reader<'_> {
    fn piece(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.filled[token.span.clone()])
    }

    fn lower(&self, at: usize) -> String {
        self.piece(at).to_ascii_lowercase()
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word)
    }

    fn written(&self, from: usize, to: usize) -> &str {
        &self.text[self.tokens[from].span.start..self.tokens[to].span.end]
    }

    fn unbalanced(&self) -> Option<Problem> {
        let mut open: Vec<usize> = Vec::new();
        for at in 0..self.tokens.len() {
            let expected = match self.piece(at) {
                "(" | "[" | "{" => {
                    open.push(at);
                    continue;
                }
                ")" => "(",
                "]" => "[",
                "}" => "{",
                _ => continue,
            };
            if open.pop().is_none_or(|opening| self.piece(opening) != expected) {
                let message = format!("`{}` closes nothing", self.piece(at));
                return Some(Problem::new(message, self.tokens[at].span.clone()));
            }
        }
        let last = open.pop()?;
        Some(Problem::new(format!("`{}` is never closed", self.piece(last)), self.tokens[last].span.clone()))
    }

    /// `rate(x[5m]) by (y)` and `metric by (y)`: a grouping behind something that is no aggregation.
    fn postfix_grouping(&self) -> Option<Problem> {
        (1..self.tokens.len()).find_map(|at| {
            if !self.is_word(at) || !matches!(self.lower(at).as_str(), "by" | "without") || self.piece(at + 1) != "(" {
                return None;
            }
            let first = self.grouped(at - 1)?;
            let close = self.closing(at + 1)?;
            let labels = self.written(at + 1, close).trim_matches(['(', ')']).trim();
            let keyword = self.lower(at);
            let subject = self.written(first, at - 1);
            let what = if self.piece(at - 1) == ")" && self.is_word(first) {
                format!("`{}(...)`", self.piece(first))
            } else {
                format!("`{subject}`")
            };
            let span = self.tokens[at].span.start..self.tokens[close].span.end;
            let problem = Problem::new(format!("`{keyword}` belongs to an aggregation, and {what} is none"), span);
            Some(problem.help(format!("write `{}`", self.aggregated(first, at - 1, &keyword, labels))))
        })
    }

    /// Where the thing before a misplaced grouping starts; `None` when it is an aggregation, which may be grouped.
    fn grouped(&self, last: usize) -> Option<usize> {
        match self.piece(last) {
            ")" => {
                let open = self.opening(last)?;
                let name = open.checked_sub(1).filter(|name| self.is_word(*name));
                match name {
                    Some(name) if AGGREGATIONS.contains(&self.lower(name).as_str()) => None,
                    Some(name) if !KEYWORDS.contains(&self.lower(name).as_str()) => Some(name),
                    _ => Some(open),
                }
            }
            "}" => {
                let open = self.opening(last)?;
                Some(open.checked_sub(1).filter(|name| self.is_word(*name)).unwrap_or(open))
            }
            "]" => self.grouped(self.opening(last)?.checked_sub(1)?),
            _ if self.is_word(last) && !AGGREGATIONS.contains(&self.lower(last).as_str()) => Some(last),
            _ => None,
        }
    }

    /// The same with the grouping where PromQL wants it.
    fn aggregated(&self, first: usize, last: usize, keyword: &str, labels: &str) -> String {
        if self.lower(first) == "histogram_quantile" {
            let comma = (first..last).find(|at| self.piece(*at) == ",");
            if let Some(comma) = comma.filter(|comma| comma + 1 < last) {
                let labels = if keyword == "by" { format!("le, {labels}") } else { labels.to_owned() };
                let head = self.written(first, comma);
                let buckets = self.written(comma + 1, last - 1);
                return format!("{head} sum {keyword} ({labels}) ({}))", one_line(buckets));
            }
        }
        format!("sum {keyword} ({labels}) ({})", one_line(self.written(first, last)))
    }

    /// `rate(x)` and `rate(sum(x))`: a function of a range over something that has none.
    fn window(&self) -> Option<Problem> {
        (0..self.tokens.len()).find_map(|at| {
            let function = self.lower(at);
            let position = range_argument(&function)?;
            if self.piece(at + 1) != "(" {
                return None;
            }
            let close = self.closing(at + 1)?;
            let (start, end) = self.argument(at + 1, close, position)?;
            let ends_in_window = (start..=end).rev().find_map(|piece| match self.piece(piece) {
                "]" => Some(true),
                ")" | "}" => Some(false),
                _ => None,
            });
            if ends_in_window == Some(true) {
                return None;
            }
            let span = self.tokens[start].span.start..self.tokens[end].span.end;
            if AGGREGATIONS.contains(&self.lower(start).as_str()) {
                return Some(after_aggregation(&function, &self.lower(start), span));
            }
            let argument = one_line(self.written(start, end));
            Some(
                Problem::new(format!("`{function}` needs a window, and `{argument}` has none"), span)
                    .help(format!("write `{function}({argument}[5m])`, or `[$__rate_interval]` in a dashboard")),
            )
        })
    }

    /// The first and last token of one argument.
    fn argument(&self, open: usize, close: usize, position: usize) -> Option<(usize, usize)> {
        let mut depth = 0_usize;
        let mut starts = vec![open + 1];
        for at in open + 1..close {
            match self.piece(at) {
                "(" | "{" | "[" => depth += 1,
                ")" | "}" | "]" => depth = depth.saturating_sub(1),
                "," if depth == 0 => starts.push(at + 1),
                _ => {}
            }
        }
        let start = *starts.get(position)?;
        let end = starts.get(position + 1).map_or(close.checked_sub(1)?, |next| next - 2);
        (start <= end).then_some((start, end))
    }

    fn unknown_function(&self, message: &str) -> Option<Problem> {
        let name = message.strip_prefix("unknown function with name '")?.strip_suffix('\'')?;
        let at = (0..self.tokens.len()).find(|at| self.piece(*at) == name && self.piece(at + 1) == "(")?;
        let problem = Problem::new(format!("there is no function `{name}`"), self.tokens[at].span.clone());
        Some(match nearest(name, FUNCTIONS.into_iter().chain(AGGREGATIONS)) {
            Some(meant) => problem.help(format!("did you mean `{meant}`?")),
            None => problem,
        })
    }

    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        (open..self.tokens.len()).find(|at| {
            match self.piece(*at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
    }

    fn opening(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        (0..=close).rev().find(|at| {
            match self.piece(*at) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! Where a duration ends that Prometheus calculates: `[5m * 2]`, `offset (1h - step())`, `[max(5m, 2 * step())]`.

use promql_parser::util::{parse_duration, parse_str_radix};

use super::token::{Token, TokenKind};

/// The tokens of an expression, read as durations.
pub(crate) struct Durations<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a [Token],
}

impl Durations<'_> {
    /// Where a calculation ends, as within brackets.
    pub(crate) fn calculation(&self, at: usize) -> Option<usize> {
        let mut end = self.operand(at)?;
        while matches!(self.piece(end), "+" | "-" | "*" | "/" | "%" | "^") {
            end = self.operand(end + 1)?;
        }
        Some(end)
    }

    /// Where a single duration with its sign ends: what follows `offset` calculates only in parentheses.
    pub(crate) fn operand(&self, mut at: usize) -> Option<usize> {
        while matches!(self.piece(at), "+" | "-") {
            at += 1;
        }
        match self.piece(at) {
            "(" => self.closed(self.calculation(at + 1)?),
            word if word.eq_ignore_ascii_case("step") => self.closed(self.opened(at + 1)?),
            word if ["min", "max"].iter().any(|known| word.eq_ignore_ascii_case(known)) => {
                let comma = self.calculation(self.opened(at + 1)?)?;
                if self.piece(comma) != "," {
                    return None;
                }
                self.closed(self.calculation(comma + 1)?)
            }
            literal => {
                let number = self.tokens.get(at)?.kind == TokenKind::Number;
                (number && is_time(literal)).then_some(at + 1)
            }
        }
    }

    fn opened(&self, at: usize) -> Option<usize> {
        (self.piece(at) == "(").then_some(at + 1)
    }

    fn closed(&self, at: usize) -> Option<usize> {
        (self.piece(at) == ")").then_some(at + 1)
    }

    pub(crate) fn piece(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text[token.span.clone()])
    }
}

fn is_time(literal: &str) -> bool {
    let plain = literal.replace('_', "").to_ascii_lowercase();
    // The parser panics of an `x` elsewhere.
    let is_sound = plain.starts_with("0x") || !plain.contains('x');
    // Whether it is a duration, whichever: of no time at all the parser makes none.
    parse_duration(&plain.replace('0', "1")).is_ok() || is_sound && parse_str_radix(&plain).is_ok_and(f64::is_finite)
}

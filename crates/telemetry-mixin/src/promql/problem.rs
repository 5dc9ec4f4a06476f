//! A problem of an expression, and how it is shown at its place.

use std::fmt;
use std::ops::Range;

/// What is wrong with an expression, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// One sentence that says what is wrong.
    pub message: String,
    /// The place in the expression, in bytes.
    pub span: Range<usize>,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { message: message.into(), span, help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The problem with the line of `expression` that it is in, and a caret under the place.
    ///
    /// ```
    /// use telemetry_core::Namespace;
    /// use telemetry_mixin::promql::{Checker, Role};
    ///
    /// let expression = "up{job=\"api\"} >";
    /// let problems = Checker::new(&[], &Namespace::DEFAULT).check(expression, Role::Alert).unwrap_err();
    /// assert!(problems[0].in_expression(expression).to_string().contains("^"));
    /// ```
    #[must_use]
    pub fn in_expression<'a>(&'a self, expression: &'a str) -> impl fmt::Display + 'a {
        Located { problem: self, expression, place: "" }
    }
}

/// A problem with the panel, alert or rule whose expression has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where the expression stands: `panel "Timeout Rate" of dashboard "Runtime Tools"`.
    pub place: String,
    /// The expression; empty for a problem that is not one of an expression.
    pub expression: String,
    /// What is wrong.
    pub problem: Problem,
}

impl Finding {
    /// A problem of an expression that stands there.
    pub(crate) fn of(place: impl Into<String>, expression: impl Into<String>, problem: Problem) -> Self {
        Self { place: place.into(), expression: expression.into(), problem }
    }

    /// A problem that concerns the whole of a panel, alert, rule or file.
    pub(crate) fn about(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), expression: String::new(), problem: Problem::new(message, 0..0) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Located { problem: &self.problem, expression: &self.expression, place: &self.place }.fmt(f)
    }
}

struct Located<'a> {
    problem: &'a Problem,
    expression: &'a str,
    place: &'a str,
}

impl fmt::Display for Located<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.problem.message)?;
        if !self.place.is_empty() {
            write!(f, "\n  in {}", self.place)?;
        }
        if !self.expression.is_empty() {
            let (line, before, width) = caret(self.expression, &self.problem.span);
            write!(f, "\n   | {line}\n   | {}{}", " ".repeat(before), "^".repeat(width))?;
        }
        match &self.problem.help {
            Some(help) => write!(f, "\n   = help: {help}"),
            None => Ok(()),
        }
    }
}

/// The line in which the span starts, and the columns of the caret in it.
fn caret<'a>(text: &'a str, span: &Range<usize>) -> (&'a str, usize, usize) {
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (start, end) = (boundary(span.start), boundary(span.end));
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = &text[line_start..line_end];
    let before = text[line_start..start].chars().count();
    let width = text[start..end.clamp(start, line_end)].chars().count();
    (line.trim_end_matches('\r'), before, width.max(1))
}

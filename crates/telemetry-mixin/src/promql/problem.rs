//! A problem of an expression, and how it is shown at its place.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::ops::Range;

use telemetry_core::readable;

use super::lint::{Lint, Weight};

/// What is wrong with an expression, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// One sentence that says what is wrong.
    pub message: String,
    /// The place in the expression, in bytes.
    pub span: Range<usize>,
    /// What to write instead, where that is known.
    pub help: Option<Box<str>>,
    /// The kind of problem.
    pub lint: Lint,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { message: message.into(), span, help: None, lint: Lint::Other }
    }

    pub(crate) fn lint(mut self, lint: Lint) -> Self {
        self.lint = lint;
        self
    }

    pub(crate) fn help(mut self, help: impl Into<Box<str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The problem with the line of `expression` that it is in, and a caret under the place. What a terminal would not show
    /// as it is written stands there as [`readable`] has it; a very long line is cut around the place.
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
        Located { problem: self, expression, place: "", weight: Weight::Error }
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
    /// Where in its file the problem is, if it is in one.
    pub position: Option<Position>,
}

/// A place in a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    line: NonZeroU32,
    column: NonZeroU32,
}

impl Position {
    pub(crate) fn new(line: usize, column: usize) -> Self {
        let counted = |number| u32::try_from(number).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        Self { line: counted(line), column: counted(column) }
    }

    /// The line.
    #[must_use]
    pub fn line(self) -> u32 {
        self.line.get()
    }

    /// The character in the line.
    #[must_use]
    pub fn column(self) -> u32 {
        self.column.get()
    }
}

impl Finding {
    /// A problem of an expression that stands there.
    pub(crate) fn of(place: impl Into<String>, expression: impl Into<String>, problem: Problem) -> Self {
        Self { place: place.into(), expression: expression.into(), problem, position: None }
    }

    /// A problem that concerns the whole of a panel, alert, rule or file.
    pub(crate) fn about(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(place, "", Problem::new(message, 0..0))
    }

    /// The finding as one of that weight; as it is, it is an error.
    #[must_use]
    pub fn weighing(&self, weight: Weight) -> impl fmt::Display + '_ {
        Located { problem: &self.problem, expression: &self.expression, place: &self.place, weight }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.weighing(Weight::Error).fmt(f)
    }
}

struct Located<'a> {
    problem: &'a Problem,
    expression: &'a str,
    place: &'a str,
    weight: Weight,
}

impl fmt::Display for Located<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.weight, shown(&self.problem.message))?;
        if !self.place.is_empty() {
            write!(f, "\n  in {}", shown(self.place))?;
        }
        if !self.expression.is_empty() {
            let Marked { line, before, width } = Marked::new(self.expression, &self.problem.span);
            write!(f, "\n   | {line}\n   | {}{}", " ".repeat(before), "^".repeat(width))?;
        }
        match &self.problem.help {
            Some(help) => write!(f, "\n   = help: {}", shown(help)),
            None => Ok(()),
        }
    }
}

/// A text that may quote others': readable, and not a novel.
pub(crate) fn shown(text: &str) -> impl fmt::Display {
    let short = cut(text, LONGEST);
    readable(short.into_owned())
}

/// The beginning of a text that is longer than that many bytes.
pub(crate) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.len() <= most {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("{}…", &text[..text.floor_char_boundary(most)])),
    }
}

/// More of a message is not shown, in bytes.
const LONGEST: usize = 4_000;

/// So much of a line is shown at most, and of that so much before the place, in characters.
const SHOWN: usize = 400;
const SHOWN_BEFORE: usize = 120;

/// The line in which a span starts, as people may read it, and the columns of the caret under it.
struct Marked {
    line: String,
    before: usize,
    width: usize,
}

impl Marked {
    fn new(text: &str, span: &Range<usize>) -> Self {
        let (start, end) = (text.floor_char_boundary(span.start), text.floor_char_boundary(span.end));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        // What is shown begins and ends where the line does, or where it is long enough.
        let back = |from: usize, most: usize| {
            text[line_start..from].char_indices().rev().nth(most - 1).map_or(line_start, |(at, _)| line_start + at)
        };
        let from = back(start, SHOWN_BEFORE);
        let shown = text[from..line_end].trim_end_matches('\r');
        let shown = shown.char_indices().nth(SHOWN).map_or(shown, |(at, _)| &shown[..at]);
        let to = from + shown.len();
        let columns = |from: usize, to: usize| readable(&text[from..to]).to_string().chars().count();
        let cut_before = if from > line_start { "…" } else { "" };
        let cut_after = if text[to..line_end].trim_end_matches('\r').is_empty() { "" } else { "…" };
        let marked = start.min(to);
        Self {
            line: format!("{cut_before}{}{cut_after}", readable(shown)),
            before: cut_before.chars().count() + columns(from, marked),
            width: columns(marked, end.clamp(marked, to)).max(1),
        }
    }
}

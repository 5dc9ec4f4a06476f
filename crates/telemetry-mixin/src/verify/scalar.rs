//! Where in a file a place of a text is that stands there as a scalar of YAML or JSON.

use crate::promql::Position;

/// Where places of a text are in the file that it is read from.
///
/// Whatever the style, what is no space stands in the file in the order of the text: it is counted off on both sides.
pub(super) struct Scalar<'a> {
    file: &'a str,
    start: usize,
}

impl<'a> Scalar<'a> {
    /// The text that starts there.
    pub(super) fn new(file: &'a str, start: usize) -> Self {
        Self { file, start }
    }

    /// Where in the file these places of the text are, which are sorted.
    pub(super) fn places(&self, text: &str, wanted: &[usize]) -> Vec<usize> {
        // No plain text begins so: it is an alias, and stands elsewhere.
        if self.file[self.file.floor_char_boundary(self.start)..].starts_with('*') {
            return vec![self.start; wanted.len()];
        }
        let mut visible = self.visible();
        let mut last = self.start;
        let mut found = Vec::with_capacity(wanted.len());
        let mut at = 0;
        for &wanted in wanted {
            let wanted = text.floor_char_boundary(wanted);
            let passed = text.get(at..wanted).map_or(0, |passed| passed.chars().filter(|c| !c.is_whitespace()).count());
            at = at.max(wanted);
            for _ in 0..passed {
                visible.next();
            }
            last = visible.clone().next().unwrap_or(last);
            found.push(last);
        }
        found
    }

    fn visible(&self) -> Visible<'a> {
        let rest = &self.file[self.file.floor_char_boundary(self.start)..];
        match rest.as_bytes().first() {
            Some(b'|' | b'>') => {
                let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
                Visible { file: self.file, at: self.start + line, style: Style::Plain }
            }
            Some(b'"') => Visible { file: self.file, at: self.start + 1, style: Style::Double },
            Some(b'\'') => Visible { file: self.file, at: self.start + 1, style: Style::Single },
            _ => Visible { file: self.file, at: self.start, style: Style::Plain },
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Plain,
    Single,
    Double,
}

/// The places of what is no space.
#[derive(Clone)]
struct Visible<'a> {
    file: &'a str,
    at: usize,
    style: Style,
}

impl Iterator for Visible<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let start = self.at;
            let rest = self.file.get(start..)?;
            let next = rest.chars().next()?;
            self.at += next.len_utf8();
            match (self.style, next) {
                (Style::Double, '\\') => {
                    let escaped = rest[1..].chars().next()?;
                    self.at += match escaped {
                        'x' => 3,
                        'u' => 5,
                        'U' => 9,
                        other => other.len_utf8(),
                    };
                    if !matches!(escaped, 'n' | 't' | 'r' | ' ' | '\n' | '\r' | 'f' | 'v' | '_' | 'N' | 'L' | 'P') {
                        return Some(start);
                    }
                }
                (Style::Single, '\'') if rest[1..].starts_with('\'') => {
                    self.at += 1;
                    return Some(start);
                }
                (_, space) if space.is_whitespace() => {}
                _ => return Some(start),
            }
        }
    }
}

/// The lines of a file.
pub(super) struct Lines<'a> {
    file: &'a str,
    starts: Vec<usize>,
}

/// Of a longer line the columns are counted in bytes, so that many places in it are not as many walks.
const LONGEST_COUNTED: usize = 10_000;

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        let starts = std::iter::once(0).chain(file.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, starts }
    }

    /// The number of the line.
    pub(super) fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    pub(super) fn position(&self, at: usize) -> Position {
        let at = self.file.floor_char_boundary(at);
        let line = self.line(at);
        let start = self.starts[line - 1];
        let before = &self.file[start..at];
        let column = if before.len() > LONGEST_COUNTED { before.len() } else { before.chars().count() };
        Position::new(line, column + 1)
    }

    /// The first of the lines of comments that stand right before this one, or itself.
    pub(super) fn first_comment_before(&self, line: usize) -> usize {
        let is_comment = |line: &usize| {
            let start = self.starts[line - 1];
            let end = self.starts.get(*line).copied().unwrap_or(self.file.len());
            self.file[start..end].trim_start().starts_with('#')
        };
        (1..line).rev().take_while(is_comment).last().unwrap_or(line)
    }
}

//! A document passed on with its long texts, long lists and deep parts cut, read in pieces of any size.

use super::text::Text;

/// The most that is kept of a document, in bytes: usage, names, reasons and errors take a few hundred.
const ROOM: usize = 256 << 10;
/// The most that is kept of a text, and what is kept of one however little room there is.
const LONGEST_TEXT: usize = 4 << 10;
const SHORTEST_TEXT: usize = 64;
const LONGEST_KEY: usize = 256;
const LONGEST_TOKEN: usize = 64;
/// How many items of a list are kept: of as many choices no provider makes one.
const MOST_ITEMS: u32 = 256;
/// No document that says anything is as short as this.
const SHORTEST: usize = 12;

/// Reads JSON in pieces and passes on each of its documents, reduced to what fits into [`ROOM`]: the beginnings of texts,
/// the first items of lists, nothing too deep. What is left out is not held.
///
/// A container may take half of the room that is left to what it is in, and a text a sixteenth, so that what comes after
/// the content of an answer, such as its usage, always finds room. Some twenty levels deep none is left. A list at the root is one document an item, as are
/// documents one after the other. What is no JSON where it is kept is for the reader of the document to refuse.
#[derive(Debug, Default)]
pub(crate) struct Skimmer {
    kept: Vec<u8>,
    frames: Vec<Frame>,
    state: State,
}

/// A list or an object that is being read.
#[derive(Debug, Clone, Copy)]
struct Frame {
    is_list: bool,
    items: u32,
    /// Up to where it may fill what is kept.
    limit: usize,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    /// Nothing has come.
    #[default]
    Begin,
    /// Another document may come.
    Between,
    Key,
    Colon,
    Value,
    /// After a value within a container.
    After,
    Text(Text),
    /// A number or a word, by where it begins.
    Token(usize),
    /// The rest of a container, which is passed over.
    Over {
        depth: u64,
        in_text: bool,
        is_escaped: bool,
    },
    /// It is no JSON.
    Broken,
}

impl Skimmer {
    /// Reads a piece; `document` is called with each document that it completes.
    pub(crate) fn feed(&mut self, piece: &[u8], document: &mut impl FnMut(&[u8])) {
        let mut rest = piece;
        while !rest.is_empty() {
            let read = match self.state {
                State::Text(text) => self.text(text, rest, document),
                State::Over { depth, in_text, is_escaped } => {
                    self.pass_over(rest, (depth, in_text, is_escaped), document)
                }
                State::Token(start) => self.token(start, rest, document),
                State::Broken => return,
                _ => {
                    let blank = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
                    if let Some(byte) = rest.get(blank) {
                        self.structure(*byte, document);
                    }
                    // What begins a token or a passage to pass over is its first byte.
                    blank + usize::from(!matches!(self.state, State::Token(start) if start == self.kept.len()))
                }
            };
            rest = rest.get(read..).unwrap_or_default();
        }
    }

    /// Forgets what is not whole, for another document.
    #[cfg(any(feature = "reqwest", feature = "tower"))]
    pub(crate) fn reset(&mut self) {
        self.kept.clear();
        self.frames.clear();
        self.state = State::Begin;
    }

    fn structure(&mut self, byte: u8, document: &mut impl FnMut(&[u8])) {
        let in_list = self.frames.last().map(|frame| frame.is_list);
        match (self.state, byte) {
            (State::Begin, b'[') => self.state = State::Between,
            (State::Between, b',' | b']') => {}
            (State::Begin | State::Between, _) => self.value(byte),
            (State::Key, b'"') => self.item(|skimmer| skimmer.begin_text(true), b'"'),
            (State::Key | State::After, b'}') if in_list == Some(false) => self.close(document),
            (State::Value | State::After, b']') if in_list == Some(true) => self.close(document),
            (State::Key, b',') => {}
            (State::Colon, b':') => {
                self.kept.push(b':');
                self.state = State::Value;
            }
            (State::Value, _) if in_list == Some(true) => self.item(|skimmer| skimmer.value(byte), byte),
            (State::Value, _) => self.value(byte),
            (State::After, b',') => self.state = if in_list == Some(true) { State::Value } else { State::Key },
            _ => self.state = State::Broken,
        }
    }

    /// Begins an item of the container if there is room for one more, else passes over the rest of it.
    fn item(&mut self, begin: impl FnOnce(&mut Self), byte: u8) {
        let used = self.kept.len();
        let Some(frame) = self.frames.last_mut() else { return };
        if used >= frame.limit || frame.is_list && frame.items >= MOST_ITEMS {
            let depth = u64::from(matches!(byte, b'[' | b'{'));
            self.state = State::Over { depth, in_text: byte == b'"', is_escaped: false };
            return;
        }
        if frame.items > 0 {
            self.kept.push(b',');
        }
        frame.items += 1;
        begin(self);
    }

    fn value(&mut self, byte: u8) {
        match byte {
            b'"' => self.begin_text(false),
            b'{' | b'[' => {
                self.kept.push(byte);
                let left = self.limit().saturating_sub(self.kept.len());
                let share = if self.frames.is_empty() { left } else { left / 2 };
                let is_list = byte == b'[';
                self.frames.push(Frame { is_list, items: 0, limit: self.kept.len() + share });
                self.state = if is_list { State::Value } else { State::Key };
            }
            _ => self.state = State::Token(self.kept.len()),
        }
    }

    fn limit(&self) -> usize {
        self.frames.last().map_or(ROOM, |frame| frame.limit)
    }

    fn begin_text(&mut self, is_key: bool) {
        self.kept.push(b'"');
        let left = self.limit().saturating_sub(self.kept.len());
        let limit = if is_key { LONGEST_KEY } else { (left / 16).clamp(SHORTEST_TEXT, LONGEST_TEXT) };
        self.state = State::Text(Text::new(is_key, limit, &self.kept));
    }

    fn text(&mut self, mut text: Text, bytes: &[u8], document: &mut impl FnMut(&[u8])) -> usize {
        let (read, has_ended) = text.read(bytes, &mut self.kept);
        self.state = State::Text(text);
        if has_ended {
            self.kept.push(b'"');
            if text.is_key {
                self.state = State::Colon;
            } else {
                self.end_value(document);
            }
        }
        read
    }

    fn token(&mut self, start: usize, bytes: &[u8], document: &mut impl FnMut(&[u8])) -> usize {
        let is_part =
            |byte: &u8| !(byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}' | b':' | b'"' | b'[' | b'{'));
        let run = bytes.iter().position(|byte| !is_part(byte)).unwrap_or(bytes.len());
        // One byte more than may be, by which it is known to be too long.
        let room = (start + LONGEST_TOKEN + 1).saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&bytes[..run.min(room)]);
        if run < bytes.len() {
            if self.kept.len() > start + LONGEST_TOKEN {
                self.kept.truncate(start);
                self.kept.extend_from_slice(b"null");
            }
            if self.kept.len() == start {
                // Something that begins no value.
                self.state = State::Broken;
            } else {
                self.end_value(document);
            }
        }
        run
    }

    /// Passes over what is left of a container, up to its end.
    fn pass_over(
        &mut self,
        bytes: &[u8],
        (mut depth, mut in_text, mut is_escaped): (u64, bool, bool),
        document: &mut impl FnMut(&[u8]),
    ) -> usize {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            if in_text {
                if is_escaped {
                    is_escaped = false;
                } else if byte == b'\\' {
                    is_escaped = true;
                } else if byte == b'"' {
                    in_text = false;
                } else {
                    let rest = &bytes[at..];
                    at += rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len());
                }
                continue;
            }
            match byte {
                b'"' => in_text = true,
                b'[' | b'{' => depth += 1,
                b']' | b'}' if depth > 0 => depth -= 1,
                b']' | b'}' => {
                    self.close(document);
                    return at;
                }
                _ => {}
            }
        }
        self.state = State::Over { depth, in_text, is_escaped };
        at
    }

    fn close(&mut self, document: &mut impl FnMut(&[u8])) {
        let is_list = self.frames.pop().is_some_and(|frame| frame.is_list);
        self.kept.push(if is_list { b']' } else { b'}' });
        self.end_value(document);
    }

    fn end_value(&mut self, document: &mut impl FnMut(&[u8])) {
        if !self.frames.is_empty() {
            self.state = State::After;
            return;
        }
        // Lists of numbers and of texts are no answers.
        if self.kept.len() >= SHORTEST && self.kept.first() == Some(&b'{') {
            document(&self.kept);
        }
        self.kept.clear();
        self.state = State::Between;
    }
}

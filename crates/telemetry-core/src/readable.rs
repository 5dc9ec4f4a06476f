//! Text from outside as people may read it on a terminal or in a log: nothing in it moves the cursor, turns the direction
//! of reading or hides.

use std::fmt::{self, Display, Write as _};

/// What `text` says, on one line, with what is not seen or changes how the rest is seen written as in a Rust string:
/// `\n`, `\u{202e}`.
///
/// That is what a message of ours quotes of a file, a peer or a command line. Written out are
///
/// - control characters, C1 and the ends of lines among them;
/// - marks of direction, embeddings, overrides and isolates;
/// - U+2028 and U+2029;
/// - what has no width: spaces, joiners, fillers, variation selectors, tags, soft hyphens and what Unicode reserves for more
///   of them;
/// - what is no character (U+FFFF).
///
/// All else stays as it is: letters of every script, spaces, combining marks, emoji. A joiner stays within the scripts and
/// emoji that are written with it, and so does the selector of an emoji. A backslash stays, too: the result is to be read
/// and not to be parsed, and text that went through this twice is as after the first time.
///
/// ```
/// use telemetry_core::readable;
///
/// assert_eq!(readable("Zürich \u{1b}[2J\u{202e}!").to_string(), r"Zürich \u{1b}[2J\u{202e}!");
/// assert_eq!(readable("two\nlines").to_string(), r"two\nlines");
/// assert_eq!(readable("two\nlines\r").keep_lines().to_string(), "two\nlines\\r");
/// ```
pub fn readable<T: Display>(text: T) -> Readable<T> {
    Readable { text, keep_lines: false }
}

/// What [`readable`] makes: its `Display` is the text that people may read. It allocates nothing.
#[derive(Debug, Clone, Copy)]
pub struct Readable<T> {
    text: T,
    keep_lines: bool,
}

impl<T> Readable<T> {
    /// Leaves line feeds and tabs as they are, for what has several lines by intent. Whoever wrote the text then also chooses
    /// how a line begins: quote what is a stranger's without this.
    #[must_use]
    pub fn keep_lines(mut self) -> Self {
        self.keep_lines = true;
        self
    }
}

impl<T: Display> Display for Readable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Writer { out: f, keep_lines: self.keep_lines, before: '\0' }, "{}", self.text)
    }
}

/// Takes a text in pieces and hands it on readable.
struct Writer<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    keep_lines: bool,
    /// The character before the piece that comes.
    before: char,
}

impl fmt::Write for Writer<'_, '_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let mut plain = 0;
        for (at, character) in piece.char_indices() {
            let before = std::mem::replace(&mut self.before, character);
            if self.stays(before, character) {
                continue;
            }
            self.out.write_str(&piece[plain..at])?;
            plain = at + character.len_utf8();
            match character {
                '\n' | '\r' | '\t' => write!(self.out, "{}", character.escape_default())?,
                _ => write!(self.out, "{}", character.escape_unicode())?,
            }
        }
        self.out.write_str(&piece[plain..])
    }
}

impl Writer<'_, '_> {
    fn stays(&self, before: char, character: char) -> bool {
        match character {
            ' '..='~' => true,
            '\n' | '\t' => self.keep_lines,
            '\u{200c}' => is_joined(before),
            '\u{200d}' => is_joined(before) || is_emoji(before) || before == '\u{fe0f}',
            '\u{fe0e}' | '\u{fe0f}' => is_emoji(before),
            _ => !is_unseen(character),
        }
    }
}

/// Whether a character is not seen, or changes how others are.
fn is_unseen(character: char) -> bool {
    let code = u32::from(character);
    character.is_control()
        || (code & 0xFFFE) == 0xFFFE
        || matches!(code,
            // The soft hyphen, the joiner of graphemes, the mark of Arabic's direction.
            0x00AD | 0x034F | 0x061C
            // Fillers of Hangul, vowels of Khmer that are not written, selectors of Mongolian.
            | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F | 0x3164 | 0xFFA0
            // Spaces without width, joiners, marks of direction; the ends of lines and paragraphs, embeddings, overrides.
            | 0x200B..=0x200F | 0x2028..=0x202E
            // The word joiner, operators that are not written, isolates, what is deprecated and what is reserved there.
            | 0x2060..=0x206F
            | 0xFDD0..=0xFDEF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF0..=0xFFFB
            // The layout of hieroglyphs, shorthand and notes.
            | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            // Tags, more variation selectors, and what is reserved for more of the kind.
            | 0xE0000..=0xE0FFF)
}

/// Whether a letter is of a script in which joiners change how words are written: from Arabic to Myanmar, and Mongolian.
fn is_joined(character: char) -> bool {
    let script = matches!(u32::from(character), 0x0620..=0x109F | 0x1780..=0x18AF);
    script && !is_unseen(character)
}

/// Whether a character is a picture, or a symbol that may be shown as one.
fn is_emoji(character: char) -> bool {
    matches!(u32::from(character), 0x2190..=0x21FF | 0x2300..=0x23FF | 0x2460..=0x27BF | 0x2900..=0x2BFF | 0x1F000..=0x1FAFF)
}

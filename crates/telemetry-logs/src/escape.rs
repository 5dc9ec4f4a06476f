//! Text as it stands within the quotes of JSON.

use std::fmt::Write as _;

/// What is written for bytes that do not stand as they are; 0 for those that do, 1 where it depends on what follows.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0A] = b'n';
    table[0x0C] = b'f';
    table[0x0D] = b'r';
    table[0x22] = b'"';
    table[0x5C] = b'\\';
    table[0x7F] = b'u';
    // The first bytes of C1, and of the marks of direction and the ends of lines of Unicode.
    table[0xC2] = 1;
    table[0xE2] = 1;
    table
};

/// Appends a text as it stands between quotes. What moves a cursor or turns the direction of reading is escaped too, so
/// that a line shows on a terminal what it says.
pub(crate) fn escape(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (0, 0);
    while at < bytes.len() {
        let escape = ESCAPES[usize::from(bytes[at])];
        if escape == 0 {
            at += 1;
            continue;
        }
        if escape > 1 {
            out.push_str(&text[plain..at]);
            match escape {
                b'u' => push_code(u32::from(bytes[at]), out),
                mark => {
                    out.push('\\');
                    out.push(char::from(mark));
                }
            }
            at += 1;
            plain = at;
            continue;
        }
        let Some(character) = text[at..].chars().next() else { break };
        let next = at + character.len_utf8();
        if matches!(u32::from(character), 0x80..=0x9F | 0x200E | 0x200F | 0x2028..=0x202E | 0x2066..=0x2069) {
            out.push_str(&text[plain..at]);
            push_code(u32::from(character), out);
            plain = next;
        }
        at = next;
    }
    out.push_str(&text[plain..]);
}

#[cold]
fn push_code(code: u32, out: &mut String) {
    // Writing to a string does not fail.
    let _ = write!(out, "\\u{code:04x}");
}

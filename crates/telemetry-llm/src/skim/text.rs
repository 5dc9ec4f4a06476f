//! A text within a document, as much of it as is kept.

/// A text that is being read. Escapes stay what they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    pub(super) is_key: bool,
    /// The most bytes that are kept of it.
    limit: usize,
    /// Where it begins in what is kept.
    start: usize,
    /// Up to where it may be cut: in the middle of no escape, and of no pair of them.
    safe: usize,
    is_cut: bool,
    escape: Escape,
    /// The escape before was the first half of a pair.
    is_half: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Escape {
    None,
    /// A backslash came.
    Begun,
    /// So many digits of a code unit are to come.
    Digits {
        left: u8,
        unit: u16,
    },
}

impl Text {
    /// A text that begins at the end of what is kept.
    pub(super) fn new(is_key: bool, limit: usize, kept: &[u8]) -> Self {
        let start = kept.len();
        Self { is_key, limit, start, safe: start, is_cut: false, escape: Escape::None, is_half: false }
    }

    /// Reads on; returns how many bytes were read, and whether the text has ended with them.
    pub(super) fn read(&mut self, bytes: &[u8], kept: &mut Vec<u8>) -> (usize, bool) {
        let mut read = 0;
        while let Some(rest) = bytes.get(read..).filter(|rest| !rest.is_empty()) {
            if self.escape != Escape::None {
                self.escaped(rest[0], kept);
                read += 1;
                continue;
            }
            let run = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len());
            self.plain(&rest[..run], kept);
            read += run;
            match rest.get(run) {
                Some(b'"') => return (read + 1, true),
                Some(backslash) => {
                    if !self.is_half {
                        self.safe = if self.is_cut { self.safe } else { kept.len() };
                    }
                    self.escape = Escape::Begun;
                    self.keep(*backslash, kept);
                    read += 1;
                }
                None => {}
            }
        }
        (read, false)
    }

    fn plain(&mut self, run: &[u8], kept: &mut Vec<u8>) {
        if run.is_empty() || self.is_cut {
            return;
        }
        self.is_half = false;
        let room = (self.start + self.limit).saturating_sub(kept.len());
        kept.extend_from_slice(&run[..run.len().min(room)]);
        if run.len() > room {
            self.is_cut = true;
            // All since the last escape is plain, and may end within a character.
            let whole = match std::str::from_utf8(&kept[self.safe..]) {
                Err(error) if error.error_len().is_none() => error.valid_up_to(),
                Ok(_) | Err(_) => kept.len() - self.safe,
            };
            kept.truncate(self.safe + whole);
        }
    }

    fn escaped(&mut self, byte: u8, kept: &mut Vec<u8>) {
        self.keep(byte, kept);
        self.escape = match (self.escape, byte) {
            (Escape::Begun, b'u') => Escape::Digits { left: 4, unit: 0 },
            (Escape::Digits { left, unit }, digit) if left > 0 => {
                let digit = char::from(digit).to_digit(16).unwrap_or_default();
                Escape::Digits { left: left - 1, unit: unit << 4 | digit as u16 }
            }
            _ => Escape::Digits { left: 0, unit: 0 },
        };
        if let Escape::Digits { left: 0, unit } = self.escape {
            self.escape = Escape::None;
            self.is_half = (0xD800..0xDC00).contains(&unit);
            if !self.is_half && !self.is_cut {
                self.safe = kept.len();
            }
        }
    }

    fn keep(&mut self, byte: u8, kept: &mut Vec<u8>) {
        if self.is_cut {
            return;
        }
        if kept.len() < self.start + self.limit {
            kept.push(byte);
        } else {
            self.is_cut = true;
            kept.truncate(self.safe);
        }
    }
}

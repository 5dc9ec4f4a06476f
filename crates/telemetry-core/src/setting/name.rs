//! Names put together while the program is compiled.

/// The most bytes of a key or a variable.
const MOST: usize = 96;

/// A key or a variable, joined from that of its group and its own.
#[derive(Clone, Copy)]
pub(super) struct Name {
    bytes: [u8; MOST],
    len: usize,
}

impl Name {
    pub(super) const fn new(text: &str) -> Self {
        Self { bytes: [0; MOST], len: 0 }.and(text)
    }

    /// This name within a group; the group's own where that has none.
    pub(super) const fn within(self, group: &str, separator: &str) -> Self {
        if group.is_empty() { self } else { Self::new(group).and(separator).and(self.as_str()) }
    }

    const fn and(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        assert!(self.len + bytes.len() <= MOST, "a key and a variable have at most 96 bytes");
        let mut i = 0;
        while i < bytes.len() {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    pub(super) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // Only whole texts were put in.
            Err(_) => "",
        }
    }
}

/// Capital letters, digits and single underscores, after a prefix that says whose it is.
pub(super) const fn is_variable(name: &str) -> bool {
    let bytes = name.as_bytes();
    if !is_variable_start(name) || bytes[bytes.len() - 1] == b'_' {
        return false;
    }
    let mut i = 1;
    while i < bytes.len() {
        let sound =
            bytes[i].is_ascii_uppercase() || bytes[i].is_ascii_digit() || (bytes[i] == b'_' && bytes[i - 1] != b'_');
        if !sound {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether it says whose it is, and so stands by itself.
pub(super) const fn is_variable_start(name: &str) -> bool {
    let name = name.as_bytes();
    // Those of all programs are none's own.
    let common = starts_with(name, b"LOG_LEVEL") || starts_with(name, b"RUST_LOG");
    common || starts_with(name, b"TELEMETRY") || starts_with(name, b"OTEL_")
}

/// Words as fields are called, joined by dots.
pub(super) const fn is_key(key: &str) -> bool {
    let bytes = key.as_bytes();
    if bytes.is_empty() || bytes[bytes.len() - 1] == b'.' {
        return false;
    }
    let mut i = 0;
    while i < bytes.len() {
        let begins = i == 0 || bytes[i - 1] == b'.';
        let sound = bytes[i].is_ascii_lowercase()
            || (!begins && (bytes[i].is_ascii_digit() || bytes[i] == b'_' || bytes[i] == b'.'));
        if !sound {
            return false;
        }
        i += 1;
    }
    true
}

pub(super) const fn equal(a: &str, b: &str) -> bool {
    a.len() == b.len() && starts_with(a.as_bytes(), b.as_bytes())
}

const fn starts_with(bytes: &[u8], start: &[u8]) -> bool {
    if bytes.len() < start.len() {
        return false;
    }
    let mut i = 0;
    while i < start.len() {
        if bytes[i] != start[i] {
            return false;
        }
        i += 1;
    }
    true
}

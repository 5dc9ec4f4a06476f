//! Server-sent events put together from the pieces of a body.

/// Takes the data out of a stream of server-sent events, wherever its pieces are cut.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: String,
    has_data: bool,
    /// The line is longer than any that is read, so that its rest is passed over.
    too_long: bool,
    after_return: bool,
}

/// The longest line that is read: events of providers are a few kilobytes.
const LONGEST_LINE: usize = 1 << 20;

impl Events {
    /// Reads a piece; `event` is called with the data of each event that it completes.
    pub(super) fn feed(&mut self, piece: &[u8], mut event: impl FnMut(&str)) {
        for &byte in piece {
            let feed_of_return = std::mem::take(&mut self.after_return) && byte == b'\n';
            match byte {
                b'\n' if feed_of_return => {}
                b'\n' | b'\r' => {
                    self.after_return = byte == b'\r';
                    self.end_line(&mut event);
                }
                _ if self.line.len() == LONGEST_LINE => self.too_long = true,
                _ => self.line.push(byte),
            }
        }
    }

    fn end_line(&mut self, event: &mut impl FnMut(&str)) {
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.too_long) {
            return;
        }
        if line.is_empty() {
            if std::mem::take(&mut self.has_data) {
                event(&std::mem::take(&mut self.data));
            }
            return;
        }
        let Some(data) = line.strip_prefix(b"data:") else { return };
        if self.data.len() > LONGEST_LINE {
            return;
        }
        if self.has_data {
            self.data.push('\n');
        }
        self.has_data = true;
        self.data.push_str(&String::from_utf8_lossy(data.strip_prefix(b" ").unwrap_or(data)));
    }

    /// Reads what a stream ended with that has no blank line after it.
    pub(super) fn finish(&mut self, mut event: impl FnMut(&str)) {
        self.end_line(&mut event);
        self.end_line(&mut event);
    }
}

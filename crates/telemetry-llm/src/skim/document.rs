//! Documents read from what is kept of them.

use serde_json::Value;

use super::skimmer::Skimmer;

/// Up to this size in bytes a document is read as it is, which takes no more memory than one that was reduced.
pub(crate) const SMALL: usize = 16 << 10;

/// The document in a text, reduced if it is large; nothing if it is none. Of a list or of several it is the first.
pub(crate) fn value(text: &[u8]) -> Option<Value> {
    if text.len() <= SMALL {
        return parse(text);
    }
    let mut first = None;
    Skimmer::default().feed(text, &mut |document| {
        if first.is_none() {
            first = parse(document);
        }
    });
    first
}

/// A document that was reduced, or is small. One damaged character makes no document unreadable.
pub(crate) fn parse(document: &[u8]) -> Option<Value> {
    serde_json::from_str(&String::from_utf8_lossy(document)).ok()
}

//! Bodies of one document or of many.

use serde_json::Value;

use super::document::parse;
use super::skimmer::Skimmer;

/// Reads a body as it comes: one document, or those that a list holds or that come one after the other.
#[derive(Debug, Default)]
pub(crate) struct BodyReader {
    skimmer: Skimmer,
    has_begun: bool,
    /// The first document, as long as there is no second one.
    one: Option<Value>,
    has_many: bool,
}

impl BodyReader {
    /// Reads a piece. Of many documents, `part` is called with each as soon as it is known to be one of many.
    pub(crate) fn feed(&mut self, piece: &[u8], mut part: impl FnMut(&Value)) {
        let Self { skimmer, has_begun, one, has_many } = self;
        if let Some(first) = piece.iter().find(|byte| !byte.is_ascii_whitespace()).filter(|_| !*has_begun) {
            *has_begun = true;
            *has_many = *first == b'[';
        }
        skimmer.feed(piece, &mut |document| {
            let Some(document) = parse(document) else { return };
            if let Some(first) = one.take() {
                *has_many = true;
                part(&first);
            }
            if *has_many {
                part(&document);
            } else {
                *one = Some(document);
            }
        });
    }

    /// The document, if there was but one.
    pub(crate) fn finish(self) -> Option<Value> {
        self.one
    }
}

//! Mistral's reading of documents, by its API reference: it is billed by the page.

use super::shape::{Shape, Sign};
use crate::gen_ai;
use crate::usage::field::alone;

pub(super) const OCR: Shape = Shape {
    title: "Mistral OCR",
    endpoints: &[("/ocr", gen_ai::GENERATE_CONTENT)],
    streamed: false,
    roots: &["usage_info"],
    fields: &[alone("input_document_pages", &["pages_processed"])],
    parts: None,
    model: &["model"],
    id: &[],
    tier: &[],
    finish: &[],
    // A page that is annotated has a price of its own.
    unpriced: &[Sign::AnyText("document_annotation")],
    failed: &[],
};

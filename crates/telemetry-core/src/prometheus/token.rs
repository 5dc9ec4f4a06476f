//! The bearer token of a scrape, compared without telling how much of it was right.

use http::HeaderValue;
use subtle::ConstantTimeEq as _;

/// Compares the bearer token of a request with the expected one, in a time that depends on their lengths alone.
pub(super) fn authorizes(header: Option<&HeaderValue>, expected: &[u8]) -> bool {
    let Some(given) = header.map(HeaderValue::as_bytes).and_then(bearer) else {
        return false;
    };
    !expected.is_empty() && bool::from(given.ct_eq(expected))
}

fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = header.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_authorizes() {
        for (header, expected) in [
            (Some("Bearer s3cret"), true),
            (Some("bearer s3cret"), true),
            (Some("Bearer s3cre"), false),
            (Some("Bearer s3crets3cret"), false),
            (Some("Bearer S3cret"), false),
            (Some("Bearer "), false),
            (Some("Basic s3cret"), false),
            (Some("s3cret"), false),
            (None, false),
        ] {
            let value = header.map(HeaderValue::from_static);
            assert_eq!(authorizes(value.as_ref(), b"s3cret"), expected, "{header:?}");
        }
        assert!(!authorizes(Some(&HeaderValue::from_static("Bearer ")), b""), "an empty expectation admits nobody");
    }
}

//! How metrics, labels and the namespace may be named.

/// Lower-case words of letters and digits, joined by single underscores.
pub(super) const fn is_metric_name(name: &str) -> bool {
    is_metric_word(name.as_bytes())
}

const fn is_metric_word(bytes: &[u8]) -> bool {
    if bytes.is_empty() || !bytes[0].is_ascii_lowercase() || bytes[bytes.len() - 1] == b'_' {
        return false;
    }
    let mut i = 0;
    while i < bytes.len() {
        let sound =
            bytes[i].is_ascii_lowercase() || bytes[i].is_ascii_digit() || (bytes[i] == b'_' && bytes[i - 1] != b'_');
        if !sound {
            return false;
        }
        i += 1;
    }
    true
}

/// Words that each are a metric name, two at least, joined by dots.
pub(super) const fn is_convention_name(name: &str) -> bool {
    let mut rest = name.as_bytes();
    let mut dots = 0;
    let mut i = 0;
    while i < rest.len() {
        if rest[i] == b'.' {
            let (word, after) = rest.split_at(i);
            if !is_metric_word(word) {
                return false;
            }
            (_, rest) = after.split_at(1);
            (dots, i) = (dots + 1, 0);
        } else {
            i += 1;
        }
    }
    dots > 0 && is_metric_word(rest)
}

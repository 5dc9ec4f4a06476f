//! Texts of peers, cut where they are recorded.

use telemetry_core::text::{MESSAGE, NAME, cut};

#[test]
fn a_text_is_cut_between_characters_and_says_so() {
    for (text, most, expected) in [
        ("", 0, ""),
        ("name", 4, "name"),
        ("names", 4, "n…"),
        ("names", 3, "…"),
        ("names", 2, "na"),
        ("éé", 1, ""),
        ("aéé", 5, "aéé"),
        ("aééé", 6, "aé…"),
        ("🦀🦀", 7, "🦀…"),
    ] {
        assert_eq!(cut(text, most), expected, "{text} at {most}");
    }
}

#[test]
fn no_text_is_longer_than_its_bound() {
    for text in ["a", "é", "語", "🦀"].map(|character| character.repeat(5_000)) {
        for most in [NAME, MESSAGE, 0, 1, 2, 3, 4, 5] {
            let cut = cut(&text, most);
            assert!(cut.len() <= most, "{} bytes at {most}", cut.len());
            assert!(cut.len() + 4 > most, "no more is cut than has to be: {} bytes at {most}", cut.len());
        }
    }
}

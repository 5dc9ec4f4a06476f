//! Text from outside that people read: what it may not do to a terminal, and what stays as it is.

use std::fmt;

use telemetry_core::readable;

#[test]
fn what_is_not_seen_or_changes_how_the_rest_is_seen_is_written_out() {
    let classes: [(&str, &[char]); 11] = [
        ("control characters", &['\u{1}', '\u{8}', '\u{b}', '\u{1b}', '\u{1f}', '\u{7f}']),
        ("C1", &['\u{80}', '\u{85}', '\u{90}', '\u{9b}', '\u{9d}', '\u{9f}']),
        ("marks of direction", &['\u{61c}', '\u{200e}', '\u{200f}']),
        ("embeddings and overrides", &['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}']),
        ("isolates", &['\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}']),
        ("ends of lines and paragraphs", &['\u{2028}', '\u{2029}']),
        (
            "no width",
            &['\u{ad}', '\u{34f}', '\u{180e}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{2063}', '\u{feff}'],
        ),
        ("fillers", &['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}']),
        ("variation selectors", &['\u{fe00}', '\u{fe0f}', '\u{e0100}', '\u{e01ef}']),
        ("tags", &['\u{e0001}', '\u{e0041}', '\u{e007f}']),
        (
            "reserved, annotations, no characters",
            &['\u{2065}', '\u{206f}', '\u{fff0}', '\u{fff9}', '\u{fdd0}', '\u{ffff}', '\u{10fffe}'],
        ),
    ];
    for (class, characters) in classes {
        for character in characters {
            let text = format!("up{character}down");
            let expected = format!("up\\u{{{:x}}}down", u32::from(*character));
            assert_eq!(readable(&text).to_string(), expected, "{class}");
            assert_eq!(readable(&text).keep_lines().to_string(), expected, "{class}");
        }
    }
}

#[test]
fn whole_attacks_are_lame() {
    let attacks = [
        ("\u{1b}[2J\u{1b}[1;1HAll is well", r"\u{1b}[2J\u{1b}[1;1HAll is well"),
        ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}"),
        ("error\rok   ", r"error\rok   "),
        ("a\nerror: forged", r"a\nerror: forged"),
        ("a\tb\0", r"a\tb\u{0}"),
        ("user\u{202e}nimda", r"user\u{202e}nimda"),
        ("line\u{2028}line", r"line\u{2028}line"),
        ("🙂\u{200d}\u{200d}\u{200d}", "🙂\u{200d}\\u{200d}\\u{200d}"),
    ];
    for (attack, shown) in attacks {
        assert_eq!(readable(attack).to_string(), shown);
    }
}

#[test]
fn ordinary_text_stays_as_it_is() {
    let texts = [
        "",
        "sum by (job) (rate(up[5m])) > 0.5",
        "Zürich, Kraków, Việt Nam, e\u{301}",
        "東京\u{3000}서울 Москва Ελλάδα",
        "שלום مرحبا",
        "می\u{200c}خواهم",
        "क्\u{200d}ष",
        "👩\u{200d}🚀 ❤\u{fe0f}\u{200d}🔥 ☎\u{fe0e}",
        r"C:\rules\new \u{202e}",
        "10\u{a0}000\u{202f}€",
    ];
    for text in texts {
        assert_eq!(readable(text).to_string(), text);
    }
}

#[test]
fn lines_are_kept_where_they_are_wanted() {
    assert_eq!(readable("a\n\tb\r\nc\u{2028}").keep_lines().to_string(), "a\n\tb\\r\nc\\u{2028}");
}

#[test]
fn twice_is_as_once() {
    for text in ["a\nb\u{202e}\\", "👩\u{200d}\u{200d}\u{fe0f}", "\u{1b}[0m\u{9b}\u{e0041}"] {
        let once = readable(text).to_string();
        assert_eq!(readable(&once).to_string(), once);
    }
}

#[test]
fn a_text_in_pieces_is_as_one() {
    struct Pieces(&'static str);
    impl fmt::Display for Pieces {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.chars().try_for_each(|character| write!(f, "{character}"))
        }
    }
    for text in ["👩\u{200d}🚀", "up\u{200d}", "a\nb", "می\u{200c}خ", "\u{1b}[2J"] {
        assert_eq!(readable(Pieces(text)).to_string(), readable(text).to_string());
    }
}

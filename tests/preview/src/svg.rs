//! The elements of a picture as text. What comes from outside is escaped here and nowhere else.

use std::fmt::{self, Write as _};

use telemetry_core::readable;

use crate::area::Area;
use crate::colour::{Colour, FAINT, TEXT};

/// Elements that are written one after the other.
#[derive(Default)]
pub(crate) struct Svg(String);

/// How a text looks, and at which of its ends it is held.
#[derive(Clone, Copy)]
pub(crate) struct Font {
    pub(crate) size: f64,
    pub(crate) colour: Colour,
    anchor: &'static str,
    bold: bool,
}

impl Font {
    pub(crate) const BODY: Self = Self { size: 12.0, colour: TEXT, anchor: "start", bold: false };
    pub(crate) const SMALL: Self = Self { size: 11.0, colour: FAINT, ..Self::BODY };
    pub(crate) const TITLE: Self = Self { size: 13.0, bold: true, ..Self::BODY };

    pub(crate) fn sized(self, size: f64) -> Self {
        Self { size, ..self }
    }

    pub(crate) fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(crate) fn centred(self) -> Self {
        Self { anchor: "middle", ..self }
    }

    pub(crate) fn at_end(self) -> Self {
        Self { anchor: "end", ..self }
    }

    /// About how wide a text is. Nobody knows in which font it will be shown; the usual ones differ by a few percent.
    pub(crate) fn width(&self, text: &str) -> f64 {
        let em = |c: char| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' => 0.27,
            'f' | 't' | 'r' | 'I' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' => 0.36,
            'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.9,
            'A'..='Z' | '_' => 0.68,
            '\u{1100}'.. => 1.0,
            _ => 0.57,
        };
        text.chars().map(em).sum::<f64>() * self.size
    }

    /// The text, or as much of it as fits.
    pub(crate) fn cut(&self, text: &str, width: f64) -> String {
        let text = readable(text).to_string();
        if self.width(&text) <= width {
            return text;
        }
        let mut left = width - self.width("…");
        let fits = |c: &char| {
            left -= self.width(c.encode_utf8(&mut [0; 4]));
            left >= 0.0
        };
        let mut cut: String = text.chars().take_while(fits).collect();
        cut.truncate(cut.trim_end().len());
        cut + "…"
    }
}

impl Svg {
    pub(crate) fn rect(&mut self, area: Area, fill: Colour, radius: f64) {
        self.add(format_args!(r#"<rect {} rx="{}" fill="{fill}"/>"#, Place(area), Number(radius)));
    }

    /// A rectangle that what lies behind it shines through.
    pub(crate) fn shade(&mut self, area: Area, fill: Colour, opacity: f64) {
        self.add(format_args!(r#"<rect {} fill="{fill}" fill-opacity="{opacity}"/>"#, Place(area)));
    }

    pub(crate) fn framed(&mut self, area: Area, fill: Colour, border: Colour) {
        self.add(format_args!(r#"<rect {} rx="3" fill="{fill}" stroke="{border}"/>"#, Place(area)));
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        let path = format!("M{} {}L{} {}", Number(from.0), Number(from.1), Number(to.0), Number(to.1));
        self.stroke(&path, colour, 1.0);
    }

    /// The outline of a path.
    pub(crate) fn stroke(&mut self, path: &str, colour: Colour, width: f64) {
        let width = Number(width);
        self.add(format_args!(r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>"#));
    }

    /// The inside of a path.
    pub(crate) fn fill(&mut self, path: &str, colour: Colour, opacity: f64) {
        self.add(format_args!(r#"<path d="{path}" fill="{colour}" fill-opacity="{opacity}"/>"#));
    }

    /// A text on one line, whose foot stands there.
    pub(crate) fn text(&mut self, (x, y): (f64, f64), font: Font, text: &str) {
        let (x, y, size, colour) = (Number(x), Number(y), Number(font.size), font.colour);
        let anchor = if font.anchor == "start" { String::new() } else { format!(" text-anchor=\"{}\"", font.anchor) };
        let weight = if font.bold { " font-weight=\"500\"" } else { "" };
        let text = Escaped(text);
        self.add(format_args!(
            r#"<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{anchor}{weight}>{text}</text>"#
        ));
    }

    /// As much of a text as fits.
    pub(crate) fn cut_text(&mut self, at: (f64, f64), width: f64, font: Font, text: &str) {
        self.text(at, font, &font.cut(text, width));
    }

    /// Begins a group with attributes; what it is about shows while the pointer is over it.
    pub(crate) fn open(&mut self, attributes: &[(&str, &str)], about: &str) {
        self.0.push_str("<g");
        for (name, value) in attributes {
            let _ = write!(self.0, r#" {name}="{}""#, Escaped(value));
        }
        self.0.push('>');
        if !about.is_empty() {
            let _ = write!(self.0, "<title>{}</title>", Escaped(about));
        }
        self.0.push('\n');
    }

    pub(crate) fn close(&mut self) {
        self.0.push_str("</g>\n");
    }

    pub(crate) fn add(&mut self, element: fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(element);
        self.0.push('\n');
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// A length to a tenth of a pixel, without what says nothing.
pub(crate) struct Number(pub(crate) f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round();
        // Minus nothing is nothing.
        write!(f, "{}", if tenths == 0.0 { 0.0 } else { tenths / 10.0 })
    }
}

/// An area's attributes.
struct Place(Area);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Area { x, y, w, h } = self.0;
        let (x, y, w, h) = (Number(x), Number(y), Number(w), Number(h));
        write!(f, r#"x="{x}" y="{y}" width="{w}" height="{h}""#)
    }
}

/// A text of anybody's within an element or an attribute of XML or HTML.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in readable(self.0).to_string().chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

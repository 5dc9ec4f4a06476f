//! What of a text is a value: the text without them.

use std::fmt::{self, Write as _};

use sqlparser::ast::DollarQuotedString;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Whitespace, Word};
use telemetry_core::text::{MESSAGE, cut};

/// What stands in the place of a value.
const VALUE: &str = "?";

/// What double quotes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// What is in them is a name.
    AreNames,
    /// It is a name where only a name can stand, and may be a value elsewhere: SQLite takes `"done"` for a text where there is
    /// no such column, and MySQL does always.
    MayBeValues,
}

/// The text without values and comments, on one line, and cut where a message is.
///
/// Values that follow one another are one, so that lists of any length read alike.
pub(super) fn without(tokens: &[TokenWithSpan], quotes: Quotes) -> String {
    let mut text = Text::default();
    for (index, TokenWithSpan { token, .. }) in tokens.iter().enumerate() {
        match token {
            Token::EOF => {}
            Token::Whitespace(_) => text.space(),
            Token::Word(word) if is_name(word, quotes, tokens, index) => text.push(token),
            Token::Placeholder(name) if name != VALUE && is_parameter(name) => text.push(token),
            Token::Placeholder(_) | Token::Question => text.value(),
            Token::RParen => text.close(),
            _ if is_sign(token) => text.push(token),
            _ => text.value(),
        }
        if text.0.len() > MESSAGE {
            break;
        }
    }
    cut(text.0.trim_end(), MESSAGE).into_owned()
}

/// Takes the value out of a token, which stays one of its kind.
pub(super) fn blank(token: &mut Token) {
    match token {
        Token::Number(value, _) => {
            value.clear();
            value.push('0');
        }
        Token::SingleQuotedString(value)
        | Token::DoubleQuotedString(value)
        | Token::TripleSingleQuotedString(value)
        | Token::TripleDoubleQuotedString(value)
        | Token::SingleQuotedByteStringLiteral(value)
        | Token::DoubleQuotedByteStringLiteral(value)
        | Token::TripleSingleQuotedByteStringLiteral(value)
        | Token::TripleDoubleQuotedByteStringLiteral(value)
        | Token::SingleQuotedRawStringLiteral(value)
        | Token::DoubleQuotedRawStringLiteral(value)
        | Token::TripleSingleQuotedRawStringLiteral(value)
        | Token::TripleDoubleQuotedRawStringLiteral(value)
        | Token::NationalStringLiteral(value)
        | Token::EscapedStringLiteral(value)
        | Token::UnicodeStringLiteral(value)
        | Token::HexStringLiteral(value)
        | Token::DollarQuotedString(DollarQuotedString { value, .. })
        | Token::CopyData { data: value, .. }
        | Token::Whitespace(
            Whitespace::SingleLineComment { comment: value, .. } | Whitespace::MultiLineComment(value),
        ) => value.clear(),
        Token::Placeholder(name) if !is_parameter(name) => {
            name.clear();
            name.push_str(VALUE);
        }
        Token::QuoteDelimitedStringLiteral(value) | Token::NationalQuoteDelimitedStringLiteral(value) => {
            value.value.clear();
        }
        _ => {}
    }
}

/// Whether a word is a name or a keyword, and no value.
fn is_name(word: &Word, quotes: Quotes, tokens: &[TokenWithSpan], index: usize) -> bool {
    if word.quote_style != Some('"') || quotes == Quotes::AreNames {
        return true;
    }
    let beside = |token: Option<&TokenWithSpan>| matches!(token, Some(TokenWithSpan { token: Token::Period, .. }));
    let before = tokens[..index].iter().rev().find(|token| !matches!(token.token, Token::Whitespace(_)));
    let follows_keyword = matches!(before, Some(TokenWithSpan { token: Token::Word(before), .. }) if matches!(
        before.keyword,
        Keyword::FROM | Keyword::INTO | Keyword::UPDATE | Keyword::JOIN | Keyword::TABLE
    ));
    follows_keyword || beside(before) || beside(tokens.get(index + 1))
}

/// Whether it is what a bound value is called: `?`, `$1`, `:id`. Between the dollars of `$$done$$` stands a value, which a
/// tokenizer that does not know them takes for such a name.
fn is_parameter(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|sign| b"?$:@".contains(&sign))
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether a token is made of signs alone, so that it holds no value, whatever kinds of them a parser has.
fn is_sign(token: &Token) -> bool {
    let mut text = Signs(true);
    let _ = write!(text, "{token}");
    text.0
}

struct Signs(bool);

impl fmt::Write for Signs {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0 &= piece.bytes().all(|byte| byte.is_ascii_punctuation() && !matches!(byte, b'\'' | b'"' | b'`'));
        Ok(())
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn space(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with(' ') {
            self.0.push(' ');
        }
    }

    fn push(&mut self, token: &Token) {
        let _ = write!(self.0, "{token}");
    }

    fn value(&mut self) {
        let trimmed = self.0.trim_end();
        let list = trimmed.strip_suffix(',').map(str::trim_end).filter(|list| list.ends_with(VALUE));
        match list.map(str::len) {
            Some(length) => self.0.truncate(length),
            None => self.0.push_str(VALUE),
        }
    }

    /// Closes a bracket: a row of values after another is the same again.
    fn close(&mut self) {
        const ROW: &str = "(?";
        self.0.truncate(self.0.trim_end().len());
        let before = self.0.strip_suffix(ROW).map(str::trim_end).and_then(|text| text.strip_suffix(','));
        match before.map(str::trim_end).filter(|text| text.ends_with("(?)")).map(str::len) {
            Some(length) => self.0.truncate(length),
            None => self.0.push(')'),
        }
    }
}

//! From a text to what is known of its statements.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;

use sqlparser::ast;
use sqlparser::dialect::{Dialect, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::bounds::{self, Size};
use super::literals::{self, Quotes};
use super::statement::Statement;
use super::tree::{self, Found};
use crate::metrics::DbOperation;
use crate::system::System;
use crate::tables::{NONE, SEVERAL};

/// How deep the parser follows what is nested on the thread of whoever asks. Where it is built without optimization, a level
/// takes up to 90 kB of the stack.
const SHALLOW: usize = 8;
/// How deep it does on a thread of its own, and how large the stack of that is.
const DEEP: usize = 48;
const STACK_BYTES: usize = 16 << 20;

/// Reads the statements of one system.
pub(super) struct Reader {
    system: System,
    most_bytes: usize,
    with_text: bool,
    unknown: Arc<Statement>,
}

impl Reader {
    pub(super) fn new(system: System, most_bytes: usize, with_text: bool) -> Self {
        Self { system, most_bytes, with_text, unknown: Arc::new(Statement::unknown()) }
    }

    pub(super) fn is_too_long(&self, text: &str) -> bool {
        text.len() > self.most_bytes
    }

    pub(super) fn unknown(&self) -> Arc<Statement> {
        Arc::clone(&self.unknown)
    }

    pub(super) fn read(&self, text: &str) -> Arc<Statement> {
        // The parser is not ours: its panic costs what it was about.
        let read = panic::catch_unwind(AssertUnwindSafe(|| self.try_read(text)));
        read.ok().flatten().map_or_else(|| self.unknown(), Arc::new)
    }

    fn try_read(&self, text: &str) -> Option<Statement> {
        let dialect = dialect(self.system);
        let mut tokens = Tokenizer::new(dialect, text).with_unescape(false).tokenize_with_location().ok()?;
        let size = bounds::size(&tokens)?;
        let words = Words::of(&tokens);
        let said = (self.with_text && self.ends_are_known(text)).then(|| literals::without(&tokens, self.quotes()));
        // What the parser says in its errors and logs is made of what it is given.
        tokens.iter_mut().for_each(|token| literals::blank(&mut token.token));
        let (found, is_one) = self.parse(tokens, size)?;
        let (table, is_only_table) = match found.table {
            Some(table) => (table.as_str().into(), found.is_only_table && !words.have_more_tables(found.operation)),
            None => (NONE.into(), false),
        };
        let keyword = match found.operation {
            DbOperation::Other if is_one => words.first,
            operation => operation.keyword(),
        };
        Some(Statement { operation: found.operation, keyword, table, is_only_table, text: said.map(Arc::from) })
    }

    /// What the statements say, and whether there is but one.
    fn parse(&self, tokens: Vec<TokenWithSpan>, size: Size) -> Option<(Found, bool)> {
        let mut parser =
            Parser::new(dialect(self.system)).with_recursion_limit(SHALLOW).with_tokens_with_locations(tokens);
        if size == Size::Small {
            match parser.parse_statements() {
                Err(ParserError::RecursionLimitExceeded) => {}
                parsed => return look(&parsed.ok()?),
            }
        }
        let (system, tokens) = (self.system, parser.into_tokens());
        let deep = thread::Builder::new().name("telemetry-sql".to_owned()).stack_size(STACK_BYTES).spawn(move || {
            let parser = Parser::new(dialect(system)).with_recursion_limit(DEEP);
            look(&parser.with_tokens_with_locations(tokens).parse_statements().ok()?)
        });
        deep.ok()?.join().ok()?
    }

    /// Whether it is known where a text in quotes ends: before a quote a backslash is a sign as any other to some systems,
    /// and to others it makes the quote one.
    fn ends_are_known(&self, text: &str) -> bool {
        self.system != System::Other || !text.contains('\\')
    }

    fn quotes(&self) -> Quotes {
        match self.system {
            System::PostgreSql => Quotes::AreNames,
            _ => Quotes::MayBeValues,
        }
    }
}

fn dialect(system: System) -> &'static dyn Dialect {
    match system {
        System::Sqlite => &SQLiteDialect {},
        System::PostgreSql => &PostgreSqlDialect {},
        System::MySql | System::MariaDb => &MySqlDialect {},
        System::SqlServer => &MsSqlDialect {},
        System::Other => &GenericDialect {},
    }
}

/// What statements say together, and whether there is but one; `None` where there is none.
fn look(parsed: &[ast::Statement]) -> Option<(Found, bool)> {
    Some((parsed.iter().map(tree::find).reduce(both)?, parsed.len() == 1))
}

/// What two statements of a text say together.
fn both(a: Found, b: Found) -> Found {
    let operation = if a.operation == b.operation { a.operation } else { DbOperation::Other };
    let (table, is_only_table) = match (a.table, b.table) {
        (Some(a_table), Some(b_table)) if a_table == b_table => (Some(a_table), a.is_only_table && b.is_only_table),
        (Some(_), Some(_)) => (Some(SEVERAL.to_owned()), false),
        (table, None) | (None, table) => (table, a.is_only_table || b.is_only_table),
    };
    Found { operation, table, is_only_table }
}

/// What the words of a text say beside its tree.
struct Words {
    first: &'static str,
    selects: usize,
    joins: bool,
}

impl Words {
    fn of(tokens: &[TokenWithSpan]) -> Self {
        let mut words = tokens.iter().filter_map(|token| match &token.token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
            _ => None,
        });
        let first = words.clone().next().map_or("", spelled);
        let (selects, joins) = words.by_ref().fold((0, false), |(selects, joins), word| {
            (selects + usize::from(word == Keyword::SELECT), joins || word == Keyword::JOIN)
        });
        Self { first, selects, joins }
    }

    /// Whether a table may be read beside the one that the operation is about.
    fn have_more_tables(&self, operation: DbOperation) -> bool {
        self.joins || self.selects > usize::from(operation == DbOperation::Select)
    }
}

/// The word that a statement of [`DbOperation::Other`] begins with, where it is one that is told.
fn spelled(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::ALTER => "ALTER",
        Keyword::ANALYZE => "ANALYZE",
        Keyword::ATTACH => "ATTACH",
        Keyword::BEGIN | Keyword::START => "BEGIN",
        Keyword::CALL => "CALL",
        Keyword::COMMENT => "COMMENT",
        Keyword::COMMIT | Keyword::END => "COMMIT",
        Keyword::COPY => "COPY",
        Keyword::CREATE => "CREATE",
        Keyword::DROP => "DROP",
        Keyword::EXPLAIN => "EXPLAIN",
        Keyword::GRANT => "GRANT",
        Keyword::LISTEN => "LISTEN",
        Keyword::LOCK => "LOCK",
        Keyword::MERGE => "MERGE",
        Keyword::NOTIFY => "NOTIFY",
        Keyword::PRAGMA => "PRAGMA",
        Keyword::RELEASE => "RELEASE",
        Keyword::REVOKE => "REVOKE",
        Keyword::ROLLBACK => "ROLLBACK",
        Keyword::SAVEPOINT => "SAVEPOINT",
        Keyword::SET => "SET",
        Keyword::SHOW => "SHOW",
        Keyword::TRUNCATE => "TRUNCATE",
        Keyword::VACUUM => "VACUUM",
        _ => "",
    }
}

//! Where a parsed statement has its tables.

use sqlparser::ast::{
    CopySource, Cte, FromTable, ObjectName, ObjectNamePart, ObjectType, Query, Select, SetExpr, Statement, TableFactor,
    TableObject, TableWithJoins,
};

use crate::metrics::DbOperation;

/// How many steps are made on the way to a table: from a name to the query that it stands for, into a query in brackets.
const STEPS: usize = 64;

/// What a statement's tree says.
pub(super) struct Found {
    pub(super) operation: DbOperation,
    /// The main table as it is written, without quotes.
    pub(super) table: Option<String>,
    /// Whether it is the only one, as far as the place says where it stands.
    pub(super) is_only_table: bool,
}

/// What a statement does, and to which table.
pub(super) fn find(statement: &Statement) -> Found {
    let (operation, place) = Walk { steps: STEPS, named: Vec::new() }.statement(statement);
    let table = place.and_then(|place| written(place.table).map(|table| (table, place.is_only)));
    let (table, is_only_table) = table.map_or((None, false), |(table, is_only)| (Some(table), is_only));
    Found { operation, table, is_only_table }
}

/// A name as it is written, without quotes.
fn written(name: &ObjectName) -> Option<String> {
    let mut written = String::new();
    for part in &name.0 {
        let ObjectNamePart::Identifier(part) = part else { return None };
        if !written.is_empty() {
            written.push('.');
        }
        written.push_str(&part.value);
    }
    (!written.is_empty()).then_some(written)
}

/// Where a table stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    table: &'a ObjectName,
    is_only: bool,
}

impl<'a> Place<'a> {
    fn only(table: &'a ObjectName) -> Self {
        Self { table, is_only: true }
    }

    /// Notes whether there are others beside it.
    fn beside(self, others: bool) -> Self {
        Self { is_only: self.is_only && !others, ..self }
    }
}

/// A way down a tree.
struct Walk<'a> {
    steps: usize,
    /// The lists of queries with names that are in sight, from the outside in, and how many of each are: a query of a list
    /// sees those before it.
    named: Vec<(&'a [Cte], usize)>,
}

impl<'a> Walk<'a> {
    /// One step down; `None` once there have been as many as there may be.
    fn step(&mut self) -> Option<()> {
        self.steps = self.steps.checked_sub(1)?;
        Some(())
    }

    fn statement(&mut self, statement: &'a Statement) -> (DbOperation, Option<Place<'a>>) {
        match statement {
            Statement::Query(query) => self.query(query),
            Statement::Insert(insert) => {
                let table = match &insert.table {
                    TableObject::TableName(name) => Some(Place::only(name)),
                    _ => None,
                };
                (DbOperation::Insert, table)
            }
            Statement::Update(update) => {
                let place = self.tables(std::slice::from_ref(&update.table));
                (DbOperation::Update, place.map(|place| place.beside(update.from.is_some())))
            }
            Statement::Delete(delete) => {
                let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
                let place = match delete.tables.first() {
                    Some(table) => Some(Place::only(table).beside(true)),
                    None => self.tables(from),
                };
                (DbOperation::Delete, place.map(|place| place.beside(delete.using.is_some())))
            }
            _ => (DbOperation::Other, self.other(statement)),
        }
    }

    /// The table of a statement that neither reads nor changes rows of one table.
    fn other(&mut self, statement: &'a Statement) -> Option<Place<'a>> {
        let table = match statement {
            Statement::Explain { statement, .. } => {
                self.step()?;
                return self.statement(statement).1;
            }
            Statement::Merge(merge) => return self.factor(&merge.table).map(|place| place.beside(true)),
            Statement::Copy { source: CopySource::Table { table_name, .. }, .. } => table_name,
            Statement::CreateTable(create) => &create.name,
            Statement::AlterTable(alter) => &alter.name,
            Statement::CreateIndex(create) => &create.table_name,
            Statement::Truncate(truncate) => &truncate.table_names.first()?.name,
            Statement::Drop { object_type: ObjectType::Table, names, .. } => names.first()?,
            _ => return None,
        };
        Some(Place::only(table))
    }

    fn query(&mut self, query: &'a Query) -> (DbOperation, Option<Place<'a>>) {
        if self.step().is_none() {
            return (DbOperation::Select, None);
        }
        let Some(with) = &query.with else { return self.body(&query.body) };
        self.named.push((&with.cte_tables, with.cte_tables.len()));
        let found = self.body(&query.body);
        self.named.pop();
        found
    }

    fn body(&mut self, mut body: &'a SetExpr) -> (DbOperation, Option<Place<'a>>) {
        let mut is_compound = false;
        // A chain of them is as deep as it is long.
        while let SetExpr::SetOperation { left, .. } = body {
            (is_compound, body) = (true, left);
        }
        let (operation, place) = match body {
            SetExpr::Select(select) => (DbOperation::Select, self.select(select)),
            SetExpr::Query(query) => self.query(query),
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement)
            | SetExpr::Merge(statement) => self.statement(statement),
            SetExpr::SetOperation { .. } | SetExpr::Values(_) | SetExpr::Table(_) => (DbOperation::Select, None),
        };
        (operation, place.map(|place| place.beside(is_compound)))
    }

    fn select(&mut self, select: &'a Select) -> Option<Place<'a>> {
        self.tables(&select.from)
    }

    fn tables(&mut self, tables: &'a [TableWithJoins]) -> Option<Place<'a>> {
        let mut all = tables
            .iter()
            .flat_map(|table| std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation)));
        let place = all.find_map(|factor| self.factor(factor))?;
        Some(place.beside(tables.len() > 1 || tables.iter().any(|table| !table.joins.is_empty())))
    }

    fn factor(&mut self, factor: &'a TableFactor) -> Option<Place<'a>> {
        self.step()?;
        match factor {
            TableFactor::Table { name, args: None, .. } => self.resolve(name),
            TableFactor::Derived { subquery, .. } => self.query(subquery).1,
            TableFactor::NestedJoin { table_with_joins, .. } => self.tables(std::slice::from_ref(table_with_joins)),
            TableFactor::Pivot { table, .. }
            | TableFactor::Unpivot { table, .. }
            | TableFactor::MatchRecognize { table, .. } => self.factor(table),
            _ => None,
        }
    }

    /// The table that a name means: itself, or that of the query that it stands for.
    fn resolve(&mut self, name: &'a ObjectName) -> Option<Place<'a>> {
        let [ObjectNamePart::Identifier(ident)] = &name.0[..] else { return Some(Place::only(name)) };
        let in_sight = self.named.iter().enumerate().rev().find_map(|(level, (list, seen))| {
            let index = list[..*seen].iter().rposition(|cte| cte.alias.name.value == ident.value)?;
            Some((level, index, &list[index]))
        });
        let Some((level, index, cte)) = in_sight else { return Some(Place::only(name)) };
        // Its query sees what stands before it.
        let named = self.named.clone();
        self.named.truncate(level + 1);
        self.named[level].1 = index;
        let (_, place) = self.query(&cte.query);
        self.named = named;
        place
    }
}

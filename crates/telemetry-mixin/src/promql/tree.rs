//! The syntax tree with the places that the parser's own lacks.

use std::ops::Range;

use promql_parser::label::MatchOp;

/// A place in an expression, in bytes.
pub(crate) type Span = Range<usize>;

/// The label that a matcher of names has.
pub(crate) const NAME_LABEL: &str = "__name__";

/// A word of the expression: a metric, label or function name.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// The parser's syntax tree with the places that it lacks.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: NodeKind,
}

#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    Number(f64),
    Text(String),
    Instant(SelectorNode),
    Range(SelectorNode),
    Subquery(Box<Node>),
    Call { function: Word, arguments: Vec<Node> },
    Aggregate(AggregateNode),
    Binary(Binary),
    Unary(Box<Node>),
    Paren(Box<Node>),
}

#[derive(Debug, Clone)]
pub(crate) struct SelectorNode {
    /// The metric's name, whether it stands before the braces or quoted within.
    pub(crate) name: Option<Word>,
    pub(crate) matchers: Vec<LabelMatcher>,
    /// From the opening to the closing brace.
    pub(crate) braces: Option<Span>,
    /// Whether matchers are joined by `or`.
    pub(crate) alternatives: bool,
}

impl SelectorNode {
    /// Whether it says nothing of the metric's name.
    pub(crate) fn is_nameless(&self) -> bool {
        self.name.is_none() && self.matchers.iter().all(|matcher| matcher.label.text != NAME_LABEL)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct LabelMatcher {
    pub(crate) label: Word,
    pub(crate) op: MatchOp,
    pub(crate) value: Word,
}

#[derive(Debug, Clone)]
pub(crate) struct AggregateNode {
    pub(crate) op: Word,
    pub(crate) parameter: Option<Box<Node>>,
    pub(crate) argument: Box<Node>,
    pub(crate) grouping: Option<Grouping>,
}

#[derive(Debug, Clone)]
pub(crate) struct Grouping {
    /// `by`, `on` and `group_left` keep these labels, `without` and `ignoring` drop them.
    pub(crate) keeps: bool,
    pub(crate) labels: Vec<Word>,
    /// From the opening to the closing parenthesis.
    pub(crate) list: Span,
}

#[derive(Debug, Clone)]
pub(crate) struct Binary {
    pub(crate) op: Word,
    pub(crate) left: Box<Node>,
    pub(crate) right: Box<Node>,
    pub(crate) returns_bool: bool,
    pub(crate) matching: Option<Grouping>,
    /// `group_left` or `group_right`, with the labels taken from the one side.
    pub(crate) many: Option<Many>,
}

#[derive(Debug, Clone)]
pub(crate) struct Many {
    pub(crate) left: bool,
    pub(crate) labels: Vec<Word>,
}

impl Binary {
    pub(crate) fn is_comparison(&self) -> bool {
        matches!(self.op.text.as_str(), "==" | "!=" | "<" | ">" | "<=" | ">=")
    }

    pub(crate) fn is_set_operator(&self) -> bool {
        matches!(self.op.text.as_str(), "and" | "or" | "unless")
    }
}

impl Node {
    /// The node without its parentheses.
    pub(crate) fn bare(&self) -> &Self {
        match &self.kind {
            NodeKind::Paren(inner) => inner.bare(),
            _ => self,
        }
    }

    /// Calls `visit` for every call of a function, with its arguments; an outer one comes before those within it.
    pub(crate) fn calls<'a>(&'a self, visit: &mut impl FnMut(&'a str, &'a [Self])) {
        match &self.kind {
            NodeKind::Number(_) | NodeKind::Text(_) | NodeKind::Instant(_) | NodeKind::Range(_) => {}
            NodeKind::Subquery(inner) | NodeKind::Unary(inner) | NodeKind::Paren(inner) => inner.calls(visit),
            NodeKind::Call { function, arguments } => {
                visit(&function.text, arguments);
                arguments.iter().for_each(|argument| argument.calls(visit));
            }
            NodeKind::Aggregate(aggregate) => {
                if let Some(parameter) = &aggregate.parameter {
                    parameter.calls(visit);
                }
                aggregate.argument.calls(visit);
            }
            NodeKind::Binary(binary) => {
                binary.left.calls(visit);
                binary.right.calls(visit);
            }
        }
    }

    /// Calls `visit` for every selector, in the order of the text.
    pub(crate) fn selectors<'a>(&'a self, visit: &mut impl FnMut(&'a SelectorNode, &'a Span)) {
        match &self.kind {
            NodeKind::Number(_) | NodeKind::Text(_) => {}
            NodeKind::Instant(selector) | NodeKind::Range(selector) => visit(selector, &self.span),
            NodeKind::Subquery(inner) | NodeKind::Unary(inner) | NodeKind::Paren(inner) => inner.selectors(visit),
            NodeKind::Call { arguments, .. } => arguments.iter().for_each(|argument| argument.selectors(visit)),
            NodeKind::Aggregate(aggregate) => {
                if let Some(parameter) = &aggregate.parameter {
                    parameter.selectors(visit);
                }
                aggregate.argument.selectors(visit);
            }
            NodeKind::Binary(binary) => {
                binary.left.selectors(visit);
                binary.right.selectors(visit);
            }
        }
    }
}

//! Finds the place of every node of the parser's tree: the tree says what comes next, the tokens say where it is.

use promql_parser::label::Matcher;
use promql_parser::parser::{self as ast, Expr};
use promql_parser::util::unquote_string;

use super::duration::Durations;
use super::respell::{STAND_IN, is_extension};
use super::token::{Token, TokenKind};
use super::tree::{AggregateNode, Binary, Grouping, LabelMatcher, Many, Node, NodeKind, SelectorNode, Span, Word};

pub(crate) struct Locator<'a> {
    text: &'a str,
    tokens: &'a [Token],
    next: usize,
}

impl<'a> Locator<'a> {
    pub(crate) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self { text, tokens, next: 0 }
    }

    /// The located tree; `None` when tree and tokens do not agree.
    pub(crate) fn whole(mut self, expr: &Expr) -> Option<Node> {
        let node = self.node(expr)?;
        (self.next == self.tokens.len()).then_some(node)
    }

    fn node(&mut self, expr: &Expr) -> Option<Node> {
        while self.sees("+") {
            self.next += 1;
        }
        let start = self.peek()?.span.start;
        let kind = match expr {
            Expr::NumberLiteral(number) => {
                while self.sees("-") || self.sees("+") {
                    self.next += 1;
                }
                self.take()?;
                NodeKind::Number(number.val)
            }
            Expr::StringLiteral(string) => {
                self.take()?;
                NodeKind::Text(string.val.clone())
            }
            Expr::VectorSelector(selector) => {
                let selector = self.selector(selector)?;
                self.modifiers();
                NodeKind::Instant(selector)
            }
            Expr::MatrixSelector(range) => {
                let selector = self.selector(&range.vs)?;
                self.brackets()?;
                self.modifiers();
                NodeKind::Range(selector)
            }
            Expr::Subquery(subquery) => {
                let inner = self.node(&subquery.expr)?;
                self.brackets()?;
                self.modifiers();
                NodeKind::Subquery(Box::new(inner))
            }
            Expr::Call(call) => self.call(call)?,
            Expr::Aggregate(aggregate) => self.aggregate(aggregate)?,
            Expr::Binary(binary) => self.binary(binary)?,
            Expr::Unary(unary) => {
                self.expect("-")?;
                NodeKind::Unary(Box::new(self.node(&unary.expr)?))
            }
            Expr::Paren(paren) => {
                self.expect("(")?;
                let inner = self.node(&paren.expr)?;
                self.expect(")")?;
                NodeKind::Paren(Box::new(inner))
            }
            Expr::Extension(_) => return None,
        };
        Some(Node { span: start..self.last_end(), kind })
    }

    fn call(&mut self, call: &ast::Call) -> Option<NodeKind> {
        let function = self.word()?;
        self.expect("(")?;
        let mut arguments = Vec::with_capacity(call.args.len());
        for argument in &call.args.args {
            if !arguments.is_empty() {
                self.expect(",")?;
            }
            arguments.push(self.node(argument)?);
        }
        self.expect(")")?;
        Some(NodeKind::Call { function, arguments })
    }

    fn aggregate(&mut self, aggregate: &ast::AggregateExpr) -> Option<NodeKind> {
        let op = self.word()?;
        let mut grouping = self.grouping();
        self.expect("(")?;
        let parameter = match &aggregate.param {
            Some(parameter) => {
                let located = self.node(parameter)?;
                self.expect(",")?;
                Some(Box::new(located))
            }
            None => None,
        };
        let argument = Box::new(self.node(&aggregate.expr)?);
        self.expect(")")?;
        if grouping.is_none() {
            grouping = self.grouping();
        }
        Some(NodeKind::Aggregate(AggregateNode { op, parameter, argument, grouping }))
    }

    fn grouping(&mut self) -> Option<Grouping> {
        let keeps = match self.keyword()?.as_str() {
            "by" | "on" => true,
            "without" | "ignoring" => false,
            _ => return None,
        };
        self.next += 1;
        let open = self.peek()?.span.start;
        let labels = self.label_list()?;
        Some(Grouping { keeps, labels, list: open..self.last_end() })
    }

    fn label_list(&mut self) -> Option<Vec<Word>> {
        self.expect("(")?;
        let mut labels = Vec::new();
        while !self.sees(")") {
            let mut label = self.word()?;
            if label.text.starts_with(['"', '\'', '`']) {
                label.text = unquote_string(&label.text).ok()?;
            }
            labels.push(label);
            if self.sees(",") {
                self.next += 1;
            }
        }
        self.expect(")")?;
        Some(labels)
    }

    fn binary(&mut self, binary: &ast::BinaryExpr) -> Option<NodeKind> {
        let left = Box::new(self.node(&binary.lhs)?);
        let mut op = self.word()?;
        op.text.make_ascii_lowercase();
        let mut returns_bool = false;
        if self.keyword().as_deref() == Some("bool") {
            self.next += 1;
            returns_bool = true;
        }
        let mut matching = None;
        let mut many = None;
        if matches!(self.keyword().as_deref(), Some("on" | "ignoring")) {
            matching = Some(self.grouping()?);
            if let Some(side @ ("group_left" | "group_right")) = self.keyword().as_deref() {
                self.next += 1;
                let labels = if self.sees("(") { self.label_list()? } else { Vec::new() };
                many = Some(Many { left: side == "group_left", labels });
            }
        }
        while matches!(self.keyword().as_deref(), Some("fill" | "fill_left" | "fill_right"))
            && binary
                .modifier
                .as_ref()
                .is_some_and(|modifier| modifier.fill_values.lhs.is_some() || modifier.fill_values.rhs.is_some())
        {
            self.next += 1;
            self.expect("(")?;
            while !self.sees(")") {
                self.take()?;
            }
            self.expect(")")?;
        }
        let right = Box::new(self.node(&binary.rhs)?);
        Some(NodeKind::Binary(Binary { op, left, right, returns_bool, matching, many }))
    }

    fn selector(&mut self, selector: &ast::VectorSelector) -> Option<SelectorNode> {
        let mut name = match &selector.name {
            Some(_) if !self.sees("{") => Some(self.word()?),
            _ => None,
        };
        let mut matchers = Vec::new();
        let mut braces = None;
        if self.sees("{") && (name.is_none() || self.peek().is_some()) {
            let open = self.peek()?.span.start;
            self.next += 1;
            let all = &selector.matchers;
            let written = all.matchers.iter().chain(all.or_matchers.iter().flatten());
            for matcher in written.filter(|matcher| matcher.name != STAND_IN) {
                if self.sees(",") || (self.keyword().as_deref() == Some("or") && !self.is_matched(self.next)) {
                    self.next += 1;
                }
                if let Some(located) = self.matcher(matcher)? {
                    matchers.push(located);
                } else {
                    name = Some(self.quoted_name(matcher)?);
                }
            }
            if self.sees(",") {
                self.next += 1;
            }
            let close = self.peek()?.span.end;
            self.expect("}")?;
            braces = Some(open..close);
        }
        Some(SelectorNode { name, matchers, braces, alternatives: !selector.matchers.or_matchers.is_empty() })
    }

    /// A matcher; `None` inside for a quoted metric name, which has no operator.
    fn matcher(&mut self, matcher: &Matcher) -> Option<Option<LabelMatcher>> {
        if !self.is_matched(self.next) {
            return Some(None);
        }
        let label = Word { text: matcher.name.clone(), span: self.take()?.span.clone() };
        self.take()?;
        let value = Word { text: matcher.value.clone(), span: self.take()?.span.clone() };
        Some(Some(LabelMatcher { label, op: matcher.op.clone(), value }))
    }

    /// Whether an operator of matchers follows the token.
    fn is_matched(&self, at: usize) -> bool {
        let followed = self.tokens.get(at + 1);
        followed.is_some_and(|token| matches!(&self.text[token.span.clone()], "=" | "!=" | "=~" | "!~"))
    }

    fn quoted_name(&mut self, matcher: &Matcher) -> Option<Word> {
        Some(Word { text: matcher.value.clone(), span: self.take()?.span.clone() })
    }

    fn brackets(&mut self) -> Option<()> {
        self.expect("[")?;
        while !self.sees("]") {
            self.take()?;
        }
        self.expect("]")
    }

    /// Skips `offset` and `@`, in either order, and what widens a range.
    fn modifiers(&mut self) {
        loop {
            if self.keyword().as_deref() == Some("offset") {
                let durations = Durations { text: self.text, tokens: self.tokens };
                self.next = durations.operand(self.next + 1).unwrap_or(self.next + 1);
            } else if self.sees("@") {
                self.next += 1;
                while self.sees("-") || self.sees("+") {
                    self.next += 1;
                }
                self.next += 1;
                if self.sees("(") {
                    self.next += 2;
                }
            } else if is_extension(self.text, self.tokens, self.next) {
                self.next += 1;
            } else {
                return;
            }
        }
    }

    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.next)?;
        self.next += 1;
        Some(token)
    }

    fn sees(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.kind == TokenKind::Sign && &self.text[token.span.clone()] == sign)
    }

    fn expect(&mut self, sign: &str) -> Option<()> {
        self.sees(sign).then(|| self.next += 1)
    }

    /// The next token as a keyword, whose case does not matter.
    fn keyword(&self) -> Option<String> {
        let token = self.peek()?;
        (token.kind == TokenKind::Word).then(|| self.text[token.span.clone()].to_ascii_lowercase())
    }

    fn word(&mut self) -> Option<Word> {
        let span: Span = self.take()?.span.clone();
        Some(Word { text: self.text[span.clone()].to_owned(), span })
    }

    fn last_end(&self) -> usize {
        self.next.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.span.end)
    }
}

//! One trace among those that arrived, from a request to what its caller hears of it, as a tree.

use std::collections::HashMap;
use std::fmt::Write as _;

use telemetry_testkit::{SpanEntry, SpanSet};

/// What the spans of such a trace begin with, in the order in which they lead to each other: the request, an agent's run, a
/// turn, a call of a model; a tool of an MCP server, and one that is a child process.
const STEPS: [&str; 8] = [
    "http.POST /projects/",
    "agent.run",
    "agent.turn.1",
    "llm.complete",
    "tool.read-file",
    "mcp.tool.execute",
    "tool.word-count",
    "runtime.execute_tool",
];
/// What an event of a stream is told in.
const EVENT: &str = "stream.";

/// The spans of all traces, by what they belong to.
struct Woven<'a> {
    children: HashMap<(&'a str, &'a str), Vec<&'a SpanEntry>>,
    /// Spans of events, by the span that they were published in.
    heard: HashMap<(&'a str, &'a str), Vec<&'a SpanEntry>>,
    by_id: HashMap<(&'a str, &'a str), &'a SpanEntry>,
}

/// A trace that leads from a request through an agent's run, turn, call of a model, MCP tool and child process to an event of
/// a stream; `None` when there is none.
pub(crate) fn one_trace(spans: &SpanSet) -> Option<String> {
    let spans = spans.distinct();
    let woven = Woven::of(&spans);
    let requests = spans.iter().filter(|span| span.name.starts_with(STEPS[0]));
    let trees = requests.filter(|request| woven.has_all(request)).map(|request| {
        let mut tree = format!("one trace, {}\n", request.trace_id);
        woven.print(request, 1, &mut tree);
        tree
    });
    trees.min_by_key(String::len)
}

impl<'a> Woven<'a> {
    fn of(spans: &'a [SpanEntry]) -> Self {
        let mut woven = Self { children: HashMap::new(), heard: HashMap::new(), by_id: HashMap::new() };
        for span in spans {
            woven.by_id.insert((&span.trace_id, &span.span_id), span);
            if let Some(parent) = &span.parent_span_id {
                woven.children.entry((&span.trace_id, parent)).or_default().push(span);
            }
            for link in span.links.iter().filter(|_| span.name.starts_with(EVENT)) {
                woven.heard.entry((&link.trace_id, &link.span_id)).or_default().push(span);
            }
        }
        for children in woven.children.values_mut() {
            children.sort_by_key(|span| span.start_unix_nanos);
        }
        woven
    }

    fn children(&self, span: &'a SpanEntry) -> &[&'a SpanEntry] {
        self.children.get(&(&*span.trace_id, &*span.span_id)).map_or(&[], Vec::as_slice)
    }

    fn heard(&self, span: &'a SpanEntry) -> &[&'a SpanEntry] {
        self.heard.get(&(&*span.trace_id, &*span.span_id)).map_or(&[], Vec::as_slice)
    }

    /// Whether each step is in the tree below, and an event of it was heard.
    fn has_all(&self, root: &'a SpanEntry) -> bool {
        let mut below = vec![root];
        let mut next = 0;
        while let Some(span) = below.get(next).copied() {
            below.extend(self.children(span));
            next += 1;
        }
        STEPS.iter().all(|step| below.iter().any(|span| span.name.starts_with(step)))
            && below.iter().any(|span| !self.heard(span).is_empty())
    }

    fn print(&self, span: &'a SpanEntry, depth: usize, tree: &mut String) {
        let name = format!("{:indent$}{}", "", span.name, indent = depth * 2);
        let failed = if span.is_error() { "  failed" } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(tree, "{name:<72} {:>9.1} ms{failed}", span.duration().as_secs_f64() * 1_000.0);
        for event in self.heard(span) {
            let _ = writeln!(tree, "{:indent$}~ {} heard of it", "", self.path(event), indent = depth * 2 + 2);
        }
        for child in self.children(span) {
            self.print(child, depth + 1, tree);
        }
    }

    /// The names of a span and of those above it.
    fn path(&self, span: &'a SpanEntry) -> String {
        let above = span.parent_span_id.as_deref().and_then(|parent| self.by_id.get(&(&*span.trace_id, parent)));
        match above {
            Some(parent) => format!("{} / {}", self.path(parent), span.name),
            None => span.name.clone(),
        }
    }
}

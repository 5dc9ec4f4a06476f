//! Settings of which headers carry context.

use super::node::{FromNode, Node, Syntax, words};
use super::variable::{At, Variable};
use crate::propagation::PropagatorSet;

impl FromNode for PropagatorSet {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        let accepted = || "a comma-separated list of tracecontext and baggage, or none".to_owned();
        let items = words(node).ok_or_else(accepted)?;
        if items == ["none"] {
            return Ok(Self::NONE);
        }
        let mut set = Self::NONE;
        for item in &items {
            match item.as_str() {
                "tracecontext" => set.trace_context = true,
                "baggage" => set.baggage = true,
                _ => return Err(accepted()),
            }
        }
        Ok(set)
    }
}

pub(super) const VARIABLES: &[Variable] =
    &[Variable::new("propagators", "OTEL_PROPAGATORS", "tracecontext", &At(|s| &mut s.propagators))];

//! Settings that are one of a few words.

use super::node::{FromNode, Node, Syntax, words};
use crate::semconv::Semconv;

/// A closed set of values by their names; names match whatever their case, as the specification asks.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        pub enum $type:ident: $accepted:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $name:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $($(#[$variant_meta])* $variant,)*
        }

        impl FromNode for $type {
            fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
                match node.text().map(str::to_ascii_lowercase).as_deref() {
                    $(Some($name) => Ok(Self::$variant),)*
                    _ => Err($accepted.to_owned()),
                }
            }
        }
    };
}

choice! {
    /// How OTLP travels.
    pub enum Protocol: "grpc (http/protobuf and http/json are not built in)" {
        /// OTLP over gRPC.
        Grpc = "grpc",
    }
}

choice! {
    /// How the application's events are printed to standard error.
    pub enum Console: "auto, pretty, json or off" {
        /// Pretty at a terminal, JSON otherwise.
        Auto = "auto",
        /// For people: short, and coloured at a terminal.
        Pretty = "pretty",
        /// For programs: one object a line.
        Json = "json",
        /// Not at all.
        Off = "off",
    }
}

choice! {
    /// How requests are compressed.
    pub enum Compression: "gzip or none" {
        /// Not at all.
        None = "none",
        /// With gzip.
        Gzip = "gzip",
    }
}

choice! {
    /// How histograms are aggregated.
    pub enum HistogramAggregation: "explicit_bucket_histogram (every histogram declares its buckets)" {
        /// Into the buckets that each declares.
        ExplicitBucket = "explicit_bucket_histogram",
    }
}

choice! {
    /// How traces are chosen, under the names of the specification.
    #[non_exhaustive]
    pub enum SamplerKind: "always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or \
        parentbased_traceidratio (jaeger_remote, parentbased_jaeger_remote and xray need an agent and are not built in)"
    {
        /// Every span.
        AlwaysOn = "always_on",
        /// No span.
        AlwaysOff = "always_off",
        /// A share of all traces, whatever the parent decided.
        TraceIdRatio = "traceidratio",
        /// As the parent decided; every trace that starts here.
        ParentBasedAlwaysOn = "parentbased_always_on",
        /// As the parent decided; no trace that starts here.
        ParentBasedAlwaysOff = "parentbased_always_off",
        /// As the parent decided; a share of the traces that start here.
        ParentBasedTraceIdRatio = "parentbased_traceidratio",
    }
}

impl FromNode for Semconv {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        let accepted = || format!("a comma-separated list of {}", Self::ALL.map(Self::as_str).join(", "));
        let name = node.text().map(str::to_ascii_lowercase).ok_or_else(accepted)?;
        Self::ALL.into_iter().find(|part| part.as_str() == name).ok_or_else(accepted)
    }
}

impl FromNode for Vec<Semconv> {
    fn from_node(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let items = words(node).unwrap_or_else(|| vec![String::new()]);
        items.into_iter().map(|item| Semconv::from_node(&Node::Text(item), syntax)).collect()
    }
}

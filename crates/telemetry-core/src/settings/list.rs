//! Settings that are lists or maps: headers, attributes, buckets.

use std::collections::BTreeMap;
use std::fmt;

use super::node::{FromNode, Node, Syntax};
use super::secret::REDACTED;
use crate::percent;

/// Headers that go with every export. Their values never show up in debug output.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Adds a header; name and value are checked when the settings are resolved.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, _)| (name, REDACTED))).finish()
    }
}

impl FromNode for Headers {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        pairs(node).map(Self).ok_or_else(|| {
            "a comma-separated list of name=value, each name once, with commas, equal signs in names, percent signs \
             and non-ASCII characters percent-encoded"
                .to_owned()
        })
    }
}

/// Attributes of the resource, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// Sets an attribute.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.insert(key.into(), value.into());
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<String> {
        self.0.remove(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl FromNode for Attributes {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        pairs(node)
            .filter(|pairs| pairs.iter().all(|(key, value)| key != super::resource::SERVICE_NAME || !value.is_empty()))
            .map(|pairs| Self(pairs.into_iter().collect()))
            .ok_or_else(|| {
                "a comma-separated list of key=value, each key once, with commas, percent signs and equal signs \
                 percent-encoded, and no empty service.name"
                    .to_owned()
            })
    }

    fn laid_over(mut self, below: Self) -> Self {
        for (key, value) in below.0 {
            self.0.entry(key).or_insert(value);
        }
        self
    }
}

/// Bucket bounds by metric, in place of the declared ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Buckets(pub(super) BTreeMap<String, Vec<f64>>);

impl Buckets {
    /// Sets the bounds of a metric's buckets; they are checked when the settings are resolved.
    pub fn insert(&mut self, metric: impl Into<String>, bounds: impl Into<Vec<f64>>) {
        self.0.insert(metric.into(), bounds.into());
    }
}

impl FromNode for Buckets {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        buckets(node).map(Self).ok_or_else(|| BUCKETS_ACCEPTED.to_owned())
    }

    fn laid_over(mut self, below: Self) -> Self {
        for (metric, bounds) in below.0 {
            self.0.entry(metric).or_insert(bounds);
        }
        self
    }
}

pub(super) const BUCKETS_ACCEPTED: &str =
    "metric=bound,bound,…;metric=… with each metric once and its bounds finite and rising";

fn buckets(node: &Node) -> Option<BTreeMap<String, Vec<f64>>> {
    let mut buckets = BTreeMap::new();
    match node {
        Node::Text(text) => {
            for member in text.split(';') {
                let (metric, bounds) = member.split_once('=')?;
                let bounds = bounds.split(',').map(|bound| bound.trim().parse().ok()).collect::<Option<_>>()?;
                unless_there(&mut buckets, metric.trim().to_owned(), bounds)?;
            }
        }
        Node::Map(entries) => {
            for (metric, bounds) in entries {
                let Node::List(bounds) = bounds else { return None };
                let bounds = bounds.iter().map(Node::number).collect::<Option<_>>()?;
                unless_there(&mut buckets, metric.clone(), bounds)?;
            }
        }
        _ => return None,
    }
    Some(buckets)
}

fn unless_there<V>(map: &mut BTreeMap<String, V>, key: String, value: V) -> Option<()> {
    map.insert(key, value).is_none().then_some(())
}

/// Names and texts: a map, or text in which they are joined by `=`, separated by commas and percent-encoded.
/// None if anything in it is malformed, for half a list would be a silent loss.
fn pairs(node: &Node) -> Option<Vec<(String, String)>> {
    let pairs = match node {
        Node::Text(text) => text.split(',').map(pair).collect::<Option<Vec<_>>>()?,
        Node::Map(entries) => {
            let text = |(key, value): &(String, Node)| Some((key.clone(), value.text()?.to_owned()));
            entries.iter().map(text).collect::<Option<Vec<_>>>()?
        }
        _ => return None,
    };
    let mut seen = BTreeMap::new();
    for (key, _) in &pairs {
        if key.is_empty() {
            return None;
        }
        unless_there(&mut seen, key.to_ascii_lowercase(), ())?;
    }
    Some(pairs)
}

fn pair(member: &str) -> Option<(String, String)> {
    let (key, value) = member.split_once('=')?;
    let (key, value) = (percent::decode(key.trim())?, percent::decode(value.trim())?);
    let plain = |text: &str| !text.chars().any(char::is_control);
    (plain(&key) && plain(&value)).then_some((key, value))
}

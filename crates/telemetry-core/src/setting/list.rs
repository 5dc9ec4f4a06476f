//! Settings that are lists or maps.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::node::{Node, Syntax, without_last};
use super::value::SettingValue;
use crate::percent;

impl<T: SettingValue> SettingValue for Vec<T> {
    fn accepted(syntax: Syntax) -> String {
        format!("a comma-separated list of {}", T::accepted(syntax))
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let items = node.items().ok_or_else(|| Self::accepted(syntax))?;
        items.iter().map(|item| T::read(item, syntax).map_err(|_| Self::accepted(syntax))).collect()
    }

    fn write(&self) -> String {
        self.iter().map(T::write).collect::<Vec<_>>().join(",")
    }
}

impl<T: SettingValue + Ord> SettingValue for BTreeSet<T> {
    fn accepted(syntax: Syntax) -> String {
        Vec::<T>::accepted(syntax)
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        Vec::read(node, syntax).map(|items| items.into_iter().collect())
    }

    fn write(&self) -> String {
        self.iter().map(T::write).collect::<Vec<_>>().join(",")
    }
}

/// Names and texts; what several sources say is joined.
impl SettingValue for BTreeMap<String, String> {
    fn accepted(_: Syntax) -> String {
        "a comma-separated list of key=value, each key once, with commas, percent signs and equal signs percent-encoded"
            .to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        pairs(node).map(|pairs| pairs.into_iter().collect()).ok_or_else(|| Self::accepted(syntax))
    }

    fn write(&self) -> String {
        let encode = |text| percent::encode(text, |byte| byte.is_ascii_graphic() && !b",=%".contains(&byte));
        self.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect::<Vec<_>>().join(",")
    }

    fn laid_over(self, below: Self) -> Self {
        joined(self, below)
    }
}

/// Bounds by name; what several sources say is joined.
impl SettingValue for BTreeMap<String, Vec<f64>> {
    fn accepted(_: Syntax) -> String {
        "metric=bound,bound,…;metric=… with each metric once and its bounds finite and rising".to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        bounds(node).ok_or_else(|| Self::accepted(syntax))
    }

    fn write(&self) -> String {
        let mut text = String::new();
        for (metric, bounds) in self {
            let bounds = bounds.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
            let separator = if text.is_empty() { "" } else { ";" };
            // Writing to a string does not fail.
            let _ = write!(text, "{separator}{metric}={bounds}");
        }
        text
    }

    fn laid_over(self, below: Self) -> Self {
        joined(self, below)
    }
}

fn joined<V>(upper: BTreeMap<String, V>, mut below: BTreeMap<String, V>) -> BTreeMap<String, V> {
    below.extend(upper);
    below
}

fn bounds(node: &Node) -> Option<BTreeMap<String, Vec<f64>>> {
    let mut bounds = BTreeMap::new();
    match node {
        Node::Text(text) => {
            for member in without_last(text, ';').split(';') {
                let (metric, list) = member.split_once('=')?;
                let list = without_last(list, ',').split(',').map(|bound| bound.trim().parse().ok());
                unless_there(&mut bounds, metric.trim().to_owned(), list.collect::<Option<_>>()?)?;
            }
        }
        Node::Map(entries) => {
            for (metric, list) in entries {
                let Node::List(list) = list else { return None };
                let list = list.iter().map(Node::number).collect::<Option<_>>()?;
                unless_there(&mut bounds, metric.clone(), list)?;
            }
        }
        _ => return None,
    }
    Some(bounds)
}

fn unless_there<V>(map: &mut BTreeMap<String, V>, key: String, value: V) -> Option<()> {
    map.insert(key, value).is_none().then_some(())
}

/// Names and texts: a map, or text in which they are joined by `=`, separated by commas and percent-encoded.
/// None if anything in it is malformed, for half a list would be a silent loss.
pub(crate) fn pairs(node: &Node) -> Option<Vec<(String, String)>> {
    let pairs = match node {
        Node::Text(text) => without_last(text, ',').split(',').map(pair).collect::<Option<Vec<_>>>()?,
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

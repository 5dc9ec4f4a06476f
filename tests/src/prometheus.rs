//! Prometheus's HTTP API, as far as the tests ask it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Failure;
use crate::http::{Http, escape};

/// One Prometheus.
#[derive(Debug)]
pub struct Prometheus(Http);

/// One series and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// All labels but the name.
    pub labels: BTreeMap<String, String>,
    /// The value; of a native histogram, how many values it has.
    pub value: f64,
}

/// What Prometheus knows of a metric beside its series.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Metadata {
    /// `counter`, `gauge`, `histogram`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The help text.
    pub help: String,
}

/// A rule and how its last evaluation went.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// The alert, or what it records.
    pub name: String,
    /// `ok`, `err`, or `unknown` before the first evaluation.
    pub health: String,
    /// Why it failed.
    #[serde(default)]
    pub last_error: String,
    /// `alerting` or `recording`.
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
struct Vector {
    result: Vec<VectorSample>,
}

#[derive(Deserialize)]
struct VectorSample {
    metric: BTreeMap<String, String>,
    value: Option<(f64, String)>,
    histogram: Option<(f64, NativeHistogram)>,
}

#[derive(Deserialize)]
struct NativeHistogram {
    count: String,
}

#[derive(Deserialize)]
struct Rules {
    groups: Vec<RuleGroup>,
}

#[derive(Deserialize)]
struct RuleGroup {
    rules: Vec<Rule>,
}

impl Prometheus {
    /// The one on that port.
    ///
    /// # Errors
    ///
    /// When the system has no file descriptors left.
    pub fn new(port: u16) -> io::Result<Self> {
        Ok(Self(Http::new(port)?))
    }

    /// Whether it is ready.
    ///
    /// # Errors
    ///
    /// When it is not.
    pub fn ready(&self) -> Result<(), Failure> {
        self.0.get("/-/ready").map(|_| ())
    }

    /// The series of an instant vector, now.
    ///
    /// # Errors
    ///
    /// When Prometheus refuses the expression or does not answer.
    pub fn query(&self, expression: &str) -> Result<Vec<Sample>, Failure> {
        let vector: Vector = self.ask(&format!("/api/v1/query?query={}", escape(expression)))?;
        let sample = |mut sample: VectorSample| {
            sample.metric.remove("__name__");
            let value = match (sample.value, sample.histogram) {
                (Some((_, value)), _) | (None, Some((_, NativeHistogram { count: value }))) => value.parse()?,
                (None, None) => return Err("a series has no value".into()),
            };
            Ok(Sample { labels: sample.metric, value })
        };
        vector.result.into_iter().map(sample).collect()
    }

    /// The names of all series that a selector matches.
    ///
    /// # Errors
    ///
    /// When Prometheus refuses the selector or does not answer.
    pub fn names(&self, selector: &str) -> Result<BTreeSet<String>, Failure> {
        self.ask(&format!("/api/v1/label/__name__/values?match[]={}", escape(selector)))
    }

    /// What it knows of the metrics that it scraped.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn metadata(&self) -> Result<BTreeMap<String, Vec<Metadata>>, Failure> {
        self.ask("/api/v1/metadata")
    }

    /// All rules.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn rules(&self) -> Result<Vec<Rule>, Failure> {
        let rules: Rules = self.ask("/api/v1/rules")?;
        Ok(rules.groups.into_iter().flat_map(|group| group.rules).collect())
    }

    /// The answer to a path, as it comes.
    ///
    /// # Errors
    ///
    /// When it refuses it or does not answer.
    pub fn get(&self, path: &str) -> Result<String, Failure> {
        self.0.get(path)
    }

    fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let answer: Answer<T> = serde_json::from_str(&self.0.get(path)?)?;
        Ok(answer.data)
    }
}

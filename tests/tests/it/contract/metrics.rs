//! The catalogues against `metrics.yaml`: nothing missing, nothing more, nothing different.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};

use telemetry_core::{LabelValues, MetricDef};

use super::catalogues::crates;
use super::spec::{Metric, Metrics, Values};

/// What the contract writes for a set of values that the design gives, and that set.
const GIVEN_BY_THE_DESIGN: (&str, [&str; 7]) = (
    "closed set, see the design",
    [
        "completed",
        "client_disconnect",
        "server_shutdown",
        "timeout",
        "upstream_error",
        "serialization_error",
        "internal_error",
    ],
);

/// One metric as the contract and the catalogue both tell it.
#[derive(Debug, PartialEq)]
struct Contract {
    crate_name: String,
    kind: String,
    unit: String,
    help: String,
    labels: BTreeMap<String, Values>,
    buckets: Vec<f64>,
}

impl From<Metric> for Contract {
    fn from(metric: Metric) -> Self {
        let Metric { crate_name, kind, unit, help, mut labels, buckets, .. } = metric;
        let (sentence, given) = GIVEN_BY_THE_DESIGN;
        for values in labels.values_mut().filter(|values| **values == Values::Open(sentence.to_owned())) {
            *values = Values::Closed(given.map(str::to_owned).to_vec());
        }
        Self { crate_name, kind, unit, help, labels, buckets }
    }
}

impl From<&MetricDef> for Contract {
    fn from(def: &MetricDef) -> Self {
        Self {
            crate_name: def.crate_name.to_owned(),
            kind: def.kind.as_str().to_owned(),
            unit: def.unit.to_owned(),
            help: def.help.to_owned(),
            labels: def.labels().map(|label| (label.name.to_owned(), label.values.into())).collect(),
            buckets: def.buckets.to_vec(),
        }
    }
}

impl From<LabelValues> for Values {
    fn from(values: LabelValues) -> Self {
        match values {
            LabelValues::Closed(values) => Self::Closed(values.iter().map(|&value| value.to_owned()).collect()),
            LabelValues::Text => Self::Open("text".to_owned()),
            LabelValues::Detail => Self::Open("detail".to_owned()),
            LabelValues::Described(what) => Self::Open(what.to_owned()),
        }
    }
}

#[test]
fn the_catalogues_are_the_contract_to_the_letter() {
    let crates = crates();
    let specified = Metrics::read().metrics.into_iter().filter(|metric| crates.contains(&metric.crate_name));
    let specified = unique(specified.map(|metric| (metric.name.clone(), Contract::from(metric))));
    let catalogues = telemetry::catalogues();
    let declared = catalogues.iter().flat_map(|catalogue| catalogue.metrics());
    let declared = unique(declared.map(|def| (def.name.to_owned(), Contract::from(def))));
    let differences = differences(&specified, &declared);
    assert!(differences.is_empty(), "the catalogues and tests/contract/metrics.yaml differ:\n{differences}");
}

#[test]
fn a_catalogue_holds_the_metrics_of_its_own_crate() {
    for catalogue in telemetry::catalogues() {
        for def in catalogue.metrics() {
            assert_eq!(def.crate_name, catalogue.crate_name(), "{}", def.name);
        }
    }
}

fn unique(metrics: impl Iterator<Item = (String, Contract)>) -> BTreeMap<String, Contract> {
    let mut by_name = BTreeMap::new();
    for (name, metric) in metrics {
        assert!(by_name.insert(name.clone(), metric).is_none(), "{name} is there twice");
    }
    by_name
}

fn differences(specified: &BTreeMap<String, Contract>, declared: &BTreeMap<String, Contract>) -> String {
    let mut out = String::new();
    for (name, spec) in specified {
        match declared.get(name) {
            None => out.push_str(&format!("{name}: not declared by {}\n", spec.crate_name)),
            Some(found) => {
                differs(&mut out, name, "crate", &spec.crate_name, &found.crate_name);
                differs(&mut out, name, "kind", &spec.kind, &found.kind);
                differs(&mut out, name, "unit", &spec.unit, &found.unit);
                differs(&mut out, name, "help", &spec.help, &found.help);
                differs(&mut out, name, "labels", &spec.labels, &found.labels);
                differs(&mut out, name, "buckets", &spec.buckets, &found.buckets);
            }
        }
    }
    for (name, found) in declared.iter().filter(|(name, _)| !specified.contains_key(*name)) {
        let _ = writeln!(out, "{name}: declared by {}, but not in the contract", found.crate_name);
    }
    out
}

fn differs<T: PartialEq + Debug>(out: &mut String, name: &str, what: &str, spec: &T, found: &T) {
    if spec != found {
        let _ = writeln!(out, "{name}: {what}\n  contract  {spec:?}\n  catalogue {found:?}");
    }
}

/// What is changed, and how.
type Change = (&'static str, fn(&mut Contract));

#[test]
fn any_difference_is_told() {
    let metric = |change: fn(&mut Contract)| {
        let mut metric = Contract {
            crate_name: "shop".to_owned(),
            kind: "counter".to_owned(),
            unit: String::new(),
            help: "Sales".to_owned(),
            labels: BTreeMap::from([("till".to_owned(), Values::Open("text".to_owned()))]),
            buckets: Vec::new(),
        };
        change(&mut metric);
        BTreeMap::from([("sales_total".to_owned(), metric)])
    };
    let closed = |values: &[&str]| Values::Closed(values.iter().map(|&value| value.to_owned()).collect());
    assert_eq!(differences(&metric(|_| {}), &metric(|_| {})), "");
    assert!(differences(&metric(|_| {}), &BTreeMap::new()).contains("not declared by shop"));
    assert!(differences(&BTreeMap::new(), &metric(|_| {})).contains("not in the contract"));
    let changes: [Change; 7] = [
        ("crate", |metric| metric.crate_name.push('s')),
        ("kind", |metric| metric.kind = "gauge".to_owned()),
        ("unit", |metric| metric.unit = "s".to_owned()),
        ("help", |metric| metric.help.push('.')),
        ("labels", |metric| metric.labels.clear()),
        ("labels", |metric| drop(metric.labels.insert("till".to_owned(), Values::Open("detail".to_owned())))),
        ("buckets", |metric| metric.buckets.push(1.0)),
    ];
    for (what, change) in changes {
        assert!(differences(&metric(|_| {}), &metric(change)).contains(&format!("sales_total: {what}\n")), "{what}");
    }
    assert_ne!(closed(&["a", "b"]), closed(&["b", "a"]));
}

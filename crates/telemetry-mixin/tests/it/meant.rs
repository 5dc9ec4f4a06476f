//! What a misspelt name may have meant is the nearest of all names, letter by letter.

use proptest::prelude::*;
use strsim::levenshtein;
use telemetry_core::{Kind, Namespace};
use telemetry_mixin::model::ForeignMetric;
use telemetry_mixin::promql::{Checker, Role};

/// What Prometheus makes itself, which may be meant, too.
const OWN: [&str; 7] = [
    "ALERTS",
    "ALERTS_FOR_STATE",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_series_added",
    "target_info",
    "up",
];

fn expected<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let limit = (name.len() / 3).max(1);
    let continues = |known: &str| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    let distances = known.iter().map(|known| (levenshtein(name, known), *known));
    distances.filter(|(distance, known)| *distance <= limit || continues(known)).min().map(|(_, known)| known)
}

fn assert_meant(name: &str, metrics: [&str; 2]) {
    let mut checker = Checker::new(&[], &Namespace::DEFAULT);
    metrics.iter().for_each(|metric| checker.add_foreign(&ForeignMetric::new(*metric, Kind::Gauge)));
    let known: Vec<&str> = OWN.into_iter().chain(metrics).collect();
    if known.contains(&name) {
        return;
    }
    let problems = checker.check(&format!("{name} > 0"), Role::Alert).expect_err("nothing has that name");
    let help = match expected(name, &known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "it is in no catalogue, and no rule records it".to_owned(),
    };
    assert_eq!(problems[0].help.as_deref(), Some(help.as_str()), "{name} among {metrics:?}");
}

proptest! {
    #[test]
    fn of_names_of_few_letters(name in "q[a-c_]{0,70}", one in "q[a-c_]{0,70}", other in "[a-c_:]{1,70}") {
        assert_meant(&name, [&one, &other]);
    }

    #[test]
    fn of_names_that_are_alike(name in "[a-z_]{2,66}", cut in 0_usize..66, with in "[a-z_:]{0,4}", other in "[a-z]{3,9}") {
        let cut = cut.min(name.len());
        let alike = format!("x{}{with}{}", &name[..cut], &name[(cut + 1).min(name.len())..]);
        assert_meant(&format!("x{name}"), [&alike, &other]);
    }
}

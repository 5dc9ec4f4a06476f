//! `gen-dashboards` as an operator calls it who chooses what is generated.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use telemetry::domains;
use telemetry_core::Namespace;
use telemetry_mixin::model::Domain;
use telemetry_mixin::{GeneratorSettings, generate};

/// Whether a call ends well, and what it says on both outputs.
fn xtask(folder: &Path, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(args).current_dir(folder).stdin(Stdio::null()).output().expect("it was built");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), said(&output.stdout) + &said(&output.stderr))
}

fn generated(args: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let out = folder.path().to_str().expect("its path is text").to_owned();
    let (done, said) = xtask(folder.path(), &[&["gen-dashboards", "--out", &out], args].concat());
    assert!(done, "{said}");
    folder
}

/// Every file below a folder, by its path.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).expect("what is generated is text");
                files.push((path, text));
            }
        }
    }
    assert!(!files.is_empty());
    files.sort();
    files
}

/// Whether the checker finds nothing in the rules and dashboards of a folder.
fn check(folder: &Path, args: &[&str]) {
    let paths: Vec<String> = files(&folder.join("deploy"))
        .into_iter()
        .map(|(path, _)| path.to_string_lossy().into_owned())
        .filter(|path| ["/rules/", "/dashboards/"].iter().any(|folder| path.contains(folder)))
        .filter(|path| !path.contains("/provisioning/"))
        .collect();
    assert!(paths.len() > 2, "{paths:?}");
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let (passed, said) = xtask(folder, &[&["check-rules"], args, &paths].concat());
    assert!(passed, "{said}");
}

/// What a domain gives a name to: metrics, recording rules, alerts, dashboards. The sections of a shared dashboard are
/// everybody's.
fn names(domain: &Domain, acme: &Namespace) -> BTreeSet<String> {
    let mixin = &domain.mixin;
    let metrics = domain.catalogue.metrics().map(|metric| metric.name_in(acme).into_owned());
    let own = mixin.dashboards.iter().filter(|board| board.sections.is_empty());
    // A title of one word, such as HTTP, is a word like any other.
    let title = |title: &String| Some(title.clone()).filter(|title| title.contains(' '));
    let boards = own.flat_map(|board| [format!("{acme}-{}", board.slug)].into_iter().chain(title(&board.title)));
    let rules = mixin.rules.iter().map(|rule| rule.name.clone());
    let alerts = mixin.alerts.iter().map(|alert| alert.name().to_owned());
    let objectives = mixin.slos.iter().map(|slo| slo.name().to_owned());
    metrics.chain(boards).chain(rules).chain(alerts).chain(objectives).collect()
}

/// Whether a text has a name as a word of its own.
fn says(text: &str, name: &str) -> bool {
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(of_name) && !text[at + name.len()..].starts_with(|c| of_name(c) || c == '-')
    })
}

#[test]
fn a_bundle_of_two_domains_in_another_namespace_names_nothing_else() {
    let folder = generated(&["--namespace", "acme", "--domains", "llm,mcp"]);
    let acme = Namespace::new("acme").expect("it is a namespace");
    let files = files(folder.path());
    let of = |wanted: bool| {
        let domains = domains().into_iter().filter(move |domain| matches!(&*domain.name, "llm" | "mcp") == wanted);
        domains.flat_map(|domain| names(&domain, &acme)).collect::<BTreeSet<String>>()
    };
    let (own, others) = (of(true), of(false));
    assert!(others.len() > 100, "{}", others.len());
    for (path, text) in &files {
        assert!(!text.to_lowercase().contains("agentpane"), "{}", path.display());
        let told: Vec<&String> = others.iter().filter(|name| !own.contains(*name) && says(text, name)).collect();
        assert!(told.is_empty(), "{} names {told:?}", path.display());
    }
    check(folder.path(), &["--namespace", "acme"]);
}

#[test]
fn every_link_of_a_part_of_the_bundle_leads_to_what_it_has() {
    let folder = generated(&["--domains", "stream,http,db"]);
    let files = files(folder.path());
    let has = |name: &str| files.iter().any(|(path, _)| path.ends_with(name));
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut links = 0;
    for (path, text) in &files {
        for rest in text.split("/d/agentpane-").skip(1) {
            let slug = rest.split(|c| !is_name(c)).next().unwrap_or_default();
            assert!(has(&format!("dashboards/{slug}.json")), "{} leads to {slug}", path.display());
            links += 1;
        }
        for rest in text.split("/runbooks/").skip(1) {
            let page = rest.split(|c| !is_name(c)).next().unwrap_or_default();
            assert!(page.is_empty() || has(&format!("runbooks/{page}.md")), "{} leads to {page}", path.display());
            links += 1;
        }
    }
    assert!(links > 20, "{links}");
}

#[test]
fn labels_of_a_cluster_are_chosen_in_every_dashboard_and_known_to_the_checker() {
    let settings = tempfile::tempdir().expect("a temporary directory can be made");
    let file = settings.path().join("telemetry-mixin.toml");
    fs::write(&file, "aggregation_labels = [\"cluster\", \"namespace\"]\n").expect("a file can be written");
    let folder = generated(&["--settings", file.to_str().expect("its path is text")]);
    check(folder.path(), &["--label", "cluster", "--label", "namespace"]);
    for (path, text) in files(&folder.path().join("deploy/grafana/dashboards")) {
        for label in ["cluster", "namespace"] {
            assert!(text.contains(&format!("\"name\": \"{label}\"")), "{} lets choose no {label}", path.display());
        }
    }
}

#[test]
fn resources_of_kubernetes_are_the_same_each_time_and_the_checker_reads_them() {
    let folder = generated(&["--format", "kubernetes"]);
    check(folder.path(), &[]);
    let again = generated(&["--format", "kubernetes"]);
    let texts = |folder: &Path| files(folder).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    assert_eq!(texts(folder.path()), texts(again.path()));
    let (done, said) = xtask(folder.path(), &["gen-dashboards", "--format", "helm"]);
    assert!(!done && said.contains("accepted is files or kubernetes"), "{said}");
}

#[test]
fn a_month_of_hours_has_whole_ones() {
    let of = |window: &str| {
        let text = format!("[alerts.ProviderMonthlyBudgetExceeded]\nwindow = \"{window}\"\n");
        GeneratorSettings::from_toml(&text, &domains()).map_err(|errors| errors.to_string())
    };
    assert!(of("7d").is_ok() && of("1h").is_ok());
    let told = "line 2: `alerts.ProviderMonthlyBudgetExceeded.window`: `90m` is not of whole hours, which are what is added up";
    assert_eq!(of("90m").err().as_deref(), Some(told));
}

#[test]
fn the_example_of_the_page_is_read_with_the_platforms_own_domains() {
    let page = telemetry_mixin::settings_file_page();
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("there is one");
    let settings = GeneratorSettings::from_toml(example, &domains()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(generate(&settings, &domains()).is_ok());
}

#[test]
fn a_file_of_settings_is_refused_as_a_whole_and_flags_outrank_it() {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let file = folder.path().join("telemetry-mixin.toml");
    fs::write(&file, "namespce = \"acme\"\n\n[alerts.HighMCPToolErrorRate]\nthreshold = \"high\"\n")
        .expect("a file can be written");
    let out = folder.path().join("out");
    let args =
        ["gen-dashboards", "--settings", "telemetry-mixin.toml", "--out", out.to_str().expect("its path is text")];
    let (done, said) = xtask(folder.path(), &args);
    assert!(!done, "{said}");
    for wrong in [
        "telemetry-mixin.toml: line 1: there is no key `namespce`; did you mean `namespace`?",
        "telemetry-mixin.toml: line 4: `alerts.HighMCPToolErrorRate.threshold` is \"high\"; accepted is a number",
    ] {
        assert!(said.contains(wrong), "{said}");
    }
    assert!(!out.exists());

    fs::write(&file, "namespace = \"acme\"\ndomains = [\"llm\"]\n").expect("a file can be written");
    let (done, said) = xtask(folder.path(), &[&args[..], &["--domains", "mcp"]].concat());
    assert!(done, "{said}");
    let rules = fs::read_to_string(out.join("deploy/prometheus/rules/mcp.yaml")).expect("the flag's domain is there");
    assert!(rules.contains("acme-mcp.alerts"), "{rules}");
    assert!(!out.join("deploy/prometheus/rules/llm.yaml").exists());

    let (same, said) = xtask(folder.path(), &[&args[..], &["--domains", "mcp", "--check"]].concat());
    assert!(same, "{said}");
    fs::write(out.join("deploy/prometheus/rules/mcp.yaml"), rules.replace("interval: '30s'", "interval: '31s'"))
        .expect("a file can be written");
    let (same, said) = xtask(folder.path(), &[&args[..], &["--domains", "mcp", "--check"]].concat());
    assert!(!same && said.contains("  -    interval: '31s'\n  +    interval: '30s'\n"), "{said}");
}

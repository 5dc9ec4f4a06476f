//! What files and expressions say is shown so that it does nothing to a terminal.

use std::fs;

use telemetry_core::Namespace;
use telemetry_mixin::promql::{Checker, Role};
use telemetry_mixin::{Difference, GeneratedFiles, GeneratorSettings, check_dashboard, check_rules, generate};

use crate::catalogue::CATALOGUE;
use crate::fixture::{domain, mixin};

/// One of each class of characters, and how it is shown.
const HOSTILE: [(&str, &str); 9] = [
    ("\u{1b}[2J", "\\u{1b}[2J"),
    ("\u{7}", "\\u{7}"),
    ("\u{9b}1m", "\\u{9b}1m"),
    ("\u{202e}", "\\u{202e}"),
    ("\u{2066}", "\\u{2066}"),
    ("\u{200f}", "\\u{200f}"),
    ("\u{2028}", "\\u{2028}"),
    ("\u{200b}", "\\u{200b}"),
    ("\u{e0041}", "\\u{e0041}"),
];

fn checker() -> Checker {
    Checker::new(&[CATALOGUE], &Namespace::DEFAULT)
}

/// Nothing of the text is raw, and it is told.
#[track_caller]
fn assert_shown(what: &str, message: &str, hostile: (&str, &str)) {
    let (raw, shown) = hostile;
    assert!(!message.contains(raw), "{what}: {message:?}");
    assert!(message.contains(shown), "{what}: {message:?}");
    assert!(!message.chars().any(|c| c.is_control() && c != '\n'), "{what}: {message:?}");
}

#[test]
fn expressions() {
    for hostile in HOSTILE {
        let raw = hostile.0;
        for expression in [
            format!("{raw}up"),
            format!("up{{job=\"{raw}\"}} > >"),
            format!("up {{\"{raw}\"=\"x\"}}"),
            format!("{{\"{raw}\"}}"),
            format!("{{__name__=~\"x{raw}\"}}"),
            format!("rate(up{{job=\"{raw}\"}})"),
            format!("# {raw}\nup{{job=\"{raw}\"}} ["),
            format!("runtime_tool_errors_total{{error_kind=\"{raw}\"}}"),
            format!("rate(runtime_tool_errors_total[5m]) by (tool_id) # {raw}"),
        ] {
            let problems = checker().check(&expression, Role::Panel).expect_err("it is wrong");
            for problem in problems {
                assert_shown(&expression, &problem.in_expression(&expression).to_string(), hostile);
            }
        }
    }
}

#[test]
fn the_caret_stands_under_what_is_shown() {
    let expression = "up{job=\"\u{202e}\u{1b}\"} + nothing";
    let problems = checker().check(expression, Role::Panel).expect_err("there is no such metric");
    let shown = problems[0].in_expression(expression).to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[1], r#"   | up{job="\u{202e}\u{1b}"} + nothing"#);
    assert_eq!(lines[2].find('^'), lines[1].find("nothing"), "{shown}");

    let expression = format!("{} + nothing + {}", "up + ".repeat(60) + "up", vec!["up"; 200].join(" == "));
    let problems = checker().check(&expression, Role::Panel).expect_err("there is no such metric");
    let shown = problems[0].in_expression(&expression).to_string();
    let lines: Vec<&str> = shown.lines().collect();
    let column = |line: &str, what: &str| line.find(what).map(|at| line[..at].chars().count());
    if shown.contains("nothing") {
        assert_eq!(column(lines[2], "^"), column(lines[1], "nothing"), "{shown}");
    }
    assert!(lines.iter().all(|line| line.chars().count() < 420), "{shown}");
}

#[test]
fn rules_files() {
    for hostile in HOSTILE {
        // YAML writes such a character in its own way, and what was written becomes the character.
        let escaped: String = hostile.0.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect();
        for (what, text) in [
            ("the group", format!("groups: [{{name: \"{escaped}\", rules: [{{record: r, expr: q}}]}}]")),
            ("the rule", format!("groups: [{{name: g, rules: [{{record: \"{escaped}\", expr: q}}]}}]")),
            ("the alert", format!("groups: [{{name: g, rules: [{{alert: \"{escaped}\", expr: q > 1}}]}}]")),
            ("the expression", format!("groups: [{{name: g, rules: [{{record: r, expr: \"q # {escaped} x\"}}]}}]")),
        ] {
            let findings = check_rules(&mut checker(), &text).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(!findings.is_empty(), "{what}");
            for finding in findings {
                assert_shown(what, &finding.to_string(), hostile);
            }
        }
        for text in [
            format!("groups: [{{name: g, \"{escaped}\": x, rules: 3}}]"),
            format!("groups: \"{escaped}\""),
            format!("groups: {}", hostile.0),
            format!("{}: [", hostile.0),
        ] {
            let error = check_rules(&mut checker(), &text).expect_err("it is no rules file").to_string();
            assert!(!error.contains(hostile.0), "{error:?}");
        }
    }
}

#[test]
fn dashboards() {
    for hostile in HOSTILE {
        let escaped: String = hostile.0.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        for (what, text) in [
            ("the title", format!(r#"{{"title":"{escaped}","panels":[{{"targets":[{{"expr":"q"}}]}}]}}"#)),
            ("the panel", format!(r#"{{"panels":[{{"title":"{escaped}","targets":[{{"expr":"q"}}]}}]}}"#)),
            ("the query", format!(r##"{{"panels":[{{"targets":[{{"expr":"q # {escaped}"}}]}}]}}"##)),
            (
                "the variable",
                format!(
                    r#"{{"panels":[],"templating":{{"list":[{{"name":"{escaped}","query":"label_values(q, a)"}}]}}}}"#
                ),
            ),
        ] {
            let findings = check_dashboard(&checker(), &text).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(findings.len(), 1, "{what}");
            assert_shown(what, &findings[0].to_string(), hostile);
        }
        let error = check_dashboard(&checker(), &format!("{{\"panels\": {}", hostile.0)).expect_err("it is no JSON");
        assert!(!error.to_string().contains(hostile.0), "{error}");
    }
}

#[test]
fn generated_files_and_settings() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    for hostile in HOSTILE {
        let (raw, _) = hostile;
        let changed =
            Difference::Changed { path: format!("deploy/{raw}"), line: 1, diff: format!("-is {raw}\n+would be {raw}") };
        for difference in
            [changed, Difference::Missing { path: raw.to_owned() }, Difference::Stale { path: raw.to_owned() }]
        {
            assert_shown("a difference", &difference.to_string(), hostile);
        }

        let manifest = directory.path().join("deploy/GENERATED");
        fs::create_dir_all(directory.path().join("deploy")).expect("a folder can be made");
        fs::write(&manifest, format!("src/{raw}\n")).expect("the list can be written");
        let error = GeneratedFiles::default().check_against(directory.path()).expect_err("it is wrong");
        assert_shown("the list", &error.to_string(), hostile);
        assert_shown("the list, as main prints it", &format!("{error:?}"), hostile);
        fs::remove_file(&manifest).expect("it is there");

        let mut files = GeneratedFiles::default();
        files.fill("docs/page.md");
        fs::create_dir_all(directory.path().join("docs")).expect("a folder can be made");
        let page = format!("<!-- generated: {raw} -->\n<!-- end of generated -->\n");
        fs::write(directory.path().join("docs/page.md"), page).expect("the page can be written");
        let error = files.check_against(directory.path()).expect_err("there is no such part");
        assert_shown("a page", &error.to_string(), hostile);

        let settings = GeneratorSettings { domains: vec![raw.to_owned()], ..GeneratorSettings::default() };
        let error = generate(&settings, &[domain(mixin())]).expect_err("there is no such domain");
        assert_shown("a domain", &error.to_string(), hostile);
    }
}

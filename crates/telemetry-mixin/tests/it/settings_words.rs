//! Teams and severities by a house's own names.

use telemetry_mixin::model::{Domain, Severity};
use telemetry_mixin::{GeneratedFiles, GeneratorSettings, SettingsFileErrors, generate, pipeline};

use crate::fixture::{domain, mixin};

fn domains() -> [Domain; 2] {
    [domain(mixin()), pipeline::domain()]
}

fn read(text: &str) -> Result<GeneratorSettings, SettingsFileErrors> {
    GeneratorSettings::from_toml(text, &domains())
}

fn generated(text: &str) -> GeneratedFiles {
    let settings = read(text).unwrap_or_else(|errors| panic!("{errors}"));
    generate(&settings, &domains()).unwrap_or_else(|errors| panic!("{errors}"))
}

const OWN: &str = "[severities]\ncritical = \"page\"\nwarning = \"ticket\"\ninfo = \"note\"\n";

#[test]
fn severities_have_other_words_wherever_they_are_said() {
    assert_eq!(read("").expect("nothing is wrong").severities.of(Severity::Warning), "warning");
    let files = generated(OWN);
    let mut said = 0;
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("deploy/") && !path.contains("/collector")) {
        for line in text.lines().filter(|line| line.contains("severity")) {
            let declared = ["critical", "warning", "info"];
            let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
            let of_label = line.contains("severity=") || line.contains("severity:") || line.contains(".severity");
            if of_label {
                let left: Vec<&str> = words.filter(|word| declared.contains(word)).collect();
                // Of the template the third word is Slack's name of a colour.
                assert!(left.is_empty() || left == ["warning"] && path.ends_with(".tmpl"), "{path}: {line}");
                said += 1;
            }
        }
    }
    assert!(said > 40, "only {said} lines say a severity");
    let rules = files.get("deploy/prometheus/rules/core.yaml").expect("there are rules");
    assert!(rules.contains("severity=\"note\"") && rules.contains("severity=~\"ticket|page\""), "{rules}");
    let tests = files.get("deploy/prometheus/tests/core.yaml").expect("there are tests");
    assert!(tests.contains("severity=\"ticket\""), "{tests}");
    let page = files.get("docs/runbooks/InfoInhibitor.md").expect("there is a page");
    assert!(page.contains("severity=\"note\"") && !page.contains("severity info"), "{page}");
    let routes = files.get("deploy/alertmanager/tests/routes.txt").expect("there are cases");
    assert!(routes.contains("severity=page escalation=initial"), "{routes}");
    let page = files.get("docs/runbooks/ToolSuccess.md").expect("there is a page");
    assert!(page.contains("severity page"), "{page}");
}

#[test]
fn a_team_has_another_name_but_for_alerts_that_say_whose_they_are() {
    let text = "[teams]\nagents = \"Bots_1\"\n[alerts.QueueBacklog]\nteam = \"on-call\"\n[alertmanager.teams.Bots_1]\nslack_channel = \"#bots\"\n";
    let files = generated(text);
    let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("there are rules");
    assert!(rules.contains("team: 'on-call'") && !rules.contains("team: 'agents'"), "{rules}");
    let objectives = files.get("deploy/prometheus/rules/demo-objectives.yaml").expect("there are rules");
    assert!(objectives.contains("team: 'Bots_1'") && !objectives.contains("team: 'agents'"), "{objectives}");
    let alertmanager = files.get("deploy/alertmanager/alertmanager.yaml").expect("there is a configuration");
    assert!(alertmanager.contains("team=\"Bots_1\"") && alertmanager.contains("'#bots'"), "{alertmanager}");
}

#[test]
fn names_that_cannot_be_are_refused() {
    let wrong = read(
        r#"
[teams]
agens = "bots"
agents = "on call"
[severities]
critical = "Page"
warning = "info"
minor = "note"
[alerts.QueueBacklog]
team = "on\"call"
severity = "page"
[alertmanager.teams.platform]
webhook = true
"#,
    )
    .expect_err("every line is wrong");
    insta::assert_snapshot!(wrong.to_string());
    let mut settings = GeneratorSettings::default();
    settings.severities.info = "two words".to_owned();
    settings.teams.insert("agents".to_owned(), String::new());
    settings.alerts.entry("QueueBacklog".to_owned()).or_default().team = Some("on\"call".to_owned());
    let wrong = generate(&settings, &domains()).expect_err("they cannot be labels");
    insta::assert_snapshot!(wrong.to_string());
}

#[test]
fn names_that_kubernetes_takes_nowhere_are_refused() {
    let wrong = read(
        r#"
[kubernetes]
namespace = "Not_Valid"
applications_port = "a-port-"
[kubernetes.labels]
"app.kubernetes.io/part-of" = "telemetry"
"two words" = "a"
"Example.com/team" = "b"
empty = ""
[kubernetes.collector_labels]
team = "on call"
"#,
    )
    .expect_err("six lines are wrong");
    insta::assert_snapshot!(wrong.to_string());
    let mut settings = GeneratorSettings::default();
    settings.kubernetes.namespace = Some("a".repeat(64));
    settings.kubernetes.labels.insert("team".to_owned(), "-".to_owned());
    let wrong = generate(&settings, &domains()).expect_err("they cannot be names");
    insta::assert_snapshot!(wrong.to_string());
}

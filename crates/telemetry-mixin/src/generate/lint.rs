//! What a good dashboard, alert, rule and runbook keeps besides its expressions.

use std::collections::BTreeSet;

use crate::model::{Alert, Dashboard, RecordingRule, Runbook, Slo, Viz};
use crate::promql::{Finding, Problem};
use crate::resolved::{Board, BoardPanel, Merged, Resolved, Target, is_share};
use crate::settings::{GeneratorSettings, time};

/// The longest uid that Grafana takes.
const LONGEST_UID: usize = 40;

/// What concerns several domains: names that have to be unique, links that have to lead somewhere.
pub(super) fn across(settings: &GeneratorSettings, domains: &[Resolved], merged: &[Merged<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let boards = || merged.iter().map(|merged| &merged.board);
    let alerts = || domains.iter().flat_map(|domain| &domain.alerts);
    twice("domain", domains.iter().map(|domain| domain.name.as_str()), &mut findings);
    twice("dashboard", boards().map(|board| board.head.slug.as_str()), &mut findings);
    twice("alert", alerts().map(|alert| alert.alert.name()), &mut findings);
    twice(
        "runbook",
        domains.iter().flat_map(|domain| &domain.runbooks).map(|runbook| runbook.name.as_str()),
        &mut findings,
    );
    let rules = domains.iter().flat_map(|domain| &domain.rules);
    twice("recording rule", rules.map(|rule| rule.rule.name.as_str()), &mut findings);

    let slugs: BTreeSet<&str> = boards().map(|board| board.head.slug.as_str()).collect();
    // A panel may name an objective in place of its alerts, whose runbook is the objective's.
    let names: BTreeSet<&str> = alerts().flat_map(|alert| [alert.alert.name(), alert.runbook.as_str()]).collect();
    for alert in alerts() {
        let place = format!("alert `{}`", alert.alert.name());
        if !slugs.contains(alert.alert.dashboard.as_str()) {
            findings.push(Finding::about(&place, format!("there is no dashboard `{}`", alert.alert.dashboard)));
        }
    }
    for board in boards() {
        let uid = settings.uid(&board.head.slug);
        if uid.len() > LONGEST_UID {
            let message = format!("its uid `{uid}` is longer than the {LONGEST_UID} characters that Grafana takes");
            findings.push(Finding::about(board.place_of_all(), message));
        }
        for BoardPanel { panel, .. } in board.panels() {
            for alert in panel.alerts.iter().filter(|alert| !names.contains(alert.as_str())) {
                findings.push(Finding::about(board.place(panel), format!("there is no alert `{alert}`")));
            }
        }
    }
    findings
}

fn twice<'a>(what: &str, names: impl Iterator<Item = &'a str>, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            findings.push(Finding::about(format!("{what} `{name}`"), "another one has the same name"));
        }
    }
}

pub(super) fn board(board: &Board) -> Vec<Finding> {
    let (head, place) = (&board.head, board.place_of_all());
    let mut findings = Vec::new();
    if head.title.is_empty() || head.description.is_empty() {
        findings.push(Finding::about(&place, "it needs a title and a description"));
    }
    if !is_slug(&head.slug) {
        let message = format!("its slug `{}` is not of lower-case words joined by dashes", head.slug);
        findings.push(Finding::about(&place, message));
    }
    if !head.sections.is_empty() {
        let titles = board.rows.iter().map(|row| row.title.as_ref());
        let is_section = |title: &String| is_made(title) || head.sections.contains(title);
        for title in titles.filter(|title| !title.is_some_and(is_section)) {
            let title = title.map_or("without a title", String::as_str);
            findings.push(Finding::about(&place, format!("its row `{title}` is none of its sections")));
        }
    }
    if board.rows.iter().all(|row| row.title.as_deref().is_some_and(is_made)) {
        findings.push(Finding::about(&place, "it has no panels"));
    }
    twice("panel", board.panels().map(|shown| shown.panel.title.as_str()), &mut findings);
    findings
}

/// Whether the generator makes the row of that title.
fn is_made(title: &str) -> bool {
    matches!(title, Dashboard::AT_A_GLANCE | Dashboard::OBJECTIVES)
}

fn is_slug(slug: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    slug.split('-').all(word)
}

pub(super) fn panel(BoardPanel { panel, targets }: &BoardPanel, place: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if panel.title.is_empty() || panel.description.is_empty() {
        findings.push(Finding::about(place, "it needs a title and a description"));
    }
    if targets.is_empty() {
        findings.push(Finding::about(place, "it has no query"));
    }
    if !(1..=24).contains(&panel.width) || panel.height == 0 {
        findings.push(Finding::about(place, "its width is 1 to 24 columns and its height at least 1"));
    }
    if panel.thresholds.windows(2).any(|pair| pair[0].from >= pair[1].from) {
        findings.push(Finding::about(place, "its thresholds do not rise"));
    }
    findings
}

/// What a query has to be for the panel that draws it.
pub(super) fn drawn(viz: Viz, Target { query, expression }: &Target, place: &str) -> Vec<Finding> {
    let mut problems = expression.fixed_rates();
    let whole = 0..expression.text().len();
    let is_told = match viz {
        Viz::BucketHeatmap => query.legend == "{{le}}",
        Viz::BucketBars => query.legend.contains("{{le}}"),
        _ => true,
    };
    if !is_told {
        let message = "its buckets are told apart by the legend `{{le}}`, which only bars may have words around";
        problems.push(Problem::new(message, whole));
    } else if !matches!(viz, Viz::BucketHeatmap | Viz::BucketBars) && query.legend == "{{le}}" {
        let problem = Problem::new("the panel is none of a histogram's buckets, and its query is", whole);
        problems.push(problem.help("draw it as `bucket_heatmap` or `bucket_bars`"));
    }
    problems.into_iter().map(|problem| Finding::of(place, expression.text(), problem)).collect()
}

pub(super) fn rule(rule: &RecordingRule, place: &str) -> Vec<Finding> {
    let parts: Vec<&str> = rule.name.split(':').collect();
    let sound = parts.len() == 3 && parts.iter().all(|part| !part.is_empty());
    if sound { Vec::new() } else { vec![Finding::about(place, "its name is not of the form level:metric:operation")] }
}

pub(super) fn alert(alert: &Alert, place: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut need = |kept: bool, message: &str| {
        if !kept {
            findings.push(Finding::about(place, message));
        }
    };
    let camel = alert.name().starts_with(|c: char| c.is_ascii_uppercase())
        && alert.name().bytes().all(|byte| byte.is_ascii_alphanumeric());
    need(camel, "its name is not of words joined by capitals");
    need(!alert.team.is_empty(), "it names no team");
    need(!alert.summary.is_empty(), "it has no summary");
    need(!alert.summary.contains("{{"), "its summary has a template: one text for all series keeps them together");
    need(!alert.description.is_empty(), "it has no description");
    need(time(&alert.hold).is_some(), "it has to hold for a time above zero, such as 1m");
    let keeps = alert.keep_firing.as_ref().is_none_or(|keep| time(keep).is_some());
    need(keeps, "it goes on firing for a time above zero, such as 5m");
    need(time(&alert.window).is_some(), "its window is a time above zero, such as 5m");
    let unfilled = [&alert.expression, &alert.summary, &alert.description].iter().any(|t| t.contains("$threshold"));
    need(!unfilled, "it uses $threshold and declares none");
    need(alert.tests.iter().any(|test| !test.expected.is_empty()), "no test shows that it fires");
    need(alert.tests.iter().any(|test| test.expected.is_empty()), "no test shows when it does not fire");
    findings
}

pub(super) fn objective(slo: &Slo) -> Vec<Finding> {
    let place = format!("objective `{}`", slo.name());
    let mut findings = Vec::new();
    if !is_share(slo.objective) {
        let message = format!("{} is no share of good events between 0 and 1, such as 0.99", slo.objective);
        findings.push(Finding::about(&place, message));
    }
    if !(slo.least_events >= 1.0 && slo.least_events.is_finite()) {
        findings.push(Finding::about(&place, "its least number of events is not at least 1"));
    }
    findings
}

pub(super) fn runbook(runbook: &Runbook, place: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut lines = runbook.text.lines();
    if lines.next() != Some(format!("# {}", runbook.name).as_str()) {
        findings.push(Finding::about(place, format!("its first line is not `# {}`", runbook.name)));
    }
    let headings: Vec<&str> = runbook.text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    if headings != Runbook::SECTIONS {
        let sections = Runbook::SECTIONS.map(|section| format!("`## {section}`")).join(", ");
        findings.push(Finding::about(place, format!("its sections are not {sections}, in this order")));
    }
    for section in Runbook::SECTIONS {
        let body = runbook.text.split(&format!("## {section}\n")).nth(1).unwrap_or_default();
        let body = body.split("\n## ").next().unwrap_or_default();
        if headings.contains(&section) && body.trim().is_empty() {
            findings.push(Finding::about(place, format!("its section {section} is empty")));
        }
    }
    findings
}

/// The expressions in a page's `promql` blocks, which operators paste: they have to be sound, too.
pub(super) fn snippets(text: &str) -> impl Iterator<Item = &str> {
    text.split(Runbook::SNIPPET).skip(1).filter_map(|rest| rest.split("```").next()).map(str::trim)
}

/// The labels that a text's templates show: `{{tool_id}}` in a legend, `{{ $labels.tool_id }}` in an alert.
pub(super) fn templated_labels<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).filter_map(move |template| {
        let label = template.trim().strip_prefix(prefix)?;
        let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(label.len());
        Some(&label[..end]).filter(|label| !label.is_empty())
    })
}

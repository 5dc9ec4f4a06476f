//! A message as Alertmanager writes it, rendered by amtool.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::files::{scratch, tool};
use crate::command::Result;
use crate::process;

/// What a message shows of the alert below, in the form of Slack.
const SHOWN: [&str; 8] = [
    "*Most runs &lt;fail&gt;*",
    "Runs of &lt;!channel&gt; fail",
    "Value: 75%",
    "`tool_id=&lt;!channel&gt;`",
    "`team=agents`",
    "<https://runbooks/MostRunsFail.md|Runbook>",
    "<https://grafana/d/tools|Dashboard>",
    "[CRITICAL, escalated: secondary] MostRunsFail of api",
];

pub(super) fn check(templates: &Path) -> Result {
    let labels = json!({
        "alertname": "MostRunsFail",
        "severity": "critical",
        "team": "agents",
        "service": "api",
        "escalation": "secondary",
        // Whoever names a tool shall not call a whole channel.
        "tool_id": "<!channel>",
    });
    let annotations = json!({
        "summary": "Most runs <fail>",
        "description": "Runs of <!channel> fail",
        "value": "75%",
        "runbook_url": "https://runbooks/MostRunsFail.md",
        "dashboard_url": "https://grafana/d/tools",
    });
    let data = json!({
        "receiver": "critical-pager",
        "status": "firing",
        "alerts": [{
            "status": "firing",
            "labels": labels,
            "annotations": annotations,
            "startsAt": "2026-11-26T00:00:00Z",
            "endsAt": "2026-11-26T01:00:00Z",
            "generatorURL": "https://prometheus",
            "fingerprint": "0",
        }],
        "groupLabels": { "alertname": "MostRunsFail", "service": "api" },
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "https://alertmanager",
    });
    let file = scratch("message")?.join("data.json");
    fs::write(&file, data.to_string())?;
    let mut render = tool("amtool");
    render.args(["template", "render", "--template.glob"]).arg(templates.join("*.tmpl"));
    render.arg("--template.data").arg(file).arg("--template.text");
    render.arg(
        r#"{{ template "telemetry.title" . }} {{ template "telemetry.text" . }} {{ template "telemetry.color" . }}"#,
    );
    let shown = process::output(&mut render)?;
    match SHOWN.into_iter().chain(["danger"]).find(|part| !shown.contains(part)) {
        None => Ok(()),
        Some(part) => Err(format!("a message does not show `{part}`:\n{shown}").into()),
    }
}

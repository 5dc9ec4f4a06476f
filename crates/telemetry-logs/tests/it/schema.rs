//! The documented schema: which key a field stands under, and in which form.

use serde_json::{Value, json};
use telemetry_logs::{LogSettings, component, nested};
use tracing::field::Empty;

use crate::fixture::{Log, PausedClock, all};

/// A line without what differs each time.
fn without_time(mut line: Value) -> Value {
    let time = line.as_object_mut().and_then(|line| line.shift_remove("timestamp"));
    let time = time.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    assert!(time.len() == 24 && time.ends_with('Z'), "{time:?} is no time");
    line
}

#[test]
fn a_line_is_one_object_with_the_documented_keys_in_their_order() {
    let clock = PausedClock::new();
    let log = Log::with(|builder| builder.settings(all()).clock(move || clock.now()));
    log.run(|| {
        component::agent("agent-7").in_scope(|| {
            tracing::error!(
                task_id = "task-3",
                error_code = "AGENT_EXECUTION_ERROR",
                error = "the model refused",
                duration_ms = 1500,
                turn_count = 15,
                "Agent execution failed"
            );
        });
    });
    assert_eq!(
        log.text(),
        concat!(
            r#"{"timestamp":"2026-11-26T13:50:00.123Z","level":"error","message":"Agent execution failed","service":"shop","#,
            r#""component":"agent","agentId":"agent-7","taskId":"task-3","#,
            r#""error":{"code":"AGENT_EXECUTION_ERROR","message":"the model refused"},"duration":1500,"#,
            r#""data":{"turn_count":15}}"#,
            "\n"
        )
    );
}

#[test]
fn levels_are_the_four_of_the_schema() {
    let log = Log::new();
    log.run(|| {
        tracing::trace!("t");
        tracing::debug!("d");
        tracing::info!("i");
        tracing::warn!("w");
        tracing::error!("e");
    });
    let levels: Vec<_> = log.lines().iter().map(|line| line["level"].clone()).collect();
    assert_eq!(levels, ["debug", "debug", "info", "warn", "error"]);
}

#[test]
fn values_keep_their_types() {
    let line = Log::line(|| {
        tracing::info!(
            text = "a \"b\" \\ c\nd\u{7}é\u{202e}",
            int = -3,
            big = u64::MAX,
            huge = u128::MAX,
            float = 0.5,
            none = f64::NAN,
            yes = true,
            debug = ?Some(1),
            display = %"shown",
            r#type = "keyword",
            "values"
        );
    });
    assert_eq!(line["message"], "values");
    let data = &line["data"];
    assert_eq!(data["text"], "a \"b\" \\ c\nd\u{7}é\u{202e}");
    assert_eq!((&data["int"], &data["big"], &data["float"]), (&json!(-3), &json!(u64::MAX), &json!(0.5)));
    assert_eq!((&data["none"], &data["yes"]), (&Value::Null, &json!(true)));
    assert_eq!(
        (&data["debug"], &data["display"], &data["type"]),
        (&json!("Some(1)"), &json!("shown"), &json!("keyword"))
    );
    assert!(data["huge"].is_number());
}

#[test]
fn what_turns_text_around_on_a_terminal_is_escaped() {
    let log = Log::new();
    log.run(|| tracing::info!(name = "a\u{202e}b\u{9b}2J\u{1b}[2J\u{7f}", "\u{2028}"));
    let text = log.text();
    assert_eq!(text.lines().count(), 1);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains(['\u{202e}', '\u{2028}']), "{text}");
}

#[test]
fn ids_come_from_the_spans_around_and_the_nearest_counts() {
    let log = Log::new();
    log.run(|| {
        let request = component::api(Some("req-1"));
        let _request = request.enter();
        let work = tracing::info_span!("work", user_id = "ada", session_id = 17, project_id = Empty, till = "north");
        work.record("project_id", "p-1");
        let _work = work.enter();
        tracing::info!("first");
        tracing::info!(userId = "bob", component = "github", "second");
        let agent = component::agent("agent-7");
        agent.in_scope(|| tracing::info!("third"));
        tracing::info!("fourth");
    });
    let lines: Vec<Value> = log.lines().into_iter().map(without_time).collect();
    let of = |message: &str, component: &str, user: &str| {
        json!({
            "level": "info", "message": message, "service": "shop", "component": component,
            "requestId": "req-1", "userId": user, "sessionId": "17", "projectId": "p-1",
        })
    };
    assert_eq!(lines[0], of("first", "api", "ada"));
    assert_eq!(lines[1], of("second", "github", "bob"));
    let mut third = of("third", "agent", "ada");
    third["agentId"] = json!("agent-7");
    assert_eq!(lines[2], third);
    assert_eq!(lines[3], of("fourth", "api", "ada"), "what an inner span says ends with it");
}

#[test]
fn each_component_has_its_helper() {
    type Maker = (fn() -> tracing::Span, &'static str, Option<(&'static str, &'static str)>);
    let makers: [Maker; 8] = [
        (|| component::api(None), "api", None),
        (|| component::agent("a-1"), "agent", Some(("agentId", "a-1"))),
        (|| component::worktree(Some("w-1")), "worktree", Some(("worktreeId", "w-1"))),
        (|| component::session(Some("s-1")), "session", Some(("sessionId", "s-1"))),
        (component::database, "database", None),
        (|| component::stream(Some("s-1")), "stream", Some(("sessionId", "s-1"))),
        (component::github, "github", None),
        (component::scheduler, "scheduler", None),
    ];
    for (make, name, id) in makers {
        let line = Log::line(|| make().in_scope(|| tracing::info!("x")));
        assert_eq!(line["component"], name);
        if let Some((key, id)) = id {
            assert_eq!(line[key], id);
        }
    }
}

#[test]
fn the_component_of_other_lines_is_a_setting() {
    let settings = LogSettings { component: "scheduler".to_owned(), ..all() };
    let log = Log::with(|builder| builder.settings(settings));
    log.run(|| {
        tracing::info!("x");
        tracing::info!(component = "kitchen", "y");
    });
    let lines = log.lines();
    assert_eq!(lines[0]["component"], "scheduler");
    assert_eq!(lines[1]["component"], "scheduler", "the schema knows eight");
    assert_eq!(lines[1]["data"]["component"], "kitchen");
}

#[test]
fn nested_data_is_nested_in_the_line() {
    let input = json!({"path": "/src/index.ts", "edits": [{"line": 1}], "quote": "\""});
    let line =
        Log::line(|| tracing::debug!(tool = "Read", input = %nested(&input), again = ?nested(&[1, 2]), "prepared"));
    assert_eq!(line["data"], json!({"tool": "Read", "input": input, "again": [1, 2]}));
    let line = Log::line(|| tracing::debug!(input = r#"{"a":1}"#, "a text is a text"));
    assert_eq!(line["data"]["input"], r#"{"a":1}"#);
}

#[test]
fn a_value_that_cannot_be_written_spoils_no_line() {
    struct Failing;
    impl std::fmt::Debug for Failing {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("half")?;
            Err(std::fmt::Error)
        }
    }
    let line = Log::line(|| tracing::info!(value = ?Failing, n = 1, "failing"));
    assert_eq!(line["data"], json!({"value": "half", "n": 1}));
}

#[test]
fn a_line_is_bounded() {
    let long = "word ".repeat(100_000);
    let line = Log::line(|| tracing::info!(long, "x"));
    let kept = line["data"]["long"].as_str().expect("a text");
    assert!(kept.len() <= 33_000 && kept.ends_with('…'), "{} bytes", kept.len());
    let one = "x".repeat(30_000);
    let line = Log::line(|| {
        tracing::info!(
            a = one,
            b = one,
            c = one,
            d = one,
            e = one,
            f = one,
            g = one,
            h = one,
            i = one,
            j = one,
            k = one,
            l = one,
            "x"
        );
    });
    assert_eq!(line["data"]["truncated"], true);
    assert!(line.to_string().len() < 400_000);
}

//! The alerts on tools that fail, exceed their timeout, or are slow.

use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Severity};
use telemetry_mixin::query::{FEWEST_OF_MOST, WINDOW_OF_MOST, elsewhere, given, increase, most_fail, rate, threshold};
use telemetry_mixin::runbook;

use super::names::{TEAM, TOOL, TOOLS, slow};
use crate::metrics::{ErrorKind, Outcome, ToolMetrics};

pub(super) fn high_tool_error_rate() -> Alert {
    let errors = |instance, kind: ErrorKind| given(ToolMetrics::ERRORS, instance).is("tool_id", "git-diff").only(kind);
    Alert::new(
        runbook!("HighToolErrorRate"),
        AlertRule {
            when: rate(ToolMetrics::ERRORS).by(TOOL).above(threshold(0.1)),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A tool fails often",
            description: "Tool {{ $labels.tool_id }} fails {{ $value | printf \"%.2f\" }} times a second, the limit being $threshold.",
            dashboard: TOOLS,
        },
    )
    .cause("tool errors")
    .keep_firing("5m")
    .test(
        AlertTest::new("its rate has fallen two minutes ago, and may rise again", "17m")
            .series(errors("a", ErrorKind::Wait), "0+20x12 240x30")
            .fires(&[("tool_id", "git-diff")], "0.17"),
    )
    .test(
        AlertTest::new("its rate has fallen ten minutes ago", "25m")
            .series(errors("a", ErrorKind::Wait), "0+20x12 240x30"),
    )
    .test(
        AlertTest::new("errors of two instances add up", "10m")
            .series(errors("a", ErrorKind::Wait), "0+15x20")
            .series(errors("b", ErrorKind::Start), "0+15x20")
            .fires(&[("tool_id", "git-diff")], "0.50"),
    )
    .test(
        AlertTest::new("an error every twenty seconds is not often", "10m")
            .series(errors("a", ErrorKind::Wait), "0+3x20"),
    )
    .test(AlertTest::new("it has to hold for two minutes", "2m").series(errors("a", ErrorKind::Wait), "0+30x20"))
}

/// The sibling for tools that run seldom.
pub(super) fn most_tool_runs_fail() -> Alert {
    let ended = |outcome: Outcome| given(ToolMetrics::EXECUTE, "a").count().is("tool_id", "git-diff").only(outcome);
    let healthy = elsewhere(ToolMetrics::EXECUTE).count().is("tool_id", "git-diff").only(Outcome::Success);
    let runs = || increase(ToolMetrics::EXECUTE).by(TOOL);
    Alert::new(
        runbook!("MostToolRunsFail"),
        AlertRule {
            when: most_fail(
                runs().matches("outcome", "error|timeout"),
                runs().except(Outcome::Cancelled),
                FEWEST_OF_MOST,
            ),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Most runs of a tool fail",
            description: "{{ $value | humanizePercentage }} of the runs of tool {{ $labels.tool_id }} within $window failed.",
            dashboard: TOOLS,
        },
    )
    .window(WINDOW_OF_MOST)
    .cause("tool errors")
    .test(
        AlertTest::new("all of five a minute since ten minutes, beside a busy service where all is well", "30m")
            .series(ended(Outcome::Success), "0+5x20 100x20")
            .series(ended(Outcome::Error), "0x20 5+5x20")
            .series(healthy, "0+600x40")
            .fires(&[("job", "api"), ("tool_id", "git-diff")], "100%"),
    )
    .test(
        AlertTest::new("half of them, which is the limit", "30m")
            .series(ended(Outcome::Success), "0+5x40")
            .series(ended(Outcome::Timeout), "0+5x40"),
    )
    .test(AlertTest::new("one run at night, which fails", "12m").series(ended(Outcome::Error), "0x5 1x20"))
    .test(AlertTest::new("nothing runs", "30m").series(ended(Outcome::Error), "50x40"))
    .test(
        AlertTest::new("runs that their callers dropped", "30m").series(ended(Outcome::Cancelled), "0+5x40"),
    )
}

pub(super) fn tool_timeout_spike() -> Alert {
    let timeouts = || given(ToolMetrics::TIMEOUTS, "a").is("tool_id", "git-diff");
    let ended = |outcome: Outcome| given(ToolMetrics::EXECUTE, "a").count().is("tool_id", "git-diff").only(outcome);
    Alert::new(
        runbook!("ToolTimeoutSpike"),
        AlertRule {
            // One alone is no spike, though it is all of a night's runs.
            when: (rate(ToolMetrics::TIMEOUTS).by(TOOL) / rate(ToolMetrics::EXECUTE).by(TOOL))
                .above(threshold(0.05))
                .and(increase(ToolMetrics::TIMEOUTS).over(WINDOW_OF_MOST).by(TOOL).above(1.5)),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A tool exceeds its timeout in many of its runs",
            description: "{{ $value | humanizePercentage }} of the runs of tool {{ $labels.tool_id }} exceed their timeout.",
            dashboard: TOOLS,
        },
    )
    .keep_firing("5m")
    .test(
        AlertTest::new("a tenth of the runs exceed their timeout", "10m")
            .series(timeouts(), "0+6x20")
            .series(ended(Outcome::Timeout), "0+6x20")
            .series(ended(Outcome::Success), "0+54x20")
            .fires(&[("tool_id", "git-diff")], "10%"),
    )
    .test(
        AlertTest::new("one run in a hundred does", "10m")
            .series(timeouts(), "0+1x20")
            .series(ended(Outcome::Timeout), "0+1x20")
            .series(ended(Outcome::Success), "0+99x20"),
    )
    .test(
        AlertTest::new("two runs in a quarter of an hour, which both do", "16m")
            .series(timeouts(), "0x9 1x2 2x20")
            .series(ended(Outcome::Timeout), "0x9 1x2 2x20")
            .fires(&[("tool_id", "git-diff")], "100%"),
    )
    .test(
        AlertTest::new("one run at night, which does", "13m")
            .series(timeouts(), "0x9 1x20")
            .series(ended(Outcome::Timeout), "0x9 1x20"),
    )
    .test(
        AlertTest::new("no run at all is no timeout", "10m")
            .series(timeouts(), "6x20")
            .series(ended(Outcome::Timeout), "6x20")
            .series(ended(Outcome::Success), "54x20"),
    )
}

pub(super) fn slow_tool_execution() -> Alert {
    let taken = |bound| given(ToolMetrics::EXECUTE, "a").is("tool_id", "search").only(Outcome::Success).bucket(bound);
    Alert::new(
        runbook!("SlowToolExecution"),
        AlertRule {
            when: slow().value().at_least(threshold(30.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A tool is slow in many of its runs",
            description: "One run in twenty of tool {{ $labels.tool_id }} takes {{ $value | humanizeDuration }} or longer.",
            dashboard: TOOLS,
        },
    )
    .test(
        AlertTest::new("a tenth of the runs take longer than the last bucket", "15m")
            .series(taken("10.0"), "0+54x30")
            .series(taken("30.0"), "0+54x30")
            .series(taken("+Inf"), "0+60x30")
            .fires(&[("tool_id", "search")], "30s"),
    )
    .test(
        AlertTest::new("one run in a hundred does", "15m")
            .series(taken("10.0"), "0+99x30")
            .series(taken("30.0"), "0+99x30")
            .series(taken("+Inf"), "0+100x30"),
    )
    .test(
        AlertTest::new("all runs end between ten and thirty seconds", "15m")
            .series(taken("10.0"), "0+0x30")
            .series(taken("30.0"), "0+60x30")
            .series(taken("+Inf"), "0+60x30"),
    )
}

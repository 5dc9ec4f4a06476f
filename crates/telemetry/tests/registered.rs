//! What an application registers is never folded, in whichever domain: neither by what models, callers and peers make up,
//! nor by what else the process measures.
#![cfg(all(feature = "health", feature = "llm", feature = "mcp", feature = "runtime", feature = "stream"))]

use std::time::Duration;

use telemetry::core::{Component, Errors, Meter, MeterSettings};
use telemetry::health::Health;
use telemetry::llm::labels::FactoryType;
use telemetry::llm::{Factories, Llm, Usage};
use telemetry::mcp::Mcp;
use telemetry::runtime::{PollState, Tools, Workflows};
use telemetry::stream::Streams;
use telemetry::stream::labels::{StreamKind, Transport};
use telemetry_testkit::TestTelemetry;

/// One kind of name that a domain makes a label of.
struct Case {
    domain: &'static str,
    metric: &'static str,
    label: &'static str,
    /// How many are recorded before it.
    made_up: usize,
    register: fn(&Meter, &str),
    record: fn(&Meter, &str),
}

fn wait_for(meter: &Meter, workflow: &str) {
    let wait = Workflows::new(meter).wait(workflow, Duration::from_secs(1));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let done = runtime.block_on(wait.poll(async || PollState::<_, std::io::Error>::Completed(())));
    done.expect("it is done at once");
}

fn check(meter: &Meter, component: &str) {
    let health = Health::new(meter);
    health.required(component, || async { Ok::<_, std::io::Error>(()) }).expect("a sound name");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    assert!(runtime.block_on(health.readiness()).components.is_some_and(|components| components.len() == 1));
}

const CASES: [Case; 9] = [
    Case {
        domain: "core",
        metric: "agentpane_errors_total",
        label: "error_code",
        made_up: 40,
        register: |meter, name| Errors::new(meter).register(name),
        record: |meter, name| Errors::new(meter).record(name, Component::Api),
    },
    Case {
        domain: "runtime, tools",
        metric: "runtime_tool_execute_seconds",
        label: "tool_id",
        made_up: 40,
        register: |meter, name| Tools::new(meter).register(name),
        record: |meter, name| Tools::new(meter).start(name).succeed(),
    },
    Case {
        domain: "runtime, workflows",
        metric: "workflow_sync_polls_total",
        label: "workflow_id",
        made_up: 40,
        register: |meter, name| Workflows::new(meter).register(name),
        record: wait_for,
    },
    Case {
        domain: "llm, models",
        metric: "llm_provider_request_seconds",
        label: "model",
        made_up: 40,
        register: |meter, name| Llm::new(meter).register("openai", name),
        record: |meter, name| drop(Llm::new(meter).start("openai", name).succeed(Usage::new(1, 1))),
    },
    Case {
        domain: "llm, providers",
        metric: "llm_provider_rate_limit_delays_seconds",
        label: "provider",
        made_up: 40,
        register: |meter, name| Llm::new(meter).register(name, "model"),
        record: |meter, name| Llm::new(meter).rate_limit_waited(name, Duration::from_secs(1)),
    },
    Case {
        domain: "llm, factories",
        metric: "factory_create_seconds",
        label: "name",
        made_up: 40,
        register: |meter, name| Factories::new(meter).register(name),
        record: |meter, name| Factories::new(meter).create(FactoryType::Tool, name, || ()),
    },
    Case {
        domain: "mcp, tools",
        metric: "mcp_tool_execute_seconds",
        label: "tool_name",
        made_up: 40,
        register: |meter, name| Mcp::new(meter).register("server", name),
        record: |meter, name| Mcp::new(meter).start("server", name).succeed(),
    },
    Case {
        domain: "stream, events",
        metric: "stream_events_total",
        label: "event_type",
        made_up: 40,
        register: |meter, name| Streams::new(meter).register(name),
        record: |meter, name| Streams::new(meter).start(StreamKind::Task, Transport::Sse, "1").event(name),
    },
    Case {
        domain: "health, components",
        metric: "agentpane_health_check_duration_seconds",
        label: "component",
        // Whoever adds a component has registered it.
        made_up: 3,
        register: |_, _| {},
        record: check,
    },
];

#[test]
fn a_registered_name_is_never_folded_in_any_domain() {
    for Case { domain, metric, label, made_up, register, record } in CASES {
        for max_series in [10_000, 20] {
            let settings = MeterSettings { max_label_values: 2, max_series, ..MeterSettings::default() };
            let telemetry = TestTelemetry::builder().meter_settings(settings).build();
            let meter = telemetry.meter();
            // What holds the entities, which live no longer than whoever records them.
            let _held = (
                (Errors::new(meter), Tools::new(meter), Workflows::new(meter), Llm::new(meter)),
                (Factories::new(meter), Mcp::new(meter), Streams::new(meter), Health::new(meter)),
            );
            register(meter, "early");
            for number in 0..made_up {
                record(meter, &format!("invented-{number}"));
            }
            record(meter, "late");
            register(meter, "late");
            for name in ["early", "late"] {
                record(meter, name);
            }
            let metrics = telemetry.metrics();
            for name in ["early", "late"] {
                assert!(metrics.total(metric, &[(label, name)]) > 0.0, "{domain}: {name} is folded\n{metrics}");
            }
            // It shows something: others are folded, but for those that the application has added.
            let folded = metrics.total(metric, &[(label, "_other")]);
            assert_eq!(folded > 0.0, !domain.starts_with("health"), "{domain}\n{metrics}");
        }
    }
}

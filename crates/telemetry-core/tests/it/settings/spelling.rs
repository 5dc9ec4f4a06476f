//! How values may be written: in any case, with a comma too many, or not at all.

use telemetry_core::settings::{Console, ResolvedSettings, Settings, variables};

use super::resolve::resolve;

fn shown(vars: &[(&str, &str)]) -> String {
    format!("{:?}", resolve(vars).expect("accepted"))
}

#[test]
fn names_are_read_in_any_case() {
    for (name, one, other) in [
        ("OTEL_TRACES_EXPORTER", "none", "NONE"),
        ("OTEL_METRICS_EXPORTER", "otlp", "OTLP"),
        ("OTEL_PROPAGATORS", "tracecontext", "TraceContext"),
        ("OTEL_PROPAGATORS", "none", "None"),
        ("OTEL_TRACES_SAMPLER", "always_off", "Always_Off"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "none", "NONE"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "gRPC"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta", "Delta"),
        ("TELEMETRY_DETAIL_LABELS", "true", "True"),
        ("TELEMETRY_SEMCONV", "gen_ai", "GEN_AI"),
        ("TELEMETRY_LOG_CONSOLE", "json", "JSON"),
        ("TELEMETRY_LOG_LEVEL", "warn", "WARN"),
    ] {
        assert_eq!(shown(&[(name, one)]), shown(&[(name, other)]), "{name}");
        assert_ne!(shown(&[(name, one)]).len(), 0);
    }
}

#[test]
fn a_comma_after_the_last_item_is_accepted() {
    for (name, one, other) in [
        ("OTEL_TRACES_EXPORTER", "none", "none,"),
        ("OTEL_PROPAGATORS", "tracecontext", "tracecontext, "),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,b=2", "a=1,b=2,"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=1", "a=1 ,"),
        ("TELEMETRY_SEMCONV", "gen_ai,mcp", "gen_ai,mcp,"),
        ("TELEMETRY_BUCKETS", "x=1,2;y=3", "x=1,2,;y=3,;"),
        ("TELEMETRY_LOG_LEVEL", "warn,shop=debug", "warn,shop=debug,"),
    ] {
        assert_eq!(shown(&[(name, one)]), shown(&[(name, other)]), "{name}");
        assert_ne!(shown(&[(name, one)]), shown(&[]), "{name} is read");
    }
    for (name, value) in
        [("OTEL_PROPAGATORS", "tracecontext,,baggage"), ("OTEL_TRACES_EXPORTER", ","), ("TELEMETRY_SEMCONV", ",mcp")]
    {
        resolve(&[(name, value)]).expect_err("one comma, and after the last");
    }
}

#[test]
fn blank_counts_as_unset_in_variables_and_in_files() {
    let nothing = shown(&[]);
    for row in variables() {
        for blank in ["", " ", "\t \n"] {
            assert_eq!(shown(&[(row.env(), blank)]), nothing, "{row:?}");
            if row.key() == "config_file" {
                continue;
            }
            let open: String = row.key().split('.').map(|level| format!("{{{level}: ")).collect();
            let close = "}".repeat(row.key().split('.').count());
            for value in [blank.replace('\n', ""), format!("{:?}", blank)] {
                let file = Settings::from_yaml(&format!("{open}{value}{close}"), "f.yaml").expect("nothing is said");
                let resolved = ResolvedSettings::resolve([file, Settings::for_service("shop")]).expect("sound");
                assert_eq!(format!("{resolved:?}"), nothing, "{row:?} {value:?}");
            }
        }
    }
}

#[test]
fn the_console_is_chosen() {
    for (name, console) in [
        ("", Console::Auto),
        ("auto", Console::Auto),
        ("pretty", Console::Pretty),
        ("json", Console::Json),
        ("off", Console::Off),
    ] {
        assert_eq!(resolve(&[("TELEMETRY_LOG_CONSOLE", name)]).expect("known").console, console);
    }
    let error = resolve(&[("TELEMETRY_LOG_CONSOLE", "loud")]).expect_err("unknown");
    assert!(error.to_string().ends_with("accepted is auto, pretty, json or off"), "{error}");
    let builder = telemetry_core::Telemetry::builder("shop").console(Console::Json);
    assert_eq!(builder.from_vars([("TELEMETRY_LOG_CONSOLE", "off")]).resolve().expect("sound").console, Console::Json);
}

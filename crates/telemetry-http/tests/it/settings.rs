//! Settings: where they come from, and what they do.

use axum::Router;
use axum::routing::get;
use telemetry_core::propagation::PropagatorSet;
use telemetry_core::{MeterSettings, Telemetry};
use telemetry_http::{HttpLayer, HttpSettings, Scheme};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{self, header, matched, read};

#[test]
fn the_meter_carries_what_builder_and_environment_say() {
    let telemetry = Telemetry::builder("shop")
        .from_vars([
            ("TELEMETRY_HTTP_SCHEME", "HTTPS"),
            ("TELEMETRY_HTTP_PROPAGATORS", "none"),
            ("TELEMETRY_HTTP_SEMCONV", "true"),
        ])
        .domain(|http: &mut HttpSettings| http.semconv = Some(false))
        .build()
        .expect("sound settings");
    let expected = HttpSettings { scheme: Scheme::Https, propagators: Some(PropagatorSet::NONE), semconv: Some(false) };
    assert_eq!(telemetry.meter().settings_of::<HttpSettings>(), expected);

    let refused = Telemetry::builder("shop")
        .from_vars([("TELEMETRY_HTTP_SCHEME", "gopher")])
        .domain(|_: &mut HttpSettings| {})
        .build();
    let error = refused.expect_err("it is no scheme").to_string();
    assert_eq!(error, "TELEMETRY_HTTP_SCHEME: \"gopher\" is not accepted; accepted is http or https");
}

#[tokio::test]
async fn the_layer_keeps_to_what_the_meter_carries() {
    let mut settings = MeterSettings::default();
    let http = HttpSettings { scheme: Scheme::Https, propagators: Some(PropagatorSet::ALL), ..HttpSettings::default() };
    settings.domains.insert(http);
    let telemetry = TestTelemetry::builder().meter_settings(settings).entered();
    let layer = HttpLayer::new(telemetry.meter()).routes(matched);
    let router = Router::new().route("/", get(|| async {})).layer(layer);
    let response = fixture::get(&router, "/").await;
    assert!(header(&response, "traceparent").ends_with("-03"));
    read(response).await;
    telemetry.span("http.GET /").assert_attribute("url.scheme", "https");
}

//! What is counted of a request, under which labels.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::{get, post};
use http::{Method, Request, StatusCode};
use opentelemetry::trace::SpanKind;
use telemetry_core::{Meter, MeterSettings, Namespace};
use telemetry_http::{HttpLayer, Route};
use telemetry_testkit::TestTelemetry;
use tower_layer::Layer as _;
use tower_service::Service as _;

use crate::fixture::{self, Fixture, NAMES, call, read};
use crate::wire;

fn router(layer: HttpLayer) -> Router {
    let nested = Router::new().route("/{id}/items/{item}", get(|| async { "item" }));
    Router::new()
        .route("/", get(|| async { "root" }))
        .route("/users/{id}", get(|Path(id): Path<String>| async move { format!("user {id}") }).delete(|| async {}))
        .route("/echo", post(|body: String| async move { body }))
        .route("/teapot", get(|| async { StatusCode::IM_A_TEAPOT }))
        .route("/broken", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/files/{*path}", get(|| async { "file" }))
        .nest("/orders", nested)
        .layer(layer)
}

#[tokio::test]
async fn labels_are_the_method_the_template_and_the_status() {
    let cases = [
        ("GET", "/", "GET", "/", "200"),
        ("GET", "/users/7", "GET", "/users/{id}", "200"),
        ("GET", "/users/7?token=secret", "GET", "/users/{id}", "200"),
        ("DELETE", "/users/7", "DELETE", "/users/{id}", "200"),
        ("PATCH", "/users/7", "PATCH", "/users/{id}", "405"),
        ("POST", "/echo", "POST", "/echo", "200"),
        ("GET", "/teapot", "GET", "/teapot", "418"),
        ("GET", "/broken", "GET", "/broken", "503"),
        ("GET", "/files/a/b/c", "GET", "/files/{*path}", "200"),
        ("GET", "/orders/1/items/2", "GET", "/orders/{id}/items/{item}", "200"),
        ("HEAD", "/users/7", "HEAD", "/users/{id}", "200"),
        ("GET", "/nowhere", "GET", "_unmatched", "404"),
        ("GET", "/users/7/more", "GET", "_unmatched", "404"),
        ("PURGE", "/nowhere", "_OTHER", "_unmatched", "404"),
        ("get", "/users/7", "_OTHER", "/users/{id}", "405"),
        ("OPTIONS", "/nowhere", "OPTIONS", "_unmatched", "404"),
        ("PUT", "/nowhere", "PUT", "_unmatched", "404"),
        ("TRACE", "/nowhere", "TRACE", "_unmatched", "404"),
    ];
    for (method, target, known, path, status) in cases {
        let fixture = Fixture::new();
        let method = Method::from_bytes(method.as_bytes()).expect("a method is a token");
        let request = Request::builder().method(method).uri(target).body(Body::empty()).expect("the target is sound");
        read(call(&router(fixture.layer()), request).await).await;
        fixture.assert_counted(known, path, status);
        assert_eq!(fixture.span(&format!("http.{known} {path}")).kind, SpanKind::Server);
        fixture.assert_nowhere("secret");
    }
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn axums_routes_are_known_without_being_told() {
    let fixture = Fixture::new();
    let router = router(HttpLayer::new(fixture.meter()));
    read(fixture::get(&router, "/orders/1/items/2").await).await;
    fixture.assert_counted("GET", "/orders/{id}/items/{item}", "200");
    read(fixture::get(&router, "/nowhere").await).await;
    fixture.assert_counter(NAMES.requests, &[("path", "_unmatched"), ("status", "404")], 1.0);
}

#[tokio::test]
async fn a_server_on_a_socket_is_measured_alike() {
    let fixture = Fixture::new();
    let server = wire::serve(router(fixture.layer())).await;
    let answer = wire::exchange(
        server,
        "POST /echo HTTP/1.1\r\nhost: test:80\r\nconnection: close\r\ncontent-length: 11\r\n\r\nhello world",
    )
    .await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "hello world"));
    fixture.assert_counted("POST", "/echo", "200");
    assert_eq!(fixture.sizes("POST", "/echo"), (11.0, 11.0));

    let answer = wire::exchange(server, "HEAD /users/7 HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").await;
    assert_eq!(answer.status, StatusCode::OK);
    fixture.assert_counted("HEAD", "/users/{id}", "200");
    fixture.span("http.HEAD /users/{id}").assert_attribute("outcome", "success");
}

#[tokio::test]
async fn of_several_layers_the_outermost_measures() {
    let fixture = Fixture::new();
    let inner = Router::new().route("/{id}", get(|| async { "inner" })).layer(fixture.layer());
    let router = Router::new().nest("/outer", inner).layer(fixture.layer());
    let response = fixture::get(&router, "/outer/1").await;
    fixture::header(&response, "x-request-id");
    assert_eq!(read(response).await, "inner");
    fixture.assert_counted("GET", "/outer/{id}", "200");
    assert_eq!(fixture.spans().len(), 1);
}

#[tokio::test]
async fn any_router_can_tell_its_routes() {
    #[derive(Clone)]
    struct Shouting;

    impl tower_service::Service<Request<telemetry_http::RequestBody<String>>> for Shouting {
        type Response = http::Response<String>;
        type Error = std::io::Error;
        type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
            std::task::Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<telemetry_http::RequestBody<String>>) -> Self::Future {
            let text = request.into_body().into_inner().to_uppercase();
            std::future::ready(if text.is_empty() {
                Err(std::io::Error::other("nothing to shout"))
            } else {
                Ok(http::Response::new(text))
            })
        }
    }

    let fixture = Fixture::new();
    let layer = HttpLayer::new(fixture.meter())
        .routes(|request| request.uri().path().strip_prefix("/shout/").map(|_| Route::from_static("/shout/{word}")));
    let mut service = layer.layer(Shouting);
    let answer = service.call(Request::post("/shout/a").body("hello".to_owned()).expect("it is sound")).await;
    assert_eq!(answer.expect("it shouts").into_body().into_inner(), "HELLO");
    fixture.assert_counted("POST", "/shout/{word}", "200");

    // A service that fails has no response; whoever called it answers for it.
    let failed = service.call(Request::put("/whisper").body(String::new()).expect("it is sound")).await;
    assert!(failed.is_err());
    fixture.assert_counted("PUT", "_unmatched", "500");
    let span = fixture.span("http.PUT _unmatched");
    span.assert_attribute("error.type", "service_error");
    assert!(span.is_error());
    fixture.log("request failed").assert_attribute("error_type", "service_error");
}

#[tokio::test]
async fn names_follow_the_namespace() {
    let namespace = Namespace::new("acme").expect("a lower-case word is a namespace");
    let settings = MeterSettings { namespace, ..MeterSettings::default() };
    let telemetry = TestTelemetry::builder().meter_settings(settings).entered();
    let router = router(HttpLayer::new(telemetry.meter()).routes(fixture::matched));
    read(fixture::get(&router, "/").await).await;
    telemetry.assert_counter("acme_http_requests_total", &[("path", "/")], 1.0);
}

#[tokio::test]
async fn without_a_meter_requests_are_answered_all_the_same() {
    for layer in [HttpLayer::new(&Meter::noop()), HttpLayer::global().clone()] {
        assert_eq!(read(fixture::get(&router(layer), "/users/7").await).await, "user 7");
    }
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn a_nested_service_has_the_template_that_it_is_nested_at() {
    let service = || Router::new().fallback(|| async { "a file" });
    let router = |layer: HttpLayer| {
        Router::new()
            .nest_service("/files", service())
            .nest_service("/{tenant}/assets", service())
            .nest("/api", Router::new().nest_service("/static/", service()))
            .layer(layer)
    };
    for (target, path) in [
        ("/files", "/files"),
        ("/files/", "/files/"),
        ("/files/css/site.css", "/files/{*rest}"),
        ("/acme/assets/logo.png", "/{tenant}/assets/{*rest}"),
        ("/api/static/a/b", "/api/static/{*rest}"),
        ("/nowhere/else", "_unmatched"),
    ] {
        let fixture = Fixture::new();
        read(fixture::get(&router(HttpLayer::new(fixture.meter())), target).await).await;
        fixture.assert_total(NAMES.requests, &[("path", path)], 1.0);
        fixture.assert_total(NAMES.requests, &[], 1.0);
    }
}

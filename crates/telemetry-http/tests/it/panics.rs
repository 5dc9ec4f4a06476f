//! Panics of the application: counted, and handed on.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http_body_util::BodyExt as _;

use crate::fixture::{Fixture, get as request};
use crate::script::{Script, Step};

/// The message of a panic that came out of this future.
async fn panic_of(future: impl Future<Output = ()> + Send + 'static) -> String {
    let panicked = tokio::spawn(future).await;
    let payload = panicked.expect_err("the panic goes on").into_panic();
    payload.downcast_ref::<&str>().expect("a panic with a text").to_string()
}

#[track_caller]
fn assert_panicked(fixture: &Fixture, status: &str) {
    fixture.assert_counted("GET", "/", status);
    let span = fixture.span("http.GET /");
    span.assert_attribute("error.type", "panic");
    span.assert_attribute("outcome", "error");
    assert!(span.is_error());
    fixture.log("request failed").assert_in(&span);
    // What a panic says may be a secret.
    fixture.assert_nowhere("the handler panics");
}

#[tokio::test]
async fn a_handler_that_panics_counts_as_500_and_goes_on_panicking() {
    async fn handler() {
        tokio::task::yield_now().await;
        panic!("the handler panics");
    }
    let fixture = Fixture::new();
    let router = Router::new().route("/", get(handler)).layer(fixture.layer());
    assert_eq!(panic_of(async move { drop(request(&router, "/").await) }).await, "the handler panics");
    assert_panicked(&fixture, "500");
}

#[tokio::test]
async fn a_service_that_panics_before_there_is_a_future_counts_too() {
    use http::{Request, Response};
    use tower_layer::Layer as _;
    use tower_service::Service;

    #[derive(Clone)]
    struct Hasty;

    impl<B> Service<Request<B>> for Hasty {
        type Response = Response<String>;
        type Error = std::convert::Infallible;
        type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
            std::task::Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<B>) -> Self::Future {
            panic!("the handler panics")
        }
    }

    let fixture = Fixture::new();
    let mut service = fixture.layer().routes(|_| Some(telemetry_http::Route::from_static("/"))).layer(Hasty);
    let called = async move {
        let request = Request::get("/").body(String::new()).expect("it is sound");
        let _ = service.call(request).await;
    };
    assert_eq!(panic_of(called).await, "the handler panics");
    assert_panicked(&fixture, "500");
}

#[tokio::test]
async fn a_body_that_panics_ends_the_measurement() {
    let fixture = Fixture::new();
    let body = || async { Script::body(&[Step::Send("some"), Step::Panic]) };
    let router = Router::new().route("/", get(body)).layer(fixture.layer());
    let read = async move { drop(request(&router, "/").await.into_body().collect().await) };
    assert_eq!(panic_of(read).await, "the body panics");
    // The status had been sent.
    assert_panicked(&fixture, "200");
}

#[tokio::test]
async fn a_panic_that_is_caught_further_in_is_a_response_like_others() {
    use axum::extract::Request;
    use axum::middleware::{Next, from_fn};
    use http::StatusCode;

    async fn catch(request: Request, next: Next) -> Result<axum::response::Response, StatusCode> {
        tokio::spawn(next.run(request)).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
    }
    async fn handler() -> Body {
        panic!("the handler panics")
    }
    let fixture = Fixture::new();
    let router = Router::new().route("/", get(handler)).layer(from_fn(catch)).layer(fixture.layer());
    assert_eq!(request(&router, "/").await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    fixture.assert_counted("GET", "/", "500");
    fixture.span("http.GET /").assert_attribute("error.type", "500");
}

//! The endpoint of the levels.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use telemetry_core::LogLevels;
use telemetry_logs::LogRouterExt as _;
use tower_service::Service as _;

/// The status and the body of the answer.
async fn asked(router: &Router, method: &str, body: String) -> (u16, String) {
    let request = Request::builder().method(method).uri("/log/level").body(Body::from(body)).expect("a request");
    let Ok(answer) = router.clone().call(request).await;
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

#[tokio::test]
async fn levels_are_told_and_changed_and_what_is_none_changes_nothing() {
    let levels = LogLevels::new("info").expect("a level");
    let router = Router::new().log_level_route(&levels);
    assert_eq!(asked(&router, "GET", String::new()).await, (200, "info\n".to_owned()));
    assert_eq!(asked(&router, "PUT", "debug\n".to_owned()).await, (200, "debug\n".to_owned()));
    assert_eq!(levels.to_string(), "debug");
    for (body, status) in [("loud".to_owned(), 400), (String::new(), 400), ("debug,".repeat(1_000), 413)] {
        assert_eq!(asked(&router, "PUT", body.clone()).await.0, status, "{body:.20}");
    }
    let (status, said) = asked(&router, "PUT", "lo\u{1b}[2Jud".to_owned()).await;
    assert_eq!(status, 400);
    assert!(said.contains("accepted") && !said.contains('\u{1b}'), "{said:?}");
    assert_eq!(asked(&router, "POST", "warn".to_owned()).await.0, 405);
    assert_eq!(levels.to_string(), "debug");
}

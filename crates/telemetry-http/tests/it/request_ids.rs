//! The id of a request: kept or made, and where it is found.

use axum::Router;
use axum::body::Body;
use axum::extract::Extension;
use axum::routing::get;
use http::{HeaderMap, HeaderValue, Request};
use telemetry_http::RequestId;

use crate::fixture::{Fixture, call, header, read};

/// Answers with the id that a handler sees: as an extension, and in the request's headers.
async fn seen(Extension(id): Extension<RequestId>, headers: HeaderMap) -> String {
    let lines: Vec<_> = headers.get_all("x-request-id").iter().map(|line| line.to_str().unwrap_or("?")).collect();
    format!("{id} {}", lines.join(","))
}

fn router(fixture: &Fixture) -> Router {
    Router::new().route("/", get(seen)).layer(fixture.layer())
}

async fn send(router: &Router, ids: &[HeaderValue]) -> (String, String) {
    let mut request = Request::get("/").body(Body::empty()).expect("it is sound");
    for id in ids {
        request.headers_mut().append("x-request-id", id.clone());
    }
    let response = call(router, request).await;
    let told = header(&response, "x-request-id").to_owned();
    let seen = read(response).await;
    (told, String::from_utf8(seen.to_vec()).expect("it is text"))
}

#[tokio::test]
async fn what_is_sane_is_kept() {
    let fixture = Fixture::new();
    let router = router(&fixture);
    let longest = "x".repeat(128);
    let ids = ["a", "0af7651916cd43dd8448eb211c80319c", "7f3a-11.b_c:d/e+f=@g", longest.as_str()];
    for id in ids {
        let sent = HeaderValue::from_str(id).expect("it is text");
        let (told, seen) = send(&router, &[sent]).await;
        assert_eq!((told.as_str(), seen), (id, format!("{id} {id}")));
    }
    let spans = fixture.spans();
    for id in ids {
        assert!(spans.iter().any(|span| span.attribute("request_id") == Some(id)), "{id}\n{spans}");
    }
}

#[tokio::test]
async fn what_is_not_sane_is_replaced_everywhere() {
    let fixture = Fixture::new();
    let router = router(&fixture);
    let too_long = "x".repeat(129);
    let refused: [&[&[u8]]; 10] = [
        &[],
        &[b""],
        &[b" "],
        &[b"two words"],
        &[b"quoted\"evil\""],
        &[b"<script>"],
        &[b"tab\tid"],
        &[b"caf\xc3\xa9"],
        &[too_long.as_bytes()],
        &[b"one", b"two"],
    ];
    let mut made = std::collections::BTreeSet::new();
    for lines in refused {
        let sent: Vec<_> = lines.iter().map(|line| HeaderValue::from_bytes(line).expect("it can be sent")).collect();
        let (told, seen) = send(&router, &sent).await;
        // A random UUID: 8-4-4-4-12 digits, version 4.
        let groups: Vec<usize> = told.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{told}");
        assert!(told.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()), "{told}");
        assert_eq!(told.as_bytes()[14], b'4', "{told}");
        assert_eq!(seen, format!("{told} {told}"));
        made.insert(told);
    }
    assert_eq!(made.len(), refused.len(), "each is another");
}

//! The check of an endpoint, against real sockets.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use telemetry_health::{Check, HttpCheck, HttpCheckError, Status};
use telemetry_testkit::TestCa;
use tokio::net::TcpListener;

use crate::fixture::{found, only, unrecorded};
use crate::server::Canned;

fn status(line: &str) -> String {
    format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nX-Secret: hunter2\r\n\r\n")
}

fn check(address: impl std::fmt::Display) -> HttpCheck {
    HttpCheck::new(format!("http://{address}/health?deep=1")).expect("the address is good")
}

#[tokio::test]
async fn the_status_decides() {
    let no_content = Some(StatusCode::NO_CONTENT);
    for (answer, expected, message) in [
        ("200 OK", None, None),
        ("204 No Content", None, None),
        ("204 No Content", no_content, None),
        ("200 OK", no_content, Some("answered 200 instead of 204")),
        ("503 Service Unavailable hunter2", None, Some("answered 503")),
        ("301 Moved Permanently", None, Some("answered 301")),
        ("401 Unauthorized", Some(StatusCode::UNAUTHORIZED), None),
    ] {
        let server = Canned::answering(status(answer)).await;
        let check = expected.into_iter().fold(check(server.address), HttpCheck::expect);
        let report = only(check).await;
        let wanted = if message.is_some() { Status::Unhealthy } else { Status::Healthy };
        assert_eq!(found(&report, "only"), (wanted, message), "{answer}");
    }
}

#[tokio::test]
async fn the_request_is_as_asked_for() {
    let server = Canned::answering(status("200 OK")).await;
    let check = check(server.address).method(Method::HEAD).header("Authorization", "Bearer hunter2");
    let check = check.expect("the header is good");
    assert!(!format!("{check:?}").contains("hunter2"), "{check:?}");
    only(check).await;
    let asked = server.asked();
    let [head] = &asked[..] else { panic!("one request, not {asked:?}") };
    assert!(head.starts_with("HEAD /health?deep=1 HTTP/1.1\r\n"), "{head}");
    for header in [
        format!("host: {}\r\n", server.address),
        "authorization: Bearer hunter2\r\n".to_owned(),
        format!("user-agent: telemetry-health/{}\r\n", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(head.contains(&header), "{header} is not in {head}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_unhealthy() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port is free").local_addr().expect("it is bound");
    assert_eq!(found(&only(check(closed)).await, "only"), (Status::Unhealthy, Some("the connection was refused")));
    for answer in ["", "hunter2 is not HTTP\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-"] {
        let server = Canned::answering(answer).await;
        let report = only(check(server.address)).await;
        let told = Some("the connection broke before the answer");
        assert_eq!(found(&report, "only"), (Status::Unhealthy, told), "{answer:?}");
    }
    let report = only(HttpCheck::new("http://no-such-host.invalid/").expect("the address is good")).await;
    assert_eq!(found(&report, "only"), (Status::Unhealthy, Some("the host cannot be reached")));
}

#[tokio::test]
async fn an_endpoint_that_hangs_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let check = check(silent.local_addr().expect("it is bound"));
    let limit = Duration::from_millis(50);
    let health = unrecorded([Check::required("only", check).timeout(limit)]);
    let report = health.readiness().await;
    assert_eq!(found(&report, "only"), (Status::Unhealthy, Some("no answer within 50ms")));
}

#[tokio::test]
async fn certificates_are_checked() {
    let (ours, theirs) = (TestCa::new(), TestCa::new());
    let identity = ours.server();
    let certificate = CertificateDer::from_pem_slice(identity.certificate_pem.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes()).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they belong together");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let secure = Canned::over(status("200 OK"), move |stream| {
        let accepted = acceptor.accept(stream);
        async move { accepted.await.ok() }
    })
    .await;
    let plain = Canned::answering(status("200 OK")).await;
    for (server, ca, told) in [
        (&secure, &ours, None),
        (&secure, &theirs, Some("the host's certificate is not trusted")),
        (&plain, &ours, Some("the host does not speak TLS as expected")),
    ] {
        let check = HttpCheck::new(format!("https://localhost:{}/", server.address.port()));
        // A machine without certificates refuses even to try.
        let check = check.and_then(|check| check.trust(ca.pem())).expect("the certificates are good");
        let wanted = if told.is_some() { Status::Unhealthy } else { Status::Healthy };
        assert_eq!(found(&only(check).await, "only"), (wanted, told));
    }
}

#[test]
fn what_is_not_accepted_is_told_without_what_may_be_secret() {
    for (address, told) in [
        ("", "does not parse"),
        ("/health", "scheme is not http"),
        ("ftp://host/", "scheme is not http"),
        ("http://user:hunter2@host/", "holds credentials"),
        ("http://hunter2 host/", "does not parse"),
    ] {
        let error = HttpCheck::new(address).expect_err(address).to_string();
        assert!(error.contains(told) && !error.contains("hunter2"), "{address}: {error}");
    }
    let error = check("host").header("x", "hunter2\n").expect_err("no header has two lines");
    assert_eq!(error, HttpCheckError::Header { name: "x".to_owned() });
    for pem in ["", "hunter2", "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n"] {
        let error = check("host").trust(pem).expect_err(pem).to_string();
        assert!(error.contains("not accepted") && !error.contains("hunter2"), "{error}");
    }
}

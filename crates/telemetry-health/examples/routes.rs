//! A service with health routes on loopback, which asks itself how it does.
#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use telemetry_health::{FileSystem, Health, HealthSettings, RouterExt as _};
use telemetry_testkit::TestTelemetry;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In an application: `Telemetry::builder("…").from_env()?.init()?`, and its meter.
    let telemetry = TestTelemetry::entered();

    let settings = HealthSettings {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ttl: Duration::ZERO,
        ..HealthSettings::default()
    };
    let health = Health::with_settings(telemetry.meter(), settings)?;
    let connected = Arc::new(AtomicBool::new(false));
    health.required("filesystem", FileSystem::new(std::env::temp_dir()))?.optional("cache", {
        let connected = Arc::clone(&connected);
        move || ping(Arc::clone(&connected))
    })?;
    let migrations = health.startup_step("migrations")?;

    let app = Router::new()
        .route("/orders/{id}", get(|| async { "an order" }))
        .health_routes(&health)
        .fallback(|| async { "no such page" });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });

    println!("starting: {}", ask(address, "/health/startup").await?);
    migrations.complete();
    println!("\nwithout its cache: {}", ask(address, "/health/ready").await?);
    connected.store(true, Ordering::Relaxed);
    println!("\nwith its cache: {}", ask(address, "/health/ready").await?);
    println!("\nany other page: {}", ask(address, "/nowhere").await?);
    println!("\nrecorded were\n{}\n{}", telemetry.metrics(), telemetry.logs());
    Ok(())
}

/// What a client of a cache does; it returns what it likes.
async fn ping(connected: Arc<AtomicBool>) -> io::Result<&'static str> {
    if connected.load(Ordering::Relaxed) { Ok("PONG") } else { Err(io::ErrorKind::ConnectionRefused.into()) }
}

/// The first line of the answer, and its body.
async fn ask(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    Ok(format!("{}\n{body}", head.lines().next().unwrap_or_default()))
}

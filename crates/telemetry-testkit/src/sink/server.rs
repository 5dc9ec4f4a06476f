//! The lives of a sink: it listens, dies, and comes back on the same port.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::LogsServiceServer;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::MetricsServiceServer;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::TraceServiceServer;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tonic::codec::CompressionEncoding;
use tonic::transport::server::{Router, TcpIncoming};
use tonic::transport::{Server, ServerTlsConfig};

use super::error::SinkError;
use super::receiver::{Receiver, Shared};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 128;

/// What stays the same from life to life.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) port: u16,
    pub(super) tls: Option<ServerTlsConfig>,
}

/// Whether the sink is listening.
#[derive(Debug)]
pub(super) enum Life {
    /// A thread serves the port.
    Running { stop: oneshot::Sender<()>, thread: JoinHandle<()> },
    /// The port is held without listening, so that connecting is refused and nobody else gets it.
    Reserved(TcpSocket),
    /// The port could not be held.
    Dead,
}

impl Life {
    pub(super) fn begin(&mut self, settings: &Settings, shared: &Arc<Shared>) -> Result<(), SinkError> {
        let socket = match std::mem::replace(self, Self::Dead) {
            running @ Self::Running { .. } => {
                *self = running;
                return Ok(());
            }
            Self::Reserved(socket) => socket,
            Self::Dead => reserve(settings.port)?.0,
        };
        *self = spawn(socket, settings, Receiver(Arc::clone(shared)))?;
        Ok(())
    }

    pub(super) fn end(&mut self, settings: &Settings) {
        if let Self::Running { stop, thread } = std::mem::replace(self, Self::Dead) {
            let _ = stop.send(());
            let _ = thread.join();
            *self = reserve(settings.port).map_or(Self::Dead, |(socket, _)| Self::Reserved(socket));
        }
    }
}

/// Binds a port without listening on it.
pub(super) fn reserve(port: u16) -> Result<(TcpSocket, u16), SinkError> {
    let bind = || {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let port = socket.local_addr()?.port();
        Ok((socket, port))
    };
    bind().map_err(|source| SinkError::Listen { port, source })
}

fn spawn(socket: TcpSocket, settings: &Settings, receiver: Receiver) -> Result<Life, SinkError> {
    let (stop, stopped) = oneshot::channel();
    let (ready, started) = mpsc::sync_channel(1);
    let port = settings.port;
    let tls = settings.tls.clone();
    let thread = thread::Builder::new()
        .name(format!("otlp-sink-{port}"))
        .spawn(move || run(socket, port, tls, receiver, stopped, &ready))
        .map_err(SinkError::Thread)?;
    match started.recv() {
        Ok(Ok(())) => Ok(Life::Running { stop, thread }),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(SinkError::Thread(io::Error::other("it ended before it listened"))),
    }
}

/// One life. Leaving it drops the runtime, and with it every task and connection: that is what makes `die` abrupt.
fn run(
    socket: TcpSocket,
    port: u16,
    tls: Option<ServerTlsConfig>,
    receiver: Receiver,
    stopped: oneshot::Receiver<()>,
    ready: &mpsc::SyncSender<Result<(), SinkError>>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(SinkError::Thread(error)));
            return;
        }
    };
    runtime.block_on(async {
        match prepare(socket, port, tls, receiver) {
            Ok((listener, router)) => {
                let _ = ready.send(Ok(()));
                tokio::select! {
                    _ = router.serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true))) => {}
                    _ = stopped => {}
                }
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    });
}

fn prepare(
    socket: TcpSocket,
    port: u16,
    tls: Option<ServerTlsConfig>,
    receiver: Receiver,
) -> Result<(TcpListener, Router), SinkError> {
    let mut server = Server::builder();
    if let Some(tls) = tls {
        server = server.tls_config(tls).map_err(SinkError::Tls)?;
    }
    // The receiver itself limits the size, with the collector's code instead of tonic's.
    let metrics = MetricsServiceServer::new(receiver.clone()).max_decoding_message_size(usize::MAX);
    let traces = TraceServiceServer::new(receiver.clone()).max_decoding_message_size(usize::MAX);
    let logs = LogsServiceServer::new(receiver).max_decoding_message_size(usize::MAX);
    let router = server
        .add_service(metrics.accept_compressed(CompressionEncoding::Gzip))
        .add_service(traces.accept_compressed(CompressionEncoding::Gzip))
        .add_service(logs.accept_compressed(CompressionEncoding::Gzip));
    let listener = socket.listen(BACKLOG).map_err(|source| SinkError::Listen { port, source })?;
    Ok((listener, router))
}

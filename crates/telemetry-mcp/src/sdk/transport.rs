//! A transport that counts as a connection until the SDK drops it.

use std::borrow::Cow;
use std::sync::{Arc, Weak};

use rmcp::service::{RxJsonRpcMessage, ServiceRole, TxJsonRpcMessage};
use rmcp::transport::Transport;

use crate::connection::Connection;

/// A transport whose connection counts as open until the SDK's task drops it, however that task ends.
#[derive(Debug)]
pub struct TrackedTransport<T> {
    inner: T,
    connection: Arc<Connection>,
}

impl<T> TrackedTransport<T> {
    pub(super) fn new(inner: T, connection: Connection) -> Self {
        Self { inner, connection: Arc::new(connection) }
    }

    /// The connection, while it is open.
    pub(super) fn connection(&self) -> Weak<Connection> {
        Arc::downgrade(&self.connection)
    }
}

impl<R: ServiceRole, T: Transport<R>> Transport<R> for TrackedTransport<T> {
    type Error = T::Error;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn send(&mut self, item: TxJsonRpcMessage<R>) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.inner.send(item)
    }

    fn receive(&mut self) -> impl Future<Output = Option<RxJsonRpcMessage<R>>> + Send {
        self.inner.receive()
    }

    fn close(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.inner.close()
    }
}

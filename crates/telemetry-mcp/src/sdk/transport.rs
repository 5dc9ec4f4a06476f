//! Transports that count as connections until the SDK drops them.

use std::borrow::Cow;
use std::sync::{Arc, Weak};

use rmcp::RoleClient;
use rmcp::RoleServer;
use rmcp::model::{JsonRpcMessage, ServerNotification, ServerResult};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;

use super::link::Link;
use crate::connection::Connection;

/// A client's transport, whose connection counts as open until the SDK's task drops it, however that task ends, but for
/// the time in which the server is gone. It learns the server's tools from the lists that pass.
#[derive(Debug)]
pub struct TrackedTransport<T> {
    inner: T,
    link: Arc<Link>,
    /// Whether this side has closed it, so that its end is none of the server's.
    is_closing: bool,
}

impl<T> TrackedTransport<T> {
    pub(super) fn new(inner: T, link: Arc<Link>) -> Self {
        Self { inner, link, is_closing: false }
    }
}

impl<T: Transport<RoleClient>> Transport<RoleClient> for TrackedTransport<T> {
    type Error = T::Error;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.inner.send(item)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        let message = self.inner.receive().await;
        match &message {
            Some(message) => self.link.pass(message),
            None if self.is_closing => {}
            None => self.link.gone(None),
        }
        message
    }

    fn close(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.is_closing = true;
        self.inner.close()
    }
}

impl Link {
    /// Notes what a message from the server tells.
    fn pass(&self, message: &RxJsonRpcMessage<RoleClient>) {
        match message {
            // The SDK makes some itself, when the answer to a request is lost.
            JsonRpcMessage::Error(_) => return,
            JsonRpcMessage::Response(response) => {
                if let (ServerResult::ListToolsResult(page), Some(known)) = (&response.result, &self.tools) {
                    for tool in &page.tools {
                        known.learn(&tool.name);
                    }
                    if page.next_cursor.as_ref().is_none_or(|cursor| cursor.is_empty()) {
                        known.listed();
                    }
                }
            }
            JsonRpcMessage::Notification(notification) => {
                if matches!(&notification.notification, ServerNotification::ToolListChangedNotification(_)) {
                    self.tools_changed();
                }
            }
            JsonRpcMessage::Request(_) => {}
        }
        self.news.hear();
    }
}

/// A server's transport, whose connection counts as open until the SDK's task drops it, however that task ends.
pub(super) struct ServedTransport<T> {
    inner: T,
    connection: Arc<Connection>,
}

impl<T> ServedTransport<T> {
    pub(super) fn new(inner: T, connection: Connection) -> Self {
        Self { inner, connection: Arc::new(connection) }
    }

    /// The connection, while it is open.
    pub(super) fn connection(&self) -> Weak<Connection> {
        Arc::downgrade(&self.connection)
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for ServedTransport<T> {
    type Error = T::Error;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.inner.send(item)
    }

    fn receive(&mut self) -> impl Future<Output = Option<RxJsonRpcMessage<RoleServer>>> + Send {
        self.inner.receive()
    }

    fn close(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.inner.close()
    }
}

//! Which requests are calls to models, and how each of them starts, whatever client sends it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, Method};
use telemetry_core::propagation::{self, Allowed, Destinations};

use super::asked::Asked;
use super::endpoint::Endpoint;
use crate::call::Call;
use crate::hosts;
use crate::llm::Llm;
use crate::record::{Ended, OnEnd};

/// Where a request goes.
pub(super) struct Destination<'a> {
    pub(super) method: &'a Method,
    pub(super) host: Cow<'a, str>,
    /// The port that the address names.
    pub(super) port: Option<u16>,
    /// That one, or the one that its scheme stands for.
    pub(super) known_port: Option<u16>,
    pub(super) path: &'a str,
}

/// A request that is a call to a model.
pub(super) struct Found {
    pub(super) provider: String,
    pub(super) endpoint: Endpoint,
    host: String,
    port: Option<u16>,
    allowed: Allowed,
}

impl Found {
    /// Whether this asks what the other does, so that it may be another attempt of it.
    #[cfg(feature = "tower")]
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let Endpoint { operation, model, prompt_length: _ } = &self.endpoint;
        (&self.provider, operation, model) == (&other.provider, &other.endpoint.operation, &other.endpoint.model)
    }

    /// Hands the call's trace on. Gateways and servers of one's own are parts of the trace; a provider sees an id that says
    /// nothing.
    pub(super) fn inject(&self, call: &Call, headers: &mut HeaderMap) {
        propagation::inject_allowed(&call.context(), self.allowed, headers);
    }
}

/// Finds calls among requests, and starts them.
#[derive(Clone)]
pub(super) struct Calls {
    llm: Llm,
    hosts: Arc<BTreeMap<String, String>>,
    /// The ends of the application's own paths, and what is asked for there.
    paths: Arc<Vec<(String, &'static str)>>,
    on_end: Option<OnEnd>,
}

impl Calls {
    pub(super) fn new(llm: &Llm) -> Self {
        Self { llm: llm.clone(), hosts: Arc::default(), paths: Arc::default(), on_end: None }
    }

    pub(super) fn host(&mut self, host: impl Into<String>, provider: impl Into<String>) {
        Arc::make_mut(&mut self.hosts).insert(host.into(), provider.into());
    }

    pub(super) fn path(&mut self, end: impl Into<String>, operation: &'static str) {
        Arc::make_mut(&mut self.paths).push((end.into(), operation));
    }

    pub(super) fn on_end(&mut self, callback: impl Fn(&Ended) + Send + Sync + 'static) {
        self.on_end = Some(OnEnd::new(callback));
    }

    /// The call that a request is; nothing if it is none.
    pub(super) fn find(&self, to: &Destination<'_>, asked: impl FnOnce() -> Asked) -> Option<Found> {
        let provider = self.provider(to)?;
        let endpoint = Endpoint::of(to.method, to.path, &self.paths, asked)?;
        Some(Found {
            provider: provider.to_owned(),
            endpoint,
            host: to.host.clone().into_owned(),
            port: to.known_port,
            allowed: Destinations::global().allow(Some(&to.host), to.known_port),
        })
    }

    pub(super) fn start(&self, found: &Found) -> Call {
        let Found { provider, endpoint, host, port, allowed: _ } = found;
        let mut start = self.llm.call(provider, &endpoint.model).operation(endpoint.operation);
        if let Some(messages) = endpoint.prompt_length {
            start = start.prompt_length(messages);
        }
        if let Some(port) = port {
            start = start.server(host, *port);
        }
        if let Some(on_end) = &self.on_end {
            start = start.on_end(on_end);
        }
        start.start()
    }

    fn provider(&self, to: &Destination<'_>) -> Option<&str> {
        let host = &*to.host;
        let told = |host: &str| self.hosts.get(host).map(String::as_str).or_else(|| self.llm.host(host));
        let with_port = to.port.and_then(|port| told(&format!("{host}:{port}")));
        with_port.or_else(|| told(host)).or_else(|| hosts::provider(host))
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calls").field("hosts", &self.hosts).field("paths", &self.paths).finish_non_exhaustive()
    }
}

//! To which hosts the context of a trace goes, and to which its baggage.

use std::sync::OnceLock;

use super::strict::BAGGAGE;
use crate::setting::{Node, SettingValue, Syntax};

/// To which hosts the context goes that a process hands on.
///
/// Baggage holds what the application put into it, the customer's name perhaps, and no model provider has to know that:
/// it goes to the hosts that the application names and to no other. The ids of the trace say nothing of anybody, and go
/// everywhere unless told otherwise.
///
/// ```
/// use telemetry_core::propagation::Destinations;
///
/// let destinations = Destinations::default();
/// let allowed = destinations.allow(Some("api.example.com"), None);
/// assert!(allowed.trace_context && !allowed.baggage);
///
/// let own = Destinations { baggage: "*.internal, localhost:8080".parse()?, ..Destinations::default() };
/// assert!(own.allow(Some("billing.internal"), None).baggage);
/// assert!(own.allow(Some("localhost"), Some(8080)).baggage);
/// assert!(!own.allow(Some("localhost"), None).baggage);
/// assert!(!own.allow(None, None).baggage, "a peer that has no host is not named");
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinations {
    /// Where `traceparent` and `tracestate` go: everywhere unless set.
    pub trace_context: Hosts,
    /// Where `baggage` goes: nowhere unless set.
    pub baggage: Hosts,
}

/// Which parts of the context a host gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// `traceparent` and `tracestate`.
    pub trace_context: bool,
    /// `baggage`.
    pub baggage: bool,
}

impl Default for Destinations {
    fn default() -> Self {
        Self { trace_context: Hosts::all(), baggage: Hosts::default() }
    }
}

static DESTINATIONS: OnceLock<Destinations> = OnceLock::new();

impl Destinations {
    /// Those of the process, as its settings say; before telemetry is set up, the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static DEFAULT: OnceLock<Destinations> = OnceLock::new();
        DESTINATIONS.get().unwrap_or_else(|| DEFAULT.get_or_init(Self::default))
    }

    /// Makes these the process's; false if it has some already.
    pub fn install(self) -> bool {
        DESTINATIONS.set(self).is_ok()
    }

    /// What goes to a host. One that is not known is among all hosts, and among no others.
    #[must_use]
    pub fn allow(&self, host: Option<&str>, port: Option<u16>) -> Allowed {
        Allowed { trace_context: self.trace_context.has(host, port), baggage: self.baggage.has(host, port) }
    }
}

impl Allowed {
    /// Everything.
    pub const ALL: Self = Self { trace_context: true, baggage: true };

    /// Whether a header of a propagator may go.
    pub(super) fn header(self, name: &str) -> bool {
        if name.eq_ignore_ascii_case(BAGGAGE) { self.baggage } else { self.trace_context }
    }
}

/// Hosts: `*` for all, `example.com` for one, `*.example.com` for all below it; with a port for that port alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    host: String,
    port: Option<u16>,
}

const ACCEPTED: &str =
    "a list of hosts: * for all, example.com, *.example.com for all below it, localhost:8080 for one port";

impl Hosts {
    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Self(vec![Pattern { host: "*".to_owned(), port: None }])
    }

    /// Whether a host is among them; one that is not known only if all are.
    #[must_use]
    pub fn has(&self, host: Option<&str>, port: Option<u16>) -> bool {
        self.0.iter().any(|pattern| pattern.has(host, port))
    }

    fn of<T: AsRef<str>>(patterns: &[T]) -> Result<Self, String> {
        patterns
            .iter()
            .map(|pattern| Pattern::parse(pattern.as_ref()).ok_or_else(|| ACCEPTED.to_owned()))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl std::str::FromStr for Hosts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::of(&text.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()).collect::<Vec<_>>())
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (host, port) = match text.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (text, None),
        };
        let name = host.strip_prefix("*.").unwrap_or(host);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let is_address = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'))
            .is_some_and(|address| address.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.')));
        let is_sound = !name.is_empty() && (name.chars().all(is_name) || is_address);
        (host == "*" || is_sound).then(|| Self { host: host.to_ascii_lowercase(), port })
    }

    fn has(&self, host: Option<&str>, port: Option<u16>) -> bool {
        if self.port.is_some() && self.port != port {
            return false;
        }
        if self.host == "*" {
            return true;
        }
        let Some(host) = host.map(|host| host.strip_suffix('.').unwrap_or(host)) else { return false };
        match self.host.strip_prefix('*') {
            // With its dot, so that `*.example.com` does not mean `notexample.com`.
            Some(below) => {
                host.len() > below.len()
                    && host.as_bytes()[host.len() - below.len()..].eq_ignore_ascii_case(below.as_bytes())
            }
            None => host.eq_ignore_ascii_case(&self.host),
        }
    }
}

impl SettingValue for Hosts {
    fn accepted(_: Syntax) -> String {
        ACCEPTED.to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let patterns = Vec::<String>::read(node, syntax).map_err(|_| ACCEPTED.to_owned())?;
        Self::of(&patterns)
    }

    fn write(&self) -> String {
        let write =
            |Pattern { host, port }: &Pattern| port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        self.0.iter().map(write).collect::<Vec<_>>().join(",")
    }
}

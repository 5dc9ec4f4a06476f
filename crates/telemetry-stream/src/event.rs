//! What is recorded of one event: type, age, producer, and where these are found.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use telemetry_core::clock;

use crate::metrics::CloseReason;
use crate::producer::Producer;

/// How far ahead a clock may be that is still taken for one.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

/// The least number that is taken for milliseconds since 1970, which is in September 2001. A smaller one counts seconds,
/// or something else.
const LEAST_MILLIS: u64 = 1_000_000_000_000;

/// What is recorded of one event: its type, when it was published, who produced it. Never what it says.
///
/// ```
/// use std::time::SystemTime;
///
/// use telemetry_stream::{EventInfo, Producer};
///
/// let fields = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")];
/// let event = EventInfo::new("chunk").published(SystemTime::now()).producer(Producer::from_redis(fields));
/// assert_eq!(event.event_type(), "chunk");
/// ```
#[derive(Debug, Clone)]
pub struct EventInfo<'a> {
    event_type: &'a str,
    published: Option<Published>,
    origin: Origin<'a>,
}

/// Where to look for the producer's context, which is only done for an event that gets a span.
#[derive(Debug, Clone)]
enum Origin<'a> {
    Unknown,
    Known(Producer),
    Json(&'a Value),
}

impl<'a> EventInfo<'a> {
    /// An event of that type, of which there should be few: it becomes a label.
    #[must_use]
    pub const fn new(event_type: &'a str) -> Self {
        Self { event_type, published: None, origin: Origin::Unknown }
    }

    /// What a JSON object says of itself: its `type` (`message` where there is none), its `timestamp` in milliseconds
    /// since 1970 (from 10^12 on, so that seconds are not taken for them) or by RFC 3339, and its producer by `_trace`,
    /// as [`Producer::from_json`] reads it.
    #[must_use]
    pub fn from_json(event: &'a Value) -> Self {
        let event_type = event.get("type").and_then(Value::as_str).unwrap_or("message");
        let published = event.get("timestamp").and_then(time).map(Published::from);
        Self { event_type, published, origin: Origin::Json(event) }
    }

    /// Says when the event was published. A time that is up to a minute ahead, because clocks differ, counts as now; one
    /// further ahead is no time of publication.
    #[must_use]
    pub fn published(mut self, at: impl Into<Published>) -> Self {
        self.published = Some(at.into());
        self
    }

    /// Takes the time of publication from the id of an entry of a Redis stream, `1526919030474-55`. Another id says
    /// nothing.
    #[must_use]
    pub fn published_by_redis_id(mut self, id: &str) -> Self {
        let millis = id.split('-').next().and_then(|millis| millis.parse().ok());
        if let Some(at) = millis.and_then(since_epoch) {
            self.published = Some(at.into());
        }
        self
    }

    /// Says who produced the event, for a link from its span.
    #[must_use]
    pub fn producer(mut self, producer: impl Into<Option<Producer>>) -> Self {
        if let Some(producer) = producer.into() {
            self.origin = Origin::Known(producer);
        }
        self
    }

    /// The type.
    #[must_use]
    pub const fn event_type(&self) -> &'a str {
        self.event_type
    }

    /// When the event was published, where it says.
    pub(crate) fn when(&self) -> Option<Published> {
        self.published
    }

    pub(crate) fn find_producer(&self) -> Option<Producer> {
        match &self.origin {
            Origin::Unknown => None,
            Origin::Known(producer) => Some(producer.clone()),
            Origin::Json(event) => Producer::from_json(event),
        }
    }
}

impl<'a> From<&'a str> for EventInfo<'a> {
    fn from(event_type: &'a str) -> Self {
        Self::new(event_type)
    }
}

/// When an event was published: by the clock, or by a moment in this process, which is exact.
#[derive(Debug, Clone, Copy)]
pub enum Published {
    /// By the clock of whoever published it.
    Clock(SystemTime),
    /// In this process.
    Here(Instant),
}

impl Published {
    /// How long ago that is, if it is a time of publication.
    pub(crate) fn age(self) -> Option<Duration> {
        match self {
            Self::Clock(at) => match SystemTime::now().duration_since(at) {
                Ok(age) => Some(age),
                Err(ahead) => (ahead.duration() <= CLOCKS_DIFFER).then_some(Duration::ZERO),
            },
            Self::Here(at) => Some(clock::now().saturating_duration_since(at)),
        }
    }
}

impl From<SystemTime> for Published {
    fn from(at: SystemTime) -> Self {
        Self::Clock(at)
    }
}

impl From<Instant> for Published {
    fn from(at: Instant) -> Self {
        Self::Here(at)
    }
}

impl From<tokio::time::Instant> for Published {
    fn from(at: tokio::time::Instant) -> Self {
        Self::Here(at.into_std())
    }
}

/// What an item of a stream is to its telemetry: what [`StreamEvent::seen`] or a closure says of it.
///
/// ```
/// use telemetry_stream::{EventInfo, Seen};
///
/// let step: Seen<'_> = "step".into();
/// let chunk: Seen<'_> = EventInfo::new("chunk").published(std::time::SystemTime::now()).into();
/// # drop((step, chunk));
/// ```
#[derive(Debug, Clone)]
pub enum Seen<'a> {
    /// An event.
    Event(EventInfo<'a>),
    /// The last item of the stream, which ends after it, for that reason.
    End(CloseReason),
    /// The last item of the stream, which is an error or tells of one: why the stream ends, and what the error says. That
    /// is on the span and in the log, without secrets and cut to 1 KiB.
    Failed(CloseReason, Cow<'a, str>),
    /// Nothing that counts: a heartbeat, a comment.
    Nothing,
}

impl<'a> From<&'a str> for Seen<'a> {
    /// An event of that type.
    fn from(event_type: &'a str) -> Self {
        Self::Event(event_type.into())
    }
}

impl<'a> From<EventInfo<'a>> for Seen<'a> {
    fn from(event: EventInfo<'a>) -> Self {
        Self::Event(event)
    }
}

/// An item of a stream that tells what it is.
///
/// A `Result` of one is too: its errors are those of what the events come from, and say why in the form `{:#}`. A JSON object is, as
/// [`EventInfo::from_json`] reads it.
///
/// ```
/// use std::time::SystemTime;
///
/// use telemetry_stream::{EventInfo, Seen, StreamEvent};
///
/// enum Progress {
///     Step { at: SystemTime },
///     Heartbeat,
/// }
///
/// impl StreamEvent for Progress {
///     fn seen(&self) -> Seen<'_> {
///         match self {
///             Self::Step { at } => EventInfo::new("step").published(*at).into(),
///             Self::Heartbeat => Seen::Nothing,
///         }
///     }
/// }
/// ```
pub trait StreamEvent {
    /// What it is.
    fn seen(&self) -> Seen<'_>;
}

impl<T: StreamEvent, E: fmt::Display> StreamEvent for Result<T, E> {
    fn seen(&self) -> Seen<'_> {
        match self {
            Ok(event) => event.seen(),
            Err(error) => Seen::Failed(CloseReason::UpstreamError, format!("{error:#}").into()),
        }
    }
}

impl<T: StreamEvent + ?Sized> StreamEvent for &T {
    fn seen(&self) -> Seen<'_> {
        (**self).seen()
    }
}

impl StreamEvent for Value {
    fn seen(&self) -> Seen<'_> {
        EventInfo::from_json(self).into()
    }
}

fn time(value: &Value) -> Option<SystemTime> {
    match value {
        Value::Number(millis) => since_epoch(millis.as_u64().filter(|millis| *millis >= LEAST_MILLIS)?),
        Value::String(text) => humantime::parse_rfc3339_weak(text).ok(),
        _ => None,
    }
}

fn since_epoch(millis: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis))
}

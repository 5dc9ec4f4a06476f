//! The headers `traceparent` and `tracestate` as one value.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId};

use super::tracestate::{self, State};

/// Where a request comes from: the content of the headers `traceparent` and `tracestate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: TraceId,
    parent_id: SpanId,
    flags: TraceFlags,
    state: State,
}

/// The flag of level 2 that says that all bits of the trace's id are random.
pub(crate) const RANDOM: TraceFlags = TraceFlags::new(0b10);

/// The flags that there are. All others are to be zero.
const KNOWN: u8 = 0b11;

/// In a context: what was received of a trace and no span of the SDK's tells.
#[derive(Debug)]
struct Received {
    trace_id: TraceId,
    /// Whether the sender says that its id is random. An id of ours is, and its span does not say so.
    is_random: bool,
    /// The state as it was received, where the SDK cannot hold all of it.
    state: Option<State>,
}

/// Why a `traceparent` was refused, so that the request starts a new trace.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TraceContextError {
    /// There is none, or there are several.
    #[error("there are {0} traceparent lines; there has to be one")]
    Lines(usize),
    /// It is too short, or longer than its version has it.
    #[error("a traceparent of version 00 has 55 characters, one of a later version has more only after another dash")]
    Length,
    /// The version is `ff` or no two lower-case hexadecimal digits.
    #[error("the version is two lower-case hexadecimal digits and not ff")]
    Version,
    /// The trace's id is zero or no 32 lower-case hexadecimal digits.
    #[error("the trace id is 32 lower-case hexadecimal digits, not all zero")]
    TraceId,
    /// The parent's id is zero or no 16 lower-case hexadecimal digits.
    #[error("the parent id is 16 lower-case hexadecimal digits, not all zero")]
    ParentId,
    /// The flags are no two lower-case hexadecimal digits.
    #[error("the flags are two lower-case hexadecimal digits")]
    Flags,
}

crate::debug_as_display!(TraceContextError);

impl TraceContext {
    /// Parses the lines of the two headers. Lines of `tracestate` are joined; a malformed one costs all of them, but
    /// not the `traceparent`. Of the flags, `sampled` and level 2's `random` are kept, and the others dropped, as it is
    /// said of those that are not defined.
    ///
    /// # Errors
    ///
    /// The `traceparent` is not a single line or not valid.
    ///
    /// ```
    /// use telemetry_core::propagation::{TraceContext, TraceContextError};
    ///
    /// let line = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// let context = TraceContext::parse(&[line], &["vendor=1"])?;
    /// assert_eq!(context.traceparent(), line);
    /// assert_eq!(TraceContext::parse(&[line, line], &[]), Err(TraceContextError::Lines(2)));
    /// # Ok::<(), TraceContextError>(())
    /// ```
    pub fn parse(traceparent: &[&str], tracestate: &[&str]) -> Result<Self, TraceContextError> {
        let &[line] = traceparent else { return Err(TraceContextError::Lines(traceparent.len())) };
        let line = line.as_bytes();
        let (Some(fixed), rest) = (line.first_chunk::<55>(), line.get(55..).unwrap_or_default()) else {
            return Err(TraceContextError::Length);
        };
        let version = hex(&fixed[..2]).filter(|version| *version != 0xff).ok_or(TraceContextError::Version)?;
        // What a later version adds stands after another dash, and is not for us to read.
        if !rest.is_empty() && (version == 0 || rest[0] != b'-') {
            return Err(TraceContextError::Length);
        }
        if [2, 35, 52].iter().any(|dash| fixed[*dash] != b'-') {
            return Err(TraceContextError::Length);
        }
        let trace_id = hex(&fixed[3..35]).filter(|id| *id != 0).ok_or(TraceContextError::TraceId)?;
        let parent_id = hex(&fixed[36..52])
            .and_then(|id| u64::try_from(id).ok())
            .filter(|id| *id != 0)
            .ok_or(TraceContextError::ParentId)?;
        let flags = hex(&fixed[53..]).ok_or(TraceContextError::Flags)?;
        Ok(Self {
            trace_id: TraceId::from(trace_id),
            parent_id: SpanId::from(parent_id),
            // Two digits fit into a byte.
            flags: TraceFlags::new(flags as u8 & KNOWN),
            state: tracestate::parse(tracestate),
        })
    }

    /// What a span says about itself; `None` if it has no valid ids. A state that is not valid is left out.
    #[must_use]
    pub fn from_span_context(span: &SpanContext) -> Option<Self> {
        span.is_valid().then(|| Self {
            trace_id: span.trace_id(),
            parent_id: span.span_id(),
            flags: TraceFlags::new(span.trace_flags().to_u8() & KNOWN),
            state: tracestate::sound(span.trace_state()),
        })
    }

    /// What the active span of a context says of itself, with the state as it was received, of which a span may hold
    /// only a part; `None` if it has no valid ids.
    #[must_use]
    pub fn from_context(context: &Context) -> Option<Self> {
        let span = context.span();
        let span = span.span_context();
        let mut trace = Self::from_span_context(span)?;
        match context.get::<Received>().filter(|received| received.trace_id == trace.trace_id) {
            Some(received) => {
                trace.set_random(received.is_random);
                if let Some(state) = received.state.as_ref().filter(|state| state.known == trace.state.known) {
                    trace.state.clone_from(state);
                }
            }
            // It started here: nobody sent it.
            None if !span.is_remote() => trace.set_random(true),
            None => {}
        }
        Some(trace)
    }

    /// The context as that of a remote parent; of the state, what the SDK can hold.
    #[must_use]
    pub fn to_span_context(&self) -> SpanContext {
        SpanContext::new(self.trace_id, self.parent_id, self.flags, true, self.state.known.clone())
    }

    /// The context with a note of what its remote parent says of its id, where another propagator than ours received it.
    pub(crate) fn noted(context: &Context) -> Option<Context> {
        let span = context.span();
        let span = span.span_context();
        let is_noted = context.get::<Received>().is_some_and(|received| received.trace_id == span.trace_id());
        let is_random = span.trace_flags() & RANDOM == RANDOM;
        let received = || Received { trace_id: span.trace_id(), is_random, state: None };
        (span.is_remote() && !is_random && !is_noted).then(|| context.with_value(received()))
    }

    fn set_random(&mut self, is_random: bool) {
        self.flags = if is_random { self.flags | RANDOM } else { self.flags & !RANDOM };
    }

    /// Makes this the remote parent of what starts under the context; the state goes on whole.
    #[must_use]
    pub fn to_context(&self, context: &Context) -> Context {
        let context = context.with_remote_span_context(self.to_span_context());
        let is_random = self.flags & RANDOM == RANDOM;
        let state = self.state.whole.is_some().then(|| self.state.clone());
        if is_random && state.is_none() {
            return context;
        }
        context.with_value(Received { trace_id: self.trace_id, is_random, state })
    }

    /// The trace's id.
    #[must_use]
    pub const fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// The id of the span that is the parent of what follows.
    #[must_use]
    pub const fn parent_id(&self) -> SpanId {
        self.parent_id
    }

    /// Whether the sender records the trace.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.flags.is_sampled()
    }

    /// The header `traceparent`, version 00.
    #[must_use]
    pub fn traceparent(&self) -> String {
        let mut line = String::with_capacity(55);
        line.push_str("00-");
        push_hex(&mut line, &self.trace_id.to_bytes());
        line.push('-');
        push_hex(&mut line, &self.parent_id.to_bytes());
        line.push('-');
        push_hex(&mut line, &[self.flags.to_u8()]);
        line
    }

    /// The header `tracestate`; `None` where it would be empty.
    #[must_use]
    pub fn tracestate(&self) -> Option<String> {
        self.state.header()
    }
}

/// Two digits a byte. Every request is answered with such a line, and the formatter is slow at it.
fn push_hex(line: &mut String, bytes: &[u8]) {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    line.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]));
}

/// Lower-case hexadecimal digits, at most 32.
fn hex(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(value << 4 | u128::from(digit))
    })
}

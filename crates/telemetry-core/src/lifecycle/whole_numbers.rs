//! Whole numbers of `tracing` that have no sign, as numbers: the layer that makes spans knows only signed ones, and makes
//! texts of the others.

use std::error::Error;
use std::fmt;

use opentelemetry_sdk::trace::SdkTracer;
use tracing::field::{DebugValue, Field, FieldSet, Value, ValueSet, Visit, debug};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

/// Keeps events from the layer that would make texts of their numbers; [`WholeNumbers`] tells it of them.
pub(super) struct Signed;

impl<S> Filter<S> for Signed {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        // What is always enabled is not asked for before its event, and then no filter may leave the event out: where
        // debug assertions are on, that is a panic of the subscriber's.
        if metadata.is_event() { Interest::sometimes() } else { Interest::always() }
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        !has_unsigned(|visitor| event.record(visitor))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        // Without it, this and the filter beside it would have none, and each disabled event would be asked for.
        Some(LevelFilter::TRACE)
    }
}

/// Tells spans their unsigned numbers once more, as signed ones, and of events that have some.
///
/// A span has the text as well then, under the same name and before the number; whoever sends it leaves the text out.
pub(super) struct WholeNumbers<S> {
    /// What makes spans, a second time: it finds a span by its id, whichever of the two has made it.
    spans: OpenTelemetryLayer<S, SdkTracer>,
}

impl<S> WholeNumbers<S> {
    pub(super) fn new(spans: OpenTelemetryLayer<S, SdkTracer>) -> Self {
        Self { spans }
    }
}

impl<S> Layer<S> for WholeNumbers<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if has_unsigned(|visitor| attributes.record(visitor)) {
            let told = Copies::of(attributes.metadata().fields(), Which::Unsigned, |fields| attributes.record(fields));
            told.with(|values| self.spans.on_record(id, &Record::new(&values), context));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if has_unsigned(|visitor| values.record(visitor))
            && let Some(metadata) = context.metadata(id)
        {
            let told = Copies::of(metadata.fields(), Which::Unsigned, |fields| values.record(fields));
            told.with(|values| self.spans.on_record(id, &Record::new(&values), context));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if has_unsigned(|visitor| event.record(visitor)) {
            let metadata = event.metadata();
            let told = Copies::of(metadata.fields(), Which::All, |fields| event.record(fields));
            told.with(|values| {
                let event = if event.is_contextual() {
                    Event::new(metadata, &values)
                } else {
                    Event::new_child_of(event.parent().cloned(), metadata, &values)
                };
                self.spans.on_event(&event, context);
            });
        }
    }
}

/// Whether there is a number among the values that has to be told as a signed one.
fn has_unsigned(record: impl FnOnce(&mut dyn Visit)) -> bool {
    let mut found = Unsigned(false);
    record(&mut found);
    found.0
}

struct Unsigned(bool);

impl Visit for Unsigned {
    fn record_u64(&mut self, _: &Field, value: u64) {
        self.0 |= i64::try_from(value).is_ok();
    }

    fn record_u128(&mut self, _: &Field, value: u128) {
        self.0 |= i64::try_from(value).is_ok();
    }

    fn record_i128(&mut self, _: &Field, value: i128) {
        self.0 |= i64::try_from(value).is_ok();
    }

    // The others are left as they are, and not shown for nothing.
    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// Which values are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Unsigned,
    All,
}

/// Copies of values, each in its field's place.
struct Copies {
    fields: &'static FieldSet,
    which: Which,
    values: Vec<Option<Kept>>,
}

/// A value that outlives its visit.
enum Kept {
    Number(i64),
    Fraction(f64),
    Truth(bool),
    Text(String),
    Shown(DebugValue<Shown>),
    Failure(Box<dyn Error>),
}

impl Copies {
    fn of(fields: &'static FieldSet, which: Which, record: impl FnOnce(&mut Self)) -> Self {
        let mut copies = Self { fields, which, values: fields.iter().map(|_| None).collect() };
        record(&mut copies);
        copies
    }

    fn with(&self, tell: impl FnOnce(ValueSet<'_>)) {
        let values: Vec<Option<&dyn Value>> = self.values.iter().map(|copy| copy.as_ref().map(Kept::value)).collect();
        tell(self.fields.value_set_all(&values));
    }

    fn keep(&mut self, field: &Field, copy: Kept) {
        if let Some(place) = self.values.get_mut(field.index()) {
            *place = Some(copy);
        }
    }

    fn keep_number<N>(&mut self, field: &Field, number: N)
    where
        N: TryInto<i64> + fmt::Debug + Copy,
    {
        match number.try_into() {
            Ok(number) => self.keep(field, Kept::Number(number)),
            Err(_) => self.record_debug(field, &number),
        }
    }

    fn keep_other(&mut self, field: &Field, copy: impl FnOnce() -> Kept) {
        if self.which == Which::All {
            self.keep(field, copy());
        }
    }
}

impl Kept {
    fn value(&self) -> &dyn Value {
        match self {
            Self::Number(number) => number,
            Self::Fraction(fraction) => fraction,
            Self::Truth(truth) => truth,
            Self::Text(text) => text,
            Self::Shown(shown) => shown,
            Self::Failure(failure) => failure,
        }
    }
}

impl Visit for Copies {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep_number(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.keep_number(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.keep_number(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep_other(field, || Kept::Number(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.keep_other(field, || Kept::Fraction(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep_other(field, || Kept::Truth(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep_other(field, || Kept::Text(value.to_owned()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.keep_other(field, || Kept::Failure(Box::new(Said::of(value))));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.keep_other(field, || Kept::Shown(debug(Shown(format!("{value:?}")))));
    }
}

/// What a value showed of itself.
struct Shown(String);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an error and its sources said.
#[derive(Debug)]
struct Said {
    text: String,
    source: Option<Box<Said>>,
}

impl Said {
    fn of(error: &(dyn Error + 'static)) -> Self {
        Self { text: error.to_string(), source: error.source().map(|source| Box::new(Self::of(source))) }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Said {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::Registry;
    use tracing_subscriber::layer::{Identity, SubscriberExt as _};

    /// Asks the filter of each event that there is.
    struct Asks;

    impl Layer<Registry> for Asks {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, Registry>) {
            assert!(Filter::<Registry>::callsite_enabled(&Signed, event.metadata()).is_sometimes());
        }
    }

    #[test]
    fn an_event_that_may_be_left_out_is_asked_for_each_time() {
        let subscriber = tracing_subscriber::registry().with(Asks);
        tracing::subscriber::with_default(subscriber, || tracing::info!(number = 1_u64, "event"));
    }

    #[test]
    fn an_event_that_is_left_out_is_no_panic_where_nothing_else_filters() {
        let subscriber = tracing_subscriber::registry().with(Identity::new().with_filter(Signed));
        tracing::subscriber::with_default(subscriber, || {
            for number in 0..2_u64 {
                tracing::info_span!("span", number).in_scope(|| tracing::info!(number, "event"));
            }
        });
    }
}

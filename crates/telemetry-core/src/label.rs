//! Closed labels: enums whose values are known when the program is compiled.

use opentelemetry::{KeyValue, StringValue, Value};

use crate::def::LabelDef;

/// A label with a closed set of values; derived for an enum without fields.
///
/// ```
/// use telemetry_core::Label;
///
/// #[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
/// #[label(name = "outcome")]
/// enum Outcome { Success, RateLimited, #[label(value = "5xx")] ServerError }
///
/// assert_eq!(Outcome::RateLimited.as_str(), "rate_limited");
/// assert_eq!(Outcome::VALUES, ["success", "rate_limited", "5xx"]);
/// ```
pub trait Label: Copy + Send + Sync + 'static {
    /// The label's name.
    const NAME: &'static str;
    /// Its values in the order of the variants.
    const VALUES: &'static [&'static str];
    /// The variants in order.
    const ALL: &'static [Self];

    /// The variant's place in [`VALUES`](Self::VALUES).
    fn index(self) -> usize;

    /// The variant's value.
    fn as_str(self) -> &'static str {
        Self::VALUES[self.index()]
    }
}

/// The closed labels of one metric: none, one, or a tuple of up to three.
///
/// Derived along with [`Label`]; tuples have it of themselves.
pub trait LabelSet: Copy + Send + Sync + 'static {
    /// The labels.
    const LABELS: &'static [LabelDef];
    /// How many combinations of values there are.
    const COUNT: usize;
    /// One cell for each combination.
    type Cells<T>;

    /// Cells made by `make`.
    fn cells<T>(make: &mut dyn FnMut() -> T) -> Self::Cells<T>;
    /// The cell of this combination.
    fn cell<T>(self, cells: &Self::Cells<T>) -> &T;
    /// Calls `visit` with each combination.
    fn for_each(visit: &mut dyn FnMut(Self));
    /// Appends the values as attributes.
    fn push_attributes(self, attributes: &mut Vec<KeyValue>);
}

/// The attribute of one label's value, for the derive.
#[doc(hidden)]
#[must_use]
pub fn attribute<L: Label>(label: L) -> KeyValue {
    KeyValue::new(L::NAME, Value::String(StringValue::from(label.as_str())))
}

impl LabelSet for () {
    const LABELS: &'static [LabelDef] = &[];
    const COUNT: usize = 1;
    type Cells<T> = T;

    fn cells<T>(make: &mut dyn FnMut() -> T) -> T {
        make()
    }
    #[inline]
    fn cell<T>(self, cells: &T) -> &T {
        cells
    }
    fn for_each(visit: &mut dyn FnMut(Self)) {
        visit(());
    }
    fn push_attributes(self, _: &mut Vec<KeyValue>) {}
}

impl<A: Label + LabelSet, B: Label + LabelSet> LabelSet for (A, B) {
    const LABELS: &'static [LabelDef] = &[LabelDef::closed(A::NAME, A::VALUES), LabelDef::closed(B::NAME, B::VALUES)];
    const COUNT: usize = A::COUNT * B::COUNT;
    type Cells<T> = A::Cells<B::Cells<T>>;

    fn cells<T>(make: &mut dyn FnMut() -> T) -> Self::Cells<T> {
        A::cells(&mut || B::cells(make))
    }
    #[inline]
    fn cell<T>(self, cells: &Self::Cells<T>) -> &T {
        self.1.cell(self.0.cell(cells))
    }
    fn for_each(visit: &mut dyn FnMut(Self)) {
        A::for_each(&mut |a| B::for_each(&mut |b| visit((a, b))));
    }
    fn push_attributes(self, attributes: &mut Vec<KeyValue>) {
        self.0.push_attributes(attributes);
        self.1.push_attributes(attributes);
    }
}

impl<A: Label + LabelSet, B: Label + LabelSet, C: Label + LabelSet> LabelSet for (A, B, C) {
    const LABELS: &'static [LabelDef] = &[
        LabelDef::closed(A::NAME, A::VALUES),
        LabelDef::closed(B::NAME, B::VALUES),
        LabelDef::closed(C::NAME, C::VALUES),
    ];
    const COUNT: usize = A::COUNT * B::COUNT * C::COUNT;
    type Cells<T> = A::Cells<B::Cells<C::Cells<T>>>;

    fn cells<T>(make: &mut dyn FnMut() -> T) -> Self::Cells<T> {
        A::cells(&mut || B::cells(&mut || C::cells(make)))
    }
    #[inline]
    fn cell<T>(self, cells: &Self::Cells<T>) -> &T {
        self.2.cell(self.1.cell(self.0.cell(cells)))
    }
    fn for_each(visit: &mut dyn FnMut(Self)) {
        A::for_each(&mut |a| B::for_each(&mut |b| C::for_each(&mut |c| visit((a, b, c)))));
    }
    fn push_attributes(self, attributes: &mut Vec<KeyValue>) {
        self.0.push_attributes(attributes);
        self.1.push_attributes(attributes);
        self.2.push_attributes(attributes);
    }
}

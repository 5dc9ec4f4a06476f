//! A query of a panel: an expression, and how its series are named.

use super::aggregate::{Aggregate, WINDOW};
use super::expr::Expr;

/// One query of a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The expression, without the `job` and `instance` matchers, which the generator adds to every selector.
    pub expression: String,
    /// How a series is named: `{{tool_id}}`, `p95 {{kind}}`.
    pub legend: String,
    /// Whether only the latest value is asked for, as a table, a bar or a pie shows it.
    pub instant: bool,
}

impl Query {
    /// A query in PromQL, over the dashboard's time range. What recurs has words of its own: see [the
    /// module](crate::query).
    #[must_use]
    pub fn new(expression: impl Into<String>) -> Self {
        Self { expression: expression.into(), legend: String::new(), instant: false }
    }

    /// Names its series.
    #[must_use]
    pub fn legend(mut self, legend: impl Into<String>) -> Self {
        self.legend = legend.into();
        self
    }

    /// Asks for the latest value only.
    #[must_use]
    pub fn instant(mut self) -> Self {
        self.instant = true;
        self
    }
}

/// The name of a series that labels tell apart.
pub(super) fn legend(labels: &[String]) -> String {
    labels.iter().map(|label| format!("{{{{{label}}}}}")).collect::<Vec<_>>().join(" ")
}

/// Its window is that of the panel, and its series are named by the labels that divide it.
impl From<Expr> for Query {
    fn from(expr: Expr) -> Self {
        let legend = legend(&expr.labels);
        Self::new(expr.with_threshold().replace(WINDOW, "$__rate_interval")).legend(legend)
    }
}

impl From<Aggregate> for Query {
    fn from(aggregate: Aggregate) -> Self {
        Expr::from(aggregate).into()
    }
}

impl From<&str> for Query {
    fn from(expression: &str) -> Self {
        Self::new(expression)
    }
}

macro_rules! asked {
    ($($ty:ident),+) => {
        $(impl $ty {
            /// Names its series where labels do not.
            #[must_use]
            pub fn legend(self, legend: impl Into<String>) -> Query {
                Query::from(self).legend(legend)
            }

            /// Asks for the latest value only.
            #[must_use]
            pub fn instant(self) -> Query {
                Query::from(self).instant()
            }
        })+
    };
}

asked!(Expr, Aggregate);

/// What a panel can show: one query, or several in a list.
///
/// ```
/// use telemetry_mixin::query::{IntoQueries as _, rate};
///
/// assert_eq!([rate("sent_total"), rate("refused_total")].into_queries().len(), 2);
/// assert_eq!("sum(up)".into_queries()[0].expression, "sum(up)");
/// ```
pub trait IntoQueries {
    /// The queries in order.
    fn into_queries(self) -> Vec<Query>;
}

macro_rules! one_query {
    ($($ty:ty),+) => {
        $(impl IntoQueries for $ty {
            fn into_queries(self) -> Vec<Query> {
                vec![self.into()]
            }
        })+
    };
}

one_query!(Query, Expr, Aggregate, &str);

impl<Q: Into<Query>, const N: usize> IntoQueries for [Q; N] {
    fn into_queries(self) -> Vec<Query> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<Q: Into<Query>> IntoQueries for Vec<Q> {
    fn into_queries(self) -> Vec<Query> {
        self.into_iter().map(Into::into).collect()
    }
}

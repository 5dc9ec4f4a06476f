//! Scopes of work, which are told what is spent within them: tokens and US dollars, wherever they arise.
//!
//! Whoever runs work opens a scope with a [`Ledger`], and runs the work within it. Whoever spends something there, a call
//! to a model first of all, [reports](report) it without knowing who asks: the ledger of the innermost scope is told,
//! then those around it. So an agent's run knows what its calls cost, a task what all its runs cost, and an application
//! what a tenant costs, without any of them knowing the others.
//!
//! A scope travels as a context does: with whatever is run by [`Scope::instrument`], [`Scope::in_scope`] or a guard's
//! `instrument`; into a spawned task with a span that is made there, or with opentelemetry's
//! `FutureExt::with_current_context`. It does not leave the process.
//!
//! ```
//! use std::sync::Arc;
//!
//! use telemetry_core::scope::{self, Ledger, Reach, Spent};
//! use telemetry_core::{Counter, Family, Meter, Metrics};
//!
//! /// What is measured of one tenant.
//! #[derive(Metrics)]
//! #[metrics(scope = "shop", entity(tenant))]
//! struct TenantMetrics {
//!     /// Cost in US dollars of what a tenant asked for
//!     #[metric(name = "shop_tenant_cost_usd_total")]
//!     cost: Counter<(), f64>,
//! }
//!
//! struct Tenant {
//!     name: String,
//!     tenants: Family<TenantMetrics>,
//! }
//!
//! impl Ledger for Tenant {
//!     fn kind(&self) -> &'static str {
//!         "tenant"
//!     }
//!
//!     fn spent(&self, spent: &Spent, _: Reach) {
//!         self.tenants.get(&self.name).cost.add(spent.cost_usd().unwrap_or(0.0));
//!     }
//! }
//!
//! # async fn answer() {}
//! # async fn example() {
//! let tenant = Tenant { name: "acme".to_owned(), tenants: Family::new(&Meter::global()) };
//! // Each call to a model in there is counted for the tenant, too, whoever makes it.
//! scope::open(Arc::new(tenant)).instrument(answer()).await;
//! # }
//! ```

use std::fmt;
use std::ptr;
use std::sync::Arc;

use opentelemetry::Context;
use opentelemetry::trace::FutureExt as _;

use crate::contained::contained;
use crate::trace::thread_is_alive;

/// So many scopes may lie within each other. One that is opened deeper is none: what is reported there, those around it
/// are told.
pub const DEEPEST: usize = 64;

/// Who is told what is spent within a scope.
///
/// It is called wherever that is reported, maybe on several threads at once, and should neither block nor report anything
/// itself. A panic of it is contained, and costs the others nothing.
pub trait Ledger: Send + Sync + 'static {
    /// What it is a ledger of, in a word: `agent`, `tenant`. Of scopes of one kind that lie within each other, only the
    /// innermost is told [`Reach::Own`].
    fn kind(&self) -> &'static str;

    /// Takes note of what was spent.
    fn spent(&self, spent: &Spent, reach: Reach);
}

/// Whether something was spent in a scope itself, or in one of the same kind within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// No other scope of this kind lies between: who adds up only these counts everything once.
    Own,
    /// A scope of the same kind within this one has been told, as a sub-agent's has: a share of both.
    Inner,
}

/// What was spent: tokens, US dollars, or both.
///
/// ```
/// use telemetry_core::scope::Spent;
///
/// let spent = Spent::tokens(1_000, 200).with_cost_usd(0.0042);
/// assert_eq!((spent.prompt_tokens(), spent.completion_tokens()), (1_000, 200));
/// assert_eq!(spent.cost_usd(), Some(0.0042));
/// assert_eq!(Spent::default().with_cost_usd(f64::NAN).cost_usd(), None, "that is no cost");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    prompt_tokens: u64,
    completion_tokens: u64,
    cost_usd: Option<f64>,
}

impl Spent {
    /// Tokens of a prompt and of what was made of it, at a cost that is not known.
    #[must_use]
    pub const fn tokens(prompt: u64, completion: u64) -> Self {
        Self { prompt_tokens: prompt, completion_tokens: completion, cost_usd: None }
    }

    /// A cost in US dollars; one that is negative or not finite is not known.
    #[must_use]
    pub fn with_cost_usd(self, usd: f64) -> Self {
        Self { cost_usd: Some(usd).filter(|usd| usd.is_finite() && *usd >= 0.0), ..self }
    }

    /// Tokens that a prompt had.
    #[must_use]
    pub const fn prompt_tokens(&self) -> u64 {
        self.prompt_tokens
    }

    /// Tokens that a model answered with.
    #[must_use]
    pub const fn completion_tokens(&self) -> u64 {
        self.completion_tokens
    }

    /// The cost in US dollars; `None` where it is not known, which is not the same as nothing.
    #[must_use]
    pub const fn cost_usd(&self) -> Option<f64> {
        self.cost_usd
    }
}

/// A scope that is open for as long as somebody holds it or runs within it; cheap to clone.
#[derive(Clone)]
pub struct Scope(Arc<Nested>);

struct Nested {
    ledger: Arc<dyn Ledger>,
    around: Option<Scope>,
    depth: usize,
}

/// The scope that work runs in, as its context has it.
struct Active(Scope);

/// Opens a scope within the one that is active here.
///
/// Where the ledger has a scope around already, that is the one: it is told once. Where as many lie within each other as
/// may, it is the innermost of those.
#[must_use = "work is within it by `instrument` or `in_scope`"]
pub fn open(ledger: Arc<dyn Ledger>) -> Scope {
    match current() {
        Some(around) => around.open(ledger),
        None => Scope(Arc::new(Nested { ledger, around: None, depth: 1 })),
    }
}

/// The scope that is active here. Costs no allocation.
#[must_use]
pub fn current() -> Option<Scope> {
    thread_is_alive().then(|| Context::map_current(of)).flatten()
}

/// The scope that is active in that context.
#[must_use]
pub fn of(context: &Context) -> Option<Scope> {
    context.get::<Active>().map(|active| active.0.clone())
}

/// Reports what was spent to the scope that is active here, and to those around it. Costs no allocation.
///
/// Calls of telemetry-llm do so by themselves. It is for whatever else costs money: a service that charges, a child process
/// that tells at its end what it has used.
///
/// ```
/// use telemetry_core::scope::{self, Spent};
///
/// scope::report(&Spent::default().with_cost_usd(0.005)); // a search that is charged by the request
/// ```
pub fn report(spent: &Spent) {
    if let Some(scope) = current() {
        scope.report(spent);
    }
}

impl Scope {
    /// Opens a scope within this one, wherever that is; see [`open`].
    #[must_use = "work is within it by `instrument` or `in_scope`"]
    pub fn open(&self, ledger: Arc<dyn Ledger>) -> Self {
        let is_around = self.and_around().any(|node| ptr::addr_eq(Arc::as_ptr(&node.ledger), Arc::as_ptr(&ledger)));
        if is_around || self.0.depth >= DEEPEST {
            return self.clone();
        }
        Self(Arc::new(Nested { ledger, around: Some(self.clone()), depth: self.0.depth + 1 }))
    }

    /// Reports what was spent within it, for whoever does not run within it: the callback of a child process, a guard that
    /// ends somewhere else. Costs no allocation.
    pub fn report(&self, spent: &Spent) {
        for (place, node) in self.and_around().enumerate() {
            let kind = node.ledger.kind();
            let is_inner = self.and_around().take(place).any(|inner| inner.ledger.kind() == kind);
            let reach = if is_inner { Reach::Inner } else { Reach::Own };
            let _said_by_the_panic_hook = contained(|| node.ledger.spent(spent, reach));
        }
    }

    /// The context with this scope in it.
    #[must_use]
    pub fn within(&self, context: &Context) -> Context {
        match of(context) {
            Some(held) if Arc::ptr_eq(&held.0, &self.0) => context.clone(),
            _ => context.with_value(Active(self.clone())),
        }
    }

    /// Runs a future within the scope.
    pub fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        future.with_context(self.within_current())
    }

    /// Runs `f` within the scope.
    pub fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        // In a thread whose variables are being destroyed there is nothing to attach to.
        let _attached = thread_is_alive().then(|| self.within_current().attach());
        f()
    }

    fn within_current(&self) -> Context {
        let context = if thread_is_alive() { Context::current() } else { Context::new() };
        self.within(&context)
    }

    /// This scope and those around it, from within.
    fn and_around(&self) -> impl Iterator<Item = &Nested> {
        std::iter::successors(Some(&*self.0), |node| node.around.as_ref().map(|around| &*around.0))
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.and_around().map(|node| node.ledger.kind())).finish()
    }
}

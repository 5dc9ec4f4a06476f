//! What the order desk measures, and what its operators see of it.

use telemetry::{Counter, Label, Metrics, core::Catalogue};

/// Every metric of the order desk.
pub const CATALOGUE: Catalogue = Catalogue::new("order-desk", &[OrderMetrics::CATALOGUE]);

/// What is measured of one kind of order.
#[derive(Metrics)]
#[metrics(scope = "order-desk", entity(order_kind))]
pub struct OrderMetrics {
    /// Orders that were decided on
    #[metric(name = "order_desk_orders_total")]
    pub orders: Counter<Decision>,
}

/// What became of an order.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "decision")]
pub enum Decision {
    /// It is sent on.
    Accepted,
    /// It is sent back.
    Refused,
}

#[cfg(feature = "mixin")]
pub mod mixin;

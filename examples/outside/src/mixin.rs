//! A dashboard with one panel, and one alert.

use telemetry::mixin::model::{Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Panel, Severity, Unit};
use telemetry::mixin::query::{given, rate, threshold};
use telemetry::mixin::runbook;

use crate::{CATALOGUE, Decision, OrderMetrics};

/// What the generator makes files of.
#[must_use]
pub fn domain() -> Domain {
    let panel = Panel::time_series(
        "Orders by Decision",
        "Orders that were decided on, by what became of them",
        Unit::per_second("orders"),
        rate(OrderMetrics::ORDERS).by(["decision"]),
    );
    let alert = Alert::new(
        runbook!("ManyOrdersRefused"),
        AlertRule {
            when: rate(OrderMetrics::ORDERS).only(Decision::Refused).by(["order_kind"]).above(threshold(0.1)),
            hold: "5m",
            severity: Severity::Warning,
            team: "orders",
            summary: "Many orders are refused",
            description: "Of the kind {{ $labels.order_kind }}, {{ $value | printf \"%.2f\" }} orders a second are refused.",
            dashboard: "order-desk",
        },
    );
    let refused = |instance| given(OrderMetrics::ORDERS, instance).is("order_kind", "book").only(Decision::Refused);
    let alert = alert
        .test(
            AlertTest::new("one in three seconds", "15m")
                .series(refused("a"), "0+20x60")
                .fires(&[("order_kind", "book")], "0.33"),
        )
        .test(AlertTest::new("one a minute", "15m").series(refused("a"), "0+1x60"));
    let dashboard = Dashboard::new("order-desk", "Order Desk", "What becomes of orders").panel(panel);
    Domain::new("orders", CATALOGUE, Mixin::new().dashboard(dashboard).alert(alert))
}

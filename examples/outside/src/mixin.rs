//! A dashboard with one panel, one alert, and one objective.

use telemetry::mixin::model::{
    Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Objective, Panel, Severity, Slo, Tested, Unit,
};
use telemetry::mixin::query::{Selector, given, rate, threshold};
use telemetry::mixin::runbook;

use crate::{CATALOGUE, Decision, OrderMetrics};

const DASHBOARD: &str = "order-desk";
const TEAM: &str = "orders";

/// What the generator makes files of.
#[must_use]
pub fn domain() -> Domain {
    let panel = Panel::time_series(
        "Orders by Decision",
        "Orders that were decided on, by what became of them",
        Unit::per_second("orders"),
        rate(OrderMetrics::ORDERS).by(["decision"]),
    );
    let dashboard = Dashboard::new(DASHBOARD, "Order Desk", "What becomes of orders").panel(panel);
    let mixin = Mixin::new().dashboard(dashboard).alert(many_orders_refused()).slo(order_acceptance());
    Domain::new("orders", CATALOGUE, mixin)
}

fn many_orders_refused() -> Alert {
    Alert::new(
        runbook!("ManyOrdersRefused"),
        AlertRule {
            when: rate(OrderMetrics::ORDERS).only(Decision::Refused).by(["order_kind"]).above(threshold(0.1)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Many orders are refused",
            description: "Of the kind {{ $labels.order_kind }}, {{ $value | printf \"%.2f\" }} orders a second are refused.",
            dashboard: DASHBOARD,
        },
    )
    .test(
        AlertTest::new("one in three seconds", "15m")
            .series(books(Decision::Refused), "0+20x60")
            .fires(&[("order_kind", "book")], "0.33"),
    )
    .test(AlertTest::new("one a minute", "15m").series(books(Decision::Refused), "0+1x60"))
}

/// What is promised over a month. Its recordings, burn-rate alerts, their tests and the dashboard's row follow from this.
fn order_acceptance() -> Slo {
    Slo::new(
        runbook!("OrderAcceptance"),
        Objective {
            good: 0.95,
            promise: "$objective of all orders are accepted",
            bad: rate(OrderMetrics::ORDERS).only(Decision::Refused).by(["job"]).into(),
            total: rate(OrderMetrics::ORDERS).by(["job"]).into(),
            team: TEAM,
            dashboard: DASHBOARD,
            tested: Tested::bad_and_good(books(Decision::Refused), books(Decision::Accepted)),
            tested_labels: &[("job", "api")],
        },
    )
}

/// The orders of books in a test.
fn books(decision: Decision) -> Selector {
    given(OrderMetrics::ORDERS, "a").is("order_kind", "book").only(decision)
}

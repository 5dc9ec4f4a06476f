//! Metrics and a guard of one's own, exported to a receiver in the same process.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::error::Error;
use std::time::Duration;

use telemetry_core::{
    Counter, Dropped, End, EntityId, Family, Histogram, Label, Lease, Meter, Metrics, Operation, Shared, Telemetry,
    end_event, operation_span,
};
use telemetry_testkit::OtlpSink;

/// How a sale ended.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
enum Outcome {
    Paid,
    Declined,
    Aborted,
}

/// What is measured of one till.
#[derive(Metrics)]
#[metrics(scope = "shop.till", entity(till_id))]
struct TillMetrics {
    /// Duration of sales
    #[metric(name = "till_sale_seconds", unit = "s", buckets = [1.0, 5.0, 30.0])]
    sale: Histogram<Outcome>,
    /// Articles sold
    #[metric(name = "till_articles_total", unit = "{article}")]
    articles: Counter,
}

/// The entry: what the application keeps.
struct Tills(Shared<Family<TillMetrics>>);

impl Tills {
    fn new(meter: &Meter) -> Self {
        Self(Shared::new(Family::new(meter)))
    }

    fn sale(&self, till_id: &str) -> Sale {
        let operation = Operation::start(|| operation_span!("till.sell", till_id));
        Sale { tills: self.0.lease(), till: self.0.find(till_id), operation }
    }
}

/// The guard of one sale. It is owned, and goes into spawned tasks.
#[must_use = "dropped at once, the sale counts as aborted"]
struct Sale {
    tills: Lease<Family<TillMetrics>>,
    till: EntityId<TillMetrics>,
    operation: Operation,
}

impl Sale {
    fn pay(mut self, articles: u64) {
        self.tills.at(self.till).articles.add(articles);
        self.end(Outcome::Paid, End::success(Outcome::Paid.as_str()));
    }

    fn decline(mut self) {
        self.end(Outcome::Declined, End::failure(Outcome::Declined.as_str(), "card_declined"));
    }

    fn end(&mut self, outcome: Outcome, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        self.tills.at(self.till).sale.at(outcome).record(elapsed.as_secs_f64());
        end_event!(self.operation, end, elapsed, {}, "sale ended", "sale failed");
    }
}

impl Drop for Sale {
    fn drop(&mut self) {
        let outcome = Outcome::Aborted;
        match self.operation.dropped() {
            Some(Dropped::Cancelled) => self.end(outcome, End::cancelled(outcome.as_str())),
            Some(Dropped::Panicked) => self.end(outcome, End::panicked(outcome.as_str())),
            None => {}
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let sink = OtlpSink::start(); // in an application: the collector
    let telemetry = Telemetry::builder("shop").endpoint(sink.endpoint()).init()?;
    let tills = Tills::new(telemetry.meter());

    tills.sale("north").pay(3);
    tills.sale("north").decline();
    drop(tills.sale("south"));

    println!("all has arrived: {}\n", telemetry.shutdown_within(Duration::from_secs(20)).is_complete());
    println!("{}", sink.dump());
    Ok(())
}

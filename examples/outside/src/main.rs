//! The order desk: asks a model and a tool about an order, and counts what it decided.

use order_desk::{Decision, OrderMetrics};
use telemetry::llm::{Llm, Usage};
use telemetry::mcp::Mcp;
use telemetry::{Family, Meter};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = telemetry::init("order-desk")?;
    let orders = Family::<OrderMetrics>::new(&Meter::global());

    let opinion = Llm::global().start("openai", "gpt-4o");
    let is_sound = opinion.in_scope(|| true); // the provider's client is called here
    opinion.succeed(Usage::new(120, 8));
    let stock = Mcp::global().start("warehouse", "look_up");
    let is_there = stock.in_scope(|| true); // and the MCP server here
    stock.succeed();

    let decision = if is_sound && is_there { Decision::Accepted } else { Decision::Refused };
    orders.get("book").orders.at(decision).add(1);
    tracing::info!(?decision, "decided on an order");
    Ok(())
}

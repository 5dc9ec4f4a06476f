//! The shapes and providers that are known, as a table for people.

use std::fmt::Write as _;

use super::api::Api;
use super::field::TOTAL;
use super::providers::PROVIDERS;
use crate::headers;
use crate::hosts::HOSTS;
use crate::price;

/// The shapes of answers that are read, what providers do otherwise, and what is read of headers, as tables of Markdown:
/// what the guide says of them is made by this.
///
/// ```
/// let tables = telemetry_llm::shapes_as_markdown();
/// assert!(tables.contains("| Anthropic messages |") && tables.contains("| openrouter"));
/// ```
#[must_use]
pub fn shapes_as_markdown() -> String {
    let mut text = String::from("| shape | paths that end in | read | streamed |\n|---|---|---|---|\n");
    for api in Api::ALL {
        let shape = api.shape();
        let paths: Vec<_> = shape.endpoints.iter().map(|(end, _)| format!("`{end}`")).collect();
        let mut units: Vec<_> = shape.fields.iter().map(|field| field.unit).filter(|unit| *unit != TOTAL).collect();
        units.dedup();
        let streamed = if shape.streamed { "yes" } else { "no" };
        let read = summary(&units);
        // Writing to a text does not fail.
        let _ = writeln!(text, "| {} | {} | {read} | {streamed} |", shape.title, paths.join(", "));
    }
    text.push_str("\n| provider | numbers of its own | says the cost | documentation |\n|---|---|---|---|\n");
    for provider in PROVIDERS {
        let places = provider.fields.iter().flat_map(|(_, fields)| *fields).filter_map(|field| field.paths.first());
        let places: Vec<_> = places.map(|place| format!("`{place}`")).collect();
        let own = if provider.hides_thoughts { "thoughts by the total".to_owned() } else { places.join(", ") };
        let cost = provider.cost.first().map_or_else(String::new, |(place, _)| format!("`{place}`"));
        let _ = writeln!(text, "| {} | {own} | {cost} | {} |", provider.names.join(", "), provider.source);
    }
    text.push_str("\n| host | provider | has prices in the table |\n|---|---|---|\n");
    for (host, provider) in HOSTS.iter().chain(&[("bedrock-runtime.*.amazonaws.com", "bedrock")]) {
        let has_prices = if price::has_provider(provider) { "yes" } else { "no" };
        let any = if host.starts_with(['.', '-']) { "*" } else { "" };
        let _ = writeln!(text, "| `{any}{host}` | {provider} | {has_prices} |");
    }
    text.push_str("\n| header of an answer | says | documentation |\n|---|---|---|\n");
    for (names, says, source) in headers::TABLE {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(text, "| {} | {says} | {source} |", names.join(", "));
    }
    text
}

/// What is read, in the words of the metrics, and how many units beside them.
fn summary(units: &[&str]) -> String {
    const WORDS: &[(&str, &str)] = &[
        ("input_tokens", "prompt"),
        ("output_tokens", "completion"),
        ("cache_read_tokens", "cached prompt"),
        ("cache_write_tokens", "cache creation"),
        ("output_reasoning_tokens", "reasoning"),
    ];
    let words = WORDS.iter().filter(|(unit, _)| units.contains(unit)).map(|(_, word)| *word);
    let others = units.iter().filter(|unit| WORDS.iter().all(|(known, _)| known != *unit)).copied();
    words.chain(others).collect::<Vec<_>>().join(", ")
}

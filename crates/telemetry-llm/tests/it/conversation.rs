//! The conversation that a call is part of: what the call site says, else what the context says.

use telemetry_core::conversation;

use crate::fixture::{Fixture, MODEL};

const ID: &str = "gen_ai.conversation.id";

#[test]
fn the_span_has_the_conversation_that_the_call_or_its_context_is_part_of() {
    let fixture = Fixture::new();
    let call = || fixture.llm.call("openai", MODEL);
    drop(call().start());
    fixture.call().assert_no_attribute(ID);

    fixture.clear();
    drop(call().conversation("conversation-1").start());
    fixture.call().assert_attribute(ID, "conversation-1");

    let _context = conversation::within("conversation-2").attach();
    fixture.clear();
    drop(call().start());
    fixture.call().assert_attribute(ID, "conversation-2");

    fixture.clear();
    drop(call().conversation("conversation-3").start());
    fixture.call().assert_attribute(ID, "conversation-3");
}

#[test]
fn an_id_without_end_is_cut() {
    let fixture = Fixture::new();
    let endless = "c".repeat(100_000);
    drop(fixture.llm.call("openai", MODEL).conversation(&endless).start());
    let span = fixture.call();
    let id = span.attribute(ID).unwrap_or_default();
    assert!((200..=256).contains(&id.len()), "{}", id.len());
}

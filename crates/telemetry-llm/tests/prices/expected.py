"""Computes what calls cost by the Python package genai-prices, into expected.json and answers.json beside this file.

    python -m venv /tmp/genai-prices && /tmp/genai-prices/bin/pip install genai-prices==0.2.1
    /tmp/genai-prices/bin/python expected.py

The version is that of the crate, whose table is the same.
"""

import json
from datetime import datetime, timezone
from pathlib import Path

import genai_prices
from genai_prices import Usage, calc_price, extract_usage

VERSION = "0.2.1"
# After the dates from which the table knows the rates of tiers and batches.
AT = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)


def by_hand(provider, model, *, at=AT, context=None, **usage):
    try:
        price = calc_price(
            Usage(**usage), model, provider_id=provider, genai_request_timestamp=at, price_context=context
        )
        cost, model_id = float(price.total_price), price.model.id
    except LookupError:
        cost, model_id = None, None
    return {
        "provider": provider,
        "model": model,
        "at": int(at.timestamp()),
        "context": context or {},
        "usage": usage,
        "model_id": model_id,
        "cost_usd": cost,
    }


def by_body(provider, flavor, body, *, context=None):
    extracted = extract_usage(body, provider_id=provider, api_flavor=flavor)
    usage = {name: value for name, value in vars(extracted.usage).items() if isinstance(value, (int, float))}
    price = extracted.calc_price(genai_request_timestamp=AT, price_context=context)
    return {
        "provider": provider,
        "at": int(AT.timestamp()),
        "body": body,
        "usage": usage,
        "model_id": extracted.model.id,
        "cost_usd": float(price.total_price),
    }


def chat(model, prompt, completion, *, tier=None, **details):
    body = {"id": "chatcmpl-1", "object": "chat.completion", "model": model}
    body["choices"] = [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]
    body["usage"] = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    body["usage"].update(details)
    if tier:
        body["service_tier"] = tier
    return by_body("openai", "chat", body, context={"service_tier": tier} if tier else None)


def responses(model, prompt, completion, *, tier=None, **details):
    body = {"id": "resp_1", "object": "response", "status": "completed", "model": model, "output": []}
    body["usage"] = {"input_tokens": prompt, "output_tokens": completion, "total_tokens": prompt + completion}
    body["usage"].update(details)
    if tier:
        body["service_tier"] = tier
    return by_body("openai", "responses", body, context={"service_tier": tier} if tier else None)


def messages(model, prompt, completion, **details):
    body = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "stop_reason": "end_turn"}
    body["content"] = [{"type": "text", "text": "Hi"}]
    body["usage"] = {"input_tokens": prompt, "output_tokens": completion, **details}
    batch = details.get("service_tier") == "batch"
    return by_body("anthropic", "default", body, context={"processing": "batch"} if batch else None)


def generate(model, prompt, completion, **details):
    body = {"responseId": "r1", "modelVersion": model}
    body["candidates"] = [{"content": {"role": "model", "parts": [{"text": "Hi"}]}, "finishReason": "STOP"}]
    body["usageMetadata"] = {"promptTokenCount": prompt, "candidatesTokenCount": completion, **details}
    return by_body("google", "default", body)


CASES = [
    # Plain ones, dated snapshots, prefixes.
    by_hand("openai", "gpt-4o", input_tokens=1000, output_tokens=200),
    by_hand("openai", "gpt-4o-2024-08-06", input_tokens=1000, output_tokens=200),
    by_hand("openai", "gpt-4o-mini-2024-07-18", input_tokens=123456, output_tokens=7890),
    by_hand("openai", "GPT-5", input_tokens=5000, output_tokens=1),
    by_hand("openai", "o3", input_tokens=1_000_000, output_tokens=100_000),
    by_hand("openai", "o3", input_tokens=1_000_000, output_tokens=100_000, at=datetime(2025, 6, 1, tzinfo=timezone.utc)),
    by_hand("openai", "gpt-3.5-turbo", input_tokens=0, output_tokens=1),
    by_hand("openai", "text-embedding-3-small", input_tokens=8191, output_tokens=0),
    by_hand("anthropic", "claude-sonnet-4-5-20250929", input_tokens=1500, output_tokens=700),
    by_hand("anthropic", "claude-3-5-haiku-20241022", input_tokens=999_999, output_tokens=8192),
    by_hand("anthropic", "claude-opus-4-1", input_tokens=321, output_tokens=4321),
    by_hand("gemini", "gemini-2.5-pro", input_tokens=1000, output_tokens=1000),
    by_hand("gemini", "gemini-2.5-flash", input_tokens=100_000, output_tokens=10),
    by_hand("google-vertex", "gemini-2.0-flash-001", input_tokens=100_000, output_tokens=10),
    by_hand("mistral", "mistral-large-latest", input_tokens=10_000, output_tokens=500),
    by_hand("groq", "llama-3.3-70b-versatile", input_tokens=10_000, output_tokens=500),
    by_hand("deepseek", "deepseek-chat", input_tokens=10_000, output_tokens=500),
    by_hand("bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0", input_tokens=10_000, output_tokens=500),
    # Caches.
    by_hand("openai", "gpt-4o", input_tokens=10_000, cache_read_tokens=9_984, output_tokens=50),
    by_hand("openai", "gpt-5", input_tokens=10_000, cache_read_tokens=10_000, output_tokens=0),
    by_hand("anthropic", "claude-sonnet-4-0", input_tokens=50_000, cache_read_tokens=40_000, cache_write_tokens=9_000, output_tokens=600),
    by_hand("anthropic", "claude-haiku-4-5", input_tokens=5_000, cache_write_tokens=4_999, output_tokens=2),
    by_hand("gemini", "gemini-2.5-pro", input_tokens=100_000, cache_read_tokens=80_000, output_tokens=500),
    # Reasoning is part of the output.
    by_hand("openai", "o4-mini", input_tokens=100, output_tokens=9_000, output_reasoning_tokens=8_500),
    # Tiers by the length of the prompt: on, and one over, the border.
    by_hand("anthropic", "claude-sonnet-4-5", input_tokens=200_000, output_tokens=1_000),
    by_hand("anthropic", "claude-sonnet-4-5", input_tokens=200_001, output_tokens=1_000),
    by_hand("anthropic", "claude-haiku-5-5", input_tokens=150_000, cache_read_tokens=120_000, cache_write_tokens=10_000, output_tokens=1_000),
    by_hand("gemini", "gemini-2.5-pro", input_tokens=200_001, output_tokens=1_000),
    by_hand("openai", "gpt-5.6-sol", input_tokens=300_000, output_tokens=1_000),
    # Tiers of service, batches, both, and a tier that nobody has.
    by_hand("openai", "o3", context={"service_tier": "flex"}, input_tokens=1_000_000, output_tokens=1_000_000),
    by_hand("openai", "o3", context={"service_tier": "priority"}, input_tokens=1_000_000, output_tokens=1_000_000),
    by_hand("openai", "o3", context={"service_tier": "default"}, input_tokens=1_000_000, output_tokens=1_000_000),
    by_hand("openai", "o3", context={"service_tier": "no-such-tier"}, input_tokens=1_000_000, output_tokens=1_000_000),
    by_hand("openai", "gpt-4o", context={"processing": "batch"}, input_tokens=1_000_000, output_tokens=1_000_000),
    by_hand("openai", "o3", context={"processing": "batch", "service_tier": "default"}, input_tokens=70_000, cache_read_tokens=500, output_tokens=800),
    by_hand("anthropic", "claude-opus-4-5", context={"processing": "batch"}, input_tokens=70_000, cache_read_tokens=500, output_tokens=800),
    by_hand("gemini", "gemini-2.5-flash", context={"processing": "batch"}, input_tokens=70_000, output_tokens=800),
    # Not in the table.
    by_hand("openai", "no-such-model", input_tokens=1, output_tokens=1),
    by_hand("no-such-provider", "gpt-4o", input_tokens=1, output_tokens=1),
    # Whole answers.
    chat("gpt-4o-2024-08-06", 19, 10, prompt_tokens_details={"cached_tokens": 0, "audio_tokens": 0}, completion_tokens_details={"reasoning_tokens": 0, "audio_tokens": 0}),
    chat("gpt-4o-2024-08-06", 2006, 300, tier="default", prompt_tokens_details={"cached_tokens": 1920, "audio_tokens": 0}, completion_tokens_details={"reasoning_tokens": 0}),
    chat("o3-2025-04-16", 2006, 3000, tier="flex", prompt_tokens_details={"cached_tokens": 1920}, completion_tokens_details={"reasoning_tokens": 2500}),
    chat("gpt-audio", 500, 400, prompt_tokens_details={"cached_tokens": 0, "audio_tokens": 480}, completion_tokens_details={"audio_tokens": 350, "reasoning_tokens": 0}),
    responses("gpt-5", 75, 1186, input_tokens_details={"cached_tokens": 0}, output_tokens_details={"reasoning_tokens": 1024}),
    responses("o3", 36_000, 87, tier="priority", input_tokens_details={"cached_tokens": 30_000}, output_tokens_details={"reasoning_tokens": 64}),
    messages("claude-sonnet-4-5-20250929", 2095, 503),
    messages("claude-sonnet-4-5-20250929", 21, 393, cache_creation_input_tokens=188_086, cache_read_input_tokens=0),
    messages("claude-sonnet-4-5-20250929", 21, 393, cache_creation_input_tokens=0, cache_read_input_tokens=188_086),
    messages("claude-opus-4-5", 2048, 503, cache_read_input_tokens=1800, cache_creation_input_tokens=248, cache_creation={"ephemeral_5m_input_tokens": 148, "ephemeral_1h_input_tokens": 100}, service_tier="standard"),
    messages("claude-opus-4-5", 2048, 503, service_tier="batch"),
    messages("claude-sonnet-4-5", 105, 6039, cache_creation_input_tokens=0, cache_read_input_tokens=7123, server_tool_use={"web_search_requests": 1}),
    generate("gemini-2.5-pro", 1200, 88, totalTokenCount=1288),
    generate("gemini-2.5-pro", 1200, 88, thoughtsTokenCount=900, totalTokenCount=2188),
    generate("gemini-2.5-flash", 50_000, 88, cachedContentTokenCount=40_000, promptTokensDetails=[{"modality": "TEXT", "tokenCount": 50_000}], cacheTokensDetails=[{"modality": "TEXT", "tokenCount": 40_000}], candidatesTokensDetails=[{"modality": "TEXT", "tokenCount": 88}], totalTokenCount=50_088),
    generate("gemini-2.5-flash", 1030, 5, promptTokensDetails=[{"modality": "TEXT", "tokenCount": 30}, {"modality": "AUDIO", "tokenCount": 1000}], totalTokenCount=1035),
    generate("gemini-2.5-flash", 300, 5, toolUsePromptTokenCount=120, totalTokenCount=425),
]

assert genai_prices.__version__ == VERSION, f"install genai-prices=={VERSION}, this is {genai_prices.__version__}"
table = {"genai_prices": VERSION, "cases": CASES}
Path(__file__).with_name("expected.json").write_text(json.dumps(table, indent=1) + "\n")

# The answers of tests/it/cases, priced by what they are expected to have used; those that say more than their tokens as the
# package reads them, and those that are made of several requests by each of these.
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "output_reasoning_tokens")
MORE = ("cache_creation\"", "audio_tokens", "server_tool_use", "token_details\": {\"text", "_details\": {\"text", "citation", "seconds", "toolUse", "sDetails", "pages_processed", "\"duration\"")
FLAVORS = (("/images/", "images"), ("/ocr", "ocr"), ("enerateContent", "default"), ("/messages", "default"), ("/chat/completions", "chat"))


def tokens_of(numbers):
    return {name: value for name, value in zip(TOKENS, numbers) if value or name in TOKENS[:2]}


def of_requests(case, said):
    cost = 0
    requests = [request for request in said["iterations"] if isinstance(request, dict)]
    for request in requests:
        count = lambda name: max(request.get(name) or 0, 0)
        read, written = count("cache_read_input_tokens"), count("cache_creation_input_tokens")
        prompt = count("input_tokens") + read + written
        usage = tokens_of((prompt, count("output_tokens"), read, written, 0))
        lives = request.get("cache_creation") or {}
        for life in ("5m", "1h"):
            if lives.get(f"ephemeral_{life}_input_tokens"):
                usage[f"cache_write_{life}_tokens"] = lives[f"ephemeral_{life}_input_tokens"]
        if request is requests[-1] and "server_tool_use" in said:
            usage["web_searches"] = said["server_tool_use"]["web_search_requests"]
        part = by_hand(case["provider"], request.get("model") or case["model"], **usage)["cost_usd"]
        if part is None:
            return None
        cost += part
    return cost


def of_more(case):
    flavor = next((flavor for part, flavor in FLAVORS if part in case["path"]), None)
    try:
        usage = extract_usage(case["body"], provider_id=case["provider"], api_flavor=flavor).usage
        price = calc_price(usage, case["model"], provider_id=case["provider"], genai_request_timestamp=AT)
    except (KeyError, LookupError, ValueError, TypeError):
        return None
    # The package does not cut what cannot be.
    ours = tokens_of(case["expect"]["usage"])
    same = all((getattr(usage, name, None) or 0) == ours.get(name, 0) for name in TOKENS)
    return float(price.total_price) if same else None


def of_answer(line):
    case = json.loads(line)
    expect = case["expect"]
    if "usage" not in expect or expect.get("partial") or "headers" in case:
        return None
    said = [piece.get("usage") for piece in [case.get("body"), *case.get("events", [])] if isinstance(piece, dict)]
    said = next((usage for usage in reversed(said) if isinstance(usage, dict) and usage.get("iterations")), None)
    if said:
        return of_requests(case, said)
    if any(more in line for more in MORE):
        return of_more(case)
    context = {"service_tier": expect["tier"]} if "tier" in expect else None
    return by_hand(case["provider"], case["model"], context=context, **tokens_of(expect["usage"]))["cost_usd"]


lines = (Path(__file__).parent.parent / "it/cases/answers.jsonl").read_text().splitlines()
costs = {json.loads(line)["name"]: of_answer(line) for line in lines}
costs = {name: cost for name, cost in costs.items() if cost}
Path(__file__).with_name("answers.json").write_text(json.dumps({"at": int(AT.timestamp()), "costs": costs}, indent=1) + "\n")

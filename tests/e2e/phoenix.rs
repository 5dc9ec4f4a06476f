//! Arize Phoenix, a back end for language models: what it makes of the platform's spans, by its own API.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use agent_platform::Recorded;
use serde_json::Value;
use telemetry_tests::http::{Http, escape};
use telemetry_tests::program::Program;
use telemetry_tests::{Failure, ports};

use crate::report::Report;
use crate::spans::{Sent, count};
use crate::stack::Site;

/// How long Phoenix may take to start for the first time, on a machine that is busy.
const START: Duration = Duration::from_secs(300);
/// How long it may take to store and to show all spans.
const ARRIVE: Duration = Duration::from_secs(120);
/// As many spans as Phoenix tells at once; the load makes a quarter of that.
const MOST_SPANS: usize = 1000;
/// Tools that answers of models ask for, beside others.
const ASKED_FOR: [&str; 3] = ["read-file", "search", "word-count"];

/// Phoenix takes OTLP from all interfaces, whatever its host is set to: here from its own machine alone.
const LAUNCH: &str = "\
from grpc.aio import _server

listen = _server.Server.add_insecure_port
_server.Server.add_insecure_port = lambda server, at: listen(server, at.replace('[::]', '127.0.0.1'))

from phoenix.server.main import main

main()
";

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let [port, otlp] = ports::free()?;
    let phoenix = start(site, port, otlp)?;
    report.progress("Phoenix is ready");
    report.check("Phoenix is to be reached from its own machine alone", on_loopback([port, otlp]));
    // Its first answers take it long, on a machine that is busy.
    let sent = Sent::to(otlp, site, &[("TELEMETRY_OTLP_CALL_TIMEOUT", "20s")], report)?;
    let http = Http::new(port)?;
    let names = |shown: &Shown| count(shown.spans.iter().map(|span| &*span.name));
    let shown = sent.shown(ARRIVE, report, || Shown::read(&http), names);
    let recorded = &sent.ended.recorded;
    report.check("calls are shown as such, with provider, model and tokens", calls(&shown, recorded));
    let counted = sent.sink.metrics().total("llm_provider_cost_usd_total", &[]);
    report.check("each call costs there what it costs here, and so do all", costs(&shown, counted));
    report.check("tools are shown as tools, agents as agents, workflows as chains", kinds(&shown));
    report.check("answers are shown with the tools that they ask for", tool_calls(&shown));
    report.check("calls of one conversation are one session", sessions(&shown));
    report.check("failures are shown as such, with what they say", errors(&shown, recorded));
    phoenix.kill()?;
    Ok(())
}

fn start(site: &Site, port: u16, otlp: u16) -> Result<Program, Failure> {
    let launch = site.folder.join("launch.py");
    fs::write(&launch, LAUNCH)?;
    let mut command = Command::new(site.tools.join("python-phoenix/bin/python"));
    command.arg(&launch).arg("serve").stdout(Stdio::null());
    command.env("PHOENIX_HOST", "127.0.0.1");
    command.env("PHOENIX_PORT", port.to_string()).env("PHOENIX_GRPC_PORT", otlp.to_string());
    command.env("PHOENIX_WORKING_DIR", site.folder.join("data"));
    // It shall ask nobody for anything, and tell nobody.
    command.env("PHOENIX_TELEMETRY_ENABLED", "false").env("PHOENIX_ALLOW_EXTERNAL_RESOURCES", "false");
    let mut phoenix = Program::start("phoenix", &mut command, &site.folder)?;
    let health = Http::new(port)?;
    phoenix.wait_ready(START, || health.get("/healthz").map(drop))?;
    Ok(phoenix)
}

/// Whoever listens on all interfaces has the port on every address of the loopback one, too.
fn on_loopback(ports: [u16; 2]) -> Result<(), Failure> {
    for port in ports {
        TcpListener::bind(("127.0.0.2", port)).map_err(|error| format!("port {port} is taken elsewhere: {error}"))?;
    }
    Ok(())
}

/// What Phoenix shows.
#[derive(Default)]
struct Shown {
    spans: Vec<Span>,
    /// How many traces each session has.
    sessions: BTreeMap<String, u64>,
}

/// A span as Phoenix shows it.
struct Span {
    name: String,
    trace: String,
    kind: String,
    is_error: bool,
    message: String,
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    /// What Phoenix says that it cost, in US dollars.
    cost: Option<f64>,
    /// What it was sent, and what Phoenix made of that.
    attributes: Value,
}

impl Shown {
    fn read(http: &Http) -> Result<Self, Failure> {
        let query = format!(
            "{{ projects(first: 1) {{ edges {{ node {{
                spans(first: {MOST_SPANS}) {{ edges {{ node {{
                    name spanKind statusCode statusMessage trace {{ traceId }} tokenCountPrompt tokenCountCompletion attributes
                    costSummary {{ total {{ cost }} }}
                }} }} }}
                sessions(first: 1000) {{ edges {{ node {{ sessionId numTraces }} }} }}
            }} }} }} }}"
        );
        let answer: Value = serde_json::from_str(&http.get(&format!("/graphql?query={}", escape(&query)))?)?;
        if let Some(errors) = answer.get("errors") {
            return Err(format!("Phoenix does not understand the query: {errors}").into());
        }
        let project = &answer["data"]["projects"]["edges"][0]["node"];
        let spans = nodes(&project["spans"]).map(Span::read).collect::<Result<_, _>>()?;
        let sessions = nodes(&project["sessions"]);
        let sessions = sessions.map(|node| (text(&node["sessionId"]), node["numTraces"].as_u64().unwrap_or_default()));
        Ok(Self { spans, sessions: sessions.collect() })
    }

    /// The calls of models.
    fn calls(&self) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(|span| span.name == "llm.complete")
    }
}

impl Span {
    fn read(node: &Value) -> Result<Self, Failure> {
        Ok(Self {
            name: text(&node["name"]),
            trace: text(&node["trace"]["traceId"]),
            kind: text(&node["spanKind"]),
            is_error: node["statusCode"] == "ERROR",
            message: text(&node["statusMessage"]),
            prompt_tokens: node["tokenCountPrompt"].as_u64(),
            completion_tokens: node["tokenCountCompletion"].as_u64(),
            cost: node["costSummary"]["total"]["cost"].as_f64(),
            attributes: serde_json::from_str(node["attributes"].as_str().unwrap_or_default())?,
        })
    }

    /// An attribute, by its parts.
    fn at(&self, path: &str) -> &Value {
        self.attributes.pointer(path).unwrap_or(&Value::Null)
    }
}

fn nodes(connection: &Value) -> impl Iterator<Item = &Value> {
    connection["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn check(is_so: bool, what: &str, span: &Span) -> Result<(), Failure> {
    if is_so { Ok(()) } else { Err(format!("{what} of {} ({}): {}", span.name, span.kind, span.attributes).into()) }
}

fn same<T: PartialEq + std::fmt::Debug>(shown: &T, expected: &T) -> Result<(), Failure> {
    if shown == expected { Ok(()) } else { Err(format!("shown is {shown:?}, expected was {expected:?}").into()) }
}

/// Each call has its kind, provider and model, and all have the tokens that their providers gave.
fn calls(shown: &Shown, recorded: &Recorded) -> Result<(), Failure> {
    let mut tokens: BTreeMap<[String; 3], u64> = BTreeMap::new();
    for call in shown.calls() {
        check(call.kind == "llm", "the kind", call)?;
        let (provider, model) = (text(call.at("/provider")), text(call.at("/model")));
        let their_provider = if provider == "gemini" { "google" } else { &provider };
        check(call.at("/llm/provider") == their_provider, "the provider", call)?;
        // The model as it was called, of which ours is the label.
        check(text(call.at("/llm/model_name")).starts_with(&model) && !model.is_empty(), "the model", call)?;
        let of_kinds = [("prompt", call.prompt_tokens), ("completion", call.completion_tokens)];
        for (kind, used) in of_kinds.into_iter().filter_map(|(kind, used)| Some((kind, used.filter(|used| *used > 0)?)))
        {
            *tokens.entry([provider.clone(), model.clone(), kind.to_owned()]).or_default() += used;
        }
    }
    let label = |labels: &BTreeMap<String, String>, name: &str| labels.get(name).cloned().unwrap_or_default();
    let recorded = recorded.series.iter().filter(|series| series.name == "llm_provider_tokens_total");
    let recorded =
        recorded.map(|series| (["provider", "model", "type"].map(|name| label(&series.labels, name)), series.value));
    same(&tokens, &recorded.collect())
}

/// Phoenix has prices of its own, and comes to the same.
fn costs(shown: &Shown, counted: f64) -> Result<(), Failure> {
    let (mut total, mut priced) = (0.0, 0);
    for call in shown.calls() {
        let ours = call.at("/cost_usd").as_f64();
        let are_same = match (ours, call.cost) {
            (Some(ours), Some(theirs)) => ours > 0.0 && (ours - theirs).abs() <= ours * 1e-9,
            (None, None) => true,
            _ => false,
        };
        check(are_same, &format!("the cost, {:?} there,", call.cost), call)?;
        total += call.cost.unwrap_or_default();
        priced += u32::from(ours.is_some());
    }
    if priced > 0 && (total - counted).abs() <= counted * 1e-9 {
        return Ok(());
    }
    Err(format!("{priced} calls cost {total} there, the metric says {counted}").into())
}

fn kinds(shown: &Shown) -> Result<(), Failure> {
    let mut found = BTreeMap::new();
    for span in &shown.spans {
        let (kind, own_name) = match &*span.name {
            "runtime.execute_tool" => ("tool", "/tool_id"),
            "mcp.tool.execute" => ("tool", "/tool_name"),
            "agent.execute_sync" => ("agent", ""),
            "workflow.execute_sync" => ("chain", ""),
            _ => continue,
        };
        check(span.kind == kind, "the kind", span)?;
        if !own_name.is_empty() {
            check(
                span.at("/tool/name") == span.at(own_name) && span.at(own_name).is_string(),
                "the tool's name",
                span,
            )?;
        }
        *found.entry(&*span.name).or_insert(0) += 1;
    }
    if found.len() == 4 { Ok(()) } else { Err(format!("there are but {found:?}").into()) }
}

/// Each answer has the tools that its call says it has, without what these were given.
fn tool_calls(shown: &Shown) -> Result<(), Failure> {
    let mut asked_for = BTreeSet::new();
    for call in shown.calls().filter(|call| call.at("/outcome") == "success") {
        let asked = call.at("/llm/output_messages/0/message/tool_calls");
        let functions: Vec<&Value> =
            asked.as_array().into_iter().flatten().map(|asked| &asked["tool_call"]["function"]).collect();
        check(functions.iter().all(|function| function.get("arguments").is_none()), "what the tool is given", call)?;
        let names: Vec<String> = functions.iter().map(|function| text(&function["name"])).collect();
        check(names == said(call)?, "the tools that are asked for", call)?;
        asked_for.extend(names);
    }
    match ASKED_FOR.iter().find(|tool| !asked_for.contains(**tool)) {
        Some(tool) => Err(format!("no answer asks for {tool}, but for {asked_for:?}").into()),
        None => Ok(()),
    }
}

/// The tools that an answer asks for, as its call has them.
fn said(call: &Span) -> Result<Vec<String>, Failure> {
    let messages = text(call.at("/gen_ai/output/messages"));
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let messages: Value = serde_json::from_str(&messages)?;
    let parts = messages.as_array().into_iter().flatten().filter_map(|message| message["parts"].as_array()).flatten();
    Ok(parts.filter(|part| part["type"] == "tool_call").map(|part| text(&part["name"])).collect())
}

/// Each call is part of the conversation that its caller said, and Phoenix shows these and no others.
fn sessions(shown: &Shown) -> Result<(), Failure> {
    for call in shown.calls() {
        check(call.at("/session/id").is_string(), "the conversation", call)?;
    }
    let traces: BTreeSet<(String, &str)> =
        shown.calls().map(|call| (text(call.at("/session/id")), &*call.trace)).collect();
    let conversations = count(traces.iter().map(|(id, _)| &**id));
    if conversations.len() < 2 {
        return Err(format!("there are but {conversations:?}").into());
    }
    same(&shown.sessions, &conversations)
}

fn errors(shown: &Shown, recorded: &Recorded) -> Result<(), Failure> {
    let failed: Vec<&Span> = shown.calls().filter(|call| call.is_error).collect();
    let outcome = |labels: &BTreeMap<String, String>| labels.get("outcome").cloned().unwrap_or_default();
    let ended = recorded.series.iter().filter(|series| series.name == "llm_provider_request_seconds");
    let ended = ended.filter(|series| ["error", "timeout", "rate_limited"].contains(&&*outcome(&series.labels)));
    same(&(failed.len() as u64), &ended.map(|series| series.value).sum())?;
    for said in ["overloaded", "API_KEY_INVALID", "timed out"] {
        if !failed.iter().any(|call| call.message.contains(said)) {
            let messages: Vec<&str> = failed.iter().map(|call| &*call.message).collect();
            return Err(format!("no call says {said:?}: {messages:?}").into());
        }
    }
    for span in shown.spans.iter().filter(|span| span.is_error && span.name == "runtime.execute_tool") {
        check(!span.message.is_empty(), "the message", span)?;
    }
    Ok(())
}

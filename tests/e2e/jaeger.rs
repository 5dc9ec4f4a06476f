//! Jaeger, a back end for traces: what it makes of the platform's spans, by its own API.

use std::collections::{BTreeMap, HashMap};
use std::process::{Command, Stdio};
use std::time::Duration;

use agent_platform::CANARIES;
use serde_json::Value;
use telemetry_tests::http::Http;
use telemetry_tests::program::Program;
use telemetry_tests::{Failure, ports};

use crate::report::Report;
use crate::spans::{Sent, count};
use crate::stack::Site;

/// How long Jaeger may take to start, on a machine that is busy.
const START: Duration = Duration::from_secs(60);
/// How long it may take to show all spans.
const ARRIVE: Duration = Duration::from_secs(60);
/// The name by which the platform is known.
const SERVICE: &str = "agent-platform";
/// More traces than the load makes.
const MOST_TRACES: usize = 5000;

/// Texts that may consist of digits alone: ids, codes, and a label that is `403` or `cancelled`.
const DIGITS: [&str; 8] = [
    "exec_id",
    "execution_id",
    "error.type",
    "error_type",
    "db.response.status_code",
    "rpc.response.status_code",
    "jsonrpc.request.id",
    "status",
];

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let [port, otlp] = ports::free()?;
    let jaeger = start(site, port, otlp)?;
    report.progress("Jaeger is ready");
    let sent = Sent::to(otlp, site, &[], report)?;
    let http = Http::new(port)?;
    let names = |shown: &Shown| count(shown.spans.iter().map(|span| &*span.name));
    let shown = sent.shown(ARRIVE, report, || Shown::read(&http), names);
    report.check("whole numbers are numbers, on spans and their events", numbers(&shown));
    report.check("events have names, and not places in the source", events(&shown));
    report.check("work done later is a trace of its own, and linked to its request", links(&shown));
    report.check("tools, agents, tasks and workflows say by the conventions what they are", conventions(&shown));
    report.check("failures are shown as such, with what they say", errors(&shown));
    report.check("each span is of its kind", kinds(&shown));
    report.check("a trace leads from a request through agent, model, tools, MCP and database", one_trace(&shown));
    report.check("each span says of which service and version it is", services(&shown));
    let said = CANARIES.iter().find(|canary| shown.text.contains(**canary));
    report.check("nothing of what was said shows", said.map_or(Ok(()), |said| Err(format!("{said} shows").into())));
    jaeger.kill()?;
    Ok(())
}

/// All on the loopback interface, and what nobody needs on a port of the system's choice.
fn start(site: &Site, port: u16, otlp: u16) -> Result<Program, Failure> {
    let mut command = Command::new(site.tools.join("jaeger"));
    command.arg(format!("--query.http-server.host-port=127.0.0.1:{port}"));
    command.arg(format!("--collector.otlp.grpc.host-port=127.0.0.1:{otlp}"));
    for other in
        ["query.grpc-server", "collector.otlp.http", "collector.grpc-server", "collector.http-server", "admin.http"]
    {
        command.arg(format!("--{other}.host-port=127.0.0.1:0"));
    }
    // Of itself it shall tell nobody.
    command.env("SPAN_STORAGE_TYPE", "memory").env("OTEL_TRACES_SAMPLER", "always_off").stdout(Stdio::null());
    let mut jaeger = Program::start("jaeger", &mut command, &site.folder)?;
    let api = Http::new(port)?;
    jaeger.wait_ready(START, || api.get("/api/services").map(drop))?;
    Ok(jaeger)
}

/// What Jaeger shows.
#[derive(Default)]
struct Shown {
    /// All of it, as it came.
    text: String,
    spans: Vec<Span>,
    /// Where in it a span is.
    by_id: HashMap<(String, String), usize>,
}

/// A span as Jaeger shows it.
struct Span {
    trace: String,
    id: String,
    name: String,
    /// In the same trace.
    parent: Option<String>,
    /// Traces and spans that it follows from.
    links: Vec<(String, String)>,
    tags: Vec<Field>,
    events: Vec<Vec<Field>>,
    service: String,
    process: Vec<Field>,
}

/// A tag of a span or a field of an event, with the type that it came in.
struct Field {
    key: String,
    kind: String,
    value: Value,
}

impl Shown {
    fn read(http: &Http) -> Result<Self, Failure> {
        let text = http.get(&format!("/api/traces?service={SERVICE}&limit={MOST_TRACES}&lookback=1h"))?;
        let answer: Value = serde_json::from_str(&text)?;
        let mut shown = Self { text, ..Self::default() };
        for trace in list(&answer["data"]) {
            for span in list(&trace["spans"]) {
                let span = Span::read(span, &trace["processes"]);
                shown.by_id.insert((span.trace.clone(), span.id.clone()), shown.spans.len());
                shown.spans.push(span);
            }
        }
        Ok(shown)
    }

    fn find(&self, trace: &str, id: &str) -> Option<&Span> {
        self.by_id.get(&(trace.to_owned(), id.to_owned())).map(|place| &self.spans[*place])
    }

    fn parent(&self, span: &Span) -> Option<&Span> {
        self.find(&span.trace, span.parent.as_deref()?)
    }

    /// The spans whose names begin so; an error where there are none.
    fn named(&self, name: &str) -> Result<Vec<&Span>, Failure> {
        let named: Vec<&Span> = self.spans.iter().filter(|span| span.name.starts_with(name)).collect();
        if named.is_empty() { Err(format!("there is no {name}").into()) } else { Ok(named) }
    }
}

impl Span {
    fn read(span: &Value, processes: &Value) -> Self {
        let references = |kind: &'static str| {
            let of_kind = list(&span["references"]).filter(move |reference| reference["refType"] == kind);
            of_kind.map(|reference| (text(&reference["traceID"]), text(&reference["spanID"])))
        };
        let trace = text(&span["traceID"]);
        let process = &processes[text(&span["processID"])];
        Self {
            id: text(&span["spanID"]),
            name: text(&span["operationName"]),
            parent: references("CHILD_OF").find(|(of, _)| *of == trace).map(|(_, parent)| parent),
            links: references("FOLLOWS_FROM").collect(),
            tags: Field::all(&span["tags"]),
            events: list(&span["logs"]).map(|event| Field::all(&event["fields"])).collect(),
            service: text(&process["serviceName"]),
            process: Field::all(&process["tags"]),
            trace,
        }
    }

    /// A tag as text.
    fn tag(&self, key: &str) -> Option<&str> {
        self.tags.iter().find(|tag| tag.key == key)?.value.as_str()
    }

    /// The names of the tags by which it says what it is.
    fn lacks(&self, keys: &[&str]) -> Result<(), Failure> {
        match keys.iter().find(|key| self.tag(key).is_none_or(str::is_empty)) {
            Some(key) => Err(format!("{} has no {key}", self.name).into()),
            None => Ok(()),
        }
    }
}

impl Field {
    fn all(fields: &Value) -> Vec<Self> {
        let field = |field: &Value| Self {
            key: text(&field["key"]),
            kind: text(&field["type"]),
            value: field["value"].clone(),
        };
        list(fields).map(field).collect()
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A text of digits is a number that lost its type.
fn numbers(shown: &Shown) -> Result<(), Failure> {
    let (mut whole, mut lost) = (0, BTreeMap::new());
    for span in &shown.spans {
        for field in span.tags.iter().chain(span.events.iter().flatten()) {
            whole += u32::from(field.kind == "int64");
            let is_text =
                field.value.as_str().is_some_and(|text| text.parse::<i128>().is_ok()) && field.kind != "int64";
            if is_text && !DIGITS.contains(&&*field.key) {
                lost.insert(&*field.key, format!("{} of {}", field.value, span.name));
            }
        }
    }
    match whole > 0 && lost.is_empty() {
        true => Ok(()),
        false => Err(format!("there are {whole} whole numbers; these are texts: {lost:?}").into()),
    }
}

fn events(shown: &Shown) -> Result<(), Failure> {
    let mut named = 0;
    for span in &shown.spans {
        for event in &span.events {
            let name = event.iter().find(|field| field.key == "event").map(|field| text(&field.value));
            let name = name.ok_or_else(|| format!("an event of {} has no name", span.name))?;
            if name.contains(".rs") || name.is_empty() {
                return Err(format!("an event of {} is called {name:?}", span.name).into());
            }
            named += 1;
        }
    }
    if named > 0 { Ok(()) } else { Err("there is no event at all".into()) }
}

/// What was accepted, and runs of agents, follow from requests that are shown too.
fn links(shown: &Shown) -> Result<(), Failure> {
    for (name, requests, is_root) in [
        ("task.execute_async", &["http.POST /tasks/{tool}/start"][..], true),
        ("agent.execute_async", &["http.POST /agents/{agent}/start"], true),
        ("agent.run", &["http.PUT /projects/", "http.POST /projects/{project}/tasks/{task}/reject"], false),
    ] {
        for span in shown.named(name)? {
            let [(trace, id)] = &span.links[..] else {
                return Err(format!("{name} has {} links", span.links.len()).into());
            };
            let cause = shown.find(trace, id).ok_or_else(|| format!("{name} is linked to what is not shown"))?;
            if *trace == span.trace || !requests.iter().any(|request| cause.name.starts_with(request)) {
                return Err(format!("{name} is linked to {}", cause.name).into());
            }
            if span.parent.is_none() != is_root {
                return Err(format!("{name} has the parent {:?}", span.parent).into());
            }
        }
    }
    Ok(())
}

fn conventions(shown: &Shown) -> Result<(), Failure> {
    const OPERATION: &str = "gen_ai.operation.name";
    const TOOL: &str = "gen_ai.tool.name";
    const AGENT: &str = "gen_ai.agent.name";
    const CONVERSATION: &str = "gen_ai.conversation.id";
    const KIND: &str = "openinference.span.kind";
    for (name, operation, keys) in [
        ("runtime.execute_tool", "execute_tool", &[TOOL][..]),
        ("tool.", "execute_tool", &[TOOL, CONVERSATION]),
        ("agent.run", "invoke_agent", &[AGENT, CONVERSATION]),
        ("agent.execute_sync", "invoke_agent", &[AGENT]),
        ("agent.execute_async", "invoke_agent", &[AGENT]),
        ("workflow.execute_sync", "invoke_workflow", &["gen_ai.workflow.name", KIND]),
        ("agent.turn.", "", &[AGENT, CONVERSATION, KIND]),
        ("agent.prepare", "", &[AGENT, KIND]),
        ("task.execute_sync", "", &[KIND]),
        ("task.execute_async", "", &[KIND]),
        ("workflow.wait_completion", "", &["gen_ai.workflow.name", KIND]),
    ] {
        for span in shown.named(name)? {
            span.lacks(keys)?;
            if span.tag(OPERATION).unwrap_or_default() != operation {
                return Err(format!("{} is the operation {:?}", span.name, span.tag(OPERATION)).into());
            }
        }
    }
    // A process that an agent's call of a tool starts is part of its conversation, too.
    for tool in shown.named("runtime.execute_tool")? {
        let conversation = shown.parent(tool).and_then(|parent| parent.tag(CONVERSATION));
        if tool.tag(CONVERSATION) != conversation {
            return Err(format!("{:?} is not the conversation {conversation:?}", tool.tag(CONVERSATION)).into());
        }
    }
    Ok(())
}

fn errors(shown: &Shown) -> Result<(), Failure> {
    for name in ["runtime.execute_tool", "llm.complete", "task.execute_sync", "agent.run"] {
        let mut failed = 0;
        for span in shown.named(name)?.into_iter().filter(|span| span.tag("otel.status_code") == Some("ERROR")) {
            span.lacks(&["otel.status_description", "error.type"])?;
            failed += 1;
        }
        if failed == 0 {
            return Err(format!("no {name} has failed").into());
        }
    }
    Ok(())
}

fn kinds(shown: &Shown) -> Result<(), Failure> {
    for (name, kinds) in [
        ("http.", &["server"][..]),
        ("llm.complete", &["client"]),
        ("db.", &["client"]),
        ("mcp.tool.execute", &["client", "server"]),
        ("external.github", &["client"]),
        ("agent.", &["internal"]),
        ("task.", &["internal"]),
        ("workflow.", &["internal"]),
        ("runtime.execute_tool", &["internal"]),
        ("stream.", &["internal"]),
    ] {
        for span in shown.named(name)? {
            if !span.tag("span.kind").is_some_and(|kind| kinds.contains(&kind)) {
                return Err(format!("{} is of the kind {:?}", span.name, span.tag("span.kind")).into());
            }
        }
    }
    Ok(())
}

fn one_trace(shown: &Shown) -> Result<(), Failure> {
    const ALL: [&str; 8] = [
        "http.POST /projects/",
        "agent.run",
        "agent.turn.1",
        "llm.complete",
        "tool.",
        "mcp.tool.execute",
        "runtime.execute_tool",
        "db.",
    ];
    let mut traces: HashMap<&str, Vec<&Span>> = HashMap::new();
    shown.spans.iter().for_each(|span| traces.entry(&span.trace).or_default().push(span));
    let is_whole = |spans: &Vec<&Span>| {
        let roots = spans.iter().filter(|span| shown.parent(span).is_none()).count();
        roots == 1 && ALL.iter().all(|name| spans.iter().any(|span| span.name.starts_with(name)))
    };
    if !traces.values().any(is_whole) {
        return Err(format!("no trace has all of {ALL:?}").into());
    }
    let wait = shown.named("workflow.wait_completion")?;
    let led = wait.iter().filter_map(|wait| shown.parent(shown.parent(wait)?));
    match led.into_iter().any(|request| request.name.starts_with("http.POST /workflows/")) {
        true => Ok(()),
        false => Err("no request leads to a wait for a workflow".into()),
    }
}

fn services(shown: &Shown) -> Result<(), Failure> {
    for span in &shown.spans {
        let has_version = span.process.iter().any(|tag| tag.key == "service.version" && tag.value.is_string());
        if span.service != SERVICE || !has_version {
            return Err(format!("{} is of {:?}, with a version: {has_version}", span.name, span.service).into());
        }
    }
    Ok(())
}

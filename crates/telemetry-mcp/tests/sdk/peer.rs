//! Peers of MCP that mean no good, as named faults, line by line over a pipe.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, WriteHalf};
use tokio::sync::mpsc;

/// The tool that a hostile server has beside what it makes up.
pub(crate) const TOOL: &str = "search";

/// As long as a text of a peer may be that no one bounds.
const HUGE: usize = 1 << 20;

/// What a hostile server does to its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerFault {
    /// Lists tools with names of 1 MB.
    HugeNames,
    /// Lists a hundred thousand tools.
    ManyTools,
    /// Lists the same page for ever.
    EndlessList,
    /// Speaks a version of the protocol with a name of 1 MB.
    HugeVersion,
    /// Has a name and instructions of 1 MB.
    HugeInfo,
    /// Answers with an error of 1 MB.
    HugeError,
    /// Answers each call with another code.
    OddCodes,
    /// Answers with a text of 1 MB that says that the tool failed.
    HugeRefusal,
    /// Answers everything twice.
    AnswersTwice,
    /// Answers under an id that nobody asked by.
    WrongIds,
    /// Answers under an id of 1 MB.
    HugeIds,
    /// Answers a call with nothing.
    NeverAnswers,
    /// Answers a call with ten thousand arrays in each other.
    DeepJson,
    /// Answers a call with what is no JSON.
    NoJson,
    /// Asks its client for what there is not, by ids of 1 MB.
    OwnRequests,
    /// Tells of a thousand things that nobody knows.
    UnknownNotifications,
    /// Says a thousand times that its tools have changed.
    Restless,
    /// Leaves in the middle of a line.
    HalfLine,
}

impl ServerFault {
    /// All of them.
    pub(crate) const ALL: [Self; 18] = [
        Self::HugeNames,
        Self::ManyTools,
        Self::EndlessList,
        Self::HugeVersion,
        Self::HugeInfo,
        Self::HugeError,
        Self::OddCodes,
        Self::HugeRefusal,
        Self::AnswersTwice,
        Self::WrongIds,
        Self::HugeIds,
        Self::NeverAnswers,
        Self::DeepJson,
        Self::NoJson,
        Self::OwnRequests,
        Self::UnknownNotifications,
        Self::Restless,
        Self::HalfLine,
    ];

    /// Serves a client until that leaves.
    pub(crate) async fn serve(self, stream: DuplexStream) {
        let (reader, mut writer) = tokio::io::split(stream);
        let mut lines = BufReader::new(reader).lines();
        // It reads while it writes, as its client may be about to write, too.
        let (answers, mut to_write) = mpsc::unbounded_channel::<String>();
        let read = async {
            let mut calls = 0;
            while let Ok(Some(line)) = lines.next_line().await {
                let request: Value = serde_json::from_str(&line).expect("the client's own");
                // Notifications and answers are not answered.
                if let (Some(id), Some(method)) = (request.get("id"), request.get("method").and_then(Value::as_str)) {
                    calls += i64::from(method == "tools/call");
                    self.answer(id, method, &request, calls).into_iter().for_each(|line| drop(answers.send(line)));
                }
            }
        };
        let write = async {
            while let Some(line) = to_write.recv().await {
                if writer.write_all(line.as_bytes()).await.is_err() || !line.ends_with('\n') {
                    return;
                }
            }
        };
        tokio::select! {
            () = read => {}
            () = write => {}
        }
    }

    /// The lines that answer a request.
    fn answer(self, id: &Value, method: &str, request: &Value, calls: i64) -> Vec<String> {
        let huge = || "x".repeat(HUGE);
        let tool = |name: &str| json!({"name": name, "inputSchema": {"type": "object"}});
        let result = |result: Value| line(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
        let error = |code: i64, message: &str| {
            line(&json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message, "data": message}}))
        };
        let text = |text: &str, failed: bool| json!({"content": [{"type": "text", "text": text}], "isError": failed});
        let sound = match method {
            "initialize" => {
                let version = request["params"]["protocolVersion"].as_str().unwrap_or("2025-06-18");
                let version = if self == Self::HugeVersion { huge() } else { version.to_owned() };
                let name = if self == Self::HugeInfo { huge() } else { "hostile".to_owned() };
                let capabilities = json!({"tools": {"listChanged": true}});
                result(json!({
                    "protocolVersion": version, "capabilities": capabilities, "instructions": name,
                    "serverInfo": {"name": name, "version": name},
                }))
            }
            "tools/list" => result(match self {
                Self::HugeNames => {
                    let names = (0..8).map(|number| tool(&format!("{number}{}", huge())));
                    let tools: Vec<_> = names.chain([tool(TOOL)]).collect();
                    json!({"tools": tools})
                }
                Self::ManyTools => {
                    let names = (0..100_000).map(|number| tool(&format!("tool-{number}")));
                    let tools: Vec<_> = [tool(TOOL)].into_iter().chain(names).collect();
                    json!({"tools": tools})
                }
                Self::EndlessList => json!({"tools": [tool(TOOL)], "nextCursor": "again"}),
                _ => json!({"tools": [tool(TOOL)]}),
            }),
            "tools/call" => match self {
                Self::HugeError => error(-32000, &huge()),
                Self::OddCodes => error(-1_000 - calls, "no"),
                Self::HugeRefusal => result(text(&format!("Unknown tool: {}", huge()), true)),
                Self::NeverAnswers => return Vec::new(),
                Self::DeepJson => format!("{}{}\n", "[".repeat(10_000), "]".repeat(10_000)),
                Self::NoJson => "what is this?\n".to_owned(),
                Self::HalfLine => return vec![r#"{"jsonrpc": "2.0", "id""#.to_owned()],
                _ => result(text("found", false)),
            },
            _ => result(json!({})),
        };
        if method != "tools/call" {
            return vec![sound];
        }
        let under = |id: Value| line(&json!({"jsonrpc": "2.0", "id": id, "result": text("found", false)}));
        let notification = |method: &str| line(&json!({"jsonrpc": "2.0", "method": method}));
        match self {
            Self::AnswersTwice => vec![sound.clone(), sound],
            Self::WrongIds => vec![under(json!(987_654)), under(json!("nobody")), sound],
            Self::HugeIds => vec![under(json!(huge())), sound],
            Self::OwnRequests => {
                let ask = |method: &str| line(&json!({"jsonrpc": "2.0", "id": huge(), "method": method}));
                vec![ask("ping"), ask("sampling/createMessage"), ask(&huge()), sound]
            }
            Self::UnknownNotifications => {
                let mut lines: Vec<_> = (0..1_000).map(|number| notification(&format!("made/up/{number}"))).collect();
                lines.push(sound);
                lines
            }
            Self::Restless => {
                let mut lines = vec![notification("notifications/tools/list_changed"); 1_000];
                lines.push(sound);
                lines
            }
            _ => vec![sound],
        }
    }
}

/// What a hostile client does to its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientFault {
    /// Calls a tool by a name of 1 MB.
    HugeName,
    /// Calls by an id of 1 MB.
    HugeId,
    /// Sends a context of 1 MB, and ten thousand members beside it.
    HugeMeta,
    /// Calls a thousand tools that are none.
    ManyNames,
    /// Calls twice under one id.
    DoubledIds,
    /// Calls what is no method.
    UnknownMethods,
    /// Tells of what nobody knows.
    UnknownNotifications,
    /// Cancels what it has not asked for.
    OddCancellations,
    /// Sends arguments that stand in each other a hundred times.
    DeepArguments,
    /// Sends what is no JSON.
    NoJson,
    /// Has a name and a version of 1 MB.
    HugeInfo,
    /// Leaves in the middle of a line.
    HalfLine,
}

impl ClientFault {
    /// All of them.
    pub(crate) const ALL: [Self; 12] = [
        Self::HugeName,
        Self::HugeId,
        Self::HugeMeta,
        Self::ManyNames,
        Self::DoubledIds,
        Self::UnknownMethods,
        Self::UnknownNotifications,
        Self::OddCancellations,
        Self::DeepArguments,
        Self::NoJson,
        Self::HugeInfo,
        Self::HalfLine,
    ];

    /// Calls a server, asks it for a sign of life, and leaves. False if the server has given none.
    pub(crate) async fn call(self, stream: DuplexStream) -> bool {
        let (mut reader, mut writer) = tokio::io::split(stream);
        let name = if self == Self::HugeInfo { "x".repeat(HUGE) } else { "hostile".to_owned() };
        let initialize = json!({
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": name, "version": name},
        });
        let mut lines = vec![
            request(json!("hello"), "initialize", initialize),
            line(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})),
        ];
        lines.extend(self.lines());
        lines.push(request(json!("alive?"), "ping", json!({})));
        let write = Self::write(&mut writer, lines);
        let mut answers = BufReader::new(&mut reader).lines();
        let read = async {
            while let Ok(Some(line)) = answers.next_line().await {
                if line.contains("\"alive?\"") {
                    return true;
                }
            }
            false
        };
        let ((), is_alive) = tokio::join!(write, read);
        if self == Self::HalfLine {
            let _ = writer.write_all(br#"{"jsonrpc": "2.0", "id""#).await;
        }
        let _ = writer.shutdown().await;
        drop(writer);
        let _ = reader.read_to_end(&mut Vec::new()).await;
        is_alive
    }

    async fn write(writer: &mut WriteHalf<DuplexStream>, lines: Vec<String>) {
        for line in lines {
            if writer.write_all(line.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn lines(self) -> Vec<String> {
        let huge = || "x".repeat(HUGE);
        let call = |id: Value, params: Value| request(id, "tools/call", params);
        let echo = |id: Value| call(id, json!({"name": "echo", "arguments": {"text": "a"}}));
        match self {
            Self::HugeName => vec![call(json!(1), json!({"name": huge(), "arguments": {}}))],
            Self::HugeId => vec![echo(json!(huge()))],
            Self::HugeMeta => {
                let mut meta: serde_json::Map<_, _> = (0..10_000).map(|n| (format!("m{n}"), json!(n))).collect();
                meta.extend(["traceparent", "tracestate", "baggage"].map(|name| (name.to_owned(), json!(huge()))));
                vec![call(json!(1), json!({"name": "echo", "arguments": {}, "_meta": meta}))]
            }
            Self::ManyNames => (0..1_000).map(|n| call(json!(n), json!({"name": format!("made-up-{n}")}))).collect(),
            Self::DoubledIds => vec![echo(json!(1)), echo(json!(1))],
            Self::UnknownMethods => vec![request(json!(1), &huge(), json!({})), request(json!(2), "", json!({}))],
            Self::UnknownNotifications => vec![line(&json!({"jsonrpc": "2.0", "method": huge(), "params": {}}))],
            Self::OddCancellations => {
                let cancelled = |id: Value| {
                    let params = json!({"requestId": id, "reason": huge()});
                    line(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}))
                };
                vec![cancelled(json!(77)), cancelled(json!(huge()))]
            }
            Self::DeepArguments => {
                let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
                vec![call(json!(1), json!({"name": "echo", "arguments": {"text": deep}}))]
            }
            Self::NoJson => vec!["what is this?\n".to_owned(), "[".repeat(100_000) + "\n"],
            Self::HugeInfo | Self::HalfLine => Vec::new(),
        }
    }
}

fn request(id: Value, method: &str, params: Value) -> String {
    line(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
}

fn line(message: &Value) -> String {
    format!("{message}\n")
}

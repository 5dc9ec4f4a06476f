//! Whatever is typed or read: twice as much takes twice as long, and no depth ends the program.
#![cfg(unix)]

use std::fmt::Write as _;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use telemetry_core::Namespace;
use telemetry_mixin::promql::{Checker, Role};
use telemetry_mixin::{GeneratedFiles, check_dashboard, check_rules};

use crate::catalogue::CATALOGUE;
use crate::many;

fn checker() -> Checker {
    Checker::new(&[CATALOGUE], &Namespace::DEFAULT)
}

/// The time that this thread has worked, whatever else the machine does.
fn worked() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("no thread has worked for less than no time")
}

/// Does the work on an input and on one of twice its size, each as often as it takes to find a quiet moment, and allows
/// three times the time.
#[track_caller]
fn assert_linear(what: &str, size: usize, make: impl Fn(usize) -> String, work: impl Fn(&str)) {
    /// What a measurement may be off by.
    const NOISE: Duration = Duration::from_millis(5);
    /// What takes so long tells nothing else when it is tried again.
    const LONG: Duration = Duration::from_secs(15);
    let timed = |input: &str| {
        let before = worked();
        work(input);
        worked() - before
    };
    let (once, twice) = (make(size), make(2 * size));
    let (mut least, mut doubled) = (Duration::MAX, Duration::MAX);
    let begun = worked();
    for round in 0..8 {
        least = least.min(timed(&once));
        doubled = doubled.min(timed(&twice));
        if doubled <= 3 * least + NOISE {
            return;
        }
        if round > 0 && worked() - begun > LONG {
            break;
        }
    }
    panic!("{what}: {size} take {least:?}, twice as many {doubled:?}");
}

/// Reads an expression for every role, and shows what is wrong with it.
fn read(text: &str) {
    let checker = checker();
    for role in [Role::Panel, Role::Alert, Role::Recording] {
        if let Err(problems) = checker.check(text, role) {
            let shown: usize = problems.iter().map(|problem| problem.in_expression(text).to_string().len()).sum();
            assert!(problems.len() <= 33 && shown < 33 * 10_000, "{} problems in {shown} bytes", problems.len());
        }
    }
}

#[test]
fn an_expression_of_twice_the_length_takes_twice_as_long() {
    let repeated: [(&str, &str, &str); 29] = [
        ("up", "[", ""),
        ("up", "[[", ""),
        ("up[", "[[a", ""),
        ("up", "]", ""),
        ("up", "[5m:]", ""),
        ("", "${", ""),
        ("", "${a", ""),
        ("", "$a", ""),
        ("", "$a ", ""),
        ("", "$a + ", "1"),
        ("", "$a\n", ""),
        ("", "[[a]] ", ""),
        ("up offset", " $a", ""),
        ("sum by (", "$a,", "b) (up)"),
        ("sum by (", "a,", "b) (up)"),
        ("", "(", ""),
        ("", ")", ""),
        ("", "( ", ""),
        ("", "{", ""),
        ("up{", "job=\"a\",", "}"),
        ("up{job=\"", "a", "\"}"),
        ("\"", "\\\"", "\""),
        ("\"", "x", ""),
        ("", "-", "1"),
        ("1", " + 1", ""),
        ("", "sum(", ""),
        ("up ", "# x\n", ""),
        ("up", " ", ""),
        ("", "é", ""),
    ];
    for (before, piece, after) in repeated {
        let make = |size: usize| format!("{before}{}{after}", piece.repeat(size / piece.len()));
        assert_linear(&format!("{before}{piece}…{after}"), 10_000, make, read);
    }
    let name = |size| "a".repeat(size);
    assert_linear("a long name", 60_000, name, read);
    let name = |size| format!("{{\"{}\"}}", "a".repeat(size));
    assert_linear("a long name in quotes", 60_000, name, read);
    for piece in ["a|", "$a", "${"] {
        let pattern = |size| format!("up{{job=~\"{}b\"}}", piece.repeat(size / 2));
        assert_linear(&format!("a pattern of {piece}"), 6_000, pattern, read);
    }
}

#[test]
fn no_depth_ends_the_program() {
    // In a thread of the size that a program's workers have.
    let deep = std::thread::Builder::new().stack_size(2 << 20).spawn(|| {
        for depth in [40, 200, 490, 10_000, 200_000] {
            for (open, close) in
                [("(", ")"), ("sum(", ")"), ("-", ""), ("", "[5m:]"), ("{", "}"), ("rate(", "[5m])"), ("(-", ")")]
            {
                let text = format!("{}up{}", open.repeat(depth), close.repeat(depth));
                read(&text);
            }
            for operator in [" + 1", " or up", " ^ 2", " and on (job) up"] {
                read(&format!("1{}", operator.repeat(depth)));
            }
            for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("!a ", ""), ("&a [", "]")] {
                let text = format!("groups: {}1{}", open.repeat(depth), close.repeat(depth));
                let _ = check_rules(&mut checker(), &text);
            }
            let error = |text: String| check_dashboard(&checker(), &text);
            let nested = format!("{}{}", "{\"panels\":[".repeat(depth), "]}".repeat(depth));
            assert_eq!(error(nested).is_err(), depth > 64, "{depth}");
            assert!(error("[".repeat(depth)).is_err());
        }
    });
    deep.expect("a thread can be started").join().expect("nothing panics");
}

fn rules(number: usize, rule: impl Fn(usize, &mut String)) -> String {
    let mut text = "groups:\n- name: own\n  rules:\n".to_owned();
    for at in 0..number {
        rule(at, &mut text);
    }
    text
}

fn record(text: &mut String, name: &str, expression: &str) {
    let _ = write!(text, "  - record: {name}\n    expr: {expression}\n");
}

/// Checks rules, and shows what is found.
fn check(text: &str) {
    match check_rules(&mut checker(), text) {
        Ok(findings) => drop(findings.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Err(error) => assert!(error.to_string().len() < 4_000, "{error}"),
    }
}

#[test]
fn twice_as_many_rules_take_twice_as_long() {
    type Make = fn(usize) -> String;
    let cases: [(&str, usize, Make); 12] = [
        ("rules as they are", 600, |number| many::rules(number.try_into().expect("a few"))),
        ("rules that are all alike to what is recorded", 1_500, |number| {
            rules(number, |at, text| record(text, &format!("job:latency_{at}:p99"), &format!("job:latency_{at}:p95")))
        }),
        ("rules with comments", 3_000, |number| {
            rules(number, |at, text| {
                let _ = writeln!(text, "  # telemetry:ignore other it is so");
                if at % 10 == 0 {
                    record(text, &format!("r:{at}"), "up");
                }
            })
        }),
        ("rules that build on those before", 1_500, |number| {
            rules(number, |at, text| match at {
                0 => record(text, "r:0", "sum by (job) (up)"),
                _ => record(text, &format!("r:{at}"), &format!("sum by (job) (r:{})", at - 1)),
            })
        }),
        ("rules that build on those after", 1_500, |number| {
            rules(number, |at, text| match at + 1 == number {
                true => record(text, &format!("r:{at}"), "sum by (job) (up)"),
                false => record(text, &format!("r:{at}"), &format!("sum by (job) (r:{})", at + 1)),
            })
        }),
        ("rules that hand on their labels", 1_500, |number| {
            rules(number, |at, text| {
                record(text, &format!("r:{at}"), &if at == 0 { "up".to_owned() } else { format!("r:{}", at - 1) });
                let _ = writeln!(text, "    labels: {{ l{at}: x }}");
            })
        }),
        ("rules of unknown metrics", 1_100, |number| {
            rules(number, |at, text| record(text, &format!("r:{at}"), &format!("q:{at}")))
        }),
        ("rules of unknown labels", 1_500, |number| {
            rules(number, |at, text| record(text, &format!("r:{at}"), &format!("sum by (l{at}) (up)")))
        }),
        ("rules of patterns for names", 1_100, |number| {
            rules(number, |at, text| record(text, &format!("r:{at}"), "'{__name__=~\"x.*\"}'"))
        }),
        ("rules with a long name in a long group", 60_000, |size| {
            let rule = |at, text: &mut String| record(text, &format!("r:{at}"), "q");
            rules(size / 600, rule).replace("own", &"n".repeat(size))
        }),
        ("one rule with many labels, and many that want another", 1_000, |number| {
            let labels: Vec<String> = (0..number).map(|at| format!("l{at}: x")).collect();
            rules(number, |at, text| match at {
                0 => {
                    record(text, "r:all", "up");
                    let _ = writeln!(text, "    labels: {{ {} }}", labels.join(", "));
                }
                _ => record(text, &format!("r:{at}"), "r:all{no=\"x\"}"),
            })
        }),
        ("a problem a variable", 60_000, |size| rules(1, |_, text| record(text, "r", &"$a ".repeat(size / 3)))),
    ];
    for (what, size, make) in cases {
        assert_linear(what, size, make, check);
    }
}

/// What is done is told by what is allocated for it: that is the same on each machine and at each time. Whatever compares one
/// rule with all others allocates for each of them.
#[test]
fn each_rule_is_as_much_work_whether_there_are_five_hundred_or_six_thousand() {
    let work = |number: u32| {
        let text = many::rules(number);
        let mut found = 0;
        let allocated = allocation_counter::measure(|| {
            found = check_rules(&mut checker(), &text).expect("it is a rules file").len();
        });
        assert!(found >= number as usize, "{found} findings in {number} rules");
        (allocated.count_total as f64 / f64::from(number), allocated.bytes_total as f64 / f64::from(number))
    };
    let (count, bytes) = work(565);
    for number in [2_260, 6_051] {
        let (more, larger) = work(number);
        assert!(more < 1.1 * count, "{count} allocations a rule become {more} of {number} rules");
        assert!(larger < 1.2 * bytes, "{bytes} bytes a rule become {larger} of {number} rules");
    }
}

#[test]
fn a_rules_file_of_twice_the_size_takes_twice_as_long() {
    let repeated: [(&str, &str, &str); 14] = [
        ("groups: ", "[", ""),
        ("groups: ", "{", ""),
        ("groups: ", "- ", ""),
        ("groups: \"", "x", "\""),
        ("groups: \"", "\\n", "\""),
        ("groups: |\n", " x\n", ""),
        ("groups: [", "a,", "]"),
        ("groups: [&a x", ", *a", "]"),
        ("groups:", " ", "[]"),
        ("", "# x\n", "groups: []"),
        ("", "a: b\n", "groups: []"),
        ("", "---\n", ""),
        ("groups: ", "!", ""),
        ("groups: ", "&a ", ""),
    ];
    for (before, piece, after) in repeated {
        let make = |size: usize| format!("{before}{}{after}", piece.repeat(size / piece.len()));
        assert_linear(&format!("{before}{piece}…{after}"), 60_000, make, check);
    }
    let keys = |number| (0..number).map(|at| format!("k{at}: v\n")).collect::<String>() + "groups: []";
    assert_linear("keys", 3_000, keys, check);
    let anchors =
        |number| "groups: [".to_owned() + &(0..number).map(|at| format!("&a{at} x, ")).collect::<String>() + "]";
    assert_linear("anchors", 3_000, anchors, check);
}

#[test]
fn a_dashboard_of_twice_the_size_takes_twice_as_long() {
    type Make = fn(usize) -> String;
    const PANEL: &str = r#"{"title":"t","targets":[{"expr":"sum(agentpane_queue_dept)"}]}"#;
    let cases: [(&str, usize, Make); 6] = [
        ("panels", 200, |number| format!(r#"{{"panels":[{}]}}"#, vec![PANEL; number].join(","))),
        ("panels below a long title", 200, |number| {
            let title = "t".repeat(500 * number);
            format!(r#"{{"title":"{title}","panels":[{}]}}"#, vec![PANEL; number].join(","))
        }),
        ("queries of a long title", 500, |number| {
            let (title, targets) = ("t".repeat(500 * number), vec![r#"{"expr":"q"}"#; number].join(","));
            format!(r#"{{"panels":[{{"title":"{title}","targets":[{targets}]}}]}}"#)
        }),
        ("variables", 500, |number| {
            let variable = r#"{"name":"v","query":"label_values(up{a=\"b\"}, c)"}"#;
            format!(r#"{{"panels":[],"templating":{{"list":[{}]}}}}"#, vec![variable; number].join(","))
        }),
        ("brackets", 100_000, |size| "[".repeat(size)),
        ("one text", 200_000, |size| format!(r#"{{"panels":"{}"}}"#, "\\n".repeat(size / 2))),
    ];
    for (what, size, make) in cases {
        assert_linear(what, size, make, |text| {
            let findings = check_dashboard(&checker(), text).map_err(|error| error.to_string());
            drop(findings.map(|findings| findings.iter().map(ToString::to_string).collect::<Vec<_>>()));
        });
    }
}

#[test]
fn files_of_twice_the_size_are_compared_in_twice_the_time() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let make = |size: usize| "line\n".repeat(size / 5);
    assert_linear("a file that differs", 400_000, make, |text| {
        let mut files = GeneratedFiles::default();
        files.insert("deploy/file".to_owned(), text.to_owned());
        files.write_to(directory.path()).expect("it can be written");
        files.insert("deploy/file".to_owned(), format!("{text}more"));
        assert_eq!(files.check_against(directory.path()).expect("it can be read").len(), 1);
    });
}

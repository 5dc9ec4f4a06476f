//! `mod.rs` and `lib.rs` wire: they name the modules and what is handed on of them, and hold no code themselves.

use super::source::Source;
use super::sources::sources;

/// Those that hold code on purpose.
const MEANT: [(&str, &str); 1] =
    [("examples/outside/src/lib.rs", "an application so small that its metrics are read where its modules are named")];

/// The items that do something or are something, each with its line.
fn items(source: &Source) -> Vec<(usize, String)> {
    let tokens = &source.tokens;
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut items = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_lifetime = at > 0 && text(at - 1) == "'";
        let keyword = text(at);
        let is_item = matches!(
            keyword,
            "fn" | "struct" | "enum" | "union" | "trait" | "impl" | "type" | "static" | "macro_rules"
        );
        if !is_item || is_lifetime {
            at += 1;
            continue;
        }
        // A procedural macro has to be a function of the crate's root.
        if !is_procedural_macro(source, at) {
            items.push((tokens[at].line, format!("{keyword} {}", text(at + 1))));
        }
        while !matches!(text(at), "{" | ";" | "") {
            at += 1;
        }
        at = source.end_of_group(at);
    }
    items
}

fn is_procedural_macro(source: &Source, at: usize) -> bool {
    let before = &source.tokens[..at];
    let attribute = before.iter().rposition(|token| token.text == "#");
    attribute.is_some_and(|begin| {
        let inside = &before[begin..];
        let ends = inside.iter().rposition(|token| token.text == "]").unwrap_or_default();
        inside.get(2).is_some_and(|name| name.text.starts_with("proc_macro"))
            && inside[ends + 1..].iter().all(|token| token.text == "pub")
    })
}

fn problems(path: &str, source: &Source) -> Vec<String> {
    // A library of one file has nothing to wire.
    let wires = path.ends_with("/mod.rs") || path.ends_with("/lib.rs") && source.modules().next().is_some();
    let items = if wires { items(source) } else { Vec::new() };
    items.iter().map(|(line, item)| format!("{path}:{line}: `{item}` belongs in a file that is named for it")).collect()
}

#[test]
fn files_that_wire_hold_no_code() {
    let mut unused: Vec<&str> = MEANT.iter().map(|(path, _)| *path).collect();
    let mut all = Vec::new();
    for (path, source) in sources() {
        let problems = problems(path, source);
        if !problems.is_empty() && unused.contains(&path.as_str()) {
            unused.retain(|known| known != path);
        } else {
            all.extend(problems);
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    assert!(unused.is_empty(), "these wire only, or are gone, and leave the list: {unused:?}");
}

#[test]
fn code_in_a_file_that_wires_is_told_with_its_place() {
    let told = |path: &str, text: &str| problems(path, &Source::parse(text).unwrap()).join("\n");
    let wiring = "//! A shop.\nmod till;\npub use till::{self, Till};\n/// All.\npub const CATALOGUE: &'static str = f(\"{}\");\n#[doc(hidden)]\npub mod __private {\n    pub use crate::till::key;\n}\nextern crate self as shop;";
    assert_eq!(told("crates/shop/src/lib.rs", wiring), "");
    let code = [
        ("fn open() { fn inner() {} }", "`fn open`"),
        ("pub(crate) struct Till;", "`struct Till`"),
        ("enum Coin {}", "`enum Coin`"),
        ("trait Sells {}", "`trait Sells`"),
        ("impl Till { fn f() {} }", "`impl Till`"),
        ("pub type Sales = u64;", "`type Sales`"),
        ("static OPEN: bool = true;", "`static OPEN`"),
        ("macro_rules! till { () => {} }", "`macro_rules !`"),
    ];
    for (text, expected) in code {
        let expected = format!("crates/shop/src/till/mod.rs:2: {expected} belongs in a file that is named for it");
        assert_eq!(told("crates/shop/src/till/mod.rs", &format!("mod coin;\n{text}")), expected);
        assert_eq!(told("crates/shop/src/till.rs", text), "");
    }
    assert_eq!(told("crates/shop/src/lib.rs", "//! A shop of one file.\npub struct Till;"), "");
    let derive = "//! Derives.\nmod till;\n/// Derives.\n#[proc_macro_derive(Till, attributes(till))]\npub fn derive(input: TokenStream) -> TokenStream { input }";
    assert_eq!(told("crates/shop/src/lib.rs", derive), "");
    assert_ne!(told("crates/shop/src/lib.rs", &format!("{derive}\nfn further() {{}}")), "");
}

//! Pages that people write, and the parts of them that are generated.

use std::collections::BTreeMap;

use crate::promql::{listing, nearest};

const BEGIN: &str = "<!-- generated: ";
const BEGIN_ENDS: &str = " -->";
const END: &str = "<!-- end of generated -->";

/// The page with every part as it would be generated, or what is wrong with its comments.
pub(crate) fn filled(page: &str, parts: &BTreeMap<String, String>) -> Result<String, String> {
    let mut filled = String::with_capacity(page.len());
    let mut lines = (1..).zip(page.split_inclusive('\n'));
    while let Some((number, line)) = lines.next() {
        filled.push_str(line);
        let inside = line.trim_end().strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(BEGIN_ENDS));
        let Some(name) = inside else {
            if line.trim_end() == END {
                return Err(format!("line {number}: `{END}` ends nothing"));
            }
            continue;
        };
        let Some(part) = parts.get(name) else {
            return Err(format!("line {number}: there is no generated part `{name}`; {}", meant(name, parts)));
        };
        let end = lines.by_ref().map(|(_, line)| line).find(|line| line.trim_end() == END || line.starts_with(BEGIN));
        match end {
            Some(end) if end.trim_end() == END => filled.extend(["\n", part, "\n", end]),
            _ => return Err(format!("line {number}: `{END}` is missing after it")),
        }
    }
    Ok(filled)
}

fn meant(name: &str, parts: &BTreeMap<String, String>) -> String {
    let names = || parts.keys().map(String::as_str);
    match nearest(name, names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", listing(names())),
    }
}

//! Decision records: numbered, with a status, and listed where a reader begins.

use super::workspace::{files, read, relative, root};

/// What is wrong with a record of that file name.
fn problems(name: &str, text: &str, listed: &str) -> Vec<&'static str> {
    let mut problems = Vec::new();
    let mut require = |met: bool, what: &'static str| {
        if !met {
            problems.push(what);
        }
    };
    let number =
        name.split_once('-').and_then(|(number, _)| Some((number.len() == 3).then_some(number)?.parse::<u32>()));
    let number = number.and_then(Result::ok);
    require(number.is_some(), "its name begins with three digits");
    let mut lines = text.lines();
    let title = format!("# {}. ", number.unwrap_or_default());
    require(lines.next().is_some_and(|line| line.starts_with(&title)), "its title begins with its number");
    let status =
        lines.find(|line| !line.is_empty()).and_then(|line| line.strip_prefix("**Status.** ")).unwrap_or_default();
    let known = ["Accepted", "Superseded by ADR "].iter().any(|known| status.starts_with(known));
    require(known, "below its title stands its status: `**Status.** Accepted, …` or `Superseded by ADR …`");
    require(status.split([' ', ',', ';', '.']).any(is_date), "its status has a date");
    require(listed.contains(&format!("(adr/{name})")), "docs/architecture.md lists it");
    problems
}

fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    parts.iter().map(|part| part.len()).eq([4, 2, 2]) && parts.iter().all(|part| part.parse::<u32>().is_ok())
}

#[test]
fn every_decision_has_a_number_and_a_status_and_is_listed() {
    let listed = read(&root().join("docs/architecture.md"));
    let records = files(&root().join("docs/adr"), |_| true);
    assert!(records.len() > 5, "only {} records were found", records.len());
    let mut wrong = Vec::new();
    let mut numbers = Vec::new();
    for record in &records {
        let name = record.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        wrong.extend(problems(name, &read(record), &listed).iter().map(|what| format!("{}: {what}", relative(record))));
        numbers.push(name.split('-').next().unwrap_or_default().to_owned());
    }
    numbers.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(numbers.len(), records.len(), "a number is given once: {numbers:?}");
    assert_eq!(listed.matches("(adr/").count(), records.len(), "docs/architecture.md lists what is there");
}

#[test]
fn what_a_record_lacks_is_told() {
    let listed = "[8](adr/008-tills.md)";
    let sound = "# 8. One till a shop\n\n**Status.** Accepted, 2026-11-25; for kiosks superseded by ADR 9.\n";
    assert!(problems("008-tills.md", sound, listed).is_empty());
    let replaced = "# 8. One till a shop\n\n**Status.** Superseded by ADR 12, 2027-01-31.\n";
    assert!(problems("008-tills.md", replaced, listed).is_empty());
    for (name, text, told) in [
        ("8-tills.md", sound, "its name"),
        ("009-tills.md", sound, "its title"),
        ("008-tills.md", "# 8. One till a shop\n\n**Decision.** One.\n", "below its title"),
        ("008-tills.md", "# 8. One till a shop\n\n**Status.** Draft, 2026-11-25.\n", "below its title"),
        ("008-tills.md", "# 8. One till a shop\n\n**Status.** Accepted.\n", "its status has"),
        ("008-shops.md", sound, "docs/architecture.md"),
    ] {
        let problems = problems(name, text, listed);
        assert!(problems.iter().any(|problem| problem.starts_with(told)), "{told} is not in {problems:?}");
    }
}

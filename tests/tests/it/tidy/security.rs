//! docs/security.md: each test that it names is there.

use super::workspace::{read, root, rust_files};

#[test]
fn every_test_that_the_page_on_security_names_is_there() {
    let page = read(&root().join("docs/security.md"));
    let rows = page.lines().filter(|line| line.starts_with('|') && line.contains('`'));
    let shown_by = rows.filter_map(|row| row.trim_end_matches('|').rsplit_once('|')).map(|(_, tests)| tests);
    let tests: Vec<&str> = shown_by.flat_map(|tests| tests.split('`').skip(1).step_by(2)).collect();
    assert!(tests.len() > 30, "only {} tests are named", tests.len());
    let sources: Vec<String> = rust_files().iter().map(|file| read(file)).collect();
    for test in tests {
        let declared = format!("fn {test}(");
        assert!(sources.iter().any(|source| source.contains(&declared)), "there is no test {test}");
    }
}

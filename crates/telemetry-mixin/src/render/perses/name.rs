//! Names as Perses takes them.

/// The longest that Perses takes, in characters.
const LONGEST: usize = 75;

/// The text as a name: of letters, digits, `_`, `.` and `-`, not empty and not too long.
pub(super) fn name(text: &str) -> String {
    let is_sound = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let mut name = String::new();
    for c in text.chars() {
        match (is_sound(c), name.ends_with('-')) {
            (true, _) => name.push(c),
            (false, false) => name.push('-'),
            (false, true) => {}
        }
    }
    let name: String = name.trim_matches('-').chars().take(LONGEST).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

/// The text as a name in small letters that is none of those, which it is added to.
pub(super) fn another(text: &str, names: &mut Vec<String>) -> String {
    let name = name(&text.to_lowercase());
    let numbered = |number: usize| {
        let end = format!("-{number}");
        let start: String = name.chars().take(LONGEST - end.len()).collect();
        start + &end
    };
    let candidates = std::iter::once(name.clone()).chain((2..).map(numbered));
    let new = candidates.into_iter().find(|candidate| !names.contains(candidate)).unwrap_or(name);
    names.push(new.clone());
    new
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, another, name};

    #[test]
    fn names_are_sound_whatever_they_are_made_of() {
        assert_eq!(name("Error Budget (30 d) – Left"), "Error-Budget-30-d-Left");
        assert_eq!(name("üß"), "unnamed");
        assert_eq!(name(&"a".repeat(200)).len(), LONGEST);
    }

    #[test]
    fn the_same_text_twice_makes_two_names() {
        let mut names = Vec::new();
        let long = "B".repeat(200);
        let made: Vec<String> = ["Calls", "calls", "Calls", &long, &long].map(|text| another(text, &mut names)).into();
        assert_eq!(made[..3], ["calls", "calls-2", "calls-3"]);
        assert_ne!(made[3], made[4]);
        assert!(made.iter().all(|name| name.len() <= LONGEST));
    }
}

//! What a misspelt name may have meant.

use strsim::levenshtein;

/// A longer name is no misspelt one.
const LONGEST: usize = 200;

/// As many names are listed; more would be no help.
const MOST_LISTED: usize = 100;

/// The candidate that is spelled most like `name`, if any is near enough to be what was meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    // A third of the name may be wrong; a short name may have one wrong letter.
    let length = name.chars().count();
    let mut limit = (length / 3).max(1);
    let letters = Letters::of(name);
    let bits = Bits::of(name);
    let mut found: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.len() > LONGEST {
            continue;
        }
        let continues = candidate.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
        // Only what can be nearer than the best so far is compared letter by letter, which costs a hundred times as much.
        if !continues && (candidate.len().abs_diff(name.len()) > limit || letters.least_distance(candidate) > limit) {
            continue;
        }
        let distance = bits.distance(candidate);
        if (distance <= limit || continues) && found.is_none_or(|best| (distance, candidate) < best) {
            found = Some((distance, candidate));
            limit = limit.min(distance);
        }
    }
    found.map(|(_, candidate)| candidate)
}

/// Whether two letters, typed wrong, make the one name of the other; that a number differs is no mistake.
pub(crate) fn is_typed(name: &str, meant: &str) -> bool {
    let without_digits = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    name.len() >= 8 && levenshtein(name, meant) <= 2 && without_digits(name) != without_digits(meant)
}

/// How often each letter is in a name, by which two names are told apart without comparing them. Letters that share their low
/// bits count as one, which only makes names more alike.
struct Letters([i16; 32]);

impl Letters {
    fn of(name: &str) -> Self {
        let mut counts = [0; 32];
        name.bytes().for_each(|byte| counts[usize::from(byte % 32)] += 1);
        Self(counts)
    }

    /// No fewer letters have to change to turn the one name into the other: each of the other's that this one has no more of
    /// has to come from somewhere.
    fn least_distance(&self, other: &str) -> usize {
        let mut left = self.0;
        let mut missing = 0;
        for byte in other.bytes() {
            let left = &mut left[usize::from(byte % 32)];
            *left -= 1;
            missing += usize::from(*left < 0);
        }
        missing
    }
}

/// A name of which a whole row of the table of distances is a number of bits each for what rises and what falls in it, so that
/// each letter of another name costs a dozen operations: Myers' algorithm in Hyyrö's form. One that is longer than such a number,
/// or of letters beyond ASCII, is compared letter by letter.
struct Bits<'a> {
    name: &'a str,
    /// The places of each letter in the name.
    places: Option<[u64; 128]>,
}

impl<'a> Bits<'a> {
    fn of(name: &'a str) -> Self {
        let fits = name.is_ascii() && (1..=64).contains(&name.len());
        let places = fits.then(|| {
            let mut places = [0; 128];
            name.bytes().enumerate().for_each(|(at, byte)| places[usize::from(byte)] |= 1 << at);
            places
        });
        Self { name, places }
    }

    fn distance(&self, other: &str) -> usize {
        let Some(places) = self.places.as_ref().filter(|_| other.is_ascii()) else {
            return levenshtein(self.name, other);
        };
        let last = self.name.len() - 1;
        let (mut rises, mut falls) = (u64::MAX, 0_u64);
        let mut distance = self.name.len();
        for byte in other.bytes() {
            let same = places[usize::from(byte)];
            let down = same | falls;
            let across = ((same & rises).wrapping_add(rises) ^ rises) | same;
            let (more, fewer) = (falls | !(across | rises), rises & across);
            distance += usize::from(more >> last & 1 == 1);
            distance -= usize::from(fewer >> last & 1 == 1);
            let more = more << 1 | 1;
            rises = fewer << 1 | !(down | more);
            falls = more & down;
        }
        distance
    }
}

/// `a`, `b` and `c`, each in backquotes.
pub(crate) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut listed = names.by_ref().take(MOST_LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    match names.count() {
        0 => {}
        more => listed.push(format!("and {more} more")),
    }
    listed.join(", ")
}

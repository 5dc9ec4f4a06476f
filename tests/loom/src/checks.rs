//! The insert-only table, while threads insert and read.

use std::sync::atomic::AtomicUsize as Count;

use loom::sync::Arc;
use loom::thread;

use crate::sync::Ordering;
use crate::table::{Full, Table};

/// As many keys as the two small segments take.
const CAPACITY: usize = 4;

const NO_LIMIT: usize = usize::MAX;

/// Runs beside the others. The model's own thread only joins, and writers are spawned before readers: loom remembers
/// one access of an object, so of a load, another thread's load and its store it would not try the load last.
fn spawn<R: 'static>(
    table: &Arc<Table<String>>,
    run: impl FnOnce(&Table<String>) -> R + 'static,
) -> thread::JoinHandle<R> {
    let table = Arc::clone(table);
    thread::spawn(move || run(&table))
}

/// Inserts the key with itself as the value.
fn insert(table: &Table<String>, key: &str, limit: usize) -> Result<String, Full> {
    table.get_or_insert(&[key], limit, || key.to_owned()).cloned()
}

fn get(table: &Table<String>, key: &str) -> Option<String> {
    table.get(&[key]).cloned()
}

#[test]
fn two_who_insert_one_key_get_one_value() {
    loom::model(|| {
        let table = Arc::new(Table::new());
        let made = std::sync::Arc::new(Count::new(0));
        let insert = |by: &'static str| {
            let made = std::sync::Arc::clone(&made);
            spawn(&table, move |table| {
                let value = table.get_or_insert(&["a"], NO_LIMIT, || {
                    made.fetch_add(1, Ordering::SeqCst);
                    by.to_owned()
                });
                value.cloned()
            })
        };
        let (one, two) = (insert("one"), insert("two"));
        let (one, two) = (one.join().unwrap(), two.join().unwrap());
        assert!(one.is_ok());
        assert_eq!(one, two);
        assert_eq!(get(&table, "a"), one.ok());
        assert_eq!((made.load(Ordering::SeqCst), table.len()), (1, 1));
    });
}

#[test]
fn a_reader_sees_nothing_or_the_whole_entry() {
    loom::model(|| {
        let table = Arc::new(Table::new());
        let inserter = spawn(&table, |table| ["a", "b"].map(|key| insert(table, key, NO_LIMIT)));
        let reader = spawn(&table, |table| ["b", "a"].map(|key| get(table, key)));
        assert_eq!(inserter.join().unwrap(), ["a", "b"].map(|key| Ok(key.to_owned())));
        let [b, a] = reader.join().unwrap();
        assert!(b.as_deref().is_none_or(|value| value == "b") && a.as_deref().is_none_or(|value| value == "a"));
        assert!(b.is_none() || a.is_some(), "a was inserted before b");
        assert_eq!(get(&table, "b").as_deref(), Some("b"));
    });
}

#[test]
fn a_reader_never_loses_what_it_has_seen() {
    loom::model(|| {
        let table = Arc::new(Table::new());
        let inserter = spawn(&table, |table| insert(table, "a", NO_LIMIT));
        let reader = spawn(&table, |table| ["a", "a"].map(|key| get(table, key).is_some()));
        assert!(inserter.join().unwrap().is_ok());
        assert_ne!(reader.join().unwrap(), [true, false]);
    });
}

#[test]
fn a_length_that_is_seen_is_a_number_of_keys_that_are_seen() {
    loom::model(|| {
        let table = Arc::new(Table::new());
        let inserter = spawn(&table, |table| insert(table, "a", NO_LIMIT));
        let reader = spawn(&table, |table| table.len() == 0 || get(table, "a").is_some());
        assert!(inserter.join().unwrap().is_ok());
        assert!(reader.join().unwrap());
    });
}

#[test]
fn the_limit_is_never_exceeded() {
    for limit in [0, 1, 2] {
        loom::model(move || {
            let table = Arc::new(Table::new());
            let inserters = ["a", "b"].map(|key| spawn(&table, move |table| insert(table, key, limit)));
            let inserted = inserters.map(|inserter| inserter.join().unwrap());
            assert_eq!(inserted.iter().filter(|result| result.is_ok()).count(), limit);
            assert_eq!(table.len(), limit);
            let known = ["a", "b"].map(|key| get(&table, key));
            assert_eq!(known.iter().flatten().count(), limit);
        });
    }
}

#[test]
fn two_who_cross_into_the_next_segment_both_arrive() {
    loom::model(|| {
        let table = Arc::new(Table::new());
        assert!(insert(&table, "a", NO_LIMIT).is_ok());
        let inserters = ["b", "c"].map(|key| spawn(&table, move |table| insert(table, key, NO_LIMIT)));
        for (inserter, key) in inserters.into_iter().zip(["b", "c"]) {
            assert_eq!(inserter.join().unwrap().as_deref(), Ok(key));
        }
        for key in ["a", "b", "c"] {
            assert_eq!(get(&table, key).as_deref(), Some(key));
        }
        assert!(insert(&table, "d", NO_LIMIT).is_ok());
        assert_eq!(table.len(), CAPACITY);
        assert_eq!(insert(&table, "e", NO_LIMIT), Err(Full));
    });
}

#[test]
fn a_reader_finds_what_was_there_before_the_next_segment() {
    loom::model(|| {
        let table = Arc::new(Table::new());
        assert!(insert(&table, "a", NO_LIMIT).is_ok());
        let inserter = spawn(&table, |table| insert(table, "b", NO_LIMIT));
        let reader = spawn(&table, |table| (get(table, "b"), get(table, "a")));
        assert!(inserter.join().unwrap().is_ok());
        let (new, old) = reader.join().unwrap();
        assert!(new.is_none_or(|value| value == "b"));
        assert_eq!(old.as_deref(), Some("a"));
    });
}

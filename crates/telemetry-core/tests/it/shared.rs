//! What guards share with their entry type, and how they keep an entity without borrowing it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use telemetry_core::{Counter, Family, Meter, MeterSettings, Metrics, Shared};

use crate::memory::Memory;

/// What is measured of one counter of a shop.
#[derive(Metrics)]
#[metrics(scope = "test", entity(shop, till_id))]
struct TillMetrics {
    /// Sales rung up
    #[metric(name = "till_sales_total")]
    sales: Counter,
}

fn key<'a>(shop: &'a str, till_id: &'a str) -> TillMetricsKey<'a> {
    TillMetricsKey { shop, till_id }
}

#[test]
fn the_value_lives_until_the_last_part_in_it_is_gone() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let shared = Shared::new(Counted(Arc::clone(&dropped)));
    // More threads than there are places to count in.
    let leases: Vec<_> = (0..40)
        .map(|_| {
            let shared = shared.clone();
            thread::spawn(move || shared.lease()).join().unwrap()
        })
        .collect();
    let again = leases[0].clone();
    drop(shared);
    drop(leases);
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    thread::spawn(move || drop(again)).join().unwrap();
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}

#[test]
fn an_entity_that_was_found_records_and_names_itself() {
    let memory = Memory::new(MeterSettings::default());
    let tills = Family::<TillMetrics>::new(&memory.meter);
    let long = "a till whose name is longer than what fits into a slot of the table";
    for (shop, till) in [("north", "1"), ("north", ""), ("", "north1"), ("east", long), ("north", "1")] {
        let found = tills.find(key(shop, till));
        tills.at(found).sales.add(1);
        assert!(Arc::ptr_eq(tills.at(found), tills.get(key(shop, till))), "{shop}/{till}");
        let named = tills.entity(key(shop, till));
        assert_eq!(named.id(), found);
        assert_eq!([0, 1, 2].map(|n| named.label(&tills, n)), [shop, till, ""]);
    }
    assert_eq!(memory.series().len(), 4);
}

#[test]
fn an_entity_that_is_folded_keeps_its_name() {
    let memory = Memory::new(MeterSettings { max_label_values: 1, ..MeterSettings::default() });
    let tills = Family::<TillMetrics>::new(&memory.meter);
    tills.find(key("north", "1"));
    let named = tills.entity(key("north", "2"));
    assert_eq!([0, 1].map(|n| named.label(&tills, n)), ["north", "2"]);
    assert!(Arc::ptr_eq(tills.at(named.id()), tills.get(key("north", "_other"))));
}

#[test]
fn without_a_meter_an_entity_is_found_and_records_nothing() {
    let tills = Family::<TillMetrics>::new(&Meter::noop());
    let named = tills.entity(key("north", "1"));
    tills.at(named.id()).sales.add(1);
    assert_eq!([0, 1].map(|n| named.label(&tills, n)), ["north", "1"]);
    // One of another family is no panic either.
    let memory = Memory::new(MeterSettings::default());
    let known = Family::<TillMetrics>::new(&memory.meter).find(key("north", "1"));
    tills.at(known).sales.add(1);
}

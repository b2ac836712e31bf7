//! Lists and their order.

use std::time::Duration;

use lro_store::{ListQuery, ManualClock, ParentPattern, Store, StoreExt};

use super::{list_names, name, operation};

pub async fn lists_select_by_parent(store: &impl Store, clock: &ManualClock) {
    for text in
        ["operations/a", "shelves/1/operations/b", "shelves/2/operations/c", "shelves/2/rows/1/operations/d"]
    {
        store.create_one(operation(text)).await.unwrap();
        clock.advance(Duration::from_micros(1));
    }
    assert_eq!(list_names(store, "").await.len(), 4);
    assert_eq!(list_names(store, "shelves/1").await, ["shelves/1/operations/b"]);
    assert_eq!(list_names(store, "shelves/-").await, ["shelves/2/operations/c", "shelves/1/operations/b"]);
    assert_eq!(list_names(store, "shelves/-/rows/-").await, ["shelves/2/rows/1/operations/d"]);
    for close in ["shelves", "Shelves/1", "SHELVES/-", "shel_es/-", "shel%/-", "shelves/1/-"] {
        assert!(list_names(store, close).await.is_empty(), "{close}");
    }
}

pub async fn lists_are_newest_first_and_then_by_name(store: &impl Store, clock: &ManualClock) {
    store.create_one(operation("operations/b")).await.unwrap();
    store.create_one(operation("operations/B")).await.unwrap();
    store.create_one(operation("operations/a")).await.unwrap();
    clock.advance(Duration::from_micros(1));
    store.create_one(operation("operations/A")).await.unwrap();
    assert_eq!(list_names(store, "").await, ["operations/A", "operations/b", "operations/a", "operations/B"]);
}

pub async fn pages_meet_everything_once_whatever_happens_between(store: &impl Store, clock: &ManualClock) {
    for number in 0..10 {
        store.create_one(operation(&format!("operations/{number}"))).await.unwrap();
        // Half of them share their creation time with another.
        clock.advance(Duration::from_micros(number % 2));
    }
    let mut seen = Vec::new();
    let mut query = ListQuery { parent: ParentPattern::all(), after: None, limit: 3 };
    loop {
        let page = store.list(&query).await.unwrap();
        assert!(page.records.len() <= 3);
        seen.extend(page.records.iter().map(|record| record.name().to_string()));
        let Some(next) = page.next else { break };
        query.after = Some(next);
        clock.advance(Duration::from_secs(1));
        store.create_one(operation(&format!("operations/new-{}", seen.len()))).await.unwrap();
        store.delete(&name("operations/4")).await.unwrap();
        store.request_cancel(&name("operations/2")).await.unwrap();
    }
    let expected = ["9", "8", "7", "6", "5", "3", "2", "1", "0"].map(|id| format!("operations/{id}"));
    let old: Vec<_> = seen.iter().filter(|text| *text != "operations/4").cloned().collect();
    assert_eq!(old, expected);
}

//! Lists, their order and their pages.

use std::collections::BTreeSet;

use lro_store::{Cursor, ListQuery, ManualClock, ParentPattern, Store, StoreExt};

use crate::suite::support::{
    MICRO, SECOND, cancel, create, done, get, list, list_names, name, operation, payload, purge,
};

pub(crate) async fn lists_select_by_parent(store: &impl Store, clock: &ManualClock) {
    for text in [
        "operations/a",
        "shelves/1/operations/b",
        "shelves/2/operations/c",
        "shelves/2/rows/1/operations/d",
        "shelves/1/operations/e",
        "shelves/1/operations/operations/operations/f",
    ] {
        create(store, operation(text)).await;
        clock.advance(MICRO);
    }
    assert_eq!(list_names(store, "").await.len(), 6);
    assert_eq!(list_names(store, "shelves/1").await, ["shelves/1/operations/e", "shelves/1/operations/b"]);
    let both = ["shelves/1/operations/e", "shelves/2/operations/c", "shelves/1/operations/b"];
    assert_eq!(list_names(store, "shelves/-").await, both);
    assert_eq!(list_names(store, "-/-").await, both);
    assert_eq!(list_names(store, "shelves/-/rows/-").await, ["shelves/2/rows/1/operations/d"]);
    assert_eq!(list_names(store, "-/2/rows/1").await, ["shelves/2/rows/1/operations/d"]);
    let odd = "shelves/1/operations/operations";
    assert_eq!(list_names(store, odd).await, [format!("{odd}/operations/f")]);
    for close in
        ["shelves", "shelves/10", "Shelves/1", "SHELVES/-", "shel_es/-", "shel%/-", "shelves/1/-", "-", "1"]
    {
        assert!(list_names(store, close).await.is_empty(), "{close}");
    }
}

pub(crate) async fn patterns_mean_their_own_characters(store: &impl Store, _: &ManualClock) {
    for text in ["a_b/1/operations/x", "axb/1/operations/x", "a%b/1/operations/x", "a%25/1/operations/x"] {
        create(store, operation(text)).await;
    }
    for parent in ["a_b/-", "a%b/-", "a%25/-", "axb/-", "a_b/1", "a%b/1"] {
        let first = parent.split('/').next().unwrap();
        assert_eq!(list_names(store, parent).await, [format!("{first}/1/operations/x")]);
    }
}

pub(crate) async fn lists_are_newest_first_and_then_by_name(store: &impl Store, clock: &ManualClock) {
    for text in ["b", "B", "a", "shelves/1/operations/c"] {
        create(store, operation(text)).await;
    }
    clock.advance(MICRO);
    create(store, operation("A")).await;
    let sorted = ["operations/A", "shelves/1/operations/c", "operations/b", "operations/a", "operations/B"];
    assert_eq!(list_names(store, "").await, sorted);
    clock.advance(SECOND);
    cancel(store, "B").await;
    assert_eq!(list_names(store, "").await, sorted, "by creation, not by change");
}

pub(crate) async fn pages_meet_everything_once_whatever_happens_between(
    store: &impl Store,
    clock: &ManualClock,
) {
    for number in 0..10_u64 {
        create(store, operation(&number.to_string())).await;
        // Half of them share their creation time with another.
        clock.advance(MICRO * u32::from(number % 2 == 1));
    }
    let mut seen: Vec<String> = Vec::new();
    let mut query = ListQuery::new(ParentPattern::all(), 3);
    loop {
        let page = store.list(&query).await.unwrap();
        assert!(page.views.len() <= 3);
        seen.extend(page.views.iter().map(|view| view.name().id().to_owned()));
        let Some(next) = page.next else { break };
        query.after = Some(next);
        tokio::task::yield_now().await;
        clock.advance(SECOND);
        create(store, operation(&format!("new-{}", clock_text(clock)))).await;
        // One that was seen, and so may be where the page ended, and one that may come.
        if let Some(last) = seen.last() {
            store.delete_one(&name(last)).await.unwrap();
        }
        store.delete_one(&name("4")).await.unwrap();
        store.request_cancel_one(&name("2")).await.unwrap();
    }
    let old: Vec<_> = seen.iter().filter(|id| *id != "4").collect();
    assert_eq!(old, ["9", "8", "7", "6", "5", "3", "2", "1", "0"]);
}

fn clock_text(clock: &ManualClock) -> String {
    use lro_store::Clock as _;
    clock.now().as_micros().to_string()
}

pub(crate) async fn a_name_that_is_given_again_is_listed_once(store: &impl Store, clock: &ManualClock) {
    let (again, between) = ("shelves/1/operations/a", "shelves/1/operations/b");
    create(store, done(again).with_retention(SECOND)).await;
    create(store, operation(between)).await;
    for _ in 0..2 {
        clock.advance(SECOND);
        store.delete_one(&name(again)).await.unwrap();
        create(store, operation(again)).await;
        for parent in ["", "shelves/1", "shelves/-"] {
            assert_eq!(list_names(store, parent).await, [again, between], "{parent:?}");
        }
    }
}

pub(crate) async fn a_place_is_where_it_was_though_its_operation_is_gone(
    store: &impl Store,
    clock: &ManualClock,
) {
    for id in ["a", "b", "c"] {
        create(store, operation(id)).await;
        clock.advance(MICRO);
    }
    let place = Cursor::from(&get(store, "b").await);
    store.delete_one(&name("b")).await.unwrap();
    let query = ListQuery::new(ParentPattern::all(), 10);
    let after = list(store, &query.clone().after(Some(place.clone()))).await;
    assert_eq!(after.iter().map(|view| view.name().id()).collect::<Vec<_>>(), ["a"]);
    let parent = ListQuery::new(ParentPattern::parse("shelves/1").unwrap(), 10);
    create(store, operation("shelves/1/operations/d")).await;
    assert!(list(store, &parent.after(Some(place))).await.is_empty(), "a place is one in every list");
}

pub(crate) async fn a_page_ends_before_it_is_too_large(store: &impl Store, clock: &ManualClock) {
    for (id, length) in [("a", 10), ("b", 1_000), ("c", 100), ("d", 1_000), ("e", 10)] {
        create(store, operation(id).with_metadata(payload(&"m".repeat(length)))).await;
        clock.advance(MICRO);
    }
    for max_bytes in [0, 1, 200, 1_200, 2_000, usize::MAX] {
        let mut query = ListQuery::new(ParentPattern::all(), 10).max_bytes(max_bytes);
        let mut ids = Vec::new();
        loop {
            let page = store.list(&query).await.unwrap();
            let size: usize = page.views.iter().map(lro_store::View::size).sum();
            assert!(size <= max_bytes || page.views.len() == 1, "{size} bytes of {max_bytes}");
            ids.extend(page.views.iter().map(|view| view.name().id().to_owned()));
            query.after = page.next;
            tokio::task::yield_now().await;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(ids, ["e", "d", "c", "b", "a"], "{max_bytes}");
    }
}

pub(crate) async fn pages_of_every_size_make_the_same_list(store: &impl Store, clock: &ManualClock) {
    for number in 0..9 {
        let parent = ["", "shelves/1/", "shelves/2/"][number % 3];
        create(store, operation(&format!("{parent}operations/{number}"))).await;
        create(store, done(&format!("{parent}operations/expired-{number}")).with_retention(SECOND)).await;
        clock.advance(MICRO);
    }
    clock.advance(SECOND);
    for parent in ["", "shelves/1", "shelves/-"] {
        let query = |limit| ListQuery::new(ParentPattern::parse(parent).unwrap(), limit);
        let whole = list(store, &query(1_000)).await;
        assert_eq!(whole.len(), if parent.is_empty() { 9 } else { whole.len() });
        assert!(whole.is_sorted_by(|one, two| Cursor::from(one) > Cursor::from(two)));
        for limit in 1..=10 {
            assert_eq!(list(store, &query(limit)).await, whole, "{parent:?} {limit}");
        }
    }
    assert_eq!(
        (list_names(store, "shelves/1").await.len(), list_names(store, "shelves/-").await.len()),
        (3, 6)
    );
    purge(store).await;
    let distinct: BTreeSet<_> = list_names(store, "").await.into_iter().collect();
    assert_eq!(distinct.len(), 9);
}

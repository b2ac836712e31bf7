//! The conditions of a list.

use std::sync::Arc;

use lro_store::{
    Clock, Failure, FailureCode, ListQuery, ManualClock, NewOperation, Outcome, Owner, ParentPattern,
    StateKind, Store, StoreExt, TimeRange, View,
};

use crate::suite::support::{
    METHOD, OTHER_METHOD, SECOND, begin, cancel, create, list, name, operation, payload, request_key,
    requested,
};

/// Creates operations that differ in all that a list can select by, a second apart; by name:
///
/// | name | state | owner | parent |
/// |---|---|---|---|
/// | queued | queued | alice | |
/// | running | running | | |
/// | other | queued, of another method | Alice | |
/// | response | done | | |
/// | cancelled | done, CANCELLED | alice | shelves/1 |
/// | failed | done, with code 77 | | |
async fn populate(store: &impl Store, clock: &ManualClock) {
    let alice = Owner::new("alice").unwrap();
    create(store, requested(operation("queued"), "1").with_owner(alice.clone())).await;
    clock.advance(SECOND);
    begin(store, "running", "w").await;
    clock.advance(SECOND);
    let other = NewOperation::new(name("other"), OTHER_METHOD, payload(""));
    create(store, other.with_owner(Owner::new("Alice").unwrap())).await;
    clock.advance(SECOND);
    let response = begin(store, "response", "w").await;
    let failed = begin(store, "failed", "w").await;
    create(store, operation("shelves/1/operations/cancelled").with_owner(alice)).await;
    clock.advance(SECOND);
    store.finish_one(response, crate::suite::support::response("ok")).await.unwrap();
    clock.advance(SECOND);
    cancel(store, "shelves/1/operations/cancelled").await;
    let failure = Failure::new(FailureCode::new(77).unwrap(), "odd");
    store.finish_one(failed, Outcome::Error(failure)).await.unwrap();
    assert_eq!(store.find_by_request(&request_key("1")).await.unwrap(), None, "it is that of alice");
}

/// A query for all of them, with conditions.
fn query(set: impl FnOnce(&mut ListQuery)) -> ListQuery {
    let mut query = ListQuery::new(ParentPattern::all(), 2);
    set(&mut query);
    query
}

async fn ids(store: &impl Store, query: &ListQuery) -> Vec<String> {
    let mut ids: Vec<_> = list(store, query).await.iter().map(|view| view.name().id().to_owned()).collect();
    ids.sort();
    ids
}

pub(crate) async fn lists_select_by_owner(store: &impl Store, clock: &ManualClock) {
    populate(store, clock).await;
    for (owner, expected) in [
        ("alice", ["cancelled", "queued"].as_slice()),
        ("Alice", &["other"]),
        ("", &["failed", "response", "running"]),
        ("alic", &[]),
        ("alice%", &[]),
    ] {
        let query = query(|query| query.owner = Some(Owner::new(owner).unwrap()));
        assert_eq!(ids(store, &query).await, expected, "{owner:?}");
    }
}

pub(crate) async fn lists_select_by_state(store: &impl Store, clock: &ManualClock) {
    populate(store, clock).await;
    for (states, expected) in [
        (vec![StateKind::Queued], ["other", "queued"].as_slice()),
        (vec![StateKind::Running], &["running"]),
        (vec![StateKind::Done], &["cancelled", "failed", "response"]),
        (vec![StateKind::Running, StateKind::Queued], &["other", "queued", "running"]),
    ] {
        assert_eq!(
            ids(store, &query(|query| query.states.clone_from(&states))).await,
            expected,
            "{states:?}"
        );
    }
}

pub(crate) async fn lists_select_by_method(store: &impl Store, clock: &ManualClock) {
    populate(store, clock).await;
    let of = |methods: &[&str]| {
        query(|query| query.methods = methods.iter().map(|path| Arc::from(*path)).collect())
    };
    assert_eq!(ids(store, &of(&[OTHER_METHOD])).await, ["other"]);
    assert_eq!(ids(store, &of(&[METHOD, OTHER_METHOD])).await.len(), 6);
    assert_eq!(ids(store, &of(&[METHOD, "/none"])).await.len(), 5);
    assert!(ids(store, &of(&["/test.Service/work", "/test.Service/"])).await.is_empty());
}

pub(crate) async fn lists_select_by_error_code(store: &impl Store, clock: &ManualClock) {
    populate(store, clock).await;
    let of = |codes: &[i32]| {
        let codes = codes.iter().filter_map(|code| FailureCode::new(*code));
        query(|query| query.error_codes = codes.collect())
    };
    assert_eq!(ids(store, &of(&[1])).await, ["cancelled"]);
    assert_eq!(ids(store, &of(&[77])).await, ["failed"]);
    assert_eq!(ids(store, &of(&[1, 2, 77])).await, ["cancelled", "failed"]);
    assert!(ids(store, &of(&[2, -1])).await.is_empty());
}

pub(crate) async fn lists_select_by_times(store: &impl Store, clock: &ManualClock) {
    let start = clock.now();
    let at = |seconds: u32| Some(start.saturating_add(SECOND * seconds));
    populate(store, clock).await;
    let created = |from, until| query(|query| query.create_time = TimeRange::new(from, until));
    assert_eq!(ids(store, &created(None, at(1))).await, ["queued"], "until is not in the range");
    assert_eq!(ids(store, &created(at(1), at(3))).await, ["other", "running"]);
    assert_eq!(ids(store, &created(at(3), None)).await, ["cancelled", "failed", "response"]);
    let updated = |from, until| query(|query| query.update_time = TimeRange::new(from, until));
    assert_eq!(ids(store, &updated(at(4), at(5))).await, ["response"]);
    assert_eq!(ids(store, &updated(None, at(2))).await, ["queued", "running"]);
    let ended = |from, until| query(|query| query.end_time = TimeRange::new(from, until));
    assert_eq!(ids(store, &ended(at(5), None)).await, ["cancelled", "failed"]);
    assert_eq!(ids(store, &ended(None, at(5))).await, ["response"], "what is not done has no end");
    assert_eq!(ids(store, &ended(at(0), at(9))).await.len(), 3);
}

pub(crate) async fn all_conditions_hold_together(store: &impl Store, clock: &ManualClock) {
    let start = clock.now();
    populate(store, clock).await;
    let all: Vec<View> = list(store, &query(|_| {})).await;
    assert_eq!(all.len(), 6);
    let (mut some, mut none) = (0, 0);
    let late = TimeRange::new(Some(start.saturating_add(SECOND * 3)), None);
    for choice in 0..1_u32 << 8 {
        let is = |bit: u32| choice & (1 << bit) != 0;
        let mut query = query(|_| {});
        if is(0) {
            query.parent = ParentPattern::parse("shelves/-").unwrap();
        }
        if is(1) {
            query.owner = Some(Owner::new("alice").unwrap());
        }
        if is(2) {
            query.states = vec![StateKind::Done, StateKind::Running];
        }
        if is(3) {
            query.methods = vec![METHOD.into()];
        }
        if is(4) {
            query.error_codes = vec![FailureCode::CANCELLED, FailureCode::ABORTED];
        }
        query.create_time = if is(5) { late } else { query.create_time };
        query.update_time = if is(6) { late } else { query.update_time };
        query.end_time = if is(7) { late } else { query.end_time };
        let expected: Vec<_> = all.iter().filter(|view| query.selects(view)).cloned().collect();
        assert_eq!(list(store, &query).await, expected, "{query:?}");
        if expected.is_empty() {
            none += 1;
        } else {
            some += 1;
        }
    }
    assert_eq!((some, none), (256, 0), "the one that is cancelled meets every condition");
}

//! What is there when a store is opened again.

use lro_store::{
    Beginning, Clock, Creation, DelegateId, Interruption, ListQuery, OnConflict, ParentPattern, Report,
    StateKind, Store, StoreExt, View,
};

use crate::Harness;
use crate::run::Fixture;
use crate::suite::support::{
    APPLIED, LEASE, SECOND, begin, cancel, claim, claimed, create, done, exclusive, failure, fence, find,
    finish, get, list, name, operation, pass, payload, purge, reclaim, release, request_key, requested,
    worker,
};

/// Everything that readers see, and the records of the requests 1 to 9.
async fn everything(store: &impl Store) -> (Vec<View>, Vec<Option<lro_store::Record>>) {
    let views = list(store, &ListQuery::new(ParentPattern::all(), 100)).await;
    let mut records = Vec::new();
    for id in 1..10 {
        records.push(store.find_by_request(&request_key(&id.to_string())).await.unwrap());
    }
    (views, records)
}

pub(crate) async fn operations_outlive_the_store<H: Harness>(fixture: &mut Fixture<H>) {
    let (store, clock) = (fixture.store(), fixture.clock.clone());
    create(store, requested(operation("queued"), "1").with_delay(SECOND * 60)).await;
    create(store, requested(done("done"), "2")).await;
    create(store, requested(operation("cancelled"), "3")).await;
    cancel(store, "cancelled").await;
    let running = begin(store, "running", "w").await;
    let report = Report::new(running.clone()).metadata(payload("50 %")).checkpoint(payload("half"));
    store.report_one(report).await.unwrap();
    create(store, exclusive(requested(claimed("holder", "w"), "4"), "k", OnConflict::Abort)).await;
    create(store, exclusive(operation("waiting"), "k", OnConflict::Queue)).await;
    cancel(store, "holder").await;
    let retried = begin(store, "retried", "w").await;
    release(store, &retried, Interruption::retry(failure("busy"), SECOND)).await;
    let delegated = Beginning::Delegated(DelegateId::new("secret"));
    let delegated = fence(&create(store, operation("delegated").with_beginning(delegated)).await);
    create(store, operation("deleted")).await;
    store.delete_one(&name("deleted")).await.unwrap();
    let before = everything(store).await;
    assert_eq!(before.0.len(), 8);

    fixture.reopen().await;
    let store = fixture.store();
    assert_eq!(everything(store).await, before);
    assert_eq!(find(store, "deleted").await, None);
    let again = store.create_one(requested(operation("other"), "1")).await.unwrap();
    assert!(matches!(again, Creation::Repeated(_)));
    let conflict = store.create_one(exclusive(operation("other"), "k", OnConflict::Abort)).await.unwrap();
    assert_eq!(conflict, Creation::KeyHeld(name("holder")));
    assert_eq!(finish(store, &delegated, "ok").await, APPLIED);
    release(store, &running, Interruption::begun()).await;
    clock.advance(SECOND);
    let next: Vec<_> = claim(store, "w", 10).await;
    assert_eq!(crate::suite::support::names(&next), ["retried", "running"]);
    assert_eq!(next[1].checkpoint, Some(payload("half")), "a checkpoint is durable when it was answered");
}

pub(crate) async fn workers_outlive_the_store<H: Harness>(fixture: &mut Fixture<H>) {
    let clock = fixture.clock.clone();
    let store = fixture.store();
    let kept = begin(store, "kept", "alive").await;
    begin(store, "taken", "dead").await;
    cancel(store, "kept").await;
    store.leave(&worker("left")).await.unwrap();
    pass(store, &clock, LEASE, &["alive", "elder"]).await;

    fixture.reopen().await;
    let store = fixture.store();
    assert!(!store.keep_alive(&worker("left"), LEASE).await.unwrap().alive);
    assert_eq!(store.keep_alive(&worker("alive"), LEASE).await.unwrap().stops.len(), 1);
    assert_eq!(reclaim(store, "elder").await, 1, "it had its lease whole before");
    assert_eq!(get(store, "taken").await.kind(), StateKind::Queued);
    assert_eq!(finish(store, &kept, "ok").await, APPLIED);
    assert!(!store.keep_alive(&worker("dead"), LEASE).await.unwrap().alive);

    fixture.reopen().await;
    let store = fixture.store();
    assert!(!store.keep_alive(&worker("dead"), LEASE).await.unwrap().alive);
    clock.advance(lro_store::NewOperation::DEFAULT_RETENTION);
    assert_eq!(purge(store).await, 1);
    assert!(get(store, "taken").await.create_time() < clock.now());
}

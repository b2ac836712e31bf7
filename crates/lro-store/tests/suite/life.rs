//! Cancelling, expiring and being told of it.

use std::time::Duration;

use lro_store::{Change, ChangeEvent, ChangeKind, FailureCode, ManualClock, Store, StoreExt};

use super::{LEASE, claim, failure_code, lease_id, name, operation, response, worker};

pub async fn queued_work_is_cancelled_without_ever_running(store: &impl Store, _: &ManualClock) {
    store.create_one(operation("operations/a")).await.unwrap();
    let cancelled = store.request_cancel(&name("operations/a")).await.unwrap().unwrap();
    assert_eq!((failure_code(&cancelled), cancelled.last_attempt()), (Some(FailureCode::CANCELLED), None));
    assert_eq!(store.request_cancel(cancelled.name()).await.unwrap(), Some(cancelled), "idempotent");
    assert!(claim(store, "w", 1).await.is_empty());
    assert_eq!(store.request_cancel(&name("operations/none")).await.unwrap(), None);
}

pub async fn a_cancel_request_does_not_decide_the_outcome(store: &impl Store, _: &ManualClock) {
    let record = store.create_one(operation("operations/a").leased_to(worker("w"), LEASE)).await.unwrap();
    assert!(store.request_cancel(record.name()).await.unwrap().unwrap().cancel_requested());
    store.finish_one(lease_id(&record), response("done all the same")).await.unwrap();
    let done = store.request_cancel(record.name()).await.unwrap().unwrap();
    assert_eq!(done.outcome(), Some(&response("done all the same")));
}

pub async fn only_done_operations_expire(store: &impl Store, clock: &ManualClock) {
    let keep = Duration::from_secs(60);
    for id in ["done", "later", "queued"] {
        store.create_one(operation(&format!("operations/{id}")).retention(keep)).await.unwrap();
    }
    store.request_cancel(&name("operations/done")).await.unwrap();
    clock.advance(keep.saturating_sub(Duration::from_micros(1)));
    store.request_cancel(&name("operations/later")).await.unwrap();
    assert_eq!(store.purge(10).await.unwrap(), 0);
    clock.advance(Duration::from_micros(1));
    assert_eq!(store.purge(0).await.unwrap(), 0);
    assert_eq!(store.purge(10).await.unwrap(), 1);
    assert_eq!(store.get_one(&name("operations/done")).await.unwrap(), None);
    clock.advance(keep * 10);
    assert_eq!(store.purge(10).await.unwrap(), 1);
    assert!(store.get_one(&name("operations/queued")).await.unwrap().is_some());
}

pub async fn changes_are_hinted_once_they_can_be_read(store: &impl Store, clock: &ManualClock) {
    let mut changes = store.changes();
    let mut expect = async |id: &str, kind: ChangeKind| {
        let change = Change { name: name(id), kind };
        assert_eq!(changes.recv().await, Some(ChangeEvent::Changed(change)));
    };
    store.create_one(operation("operations/a")).await.unwrap();
    expect("operations/a", ChangeKind::Claimable).await;
    let record = claim(store, "w", 1).await.remove(0);
    store.request_cancel(record.name()).await.unwrap();
    expect("operations/a", ChangeKind::CancelRequested).await;
    store.finish_one(lease_id(&record), response("ok")).await.unwrap();
    expect("operations/a", ChangeKind::Done).await;
    store.delete(record.name()).await.unwrap();
    expect("operations/a", ChangeKind::Deleted).await;

    let lost = store.create_one(operation("operations/b").leased_to(worker("w"), LEASE)).await.unwrap();
    store.release_one(&lease_id(&lost)).await.unwrap();
    expect("operations/b", ChangeKind::Claimable).await;
    let again = claim(store, "w", 1).await.remove(0);
    store.request_cancel(again.name()).await.unwrap();
    expect("operations/b", ChangeKind::CancelRequested).await;
    clock.advance(LEASE);
    store.expire(1).await.unwrap();
    expect("operations/b", ChangeKind::Done).await;

    store.create_one(operation("operations/c").leased_to(worker("w"), LEASE)).await.unwrap();
    clock.advance(LEASE);
    store.expire(1).await.unwrap();
    expect("operations/c", ChangeKind::Claimable).await;
}

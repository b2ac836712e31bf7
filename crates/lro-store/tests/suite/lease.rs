//! Claims, leases and fences.

use std::time::Duration;

use lro_store::{Attempt, Delivery, FailureCode, Fenced, LeaseStatus, ManualClock, Store, StoreExt};

use super::{LEASE, claim, failure_code, lease_id, name, operation, payload, response, worker};

pub async fn the_oldest_is_claimed_first_and_once(store: &impl Store, clock: &ManualClock) {
    for id in ["c", "a", "b"] {
        store.create_one(operation(&format!("operations/{id}"))).await.unwrap();
        clock.advance(Duration::from_micros(1));
    }
    let first = claim(store, "one", 2).await;
    let second = claim(store, "two", 2).await;
    let names: Vec<_> = first.iter().chain(&second).map(|record| record.name().id()).collect();
    assert_eq!(names, ["c", "a", "b"]);
    assert!(claim(store, "three", 2).await.is_empty());
}

pub async fn workers_that_claim_at_the_same_time_share_the_work(store: &impl Store, _: &ManualClock) {
    let batch = (0..40).map(|number| operation(&format!("operations/{number}")));
    store.create(batch.collect()).await.unwrap();
    let some = async |id: &str| {
        let mut claimed = Vec::new();
        for limit in [1, 7, 2, 10, 5] {
            claimed.extend(claim(store, id, limit).await);
        }
        claimed
    };
    let (one, two) = tokio::join!(some("one"), some("two"));
    let names: std::collections::BTreeSet<_> =
        one.iter().chain(&two).map(|record| record.name().clone()).collect();
    assert_eq!((one.len() + two.len(), names.len()), (40, 40));
}

pub async fn a_worker_gets_only_what_it_has_handlers_for(store: &impl Store, _: &ManualClock) {
    store.create_one(operation("operations/a")).await.unwrap();
    let mut request = lro_store::Claim {
        worker: worker("w"),
        methods: vec!["/test.Service/Other".into()],
        limit: 10,
        lease: LEASE,
    };
    assert!(store.claim(&request).await.unwrap().is_empty());
    request.methods.extend([super::METHOD.into(), super::METHOD.into()]);
    assert_eq!(store.claim(&request).await.unwrap().len(), 1, "although the method is named twice");
}

pub async fn work_of_a_lost_worker_is_taken_over_and_fenced_off(store: &impl Store, clock: &ManualClock) {
    store.create_one(operation("operations/a").leased_to(worker("dead"), LEASE)).await.unwrap();
    clock.advance(LEASE.saturating_sub(Duration::from_micros(1)));
    assert!(claim(store, "heir", 1).await.is_empty());
    assert_eq!(store.expire(10).await.unwrap(), 0);
    clock.advance(Duration::from_micros(1));
    assert!(claim(store, "heir", 1).await.is_empty(), "a lease that is over but not taken still holds");
    assert_eq!(store.expire(10).await.unwrap(), 1);
    let taken = claim(store, "heir", 1).await.remove(0);
    assert_eq!(taken.lease().unwrap().attempt, Attempt::FIRST.next());

    let mut stale = lease_id(&taken);
    stale.worker = worker("dead");
    stale.attempt = Attempt::FIRST;
    assert_eq!(store.heartbeat(std::slice::from_ref(&stale), LEASE).await.unwrap(), [LeaseStatus::Lost]);
    assert_eq!(store.progress_one(stale.clone(), payload("stale")).await.unwrap(), LeaseStatus::Lost);
    assert_eq!(store.release_one(&stale).await.unwrap(), Fenced::Lost);
    assert_eq!(store.finish_one(stale, response("stale")).await.unwrap(), Fenced::Lost);
    assert_eq!(store.get_one(taken.name()).await.unwrap(), Some(taken.clone()), "nothing stale took effect");

    assert_eq!(store.finish_one(lease_id(&taken), response("ok")).await.unwrap(), Fenced::Applied);
    assert_eq!(store.finish_one(lease_id(&taken), response("again")).await.unwrap(), Fenced::Lost);
    let done = store.get_one(taken.name()).await.unwrap().unwrap();
    assert_eq!(done.outcome(), Some(&response("ok")));
}

pub async fn leases_that_are_over_are_taken_a_few_at_a_time(store: &impl Store, clock: &ManualClock) {
    for id in ["a", "b", "c"] {
        let new = operation(&format!("operations/{id}"));
        store.create_one(new.leased_to(worker("dead"), LEASE)).await.unwrap();
    }
    store.create_one(operation("operations/alive").leased_to(worker("w"), LEASE * 2)).await.unwrap();
    store.create_one(operation("operations/queued")).await.unwrap();
    clock.advance(LEASE);
    assert_eq!(store.expire(0).await.unwrap(), 0);
    assert_eq!(store.expire(2).await.unwrap(), 2);
    assert_eq!(claim(store, "heir", 10).await.len(), 3, "the queued one and two that were taken");
    assert_eq!(store.expire(2).await.unwrap(), 1);
    assert_eq!(store.expire(2).await.unwrap(), 0);
    assert_eq!(claim(store, "heir", 10).await.len(), 1);
}

pub async fn heartbeats_keep_a_lease_and_carry_cancel_requests(store: &impl Store, clock: &ManualClock) {
    let record = store.create_one(operation("operations/a").leased_to(worker("w"), LEASE)).await.unwrap();
    let lease = [lease_id(&record)];
    for cancel_requested in [false, false, true] {
        clock.advance(LEASE.saturating_sub(Duration::from_secs(1)));
        if cancel_requested {
            store.request_cancel(record.name()).await.unwrap();
        }
        assert_eq!(store.heartbeat(&lease, LEASE).await.unwrap(), [LeaseStatus::Held { cancel_requested }]);
        assert_eq!(store.expire(1).await.unwrap(), 0);
        assert!(claim(store, "other", 1).await.is_empty());
    }
    let held = store.progress_one(lease[0].clone(), payload("50 %")).await.unwrap();
    assert_eq!(held, LeaseStatus::Held { cancel_requested: true });
}

pub async fn progress_is_readable_and_passed_on(store: &impl Store, clock: &ManualClock) {
    let record = store.create_one(operation("operations/a").leased_to(worker("w"), LEASE)).await.unwrap();
    store.progress_one(lease_id(&record), payload("50 %")).await.unwrap();
    assert_eq!(store.get_one(record.name()).await.unwrap().unwrap().metadata(), Some(&payload("50 %")));
    clock.advance(LEASE);
    assert_eq!(store.expire(1).await.unwrap(), 1);
    assert_eq!(claim(store, "heir", 1).await[0].metadata(), Some(&payload("50 %")));
}

pub async fn released_work_is_claimable_at_once(store: &impl Store, _: &ManualClock) {
    let record = store.create_one(operation("operations/a").leased_to(worker("w"), LEASE)).await.unwrap();
    assert_eq!(store.release_one(&lease_id(&record)).await.unwrap(), Fenced::Applied);
    let again = claim(store, "w", 1).await.remove(0);
    assert_eq!(again.lease().unwrap().attempt, Attempt::FIRST.next());
    assert_eq!(store.release_one(&lease_id(&record)).await.unwrap(), Fenced::Lost);
}

pub async fn work_that_must_not_begin_twice_is_aborted(store: &impl Store, clock: &ManualClock) {
    for id in ["a", "b"] {
        let once = operation(&format!("operations/{id}")).delivery(Delivery::AtMostOnce);
        store.create_one(once.leased_to(worker("w"), LEASE)).await.unwrap();
    }
    let record = store.get_one(&name("operations/a")).await.unwrap().unwrap();
    assert_eq!(store.release_one(&lease_id(&record)).await.unwrap(), Fenced::Applied);
    clock.advance(LEASE);
    assert_eq!(store.expire(10).await.unwrap(), 1);
    assert!(claim(store, "heir", 10).await.is_empty());
    for id in ["operations/a", "operations/b"] {
        let record = store.get_one(&name(id)).await.unwrap().unwrap();
        assert_eq!(failure_code(&record), Some(FailureCode::ABORTED));
    }
}

pub async fn batches_answer_in_order_and_item_by_item(store: &impl Store, _: &ManualClock) {
    let mut leases = Vec::new();
    for id in ["a", "b", "c"] {
        let new = operation(&format!("operations/{id}")).leased_to(worker("w"), LEASE);
        leases.push(lease_id(&store.create_one(new).await.unwrap()));
    }
    store.delete(&leases[0].name).await.unwrap();
    store.release_one(&leases[1]).await.unwrap();
    let held = LeaseStatus::Held { cancel_requested: false };
    assert_eq!(
        store.heartbeat(&leases, LEASE).await.unwrap(),
        [LeaseStatus::Deleted, LeaseStatus::Lost, held]
    );
    let items = leases.into_iter().map(|lease| lro_store::Finish { lease, outcome: response("ok") });
    let answers = store.finish(items.collect()).await.unwrap();
    assert_eq!(answers, [Fenced::Deleted, Fenced::Lost, Fenced::Applied]);
}

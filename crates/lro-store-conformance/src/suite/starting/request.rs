//! Requests and their repeats.

use lro_store::{
    Beginning, Creation, Interruption, ManualClock, OnConflict, Outcome, Owner, Record, RequestId,
    RequestKey, Store, StoreExt,
};

use crate::suite::support::{
    METHOD, SECOND, attempt, begin, cancel, claim, claim_one, claimed, create, exclusive, fence, finish,
    list_names, live, name, operation, payload, reclaim, release, request_key, requested, response, worker,
};

/// The operation of request id 1.
async fn first(store: &impl Store) -> Option<Record> {
    store.find_by_request(&request_key("1")).await.unwrap()
}

pub(crate) async fn a_request_starts_one_operation(store: &impl Store, clock: &ManualClock) {
    assert_eq!(first(store).await, None);
    let created = create(store, requested(operation("a"), "1")).await;
    assert_eq!(created.request_key(), Some(request_key("1")));
    clock.advance(SECOND);
    let again =
        exclusive(requested(operation("b"), "1"), "k", OnConflict::Preempt).with_metadata(payload("x"));
    let Creation::Repeated(repeated) = store.create_one(again).await.unwrap() else {
        panic!("it is the same request")
    };
    assert_eq!((repeated.view, repeated.request), (created, payload("request")));
    assert_eq!(list_names(store, "").await, ["operations/a"], "a repeat leaves nothing behind");
    create(store, exclusive(operation("c"), "k", OnConflict::Abort)).await;

    let without = create(store, operation("d")).await;
    assert_eq!(without.request_key(), None, "and nothing repeats what has no id");
    create(store, operation("e")).await;
}

pub(crate) async fn a_repeat_gets_the_operation_as_it_now_stands(store: &impl Store, _: &ManualClock) {
    let repeat = async || {
        let found = first(store).await.unwrap();
        assert_eq!(store.get_one(&name("a")).await.unwrap().as_ref(), Some(&found.view));
        let again = requested(claimed("b", "w"), "1");
        assert_eq!(store.create_one(again).await.unwrap(), Creation::Repeated(Box::new(found.clone())));
        found
    };
    live(store, "w").await;
    let fence_of_first = fence(&create(store, requested(claimed("a", "w"), "1")).await);
    assert_eq!(repeat().await.view.fence().as_ref(), Some(&fence_of_first), "a repeat takes no work away");
    let report = lro_store::Report::new(fence_of_first.clone());
    store.report_one(report.metadata(payload("50 %")).checkpoint(payload("half"))).await.unwrap();
    let seen = repeat().await;
    assert_eq!((seen.view.metadata(), seen.checkpoint), (Some(&payload("50 %")), Some(payload("half"))));
    release(store, &fence_of_first, Interruption::begun()).await;
    assert_eq!(repeat().await.view.holder(), None);
    let running = claim_one(store, "w").await;
    assert_eq!(repeat().await, running);
    assert_eq!(running.view.last_attempt(), Some(attempt(2)));
    finish(store, &fence(&running.view), "ok").await;
    assert_eq!(repeat().await.view.outcome(), Some(&response("ok")));
    assert!(claim(store, "w", 1).await.is_empty());
}

pub(crate) async fn what_is_refused_does_not_take_its_request_id(store: &impl Store, _: &ManualClock) {
    create(store, exclusive(operation("a"), "k", OnConflict::Abort)).await;
    let taken = store.create_one(requested(operation("a"), "1")).await.unwrap();
    assert_eq!(taken, Creation::NameTaken);
    let conflicting = exclusive(requested(operation("b"), "1"), "k", OnConflict::Abort);
    assert_eq!(store.create_one(conflicting.clone()).await.unwrap(), Creation::KeyHeld(name("a")));
    assert_eq!(first(store).await, None);
    cancel(store, "a").await;
    create(store, conflicting).await;
    assert!(first(store).await.is_some());
}

pub(crate) async fn equal_requests_of_one_batch_start_one_operation(store: &impl Store, _: &ManualClock) {
    create(store, exclusive(operation("holder"), "k", OnConflict::Abort)).await;
    let abort = |text: &str| exclusive(requested(operation(text), "1"), "k", OnConflict::Abort);
    let batch = vec![
        abort("a"),
        requested(operation("b"), "1"),
        requested(operation("c"), "1"),
        requested(operation("d"), "2"),
        abort("e"),
    ];
    let answers = store.create(batch).await.unwrap();
    assert_eq!(answers[0], Creation::KeyHeld(name("holder")), "refused, so the next one is the first");
    assert!(matches!((&answers[1], &answers[3]), (Creation::Created(_), Creation::Created(_))));
    for repeat in [&answers[2], &answers[4]] {
        let Creation::Repeated(of) = repeat else { panic!("{repeat:?}") };
        assert_eq!(of.name(), &name("b"));
    }
    assert_eq!(list_names(store, "").await.len(), 3);
}

pub(crate) async fn a_request_id_is_free_once_its_operation_is_deleted(store: &impl Store, _: &ManualClock) {
    live(store, "w").await;
    let old = fence(&create(store, requested(claimed("a", "w"), "1")).await);
    store.delete_one(&name("a")).await.unwrap();
    assert_eq!(first(store).await, None);
    let second = create(store, requested(operation("b"), "1")).await;
    finish(store, &old, "dropped").await;
    assert_eq!(first(store).await.map(|record| record.view), Some(second), "the old run has no part in it");

    store.delete_one(&name("b")).await.unwrap();
    create(store, operation("b")).await;
    assert_eq!(first(store).await, None, "another operation of the name is not meant");
    create(store, requested(operation("c"), "1")).await;
}

pub(crate) async fn a_request_id_is_kept_as_long_as_the_operation(store: &impl Store, clock: &ManualClock) {
    let keep = SECOND * 60;
    let done =
        requested(operation("a"), "1").with_retention(keep).with_beginning(Beginning::Done(response("ok")));
    let created = create(store, done).await;
    clock.advance(keep - SECOND);
    let kept = first(store).await.unwrap();
    assert_eq!((&kept.view, kept.view.outcome()), (&created, Some(&Outcome::Response(payload("ok")))));
    let repeat = store.create_one(requested(operation("b"), "1")).await.unwrap();
    assert!(matches!(repeat, Creation::Repeated(_)));
    clock.advance(SECOND);
    assert_eq!(first(store).await, None);
    create(store, requested(operation("b"), "1")).await;
}

pub(crate) async fn a_lost_operation_is_still_the_one_of_its_request(
    store: &impl Store,
    clock: &ManualClock,
) {
    live(store, "dead").await;
    create(store, requested(claimed("a", "dead"), "1")).await;
    crate::suite::support::pass(store, clock, crate::suite::support::LEASE, &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 1);
    let found = first(store).await.unwrap();
    assert_eq!((found.name(), found.view.holder()), (&name("a"), None));
    let other = RequestKey::new(Owner::new("bob").unwrap(), METHOD, RequestId::new("1").unwrap());
    assert_eq!(store.find_by_request(&other).await.unwrap(), None);
    store.leave(&worker("elder")).await.unwrap();
    assert_eq!(begin(store, "b", "w").await.name, name("b"));
}

//! How often work may begin.

use lro_store::{
    FailureCode, Fence, Interruption, ManualClock, NewOperation, Outcome, StateKind, Store, StoreExt, View,
};

use crate::suite::support::{
    LEASE, SECOND, attempt, attempts, begin, claim, claim_one, claimed, code, create, failure, fence, get,
    live, message, operation, pass, reclaim, release, worker,
};

fn at_most(count: u32, new: NewOperation) -> NewOperation {
    new.with_max_attempts(attempts(count))
}

/// Runs an operation whose work is interrupted each time, until it is done or `rounds` are over.
async fn interrupt(store: &impl Store, new: NewOperation, how: Interruption, rounds: u32) -> View {
    let id = new.name().id().to_owned();
    create(store, new).await;
    live(store, "w").await;
    for number in 1..=rounds {
        let record = claim_one(store, "w").await;
        assert_eq!(record.view.last_attempt(), Some(attempt(number)));
        assert!(release(store, &fence(&record.view), how.clone()).await.is_applied());
        if get(store, &id).await.is_done() {
            assert_eq!(number, rounds, "it ended too early");
        }
    }
    get(store, &id).await
}

pub(crate) async fn work_that_is_interrupted_too_often_is_aborted(store: &impl Store, _: &ManualClock) {
    let ended = interrupt(store, at_most(3, operation("a")), Interruption::begun(), 3).await;
    assert_eq!((code(&ended), ended.attempts()), (Some(FailureCode::ABORTED), 3));
    assert!(message(&ended).contains("3 times"), "it says how often: {}", message(&ended));
    assert!(claim(store, "w", 1).await.is_empty());
    let default = interrupt(store, operation("b"), Interruption::begun(), 25).await;
    assert_eq!((code(&default), default.attempts()), (Some(FailureCode::ABORTED), 25));
}

pub(crate) async fn work_that_may_begin_once_does_not_begin_twice(store: &impl Store, clock: &ManualClock) {
    let ended = interrupt(store, at_most(1, operation("a")), Interruption::begun(), 1).await;
    assert_eq!(code(&ended), Some(FailureCode::ABORTED));
    live(store, "dead").await;
    create(store, at_most(1, claimed("b", "dead"))).await;
    create(store, at_most(1, claimed("c", "dead"))).await;
    create(store, at_most(2, claimed("d", "dead"))).await;
    store.delete_one(&crate::suite::support::name("c")).await.unwrap();
    pass(store, clock, LEASE, &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 2);
    let ended = get(store, "b").await;
    assert_eq!((code(&ended), ended.last_attempt()), (Some(FailureCode::ABORTED), Some(attempt(1))));
    assert_eq!(get(store, "d").await.kind(), StateKind::Queued);
    create(store, at_most(1, claimed("e", "elder"))).await;
    store.leave(&worker("elder")).await.unwrap();
    assert_eq!(code(&get(store, "e").await), Some(FailureCode::ABORTED));
}

pub(crate) async fn a_claim_that_never_began_does_not_count(store: &impl Store, _: &ManualClock) {
    let waiting = interrupt(store, at_most(1, operation("a")), Interruption::not_begun(), 5).await;
    assert_eq!((waiting.kind(), waiting.attempts()), (StateKind::Queued, 0));
    let sixth = claim_one(store, "w").await.view;
    assert_eq!((sixth.last_attempt(), sixth.attempts()), (Some(attempt(6)), 1));
    release(store, &fence(&sixth), Interruption::begun()).await;
    let ended = get(store, "a").await;
    assert_eq!((code(&ended), ended.attempts()), (Some(FailureCode::ABORTED), 1));
}

pub(crate) async fn the_failure_of_the_last_retry_is_the_outcome(store: &impl Store, clock: &ManualClock) {
    create(store, at_most(2, operation("a"))).await;
    live(store, "w").await;
    let first = fence(&claim_one(store, "w").await.view);
    release(store, &first, Interruption::retry(failure("first"), SECOND)).await;
    let waiting = get(store, "a").await;
    assert_eq!((waiting.kind(), waiting.outcome()), (StateKind::Queued, None));
    clock.advance(SECOND);
    let second = fence(&claim_one(store, "w").await.view);
    let mut last = failure("second");
    last.details = vec![crate::suite::support::payload("detail")];
    release(store, &second, Interruption::retry(last.clone(), SECOND)).await;
    assert_eq!(get(store, "a").await.outcome(), Some(&Outcome::Error(last)));
}

pub(crate) async fn attempts_count_across_workers(store: &impl Store, clock: &ManualClock) {
    let mut old: Vec<Fence> = vec![begin(store, "a", "one").await];
    for (next, id) in ["two", "three"].into_iter().enumerate() {
        if next == 0 {
            store.leave(&worker("one")).await.unwrap();
        } else {
            pass(store, clock, LEASE, &["elder"]).await;
            assert_eq!(reclaim(store, "elder").await, 1);
        }
        live(store, id).await;
        old.push(fence(&claim_one(store, id).await.view));
    }
    let numbers: Vec<_> = old.iter().map(|fence| fence.attempt.number()).collect();
    assert_eq!((numbers.as_slice(), get(store, "a").await.attempts()), ([1, 2, 3].as_slice(), 3));
}

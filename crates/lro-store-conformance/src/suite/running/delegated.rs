//! Operations that others finish: running, and held by no worker.

use lro_store::{
    Attempt, Beginning, DelegateId, FailureCode, Fence, Holder, Interruption, ManualClock, NewOperation,
    Report, StateKind, Store, WriteResult,
};

use crate::suite::support::{
    APPLIED, LEASE, SECOND, cancel, claim, code, create, expire, fence, finish, get, held, live, name,
    operation, pass, payload, reclaim, release, report, response, worker,
};

fn delegated(text: &str) -> NewOperation {
    operation(text).with_beginning(Beginning::Delegated(DelegateId::new("secret")))
}

pub(crate) async fn whoever_has_the_secret_finishes_it_once(store: &impl Store, _: &ManualClock) {
    let view = create(store, delegated("a")).await;
    let right = Fence {
        name: name("a"),
        holder: Holder::Delegate(DelegateId::new("secret")),
        attempt: Attempt::FIRST,
    };
    assert_eq!(view.fence().as_ref(), Some(&right));
    live(store, "secret").await;
    for holder in [
        Holder::Delegate(DelegateId::new("Secret")),
        Holder::Delegate(DelegateId::new("")),
        Holder::Worker(worker("secret")),
    ] {
        let wrong = Fence { holder, ..right.clone() };
        assert_eq!(finish(store, &wrong, "forged").await, WriteResult::Lost);
    }
    assert_eq!(get(store, "a").await, view);
    let half = Report::new(right.clone()).metadata(payload("50 %"));
    assert_eq!(report(store, half).await, APPLIED);
    assert_eq!(finish(store, &right, "ok").await, APPLIED);
    assert_eq!(finish(store, &right, "again").await, WriteResult::Done);
    let done = get(store, "a").await;
    assert_eq!((done.outcome(), done.metadata()), (Some(&response("ok")), Some(&payload("50 %"))));
}

pub(crate) async fn no_worker_has_it(store: &impl Store, clock: &ManualClock) {
    create(store, delegated("a")).await;
    live(store, "secret").await;
    pass(store, clock, LEASE * 2, &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 0);
    assert!(claim(store, "elder", 1).await.is_empty());
    assert!(held(store, "secret").await.is_empty());
    store.leave(&worker("secret")).await.unwrap();
    clock.advance(lro_store::Worker::MEMORY);
    crate::suite::support::purge(store).await;
    pass(store, clock, LEASE * 2, &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 0);
    let view = get(store, "a").await;
    assert_eq!((view.kind(), view.last_attempt()), (StateKind::Running, Some(Attempt::FIRST)));
    assert_eq!(finish(store, &fence(&view), "ok").await, APPLIED);
}

pub(crate) async fn a_cancel_ends_it_at_once(store: &impl Store, _: &ManualClock) {
    let right = fence(&create(store, delegated("a")).await);
    cancel(store, "a").await;
    assert_eq!(code(&get(store, "a").await), Some(FailureCode::CANCELLED));
    assert_eq!(finish(store, &right, "late").await, WriteResult::Done);
    assert_eq!(code(&get(store, "a").await), Some(FailureCode::CANCELLED));
}

pub(crate) async fn its_deadline_ends_it(store: &impl Store, clock: &ManualClock) {
    let right = fence(&create(store, delegated("a").with_deadline(SECOND)).await);
    create(store, delegated("b")).await;
    clock.advance(SECOND);
    assert_eq!(expire(store).await, 1);
    assert_eq!(code(&get(store, "a").await), Some(FailureCode::DEADLINE_EXCEEDED));
    assert_eq!(finish(store, &right, "late").await, WriteResult::Done);
    assert_eq!(get(store, "b").await.kind(), StateKind::Running);
}

pub(crate) async fn handed_back_it_ends_because_no_worker_does_it(store: &impl Store, _: &ManualClock) {
    let right = fence(&create(store, delegated("a")).await);
    assert_eq!(release(store, &right, Interruption::begun()).await, APPLIED);
    assert_eq!(code(&get(store, "a").await), Some(FailureCode::ABORTED));
    assert_eq!(finish(store, &right, "late").await, WriteResult::Done);
    live(store, "w").await;
    assert!(claim(store, "w", 1).await.is_empty());
}

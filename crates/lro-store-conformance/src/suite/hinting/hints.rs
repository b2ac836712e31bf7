//! Hints of changes.

use std::time::Duration;

use lro_store::{Change, Changes, Interruption, NewOperation, OnConflict, StopReason, Store, StoreExt};

use crate::Harness;
use crate::run::Fixture;
use crate::suite::support::{
    LEASE, METHOD, OTHER_METHOD, SECOND, begin, cancel, claim_of, claim_one, claimed, create, done,
    exclusive, expire, failure, fence, finish, live, name, operation, pass, payload, reclaim, release,
    worker,
};

/// How long a hint may take, in real time.
pub(super) const SOON: Duration = Duration::from_secs(10);

/// Waits for a hint. Others may come before it.
pub(super) async fn expect(changes: &mut Changes, wanted: Change) {
    let wait = async { while changes.recv().await.expect("the store is there") != wanted {} };
    tokio::time::timeout(SOON, wait).await.unwrap_or_else(|_| panic!("no hint came: {wanted:?}"));
}

fn work() -> Change {
    Change::Claimable(METHOD.into())
}

fn other_work() -> Change {
    Change::Claimable(OTHER_METHOD.into())
}

fn other(text: &str) -> NewOperation {
    NewOperation::new(name(text), OTHER_METHOD, payload("request"))
}

fn queued(new: NewOperation) -> NewOperation {
    exclusive(new, "k", OnConflict::Queue)
}

pub(crate) async fn work_that_can_be_claimed_is_hinted<H: Harness>(fixture: &mut Fixture<H>) {
    let (store, clock) = (fixture.store(), &fixture.clock);
    let mut changes = store.changes();
    create(store, operation("a")).await;
    expect(&mut changes, work()).await;
    create(store, claimed("b", "unknown")).await;
    expect(&mut changes, work()).await;
    live(store, "w").await;
    let a = fence(&claim_one(store, "w").await.view);
    claim_one(store, "w").await;
    release(store, &a, Interruption::not_begun()).await;
    expect(&mut changes, work()).await;
    claim_one(store, "w").await;
    store.leave(&worker("w")).await.unwrap();
    expect(&mut changes, work()).await;
    live(store, "dead").await;
    claim_one(store, "dead").await;
    claim_one(store, "dead").await;
    pass(store, clock, LEASE, &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 2);
    expect(&mut changes, work()).await;
}

pub(crate) async fn the_end_of_an_operation_is_hinted<H: Harness>(fixture: &mut Fixture<H>) {
    let (store, clock) = (fixture.store(), &fixture.clock);
    let mut changes = store.changes();
    let a = begin(store, "a", "w").await;
    finish(store, &a, "ok").await;
    expect(&mut changes, Change::Done(name("a"))).await;
    create(store, operation("b")).await;
    cancel(store, "b").await;
    expect(&mut changes, Change::Done(name("b"))).await;
    let c = begin(store, "c", "w").await;
    cancel(store, "c").await;
    expect(&mut changes, Change::StopRequested(name("c"), StopReason::Cancelled)).await;
    release(store, &c, Interruption::begun()).await;
    expect(&mut changes, Change::Done(name("c"))).await;
    create(store, operation("d").with_deadline(SECOND)).await;
    clock.advance(SECOND);
    assert_eq!(expire(store).await, 1);
    expect(&mut changes, Change::Done(name("d"))).await;
    begin(store, "e", "w").await;
    cancel(store, "e").await;
    store.leave(&worker("w")).await.unwrap();
    expect(&mut changes, Change::Done(name("e"))).await;
}

pub(crate) async fn a_request_to_stop_is_hinted_with_its_reason<H: Harness>(fixture: &mut Fixture<H>) {
    let (store, clock) = (fixture.store(), &fixture.clock);
    let mut changes = store.changes();
    begin(store, "a", "w").await;
    cancel(store, "a").await;
    expect(&mut changes, Change::StopRequested(name("a"), StopReason::Cancelled)).await;
    create(store, queued(claimed("b", "w"))).await;
    create(store, exclusive(operation("c"), "k", OnConflict::Preempt)).await;
    expect(&mut changes, Change::StopRequested(name("b"), StopReason::Preempted(name("c")))).await;
    create(store, claimed("d", "w").with_deadline(SECOND)).await;
    clock.advance(SECOND);
    assert_eq!(expire(store).await, 1);
    expect(&mut changes, Change::StopRequested(name("d"), StopReason::DeadlineExceeded)).await;
}

pub(crate) async fn a_deletion_is_hinted<H: Harness>(fixture: &mut Fixture<H>) {
    let store = fixture.store();
    let (mut one, mut two) = (store.changes(), store.changes());
    begin(store, "a", "w").await;
    create(store, done("b")).await;
    for id in ["a", "b"] {
        store.delete_one(&name(id)).await.unwrap();
        expect(&mut one, Change::Deleted(name(id))).await;
        expect(&mut two, Change::Deleted(name(id))).await;
    }
}

pub(crate) async fn the_next_holder_of_a_key_is_hinted<H: Harness>(fixture: &mut Fixture<H>) {
    let (store, clock) = (fixture.store(), &fixture.clock);
    live(store, "w").await;
    let mut changes = store.changes();
    for (round, how) in ["finish", "cancel", "delete", "leave"].into_iter().enumerate() {
        let (first, second) = (format!("a{round}"), format!("b{round}"));
        let running = fence(&create(store, queued(claimed(&first, "w"))).await);
        clock.advance(SECOND);
        create(store, queued(other(&second))).await;
        match how {
            "finish" => assert!(finish(store, &running, "ok").await.is_applied()),
            "cancel" => {
                cancel(store, &first).await;
                release(store, &running, Interruption::begun()).await;
            }
            "delete" => assert!(store.delete_one(&running.name).await.unwrap()),
            _ => {
                cancel(store, &first).await;
                store.leave(&worker("w")).await.unwrap();
            }
        }
        expect(&mut changes, other_work()).await;
        assert!(store.delete_one(&name(&second)).await.unwrap());
        expect(&mut changes, Change::Deleted(name(&second))).await;
    }
}

pub(crate) async fn the_next_holder_is_hinted_also_if_it_was_delayed_before<H: Harness>(
    fixture: &mut Fixture<H>,
) {
    let (store, clock) = (fixture.store(), &fixture.clock);
    live(store, "w").await;
    let mut changes = store.changes();
    let running = fence(&create(store, queued(claimed("a", "w"))).await);
    clock.advance(SECOND);
    create(store, queued(other("b")).with_delay(SECOND)).await;
    clock.advance(SECOND);
    finish(store, &running, "ok").await;
    expect(&mut changes, other_work()).await;
    let second = fence(&claim_of(store, "w", OTHER_METHOD, 1).await.pop().expect("it can be claimed").view);

    clock.advance(SECOND);
    let third = fence(
        &create(store, operation("c").with_beginning(lro_store::Beginning::ClaimedBy(worker("w")))).await,
    );
    release(store, &second, Interruption::retry(failure("busy"), SECOND)).await;
    cancel(store, "b").await;
    expect(&mut changes, Change::Done(name("b"))).await;
    assert!(finish(store, &third, "ok").await.is_applied());
}

pub(crate) async fn a_newcomer_is_hinted_when_what_it_preempts_has_stopped<H: Harness>(
    fixture: &mut Fixture<H>,
) {
    let store = fixture.store();
    live(store, "w").await;
    let mut changes = store.changes();
    let running = fence(&create(store, queued(claimed("a", "w"))).await);
    create(store, exclusive(other("b"), "k", OnConflict::Preempt)).await;
    expect(&mut changes, Change::StopRequested(name("a"), StopReason::Preempted(name("b")))).await;
    release(store, &running, Interruption::begun()).await;
    expect(&mut changes, other_work()).await;
}

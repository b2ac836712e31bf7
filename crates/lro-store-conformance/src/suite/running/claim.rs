//! Claims: who gets what, and in which order.

use lro_store::{Claim, Clock, ManualClock, NewOperation, Record, State, Store, StoreExt};

use crate::suite::support::{
    IDLE_CALLS, METHOD, MICRO, OTHER_METHOD, SECOND, attempt, cancel, claim, claim_one, create, done, expire,
    fence, finish, get, later, live, name, names, operation, payload, release, worker,
};

fn other(text: &str) -> NewOperation {
    NewOperation::new(name(text), OTHER_METHOD, payload("request"))
}

/// Claims operations of both methods within these limits, in as many calls as it takes.
async fn claim_both(store: &impl Store, limit: usize, work: usize, other: usize) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    let mut idle = 0;
    while idle < IDLE_CALLS {
        let count = |method| records.iter().filter(|record| &**record.view.method() == method).count();
        let both = Claim::new(worker("w"), limit - records.len())
            .method(METHOD, work - count(METHOD))
            .method(OTHER_METHOD, other - count(OTHER_METHOD));
        let some = store.claim(&both).await.unwrap();
        idle = if some.is_empty() { idle + 1 } else { 0 };
        records.extend(some);
    }
    records
}

pub(crate) async fn the_oldest_is_claimed_first_and_once(store: &impl Store, clock: &ManualClock) {
    for id in ["c", "a", "b"] {
        create(store, operation(id)).await;
        clock.advance(MICRO);
    }
    for id in ["e", "d", "D"] {
        create(store, operation(id)).await;
    }
    live(store, "one").await;
    live(store, "two").await;
    let mut claimed = claim(store, "one", 2).await;
    claimed.extend(claim(store, "two", 2).await);
    claimed.extend(claim(store, "one", 9).await);
    assert_eq!(names(&claimed), ["c", "a", "b", "D", "d", "e"], "of one time, by name in byte order");
    assert!(claim(store, "two", 2).await.is_empty());
}

pub(crate) async fn the_highest_priority_is_claimed_first(store: &impl Store, clock: &ManualClock) {
    for (id, priority) in [("a", -1), ("b", 0), ("c", i16::MAX), ("d", 0), ("e", i16::MIN), ("f", 7)] {
        create(store, operation(id).with_priority(priority)).await;
        clock.advance(MICRO);
    }
    create(store, other("g").with_priority(3)).await;
    live(store, "w").await;
    let mut claimed = Vec::new();
    for _ in 0..7 {
        claimed.extend(claim_both(store, 1, 1, 1).await);
    }
    assert_eq!(names(&claimed), ["c", "f", "g", "b", "d", "a", "e"]);
}

pub(crate) async fn what_is_claimed_is_whole(store: &impl Store, clock: &ManualClock) {
    let new = operation("a").with_metadata(payload("0 %")).with_priority(3).with_deadline(SECOND * 60);
    let record = new.clone().into_record(clock.now(), false);
    create(store, new).await;
    clock.advance(SECOND);
    live(store, "w").await;
    let claimed = claim_one(store, "w").await;
    let expected = record.view.claim(&worker("w"), clock.now()).unwrap();
    assert_eq!(claimed, Record::new(expected.clone(), payload("request"), None));
    assert_eq!(get(store, "a").await, expected);
}

pub(crate) async fn a_worker_gets_only_what_it_has_handlers_for(store: &impl Store, _: &ManualClock) {
    create(store, operation("a")).await;
    create(store, other("b")).await;
    live(store, "w").await;
    assert!(store.claim(&Claim::new(worker("w"), 10)).await.unwrap().is_empty());
    for close in ["/test.Service/work", "/test.Service/Wor_", "/test.Service/%", "/test.Service/Work ", ""] {
        let claim = Claim::new(worker("w"), 10).method(close, 10);
        assert!(store.claim(&claim).await.unwrap().is_empty(), "{close:?}");
    }
    assert_eq!(names(&claim(store, "w", 10).await), ["a"]);
    assert_eq!(names(&claim_both(store, 10, 10, 10).await), ["b"]);
}

pub(crate) async fn a_claim_has_a_limit_and_each_method_its_own(store: &impl Store, clock: &ManualClock) {
    for number in 0..6 {
        create(store, operation(&format!("a{number}"))).await;
        clock.advance(MICRO);
        create(store, other(&format!("b{number}"))).await;
        clock.advance(MICRO);
    }
    live(store, "w").await;
    assert!(claim_both(store, 0, 5, 5).await.is_empty());
    assert!(claim_both(store, 5, 0, 0).await.is_empty());
    assert_eq!(names(&claim_both(store, 10, 1, 2).await), ["a0", "b0", "b1"]);
    assert_eq!(names(&claim_both(store, 3, 10, 0).await), ["a1", "a2", "a3"]);
    assert_eq!(names(&claim_both(store, 2, 10, 10).await), ["b2", "b3"], "the oldest of all methods");
    assert_eq!(names(&claim_both(store, 10, 10, 10).await), ["a4", "b4", "a5", "b5"]);
}

pub(crate) async fn nothing_is_claimed_before_its_time(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    let first = create(store, operation("a").with_priority(9).with_delay(SECOND)).await;
    let state = State::Queued { not_before: Some(later(clock, SECOND)), last_attempt: None };
    assert_eq!(first.state(), &state);
    create(store, operation("b")).await;
    assert_eq!(names(&claim(store, "w", 1).await), ["b"], "it keeps nobody waiting");
    clock.advance(SECOND - MICRO);
    assert!(claim(store, "w", 1).await.is_empty());
    clock.advance(MICRO);
    create(store, operation("c").with_priority(8)).await;
    let claimed = claim(store, "w", 2).await;
    assert_eq!(names(&claimed), ["a", "c"], "then its priority counts");

    let retry = lro_store::Interruption::retry(crate::suite::support::failure("busy"), SECOND * 3);
    assert!(release(store, &fence(&claimed[0].view), retry).await.is_applied());
    clock.advance(SECOND * 3 - MICRO);
    assert!(claim(store, "w", 1).await.is_empty());
    clock.advance(MICRO);
    assert_eq!(claim_one(store, "w").await.view.last_attempt(), Some(attempt(2)));
}

pub(crate) async fn a_clock_that_steps_back_makes_what_is_due_wait_again(
    store: &impl Store,
    clock: &ManualClock,
) {
    live(store, "w").await;
    let start = clock.now();
    create(store, operation("a").with_delay(SECOND)).await;
    create(store, operation("done").with_delay(SECOND)).await;
    clock.advance(SECOND);
    assert_eq!(claim(store, "w", 1).await.len(), 1, "now they are due");
    clock.set(start);
    assert!(claim(store, "w", 1).await.is_empty());
    clock.advance(SECOND);
    assert_eq!(claim(store, "w", 1).await.len(), 1);
}

pub(crate) async fn what_is_past_its_deadline_is_not_claimed(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    create(store, operation("a").with_priority(9).with_deadline(SECOND)).await;
    create(store, operation("b").with_priority(9).with_deadline(SECOND)).await;
    create(store, operation("c")).await;
    clock.advance(SECOND - MICRO);
    assert_eq!(names(&claim(store, "w", 1).await), ["a"], "a moment before");
    clock.advance(MICRO);
    assert_eq!(names(&claim(store, "w", 1).await), ["c"], "it keeps nobody waiting");
    assert!(claim(store, "w", 1).await.is_empty());
    assert_eq!(expire(store).await, 2, "whether it runs or waits");
}

pub(crate) async fn only_what_is_queued_is_claimed(store: &impl Store, _: &ManualClock) {
    live(store, "w").await;
    create(store, done("done")).await;
    create(store, operation("cancelled")).await;
    cancel(store, "cancelled").await;
    create(store, operation("deleted")).await;
    store.delete_one(&name("deleted")).await.unwrap();
    create(store, operation("a")).await;
    let first = claim_one(store, "w").await;
    assert_eq!(first.name(), &name("a"));
    finish(store, &fence(&first.view), "ok").await;
    live(store, "other").await;
    assert!(claim(store, "other", 10).await.is_empty());
}

//! Cancels and deadlines.

use lro_store::{
    Beginning, DelegateId, FailureCode, Interruption, ManualClock, NewOperation, StateKind, StopReason,
    Store, StoreExt, WriteResult,
};

use crate::suite::support::{
    APPLIED, LEASE, MICRO, SECOND, attempt, begin, cancel, claim, claimed, code, create, done, ended_names,
    expire, expire_all, fence, find, finish, get, later, live, name, operation, release, response, worker,
};

fn delegated(new: NewOperation) -> NewOperation {
    new.with_beginning(Beginning::Delegated(DelegateId::new("secret")))
}

pub(crate) async fn what_is_queued_is_cancelled_without_ever_running(
    store: &impl Store,
    clock: &ManualClock,
) {
    live(store, "w").await;
    create(store, operation("a")).await;
    create(store, operation("delayed").with_delay(SECOND)).await;
    let waiting = begin(store, "waiting", "w").await;
    release(store, &waiting, Interruption::retry(crate::suite::support::failure("busy"), SECOND)).await;
    for id in ["a", "delayed", "waiting"] {
        cancel(store, id).await;
        let ended = get(store, id).await;
        assert_eq!(code(&ended), Some(FailureCode::CANCELLED));
        assert_eq!(ended.last_attempt(), (id == "waiting").then_some(attempt(1)));
        cancel(store, id).await;
        assert_eq!(get(store, id).await, ended, "a second time changes nothing");
    }
    clock.advance(SECOND);
    assert!(claim(store, "w", 10).await.is_empty());
    assert!(!store.request_cancel_one(&name("missing")).await.unwrap());
    assert_eq!(find(store, "missing").await, None);
}

pub(crate) async fn a_cancel_request_does_not_decide_the_outcome(store: &impl Store, _: &ManualClock) {
    let first = begin(store, "a", "w").await;
    cancel(store, "a").await;
    let asked = get(store, "a").await;
    assert_eq!((asked.kind(), asked.stop()), (StateKind::Running, Some(&StopReason::Cancelled)));
    cancel(store, "a").await;
    assert_eq!(get(store, "a").await, asked);
    assert_eq!(finish(store, &first, "all the same").await, APPLIED);
    cancel(store, "a").await;
    assert_eq!(get(store, "a").await.outcome(), Some(&response("all the same")));
}

pub(crate) async fn cancelled_work_that_is_handed_back_is_over(store: &impl Store, _: &ManualClock) {
    for (id, how) in [
        ("a", Interruption::begun()),
        ("b", Interruption::not_begun()),
        ("c", Interruption::retry(crate::suite::support::failure("busy"), SECOND)),
    ] {
        let fence = begin(store, id, "w").await;
        cancel(store, id).await;
        assert_eq!(release(store, &fence, how).await, APPLIED);
        assert_eq!(code(&get(store, id).await), Some(FailureCode::CANCELLED));
    }
    assert!(claim(store, "w", 10).await.is_empty());
}

pub(crate) async fn a_deadline_ends_what_waits_and_stops_what_runs(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    let hour = SECOND * 3_600;
    create(store, operation("queued").with_deadline(hour)).await;
    create(store, operation("delayed").with_deadline(hour).with_delay(hour * 2)).await;
    create(store, operation("none")).await;
    create(store, operation("later").with_deadline(hour * 2)).await;
    create(store, done("done").with_deadline(hour)).await;
    let running = create(store, claimed("running", "w").with_deadline(hour)).await;
    assert_eq!(running.deadline(), Some(later(clock, hour)));
    clock.advance(hour - MICRO);
    assert_eq!(expire(store).await, 0);
    clock.advance(MICRO);
    assert_eq!(get(store, "queued").await.kind(), StateKind::Queued, "a deadline does nothing by itself");
    assert_eq!(expire(store).await, 3);
    for id in ["queued", "delayed"] {
        assert_eq!(code(&get(store, id).await), Some(FailureCode::DEADLINE_EXCEEDED), "{id}");
    }
    let asked = get(store, "running").await;
    assert_eq!((asked.kind(), asked.stop()), (StateKind::Running, Some(&StopReason::DeadlineExceeded)));
    assert_eq!(get(store, "done").await.outcome(), Some(&response("done")));
    assert_eq!(release(store, &fence(&asked), Interruption::begun()).await, APPLIED);
    assert_eq!(code(&get(store, "running").await), Some(FailureCode::DEADLINE_EXCEEDED));
    assert_eq!(claim(store, "w", 10).await.len(), 2, "those that have time left");
}

pub(crate) async fn a_look_at_deadlines_tells_which_have_ended(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    for id in ["delegated", "queued", "retried"] {
        let new = operation(id).with_deadline(SECOND);
        create(store, if id == "delegated" { delegated(new) } else { new }).await;
    }
    let tried = claim(store, "w", 2).await;
    let failed = Interruption::retry(crate::suite::support::failure("busy"), LEASE);
    for record in tried {
        let how = if record.name() == &name("retried") { failed.clone() } else { Interruption::not_begun() };
        release(store, &fence(&record.view), how).await;
    }
    create(store, claimed("running", "w").with_deadline(SECOND)).await;
    clock.advance(SECOND);
    let sweeps = expire_all(store, 100).await;
    assert_eq!(sweeps.iter().map(|sweep| sweep.count).sum::<usize>(), 4);
    assert_eq!(ended_names(&sweeps), ["delegated", "queued", "retried"], "the one that runs has not ended");
    for ended in sweeps.iter().flat_map(|sweep| &sweep.ended) {
        assert_eq!(get(store, ended.name().id()).await, *ended, "as it now is");
    }
}

pub(crate) async fn a_deadline_leaves_the_outcome_to_the_work(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    let first = fence(&create(store, claimed("a", "w").with_deadline(SECOND)).await);
    clock.advance(SECOND);
    assert_eq!(expire(store).await, 1);
    assert_eq!(finish(store, &first, "just in time").await, APPLIED);
    assert_eq!(get(store, "a").await.outcome(), Some(&response("just in time")));
}

pub(crate) async fn the_first_reason_to_stop_stays(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    let cancelled = fence(&create(store, claimed("a", "w").with_deadline(SECOND)).await);
    create(store, claimed("b", "w").with_deadline(SECOND)).await;
    cancel(store, "a").await;
    clock.advance(SECOND);
    assert_eq!(expire(store).await, 1, "one is asked to stop already");
    cancel(store, "b").await;
    assert_eq!(get(store, "a").await.stop(), Some(&StopReason::Cancelled));
    assert_eq!(get(store, "b").await.stop(), Some(&StopReason::DeadlineExceeded));
    release(store, &cancelled, Interruption::begun()).await;
    store.leave(&worker("w")).await.unwrap();
    assert_eq!(code(&get(store, "a").await), Some(FailureCode::CANCELLED));
    assert_eq!(code(&get(store, "b").await), Some(FailureCode::DEADLINE_EXCEEDED));
}

pub(crate) async fn a_deadline_spans_all_attempts(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    let first = fence(&create(store, claimed("a", "w").with_deadline(LEASE)).await);
    clock.advance(LEASE - SECOND);
    release(store, &first, Interruption::begun()).await;
    assert_eq!(claim(store, "w", 1).await.len(), 1);
    clock.advance(SECOND);
    assert_eq!(expire(store).await, 1);
    store.leave(&worker("w")).await.unwrap();
    assert_eq!(code(&get(store, "a").await), Some(FailureCode::DEADLINE_EXCEEDED));
    assert_eq!(finish(store, &first, "late").await, WriteResult::Done);
}

pub(crate) async fn deadlines_are_looked_after_a_few_at_a_time(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    for number in 0..4 {
        create(store, claimed(&format!("stopping-{number}"), "w").with_deadline(MICRO)).await;
    }
    clock.advance(MICRO);
    assert_eq!(expire(store).await, 4);
    for number in 0..7 {
        create(store, operation(&number.to_string()).with_deadline(SECOND)).await;
    }
    clock.advance(SECOND * 9);
    let sweeps = expire_all(store, 3).await;
    let counts: Vec<_> = sweeps.iter().map(|sweep| sweep.count).collect();
    assert_eq!(counts.iter().sum::<usize>(), 7, "those that stop already keep nobody waiting: {counts:?}");
    assert_eq!(ended_names(&sweeps), ["0", "1", "2", "3", "4", "5", "6"]);
    for number in 0..7 {
        let ended = get(store, &number.to_string()).await;
        assert_eq!(code(&ended), Some(FailureCode::DEADLINE_EXCEEDED));
    }
}

//! Reports, ends and releases of running work, and who may write them.

use lro_store::{
    Attempt, Clock, DelegateId, Fence, Finish, Holder, InTransaction, Interruption, ManualClock, Release,
    Report, StopReason, Store, StoreExt, View, WriteResult,
};

use crate::suite::support::{
    APPLIED, SECOND, applied_to_stopping, begin, cancel, claim_one, fence, finish, get, held, live, name,
    payload, release, report, response, worker,
};

/// Tries every kind of write with a fence that does not hold; what they all became.
async fn refused(store: &impl Store, fence: &Fence) -> WriteResult {
    let report = Report::new(fence.clone()).metadata(payload("stale")).checkpoint(payload("stale"));
    let release = Release::new(fence.clone(), Interruption::begun()).metadata(Some(payload("stale")));
    let finish = Finish::new(fence.clone(), response("stale")).metadata(Some(payload("stale")));
    let reported = store.report(vec![report]).await.unwrap().remove(0);
    assert_eq!(store.release(vec![release]).await.unwrap(), std::slice::from_ref(&reported));
    assert_eq!(store.finish(vec![finish]).await.unwrap(), std::slice::from_ref(&reported));
    reported
}

fn with_holder(fence: &Fence, holder: Holder) -> Fence {
    Fence { holder, ..fence.clone() }
}

pub(crate) async fn only_the_current_claim_writes(store: &impl Store, _: &ManualClock) {
    let first = begin(store, "a", "w").await;
    release(store, &first, Interruption::begun()).await;
    assert_eq!(refused(store, &first).await, WriteResult::Lost, "nobody has it");
    live(store, "other").await;
    let running = claim_one(store, "w").await;
    let current = fence(&running.view);
    for stale in [
        first.clone(),
        Fence { attempt: Attempt::new(3).unwrap(), ..current.clone() },
        with_holder(&current, Holder::Worker(worker("other"))),
        with_holder(&current, Holder::Worker(worker("W"))),
        with_holder(&current, Holder::Delegate(DelegateId::new("w"))),
    ] {
        assert_eq!(refused(store, &stale).await, WriteResult::Lost, "{stale:?}");
    }
    assert_eq!(get(store, "a").await, running.view, "nothing stale took effect");
    assert_eq!(finish(store, &current, "ok").await, APPLIED);
    for late in [first, current] {
        assert_eq!(refused(store, &late).await, WriteResult::Done);
    }
    let done = get(store, "a").await;
    assert_eq!((done.outcome(), done.metadata()), (Some(&response("ok")), None));
}

pub(crate) async fn work_of_a_deleted_operation_learns_it(store: &impl Store, _: &ManualClock) {
    let first = begin(store, "a", "w").await;
    assert!(store.delete_one(&name("a")).await.unwrap());
    assert!(!store.delete_one(&name("a")).await.unwrap());
    assert_eq!(refused(store, &first).await, WriteResult::Deleted);
    assert_eq!(store.get_one(&name("a")).await.unwrap(), None);
    assert!(held(store, "w").await.is_empty());
    assert!(store.keep_alive(&worker("w"), SECOND).await.unwrap().alive);

    crate::suite::support::create(store, crate::suite::support::operation("a")).await;
    assert_eq!(refused(store, &first).await, WriteResult::Lost, "another one has the name now");
    assert_eq!(get(store, "a").await.metadata(), None);
}

pub(crate) async fn a_write_tells_whether_to_stop(store: &impl Store, _: &ManualClock) {
    let first = begin(store, "a", "w").await;
    assert_eq!(report(store, Report::new(first.clone())).await, APPLIED);
    cancel(store, "a").await;
    let stop = applied_to_stopping(StopReason::Cancelled);
    assert_eq!(report(store, Report::new(first.clone()).metadata(payload("50 %"))).await, stop);
    assert_eq!(report(store, Report::new(first.clone()).checkpoint(payload("half"))).await, stop);
    assert_eq!(finish(store, &first, "all the same").await, APPLIED, "there is nothing to stop any more");
    assert_eq!(get(store, "a").await.outcome(), Some(&response("all the same")));
    let second = begin(store, "b", "w").await;
    cancel(store, "b").await;
    assert_eq!(release(store, &second, Interruption::begun()).await, APPLIED);
}

/// What became of a write that led to this.
fn applied_at(after: &View) -> WriteResult {
    WriteResult::Applied { stop: after.stop().cloned(), update_time: after.update_time() }
}

pub(crate) async fn a_write_tells_when_it_took_effect(store: &impl Store, clock: &ManualClock) {
    let first = begin(store, "a", "w").await;
    let created = get(store, "a").await.update_time();
    clock.advance(SECOND);
    let at = |update_time| WriteResult::Applied { stop: None, update_time };
    let reported = store.report_one(Report::new(first.clone()).checkpoint(payload("half"))).await.unwrap();
    assert_eq!(reported, at(created.saturating_add(SECOND)));
    // The time of the last update does not go back with the clock.
    clock.set(created);
    let reported = store.report_one(Report::new(first.clone()).metadata(payload("50 %"))).await.unwrap();
    assert_eq!(reported, at(created.saturating_add(SECOND)));
    let finished = store.finish_one(first, response("ok")).await.unwrap();
    assert_eq!(finished, at(created.saturating_add(SECOND)));
    assert_eq!(get(store, "a").await.update_time(), created.saturating_add(SECOND));
}

pub(crate) async fn each_write_is_its_transition(store: &impl Store, clock: &ManualClock) {
    let first = begin(store, "a", "w").await;
    clock.advance(SECOND);
    let write = async |metadata: Option<&str>| {
        let before = get(store, "a").await;
        let expected = before.report(&first, metadata.map(payload), clock.now()).unwrap();
        let mut report = Report::new(first.clone());
        report.metadata = metadata.map(payload);
        assert_eq!(store.report_one(report).await.unwrap(), applied_at(&expected));
        assert_eq!(get(store, "a").await, expected);
        clock.advance(SECOND);
    };
    write(Some("1")).await;
    write(None).await;
    assert_eq!(get(store, "a").await.metadata(), Some(&payload("1")), "nothing to report replaces nothing");

    let retry = Interruption::retry(crate::suite::support::failure("busy"), SECOND);
    let before = get(store, "a").await;
    let expected = before.release(&first, retry.clone(), Some(payload("2")), clock.now()).unwrap();
    let release = Release::new(first.clone(), retry).metadata(Some(payload("2")));
    assert_eq!(store.release(vec![release]).await.unwrap(), [applied_at(&expected)]);
    assert_eq!(get(store, "a").await, expected);
    clock.advance(SECOND);

    let second = claim_one(store, "w").await.view;
    clock.advance(SECOND);
    let expected = second.finish(&fence(&second), response("ok"), Some(payload("3")), clock.now()).unwrap();
    let finish = Finish::new(fence(&second), response("ok")).metadata(Some(payload("3")));
    assert_eq!(store.finish(vec![finish]).await.unwrap(), [applied_at(&expected)]);
    assert_eq!(get(store, "a").await, expected);
}

pub(crate) async fn a_write_that_cannot_bring_its_own_along_changes_nothing(
    store: &impl Store,
    _: &ManualClock,
) {
    let first = begin(store, "a", "w").await;
    let before = get(store, "a").await;
    let unknown = || Some(InTransaction::new("made for no store"));
    let report = Report::new(first.clone()).metadata(payload("50 %")).checkpoint(payload("half"));
    let reported = store.report_one(report.in_transaction(unknown())).await.unwrap();
    assert!(matches!(reported, WriteResult::Refused(_)), "{reported:?}");
    let end = Finish::new(first.clone(), response("ok")).in_transaction(unknown());
    let finished = store.finish(vec![end.clone()]).await.unwrap();
    assert!(matches!(finished[..], [WriteResult::Refused(_)]), "{finished:?}");
    assert_eq!(get(store, "a").await, before);
    release(store, &first, Interruption::begun()).await;
    assert_eq!(claim_one(store, "w").await.checkpoint, None);
    assert_eq!(store.finish(vec![end]).await.unwrap(), [WriteResult::Lost], "there is nothing to write");
}

pub(crate) async fn an_outcome_never_changes(store: &impl Store, clock: &ManualClock) {
    let first = begin(store, "a", "w").await;
    finish(store, &first, "first").await;
    let done = get(store, "a").await;
    clock.advance(SECOND);
    assert_eq!(finish(store, &first, "second").await, WriteResult::Done);
    let failure = lro_store::Outcome::Error(crate::suite::support::failure("late"));
    assert_eq!(store.finish_one(first.clone(), failure).await.unwrap(), WriteResult::Done);
    assert_eq!(release(store, &first, Interruption::begun()).await, WriteResult::Done);
    cancel(store, "a").await;
    store.leave(&worker("w")).await.unwrap();
    crate::suite::support::expire(store).await;
    assert_eq!(get(store, "a").await, done);
}

pub(crate) async fn a_clock_that_steps_back_makes_nothing_older(store: &impl Store, clock: &ManualClock) {
    let start = clock.now();
    clock.advance(SECOND * 100);
    let first = begin(store, "a", "w").await;
    let created = get(store, "a").await.create_time();
    clock.set(start);
    store.report_one(Report::new(first.clone()).metadata(payload("50 %"))).await.unwrap();
    assert_eq!(get(store, "a").await.update_time(), created);
    finish(store, &first, "ok").await;
    assert_eq!(get(store, "a").await.end_time(), Some(created));
}

//! An operation whose retention is over is as if it did not exist.

use std::time::Duration;

use lro_store::{
    Beginning, FailureCode, Fence, Finish, ListQuery, ManualClock, NewOperation, OnConflict, ParentPattern,
    Release, Report, Store, StoreExt, WriteResult,
};

use crate::suite::support::{
    MICRO, SECOND, begin, cancel, code, create, done, drain, exclusive, find, finish, get, list_names, name,
    operation, payload, purge, request_key, requested, response,
};

const KEEP: Duration = Duration::from_secs(60);

/// An operation that was finished by the one who shows this and is expired by now.
async fn expired(store: &impl Store, clock: &ManualClock) -> Fence {
    crate::suite::support::live(store, "w").await;
    let new = requested(crate::suite::support::claimed("a", "w"), "1").with_retention(KEEP);
    let fence = crate::suite::support::fence(&create(store, exclusive(new, "k", OnConflict::Abort)).await);
    assert!(finish(store, &fence, "ok").await.is_applied());
    clock.advance(KEEP - MICRO);
    assert!(find(store, "a").await.is_some(), "a moment before");
    clock.advance(MICRO);
    fence
}

pub(crate) async fn no_reader_sees_what_is_expired(store: &impl Store, clock: &ManualClock) {
    expired(store, clock).await;
    create(store, operation("b")).await;
    assert_eq!(store.get(vec![name("a"), name("b")]).await.unwrap()[0], None);
    assert_eq!(store.find_by_request(&request_key("1")).await.unwrap(), None);
    assert_eq!(list_names(store, "").await, ["operations/b"]);
    let mut query = ListQuery::new(ParentPattern::all(), 10);
    query.states = vec![lro_store::StateKind::Done];
    assert!(crate::suite::support::list(store, &query).await.is_empty());
}

pub(crate) async fn no_writer_reaches_what_is_expired(store: &impl Store, clock: &ManualClock) {
    let fence = expired(store, clock).await;
    let report = Report::new(fence.clone()).metadata(payload("late"));
    assert_eq!(store.report_one(report).await.unwrap(), WriteResult::Deleted);
    let release = Release::new(fence.clone(), lro_store::Interruption::begun());
    assert_eq!(store.release(vec![release]).await.unwrap(), [WriteResult::Deleted]);
    let finish = Finish::new(fence, response("late"));
    assert_eq!(store.finish(vec![finish]).await.unwrap(), [WriteResult::Deleted]);
    assert!(!store.request_cancel_one(&name("a")).await.unwrap());
    assert!(!store.delete_one(&name("a")).await.unwrap());
}

pub(crate) async fn a_name_is_free_once_it_is_expired(store: &impl Store, clock: &ManualClock) {
    expired(store, clock).await;
    let again = create(store, operation("a")).await;
    assert_eq!(get(store, "a").await, again);
    purge(store).await;
    assert_eq!(get(store, "a").await, again, "the new one is not expired");
    assert_eq!(store.find_by_request(&request_key("1")).await.unwrap(), None);
}

pub(crate) async fn a_request_id_is_free_once_it_is_expired(store: &impl Store, clock: &ManualClock) {
    expired(store, clock).await;
    let again = create(store, requested(operation("b"), "1")).await;
    purge(store).await;
    let found = store.find_by_request(&request_key("1")).await.unwrap();
    assert_eq!(found.map(|record| record.view), Some(again));
    assert_eq!(list_names(store, "").await, ["operations/b"]);
}

pub(crate) async fn a_name_and_a_request_id_of_two_expired_ones_are_free_together(
    store: &impl Store,
    clock: &ManualClock,
) {
    create(store, requested(done("a").with_retention(KEEP), "1")).await;
    create(store, requested(done("b").with_retention(KEEP), "2")).await;
    clock.advance(KEEP);
    let again = create(store, requested(operation("a"), "2")).await;
    purge(store).await;
    assert_eq!(get(store, "a").await, again);
    assert_eq!(store.find_by_request(&request_key("1")).await.unwrap(), None);
    assert_eq!(store.find_by_request(&request_key("2")).await.unwrap().map(|found| found.view), Some(again));
}

pub(crate) async fn only_what_is_done_expires(store: &impl Store, clock: &ManualClock) {
    let keep = |new: NewOperation| new.with_retention(KEEP);
    create(store, keep(operation("queued"))).await;
    crate::suite::support::live(store, "w").await;
    create(store, keep(crate::suite::support::claimed("running", "w"))).await;
    let delegated = Beginning::Delegated(lro_store::DelegateId::new("secret"));
    create(store, keep(operation("delegated")).with_beginning(delegated)).await;
    create(store, keep(done("done"))).await;
    clock.advance(KEEP * 10);
    assert_eq!(purge(store).await, 1);
    assert_eq!(list_names(store, "").await.len(), 3);
    cancel(store, "queued").await;
    assert_eq!(code(&get(store, "queued").await), Some(FailureCode::CANCELLED), "it counts from the end");
    clock.advance(KEEP);
    assert_eq!(find(store, "queued").await, None);
    purge(store).await;
    assert_eq!(list_names(store, "").await.len(), 2);
}

pub(crate) async fn each_is_kept_for_its_own_time(store: &impl Store, clock: &ManualClock) {
    for (id, seconds) in [("a", 3), ("b", 1), ("c", 2), ("d", 0)] {
        create(store, done(id).with_retention(SECOND * seconds)).await;
    }
    for left in [["a", "b", "c"].as_slice(), &["a", "c"], &["a"], &[]] {
        let mut names = list_names(store, "").await;
        names.sort();
        assert_eq!(names, left.iter().map(|id| name(id).to_string()).collect::<Vec<_>>());
        purge(store).await;
        clock.advance(SECOND);
    }
}

pub(crate) async fn nothing_is_kept_that_need_not_be(store: &impl Store, clock: &ManualClock) {
    let fence = begin(store, "other", "w").await;
    assert!(create(store, done("a").with_retention(Duration::ZERO)).await.is_done());
    assert_eq!(find(store, "a").await, None);
    create(store, operation("b").with_retention(Duration::ZERO)).await;
    cancel(store, "b").await;
    assert_eq!(find(store, "b").await, None);
    clock.advance(SECOND);
    assert!(finish(store, &fence, "ok").await.is_applied());
    assert!(find(store, "other").await.is_some());
}

pub(crate) async fn a_purge_takes_a_few_at_a_time(store: &impl Store, clock: &ManualClock) {
    // At once, so that a store that removes some as a whole has one that stays among them, and counts the others.
    let mut new: Vec<_> = (0..7).map(|number| done(&number.to_string()).with_retention(KEEP)).collect();
    new.push(done("kept"));
    store.create(new).await.unwrap();
    assert!(drain(3, |limit| store.purge(limit), |count| *count).await.is_empty());
    clock.advance(KEEP);
    let counts = drain(3, |limit| store.purge(limit), |count| *count).await;
    assert_eq!(counts.iter().sum::<usize>(), 7, "{counts:?}");
    assert_eq!(list_names(store, "").await, ["operations/kept"]);
}

//! Batches: none, one and the most items.

use lro_store::{
    Fence, Finish, ListQuery, MAX_BATCH, ManualClock, OperationName, ParentPattern, Release, Report, Store,
    WriteResult,
};

use crate::suite::support::{
    APPLIED, SECOND, all_timeless, applied_to_stopping, begin, cancel, claim, create, finish, get, held,
    list, live, name, operation, payload, release, response,
};

pub(crate) async fn empty_batches_do_nothing(store: &impl Store, _: &ManualClock) {
    let before = create(store, operation("a")).await;
    assert!(store.create(Vec::new()).await.unwrap().is_empty());
    assert!(store.get(Vec::new()).await.unwrap().is_empty());
    assert!(store.delete(Vec::new()).await.unwrap().is_empty());
    assert!(store.request_cancel(Vec::new()).await.unwrap().is_empty());
    assert!(store.report(Vec::new()).await.unwrap().is_empty());
    assert!(store.finish(Vec::new()).await.unwrap().is_empty());
    assert!(store.release(Vec::new()).await.unwrap().is_empty());
    assert_eq!(get(store, "a").await, before);
}

pub(crate) async fn a_batch_may_be_as_large_as_the_limit(store: &impl Store, _: &ManualClock) {
    let ids: Vec<OperationName> = (0..MAX_BATCH).map(|number| name(&format!("{number:04}"))).collect();
    let new = ids.iter().map(|id| operation(id.as_str())).collect();
    let created = store.create(new).await.unwrap();
    assert!(
        created
            .into_iter()
            .zip(&ids)
            .all(|(answer, id)| answer.created().is_some_and(|view| view.name() == id))
    );
    let views = store.get(ids.clone()).await.unwrap();
    assert!(views.iter().zip(&ids).all(|(view, id)| view.as_ref().is_some_and(|view| view.name() == id)));
    assert_eq!(list(store, &ListQuery::new(ParentPattern::all(), MAX_BATCH)).await.len(), MAX_BATCH);

    live(store, "w").await;
    let fences: Vec<Fence> =
        claim(store, "w", MAX_BATCH).await.iter().filter_map(|record| record.view.fence()).collect();
    assert_eq!(fences.len(), MAX_BATCH);
    let reports = fences.iter().map(|fence| Report::new(fence.clone()).checkpoint(payload("half"))).collect();
    assert_eq!(all_timeless(store.report(reports).await.unwrap()), vec![APPLIED; MAX_BATCH]);
    assert_eq!(store.request_cancel(ids.clone()).await.unwrap(), vec![true; MAX_BATCH]);
    let finishes = fences.iter().map(|fence| Finish::new(fence.clone(), response("ok"))).collect();
    assert_eq!(all_timeless(store.finish(finishes).await.unwrap()), vec![APPLIED; MAX_BATCH]);
    assert_eq!(store.delete(ids.clone()).await.unwrap(), vec![true; MAX_BATCH]);
    assert!(store.get(ids).await.unwrap().iter().all(Option::is_none));
}

pub(crate) async fn writes_are_answered_in_order_and_item_by_item(store: &impl Store, clock: &ManualClock) {
    let mut fences = Vec::new();
    for id in ["deleted", "lost", "done", "running", "stopping"] {
        fences.push(begin(store, id, "w").await);
        clock.advance(SECOND);
    }
    store.delete(vec![name("deleted"), name("missing")]).await.unwrap();
    release(store, &fences[1], lro_store::Interruption::begun()).await;
    finish(store, &fences[2], "first").await;
    cancel(store, "stopping").await;
    let stop = applied_to_stopping(lro_store::StopReason::Cancelled);
    let expected = [WriteResult::Deleted, WriteResult::Lost, WriteResult::Done];

    let reports = fences.iter().map(|fence| Report::new(fence.clone()).metadata(payload("50 %")));
    let answers = all_timeless(store.report(reports.collect()).await.unwrap());
    assert_eq!(answers, [&expected[..], &[APPLIED, stop]].concat());
    let finishes = fences[..4].iter().map(|fence| Finish::new(fence.clone(), response("second")));
    let answers = all_timeless(store.finish(finishes.collect()).await.unwrap());
    assert_eq!(answers, [&expected[..], &[APPLIED]].concat());
    let releases = fences.iter().map(|fence| Release::new(fence.clone(), lro_store::Interruption::begun()));
    let answers = all_timeless(store.release(releases.collect()).await.unwrap());
    assert_eq!(answers, [&expected[..], &[WriteResult::Done, APPLIED]].concat());

    assert_eq!(get(store, "done").await.outcome(), Some(&response("first")));
    assert_eq!(get(store, "running").await.outcome(), Some(&response("second")));
    assert!(held(store, "w").await.is_empty());
    let cancelled = ["lost", "missing", "done", "stopping"].map(name).to_vec();
    assert_eq!(store.request_cancel(cancelled).await.unwrap(), [true, false, true, true]);
    let deleted = ["missing", "done", "deleted", "lost"].map(name).to_vec();
    assert_eq!(store.delete(deleted).await.unwrap(), [false, true, false, true]);
}

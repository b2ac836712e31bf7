//! Operations that pre-empt others of their key.

use lro_store::{
    Beginning, Created, Creation, DelegateId, FailureCode, Interruption, ManualClock, NewOperation,
    OnConflict, StateKind, StopReason, Store, StoreExt,
};

use crate::suite::support::{
    APPLIED, LEASE, MICRO, begin, claim, claimed, code, create, exclusive, fence, finish, get, list_names,
    live, message, name, names, operation, release, requested, worker,
};

fn abort(new: NewOperation) -> NewOperation {
    exclusive(new, "k", OnConflict::Abort)
}

fn preempt(new: NewOperation) -> NewOperation {
    exclusive(new, "k", OnConflict::Preempt)
}

pub(crate) async fn preempt_ends_what_waits_and_stops_what_runs(store: &impl Store, clock: &ManualClock) {
    let running = begin(store, "unrelated", "w").await;
    let a = fence(&create(store, abort(claimed("a", "w"))).await);
    clock.advance(MICRO);
    for id in ["b", "c"] {
        create(store, exclusive(operation(id), "k", OnConflict::Queue)).await;
    }
    let newcomer = create(store, preempt(claimed("n", "w"))).await;
    assert_eq!(newcomer.kind(), StateKind::Queued, "the one that runs has not stopped");
    let reason = StopReason::Preempted(name("n"));
    for id in ["b", "c"] {
        let ended = get(store, id).await;
        assert_eq!((code(&ended), ended.last_attempt()), (Some(FailureCode::ABORTED), None));
        assert!(message(&ended).contains("operations/n"), "it names the newcomer");
    }
    let kept = store.keep_alive(&worker("w"), LEASE).await.unwrap();
    let stops: Vec<_> = kept.stops.iter().map(|stop| (&stop.name, &stop.reason)).collect();
    assert_eq!(stops, [(&name("a"), &reason)]);
    assert!(claim(store, "w", 10).await.is_empty());
    let aborts = store.create_one(abort(operation("refused"))).await.unwrap();
    assert_eq!(aborts, Creation::KeyHeld(name("a")));

    assert_eq!(release(store, &a, Interruption::begun()).await, APPLIED);
    let ended = get(store, "a").await;
    assert_eq!((code(&ended), message(&ended)), (Some(reason.code()), reason.to_string().as_str()));
    assert_eq!(names(&claim(store, "w", 10).await), ["n"]);
    assert!(finish(store, &running, "ok").await.is_applied());
}

pub(crate) async fn a_newcomer_runs_at_once_if_nobody_is_left(store: &impl Store, _: &ManualClock) {
    live(store, "w").await;
    let delegated = abort(operation("a")).with_beginning(Beginning::Delegated(DelegateId::new("secret")));
    create(store, delegated).await;
    let second = create(store, preempt(claimed("b", "w"))).await;
    assert_eq!(second.kind(), StateKind::Running, "no worker has to stop");
    assert_eq!(code(&get(store, "a").await), Some(FailureCode::ABORTED));
    let third = create(store, preempt(claimed("c", "w"))).await;
    assert_eq!(third.kind(), StateKind::Queued);
    let fourth = create(store, preempt(claimed("d", "w"))).await;
    assert_eq!(
        (fourth.kind(), code(&get(store, "c").await)),
        (StateKind::Queued, Some(FailureCode::ABORTED))
    );
    let stop = get(store, "b").await.stop().cloned();
    assert_eq!(stop, Some(StopReason::Preempted(name("c"))), "the first reason stays");
    assert!(finish(store, &fence(&second), "all the same").await.is_applied());
    assert_eq!(names(&claim(store, "w", 10).await), ["d"]);
}

pub(crate) async fn a_newcomer_is_told_which_have_ended(store: &impl Store, _: &ManualClock) {
    live(store, "w").await;
    create(store, abort(claimed("runs", "w"))).await;
    for id in ["b", "a"] {
        create(store, exclusive(operation(id), "k", OnConflict::Queue)).await;
    }
    create(store, exclusive(operation("other"), "j", OnConflict::Queue)).await;
    let answers = store.create(vec![preempt(operation("n")), preempt(operation("m"))]).await.unwrap();
    let [Creation::Created(first), Creation::Created(second)] = &answers[..] else { panic!("{answers:?}") };
    let ids = |created: &Created| {
        let mut ids: Vec<_> = created.ended.iter().map(|view| view.name().id().to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(first), ["a", "b"], "the one that runs has not ended");
    assert_eq!(ids(second), ["n"]);
    for ended in &first.ended {
        assert_eq!(get(store, ended.name().id()).await, *ended, "as it now is");
    }
}

pub(crate) async fn one_that_is_refused_stops_nobody(store: &impl Store, _: &ManualClock) {
    live(store, "w").await;
    let running = create(store, requested(abort(claimed("a", "w")), "1")).await;
    let waiting = create(store, exclusive(operation("b"), "k", OnConflict::Queue)).await;
    let repeated = store.create_one(preempt(requested(operation("c"), "1"))).await.unwrap();
    assert!(matches!(repeated, Creation::Repeated(_)));
    assert_eq!(store.create_one(preempt(operation("b"))).await.unwrap(), Creation::NameTaken);
    assert_eq!(store.create_one(preempt(operation("a"))).await.unwrap(), Creation::NameTaken);
    assert_eq!((get(store, "a").await, get(store, "b").await), (running, waiting));
    assert_eq!(list_names(store, "").await.len(), 2);
}

pub(crate) async fn preempted_work_may_still_succeed(store: &impl Store, _: &ManualClock) {
    live(store, "w").await;
    let first = fence(&create(store, abort(claimed("a", "w"))).await);
    create(store, preempt(operation("b"))).await;
    assert!(finish(store, &first, "ok").await.is_applied());
    assert_eq!(code(&get(store, "a").await), None);
    let second = claim(store, "w", 10).await;
    assert_eq!(names(&second), ["b"]);
    create(store, preempt(operation("c"))).await;
    store.leave(&worker("w")).await.unwrap();
    let lost = get(store, "b").await;
    assert_eq!(
        (code(&lost), message(&lost)),
        (Some(FailureCode::ABORTED), "the operation was pre-empted by operations/c")
    );
}

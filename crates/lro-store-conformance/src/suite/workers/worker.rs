//! Workers: their leases, their end, and what they have.

use std::time::Duration;

use lro_store::{
    Beginning, DelegateId, FailureCode, KeepAlive, ManualClock, Stop, StopReason, Store, StoreExt, Worker,
    WriteResult,
};

use crate::suite::support::{
    APPLIED, LEASE, MICRO, SECOND, attempt, begin, cancel, claim, claim_one, claimed, code, create,
    ended_names, fence, finish, get, held, live, name, names, operation, pass, purge, reclaim, reclaim_one,
    release, worker,
};

pub(crate) async fn a_worker_is_alive_from_its_first_sign_of_life(store: &impl Store, clock: &ManualClock) {
    create(store, operation("a")).await;
    assert!(claim(store, "w", 1).await.is_empty(), "the store has not heard of it");
    assert_eq!(store.keep_alive(&worker("w"), LEASE).await.unwrap(), KeepAlive::alive(Vec::new()));
    assert_eq!(claim(store, "w", 1).await.len(), 1);
    clock.advance(LEASE * 100);
    assert_eq!(store.keep_alive(&worker("w"), LEASE).await.unwrap(), KeepAlive::alive(Vec::new()));
}

pub(crate) async fn time_alone_takes_nothing_away(store: &impl Store, clock: &ManualClock) {
    let first = begin(store, "a", "w").await;
    create(store, operation("b")).await;
    clock.advance(LEASE * 1_000);
    assert!(claim(store, "w", 1).await.pop().is_some(), "nobody has declared it gone");
    assert_eq!(held(store, "w").await.len(), 2);
    live(store, "w").await;
    assert_eq!(finish(store, &first, "ok").await, APPLIED);
}

pub(crate) async fn signs_of_life_carry_what_is_asked_to_stop(store: &impl Store, clock: &ManualClock) {
    let stopped = begin(store, "stopped", "w").await;
    begin(store, "going", "w").await;
    begin(store, "another's", "other").await;
    create(store, operation("queued")).await;
    let released = begin(store, "released", "w").await;
    let late = claimed("late", "w").with_deadline(SECOND);
    let late = fence(&create(store, late).await);
    for id in ["stopped", "another's", "queued", "released"] {
        cancel(store, id).await;
    }
    release(store, &released, lro_store::Interruption::begun()).await;
    clock.advance(SECOND);
    assert_eq!(crate::suite::support::expire(store).await, 1);
    let mut stops = store.keep_alive(&worker("w"), LEASE).await.unwrap().stops;
    stops.sort_by(|one, two| one.name.cmp(&two.name));
    let expected = [
        Stop::new(late.name, attempt(1), StopReason::DeadlineExceeded),
        Stop::new(stopped.name.clone(), attempt(1), StopReason::Cancelled),
    ];
    assert_eq!(stops, expected);
    finish(store, &stopped, "ok").await;
    let again = store.keep_alive(&worker("w"), LEASE).await.unwrap();
    assert_eq!(again, KeepAlive::alive(expected[..1].to_vec()), "as often as it asks");
}

pub(crate) async fn nobody_is_told_to_stop_what_another_runs(store: &impl Store, _: &ManualClock) {
    begin(store, "a", "one").await;
    cancel(store, "a").await;
    store.delete_one(&name("a")).await.unwrap();
    let second = begin(store, "a", "two").await;
    cancel(store, "a").await;
    assert_eq!(store.keep_alive(&worker("one"), LEASE).await.unwrap(), KeepAlive::alive(Vec::new()));
    let stop = Stop::new(second.name, attempt(1), StopReason::Cancelled);
    assert_eq!(store.keep_alive(&worker("two"), LEASE).await.unwrap(), KeepAlive::alive(vec![stop]));
    assert!(held(store, "one").await.is_empty());
}

pub(crate) async fn a_worker_that_leaves_hands_back_all_at_once(store: &impl Store, _: &ManualClock) {
    for number in 0..20 {
        begin(store, &format!("{number:02}"), "w").await;
    }
    let stopped = begin(store, "stopped", "w").await;
    cancel(store, "stopped").await;
    let stays = begin(store, "stays", "other").await;
    let sweep = store.leave(&worker("w")).await.unwrap();
    assert_eq!((sweep.count, ended_names([&sweep])), (21, vec!["stopped".to_owned()]));
    assert!(held(store, "w").await.is_empty());
    assert_eq!(code(&get(store, "stopped").await), Some(FailureCode::CANCELLED));
    assert_eq!(finish(store, &stopped, "late").await, WriteResult::Done);
    let taken = claim(store, "other", 100).await;
    assert_eq!(taken.len(), 20);
    assert!(taken.iter().all(|record| record.view.last_attempt() == Some(attempt(2))));
    assert!(taken.iter().all(|record| record.view.attempts() == 2), "it may have begun");
    assert_eq!(finish(store, &stays, "ok").await, APPLIED);
}

pub(crate) async fn one_that_has_left_stays_gone(store: &impl Store, clock: &ManualClock) {
    create(store, operation("a")).await;
    for id in ["known", "unknown"] {
        if id == "known" {
            live(store, id).await;
        }
        store.leave(&worker(id)).await.unwrap();
        store.leave(&worker(id)).await.unwrap();
        for _ in 0..2 {
            assert_eq!(store.keep_alive(&worker(id), LEASE).await.unwrap(), KeepAlive::gone(Vec::new()));
            assert!(claim(store, id, 1).await.is_empty());
            clock.advance(LEASE);
        }
        assert!(create(store, claimed(id, id)).await.holder().is_none());
    }
    assert_eq!(reclaim(store, "known").await, 0);
}

pub(crate) async fn one_that_was_declared_gone_may_still_end_what_nobody_took(
    store: &impl Store,
    clock: &ManualClock,
) {
    let fences = [begin(store, "a", "slow").await, begin(store, "b", "slow").await];
    cancel(store, "a").await;
    cancel(store, "b").await;
    pass(store, clock, LEASE, &["elder"]).await;
    reclaim_one(store, "elder").await;
    let left = held(store, "slow").await;
    assert_eq!(left.len(), 1);
    let kept = store.keep_alive(&worker("slow"), LEASE).await.unwrap();
    let stop = Stop::new(left[0].name.clone(), attempt(1), StopReason::Cancelled);
    assert_eq!(kept, KeepAlive::gone(vec![stop]), "it is told to stop all the same");
    create(store, operation("c")).await;
    assert!(claim(store, "slow", 1).await.is_empty(), "it gets nothing new");
    for fence in fences {
        let expected = if left.contains(&fence) { APPLIED } else { WriteResult::Done };
        assert_eq!(finish(store, &fence, "ok").await, expected);
    }
    assert_eq!(reclaim(store, "elder").await, 0);
}

pub(crate) async fn a_worker_can_ask_what_it_has(store: &impl Store, _: &ManualClock) {
    assert!(held(store, "w").await.is_empty());
    let mut expected = Vec::new();
    for id in ["c", "a", "B", "shelves/1/operations/a", "b"] {
        expected.push(begin(store, id, "w").await);
    }
    begin(store, "another's", "other").await;
    let delegated = Beginning::Delegated(DelegateId::new("w"));
    create(store, operation("delegated").with_beginning(delegated)).await;
    create(store, operation("queued")).await;
    expected.sort();
    assert_eq!(held(store, "w").await, expected, "by name in byte order");
    let after = store.held(&worker("w"), Some(&name("aa")), 10).await.unwrap();
    assert_eq!(after, expected[2..], "after a name that does not exist");

    finish(store, &expected[0], "ok").await;
    release(store, &expected[1], lro_store::Interruption::not_begun()).await;
    cancel(store, "b").await;
    store.delete_one(&expected[3].name).await.unwrap();
    assert_eq!(held(store, "w").await, [expected[2].clone(), expected[4].clone()]);
    let again = names(&claim(store, "w", 1).await).join(",");
    assert_eq!((again.as_str(), held(store, "w").await.len()), ("a", 3), "the older of two that are queued");
}

pub(crate) async fn a_lease_may_change_with_every_sign_of_life(store: &impl Store, clock: &ManualClock) {
    begin(store, "a", "w").await;
    pass(store, clock, LEASE, &["elder"]).await;
    store.keep_alive(&worker("w"), Duration::from_secs(600)).await.unwrap();
    pass(store, clock, Duration::from_secs(599), &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 0);
    store.keep_alive(&worker("w"), SECOND).await.unwrap();
    pass(store, clock, SECOND - MICRO, &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 0);
    pass(store, clock, MICRO, &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 1);
}

pub(crate) async fn workers_that_are_long_gone_are_forgotten(store: &impl Store, clock: &ManualClock) {
    store.leave(&worker("w")).await.unwrap();
    clock.advance(Worker::MEMORY - MICRO);
    purge(store).await;
    assert!(
        !store.keep_alive(&worker("w"), LEASE).await.unwrap().alive,
        "a late call does not bring it back"
    );
    clock.advance(MICRO);
    purge(store).await;
    assert!(store.keep_alive(&worker("w"), LEASE).await.unwrap().alive);
    clock.advance(Worker::MEMORY * 10);
    purge(store).await;
    create(store, operation("a")).await;
    assert_eq!(claim_one(store, "w").await.name(), &name("a"), "one that is not gone is never forgotten");
}

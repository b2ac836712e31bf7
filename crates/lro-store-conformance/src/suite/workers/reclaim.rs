//! Taking back what lost workers have.

use lro_store::{
    Clock, FailureCode, Interruption, ManualClock, Report, Store, StoreExt, Timestamp, Worker, WriteResult,
};

use crate::suite::support::{
    APPLIED, LEASE, MICRO, SECOND, attempt, attempts, begin, cancel, claim, claim_one, claimed, code, create,
    ended_names, fence, finish, get, held, live, operation, pass, payload, purge, reclaim, reclaim_all,
    reclaim_one, release, response, worker,
};

pub(crate) async fn work_of_a_lost_worker_is_taken_over_and_fenced_off(
    store: &impl Store,
    clock: &ManualClock,
) {
    let stale = begin(store, "a", "dead").await;
    store.report_one(Report::new(stale.clone()).metadata(payload("50 %"))).await.unwrap();
    pass(store, clock, LEASE - MICRO, &["heir"]).await;
    assert_eq!(reclaim(store, "heir").await, 0, "its lease is not over");
    assert!(claim(store, "heir", 1).await.is_empty());
    pass(store, clock, MICRO, &["heir"]).await;
    assert!(claim(store, "heir", 1).await.is_empty(), "what is not taken back is still its own");
    assert_eq!(reclaim(store, "heir").await, 1);
    let taken = claim_one(store, "heir").await.view;
    assert_eq!((taken.last_attempt(), taken.metadata()), (Some(attempt(2)), Some(&payload("50 %"))));

    let report = Report::new(stale.clone()).metadata(payload("stale")).checkpoint(payload("stale"));
    assert_eq!(store.report_one(report).await.unwrap(), WriteResult::Lost);
    assert_eq!(release(store, &stale, Interruption::begun()).await, WriteResult::Lost);
    assert_eq!(finish(store, &stale, "stale").await, WriteResult::Lost);
    assert_eq!(get(store, "a").await, taken, "nothing stale took effect");
    assert_eq!(finish(store, &fence(&taken), "ok").await, APPLIED);
    assert_eq!(finish(store, &stale, "stale").await, WriteResult::Done);
    assert_eq!(get(store, "a").await.outcome(), Some(&response("ok")));
}

pub(crate) async fn nobody_takes_before_its_own_lease_was_whole_for_its_time(
    store: &impl Store,
    clock: &ManualClock,
) {
    begin(store, "a", "dead").await;
    clock.advance(LEASE);
    live(store, "new").await;
    assert_eq!(reclaim(store, "new").await, 0, "it has only begun");
    pass(store, clock, LEASE - MICRO, &["new"]).await;
    assert_eq!(reclaim(store, "new").await, 0);
    pass(store, clock, MICRO, &["new"]).await;
    clock.advance(LEASE);
    assert_eq!(reclaim(store, "new").await, 0, "now its own is over");
    pass(store, clock, LEASE - MICRO, &["new"]).await;
    assert_eq!(reclaim(store, "new").await, 0, "so it begins anew");
    pass(store, clock, MICRO, &["new"]).await;
    assert_eq!(reclaim(store, "new").await, 1);
}

pub(crate) async fn nobody_takes_who_is_not_alive(store: &impl Store, clock: &ManualClock) {
    begin(store, "a", "dead").await;
    pass(store, clock, LEASE, &["left", "elder"]).await;
    store.leave(&worker("left")).await.unwrap();
    assert_eq!(reclaim(store, "left").await, 0);
    assert_eq!(reclaim(store, "unknown").await, 0);
    assert_eq!(reclaim(store, "dead").await, 0, "not even its own");
    assert!(store.keep_alive(&worker("dead"), LEASE).await.unwrap().alive, "and nobody was declared gone");
    assert_eq!(reclaim(store, "elder").await, 0);
}

pub(crate) async fn after_an_outage_the_others_come_back_first(store: &impl Store, clock: &ManualClock) {
    let fences = [begin(store, "a", "one").await, begin(store, "b", "two").await];
    pass(store, clock, LEASE, &["one", "two"]).await;
    clock.advance(LEASE * 20);
    live(store, "one").await;
    assert_eq!(reclaim(store, "one").await, 0);
    pass(store, clock, LEASE - SECOND, &["one"]).await;
    assert_eq!(reclaim(store, "one").await, 0, "the other one has its lease time to come back");
    live(store, "two").await;
    pass(store, clock, LEASE, &["one", "two"]).await;
    assert_eq!((reclaim(store, "one").await, reclaim(store, "two").await), (0, 0));
    for fence in fences {
        assert_eq!(finish(store, &fence, "ok").await, APPLIED);
    }
}

pub(crate) async fn much_is_taken_back_a_few_at_a_time(store: &impl Store, clock: &ManualClock) {
    for number in 0..7 {
        begin(store, &number.to_string(), ["dead", "lost"][number % 2]).await;
    }
    pass(store, clock, LEASE, &["elder"]).await;
    begin(store, "alive", "elder").await;
    create(store, operation("queued")).await;
    let sweeps = reclaim_all(store, "elder", 3).await;
    let counts: Vec<_> = sweeps.iter().map(|sweep| sweep.count).collect();
    assert_eq!(counts.iter().sum::<usize>(), 7, "{counts:?}");
    assert!(ended_names(&sweeps).is_empty(), "all of it goes on");
    assert_eq!(held(store, "elder").await.len(), 1);
    live(store, "heir").await;
    assert_eq!(claim(store, "heir", 10).await.len(), 8);
    for id in ["dead", "lost"] {
        assert!(!store.keep_alive(&worker(id), LEASE).await.unwrap().alive);
    }
}

pub(crate) async fn what_is_asked_to_stop_ends_when_it_is_taken_back(
    store: &impl Store,
    clock: &ManualClock,
) {
    begin(store, "a", "dead").await;
    cancel(store, "a").await;
    pass(store, clock, LEASE, &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 1);
    assert_eq!(code(&get(store, "a").await), Some(FailureCode::CANCELLED));
    assert!(claim(store, "elder", 1).await.is_empty());
}

pub(crate) async fn whoever_takes_back_learns_which_have_ended(store: &impl Store, clock: &ManualClock) {
    for id in ["asked", "goes-on"] {
        begin(store, id, "dead").await;
    }
    let last = claimed("last", "dead").with_max_attempts(attempts(1));
    create(store, last).await;
    cancel(store, "asked").await;
    pass(store, clock, LEASE, &["elder"]).await;
    let sweeps = reclaim_all(store, "elder", 100).await;
    assert_eq!(sweeps.iter().map(|sweep| sweep.count).sum::<usize>(), 3);
    assert_eq!(ended_names(&sweeps), ["asked", "last"]);
    for ended in sweeps.iter().flat_map(|sweep| &sweep.ended) {
        assert_eq!(get(store, ended.name().id()).await, *ended, "as it now is");
    }
}

pub(crate) async fn what_belongs_to_nobody_who_is_known_is_taken_back(
    store: &impl Store,
    clock: &ManualClock,
) {
    begin(store, "a", "dead").await;
    begin(store, "b", "dead").await;
    pass(store, clock, LEASE, &["elder"]).await;
    reclaim_one(store, "elder").await;
    assert_eq!(held(store, "dead").await.len(), 1);
    clock.advance(Worker::MEMORY);
    purge(store).await;
    pass(store, clock, LEASE, &["elder"]).await;
    assert_eq!(reclaim(store, "elder").await, 1, "though the store has forgotten whose it was");
    assert!(held(store, "dead").await.is_empty());
}

pub(crate) async fn a_clock_that_steps_forward_makes_nobody_lose_work(
    store: &impl Store,
    clock: &ManualClock,
) {
    let first = begin(store, "a", "one").await;
    pass(store, clock, LEASE, &["one", "two"]).await;
    clock.advance(LEASE * 1_000);
    assert_eq!(reclaim(store, "two").await, 0, "its own lease is over too");
    live(store, "two").await;
    assert_eq!(reclaim(store, "two").await, 0);
    live(store, "one").await;
    pass(store, clock, LEASE, &["one", "two"]).await;
    assert_eq!(reclaim(store, "two").await, 0);
    assert_eq!(finish(store, &first, "ok").await, APPLIED);
}

pub(crate) async fn a_clock_that_steps_back_makes_nobody_lose_work(store: &impl Store, clock: &ManualClock) {
    let start = clock.now();
    let first = begin(store, "a", "one").await;
    pass(store, clock, LEASE, &["one", "two"]).await;
    clock.set(Timestamp::from_micros(start.as_micros() - 3_600_000_000));
    assert_eq!(reclaim(store, "two").await, 0);
    pass(store, clock, LEASE, &["one", "two"]).await;
    assert_eq!(reclaim(store, "two").await, 0);
    create(store, operation("b")).await;
    assert_eq!(claim_one(store, "two").await.view.last_attempt(), Some(attempt(1)));
    assert_eq!(finish(store, &first, "ok").await, APPLIED);
    let done = get(store, "a").await;
    assert!(done.end_time().is_some_and(|end| end >= done.create_time()), "nothing ends before it began");
    pass(store, clock, SECOND * 3_700, &["one"]).await;
    assert_eq!(reclaim(store, "one").await, 1, "in the end, who is lost is lost");
}

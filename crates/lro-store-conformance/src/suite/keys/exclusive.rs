//! Exclusive keys: of the operations with one key at most one runs.

use lro_store::{
    Beginning, Clock, Creation, DelegateId, Interruption, ManualClock, NewOperation, OnConflict, Owner,
    StateKind, Store, StoreExt,
};

use crate::suite::support::{
    MICRO, OTHER_METHOD, SECOND, cancel, claim, claim_of, claim_one, claimed, create, exclusive, failure,
    fence, find, finish, get, list_names, live, name, names, operation, payload, release, worker,
};

fn abort(new: NewOperation) -> NewOperation {
    exclusive(new, "k", OnConflict::Abort)
}

fn queue(new: NewOperation) -> NewOperation {
    exclusive(new, "k", OnConflict::Queue)
}

fn preempt(new: NewOperation) -> NewOperation {
    exclusive(new, "k", OnConflict::Preempt)
}

/// Whether a new operation that is to abort would be refused because of this one.
async fn is_held_by(store: &impl Store, text: &str) -> bool {
    store.create_one(abort(operation("refused"))).await.unwrap() == Creation::KeyHeld(name(text))
}

pub(crate) async fn abort_is_refused_until_the_holder_is_done(store: &impl Store, _: &ManualClock) {
    create(store, abort(operation("a"))).await;
    assert!(is_held_by(store, "a").await, "by one that is queued");
    live(store, "w").await;
    let running = claim_one(store, "w").await.view;
    assert!(is_held_by(store, "a").await, "by one that runs");
    cancel(store, "a").await;
    assert!(is_held_by(store, "a").await, "by one that is asked to stop");
    assert_eq!(find(store, "refused").await, None, "what is refused leaves nothing");
    finish(store, &fence(&running), "ok").await;

    create(store, abort(operation("b"))).await;
    assert!(store.delete_one(&name("b")).await.unwrap());
    create(store, abort(operation("c"))).await;
    assert!(store.delete_one(&name("a")).await.unwrap(), "one that held it before is only forgotten");
    assert!(is_held_by(store, "c").await);
    create(store, exclusive(operation("d"), "K", OnConflict::Abort)).await;
}

pub(crate) async fn a_queue_runs_one_at_a_time_and_the_oldest_first(store: &impl Store, clock: &ManualClock) {
    for (id, priority) in [("c", 0), ("a", 9), ("b", 5)] {
        create(store, queue(operation(id)).with_priority(priority)).await;
        clock.advance(MICRO);
    }
    create(store, operation("free").with_priority(-1)).await;
    live(store, "w").await;
    let first = claim(store, "w", 10).await;
    assert_eq!(names(&first), ["c", "free"], "priority is among those that may run");
    assert!(is_held_by(store, "c").await);
    let mut running = first[0].view.clone();
    for next in ["a", "b"] {
        finish(store, &fence(&running), "ok").await;
        let claimed = claim(store, "w", 10).await;
        assert_eq!(names(&claimed), [next]);
        running = claimed[0].view.clone();
    }
    finish(store, &fence(&running), "ok").await;
    create(store, abort(operation("d"))).await;
}

pub(crate) async fn one_that_is_claimed_at_creation_waits_for_its_key(store: &impl Store, _: &ManualClock) {
    live(store, "w").await;
    let first = create(store, queue(claimed("a", "w"))).await;
    let second = create(store, queue(claimed("b", "w"))).await;
    assert_eq!((first.kind(), second.kind()), (StateKind::Running, StateKind::Queued));
    finish(store, &fence(&first), "ok").await;
    let third = create(store, queue(claimed("c", "w"))).await;
    assert_eq!(third.kind(), StateKind::Queued, "one that waits has the key, though none runs");
    assert_eq!(names(&claim(store, "w", 10).await), ["b"]);
}

pub(crate) async fn a_holder_that_waits_to_be_tried_again_keeps_its_key(
    store: &impl Store,
    clock: &ManualClock,
) {
    live(store, "w").await;
    let first = fence(&create(store, abort(claimed("a", "w"))).await);
    clock.advance(MICRO);
    create(store, queue(operation("b"))).await;
    release(store, &first, Interruption::retry(failure("busy"), SECOND)).await;
    assert!(
        claim(store, "w", 10).await.is_empty(),
        "neither that whose time has not come nor that behind it"
    );
    assert!(is_held_by(store, "a").await);
    clock.advance(SECOND);
    let again = claim(store, "w", 10).await;
    assert_eq!(names(&again), ["a"]);
    release(store, &fence(&again[0].view), Interruption::not_begun()).await;
    assert_eq!(names(&claim(store, "w", 10).await), ["a"]);
    cancel(store, "a").await;
    assert!(claim(store, "w", 10).await.is_empty());
    store.leave(&worker("w")).await.unwrap();
    live(store, "heir").await;
    assert_eq!(names(&claim(store, "heir", 10).await), ["b"]);
}

pub(crate) async fn a_delayed_holder_keeps_others_waiting(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    create(store, queue(operation("a")).with_delay(SECOND * 5)).await;
    clock.advance(MICRO);
    create(store, queue(operation("b")).with_delay(SECOND)).await;
    create(store, queue(claimed("c", "w"))).await;
    clock.advance(SECOND * 2);
    assert!(claim(store, "w", 10).await.is_empty());
    clock.advance(SECOND * 3);
    assert_eq!(names(&claim(store, "w", 10).await), ["a"]);
    cancel(store, "b").await;
    finish(store, &fence(&get(store, "a").await), "ok").await;
    assert_eq!(names(&claim(store, "w", 10).await), ["c"]);
}

pub(crate) async fn a_delegated_operation_holds_its_key(store: &impl Store, _: &ManualClock) {
    live(store, "w").await;
    let delegated =
        |id: &str| abort(operation(id)).with_beginning(Beginning::Delegated(DelegateId::new("d")));
    let first = fence(&create(store, delegated("a")).await);
    assert!(is_held_by(store, "a").await);
    create(store, queue(claimed("b", "w"))).await;
    assert!(claim(store, "w", 10).await.is_empty());
    assert_eq!(store.create_one(delegated("c")).await.unwrap(), Creation::KeyHeld(name("a")));
    assert!(finish(store, &first, "ok").await.is_applied());
    assert_eq!(names(&claim(store, "w", 10).await), ["b"]);
}

pub(crate) async fn keys_are_shared_by_methods_and_owners(store: &impl Store, _: &ManualClock) {
    create(store, abort(operation("a")).with_owner(Owner::new("alice").unwrap())).await;
    let other =
        NewOperation::new(name("b"), OTHER_METHOD, payload("")).with_owner(Owner::new("bob").unwrap());
    assert_eq!(store.create_one(abort(other.clone())).await.unwrap(), Creation::KeyHeld(name("a")));
    create(store, queue(other)).await;
    live(store, "w").await;
    assert!(claim_of(store, "w", OTHER_METHOD, 10).await.is_empty());
    assert_eq!(names(&claim(store, "w", 10).await), ["a"]);
}

pub(crate) async fn operations_of_one_batch_meet_in_their_order(store: &impl Store, _: &ManualClock) {
    live(store, "w").await;
    let batch = vec![
        abort(operation("a")),
        abort(operation("b")),
        queue(claimed("c", "w")),
        preempt(claimed("d", "w")),
        exclusive(claimed("e", "w"), "other", OnConflict::Queue),
        exclusive(claimed("f", "w"), "other", OnConflict::Queue),
    ];
    let answers = store.create(batch).await.unwrap();
    assert_eq!(answers[1], Creation::KeyHeld(name("a")));
    let mut states = Vec::new();
    for id in ["a", "c", "d", "e", "f"] {
        states.push(get(store, id).await.kind());
    }
    assert_eq!(
        states,
        [StateKind::Done, StateKind::Done, StateKind::Running, StateKind::Running, StateKind::Queued]
    );
    let second = answers[2].clone().created().map(|view| view.kind());
    assert_eq!(second, Some(StateKind::Queued), "the answer is as it was created");
}

pub(crate) async fn of_one_time_the_first_by_name_is_the_oldest(store: &impl Store, _: &ManualClock) {
    for id in ["b", "a", "B"] {
        create(store, queue(operation(id))).await;
    }
    live(store, "w").await;
    for next in ["B", "a", "b"] {
        assert!(is_held_by(store, next).await);
        let claimed = claim(store, "w", 10).await;
        assert_eq!(names(&claimed), [next]);
        finish(store, &fence(&claimed[0].view), "ok").await;
    }
}

pub(crate) async fn a_clock_that_steps_back_makes_no_second_holder(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    let start = clock.now();
    clock.advance(SECOND * 10);
    create(store, queue(operation("a"))).await;
    clock.advance(SECOND);
    create(store, queue(operation("b"))).await;
    let running = claim_one(store, "w").await.view;
    assert_eq!(running.name(), &name("a"));
    clock.set(start);
    create(store, queue(claimed("c", "w"))).await;
    assert!(claim(store, "w", 10).await.is_empty(), "the one that runs has the key, whoever is older");
    assert!(is_held_by(store, "a").await);
    assert!(store.delete_one(&name("b")).await.unwrap());
    assert!(claim(store, "w", 10).await.is_empty(), "one that waits and goes away frees nothing");
    finish(store, &fence(&running), "ok").await;
    assert_eq!(names(&claim(store, "w", 10).await), ["c"], "then the oldest by its creation time");
    assert_eq!(list_names(store, "").await.len(), 2);
}

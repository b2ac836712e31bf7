//! Creating operations: what exists then, and which answer comes first.

use lro_store::{
    Beginning, Clock, Creation, DelegateId, InTransaction, Labels, ListQuery, ManualClock, NewOperation,
    OnConflict, Owner, ParentPattern, RequestId, Retry, State, StateKind, Store, StoreExt,
};

use crate::suite::support::{
    LEASE, SECOND, attempt, attempts, claim, claimed, create, done, exclusive, fence, find, finish, get,
    list, list_names, live, name, operation, pass, payload, reclaim, request_key, requested, response,
    worker,
};

/// An answer in a word.
fn kind(answer: &Creation) -> &'static str {
    match answer {
        Creation::Created(_) => "created",
        Creation::Repeated(_) => "repeated",
        Creation::NameTaken => "name taken",
        Creation::KeyHeld(_) => "key held",
        Creation::Refused(_) => "refused",
        Creation::Invalid(_) => "invalid",
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn what_is_created_reads_back_as_it_is(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    let full = requested(operation("shelves/1/operations/a"), "1")
        .with_owner(Owner::new("users/alice").unwrap())
        .with_metadata(payload("0 %"))
        .with_labels(Labels::new().with("tenant", "acme").unwrap())
        .with_priority(-7)
        .with_max_attempts(attempts(3))
        .with_retry(Retry::default().initial_delay(SECOND * 7))
        .with_deadline(SECOND * 100)
        .with_delay(SECOND * 10)
        .with_retention(SECOND * 1_000);
    let delegated = operation("b").with_beginning(Beginning::Delegated(DelegateId::new("secret")));
    let held = exclusive(claimed("c", "w"), "k", OnConflict::Abort);
    for (new, may_run) in
        [(full, false), (operation("plain"), false), (delegated, false), (held, true), (done("d"), false)]
    {
        let expected = new.clone().into_record(clock.now(), may_run);
        assert_eq!(create(store, new.clone()).await, expected.view);
        assert_eq!(store.get_one(new.name()).await.unwrap().as_ref(), Some(&expected.view));
        if let Some(key) = new.request_key() {
            assert_eq!(store.find_by_request(&key).await.unwrap(), Some(expected.clone()));
        }
        let newest = list(store, &ListQuery::new(ParentPattern::all(), 10)).await;
        assert!(newest.contains(&expected.view), "{newest:?}");
        clock.advance(SECOND);
    }
    assert_eq!(find(store, "other").await, None);
    assert_eq!(find(store, "shelves/2/operations/a").await, None);
}

pub(crate) async fn a_name_is_given_once(store: &impl Store, clock: &ManualClock) {
    let first = create(store, operation("a").with_metadata(payload("first"))).await;
    clock.advance(SECOND);
    let again = operation("a").with_metadata(payload("again"));
    assert_eq!(store.create_one(again.clone()).await.unwrap(), Creation::NameTaken);
    assert_eq!(get(store, "a").await, first, "what is refused changes nothing");
    for close in ["A", "a.", "shelves/1/operations/a", "operations/operations/operations/a"] {
        create(store, operation(close)).await;
    }
    store.delete_one(first.name()).await.unwrap();
    assert_eq!(create(store, again).await.metadata(), Some(&payload("again")));
}

pub(crate) async fn the_first_reason_to_refuse_is_the_answer(store: &impl Store, _: &ManualClock) {
    let delegated = || Beginning::Delegated(DelegateId::new("secret"));
    let held = |new: NewOperation| exclusive(requested(new, "1"), "k", OnConflict::Abort);
    let first = held(operation("a")).with_metadata(payload("first"));
    let created = create(store, first.clone()).await;
    let record = first.clone().into_record(created.create_time(), false);

    let invalid = exclusive(first.clone(), "k", OnConflict::Queue).with_beginning(delegated());
    let fault = invalid.fault().unwrap().to_owned();
    assert_eq!(store.create_one(invalid).await.unwrap(), Creation::Invalid(fault), "before the request id");
    for repeat in [first, held(operation("a")), held(operation("b")), requested(operation("b"), "1")] {
        let repeated = Creation::Repeated(Box::new(record.clone()));
        assert_eq!(store.create_one(repeat).await.unwrap(), repeated, "before the name and the key");
    }
    let taken = exclusive(operation("a"), "k", OnConflict::Abort);
    assert_eq!(store.create_one(taken).await.unwrap(), Creation::NameTaken, "before the key");
    let conflict = exclusive(operation("b"), "k", OnConflict::Abort);
    assert_eq!(store.create_one(conflict).await.unwrap(), Creation::KeyHeld(name("a")));
    assert_eq!(list_names(store, "").await, ["operations/a"]);
    assert_eq!(get(store, "a").await, created);
}

pub(crate) async fn what_no_store_can_keep_is_invalid_and_leaves_nothing(
    store: &impl Store,
    _: &ManualClock,
) {
    let delegated = |text: &str| {
        requested(operation(text), text).with_beginning(Beginning::Delegated(DelegateId::new("secret")))
    };
    let batch = vec![
        exclusive(delegated("a"), "k", OnConflict::Queue),
        exclusive(delegated("b"), "k", OnConflict::Preempt),
        delegated("c").with_delay(SECOND),
        exclusive(delegated("d"), "k", OnConflict::Abort),
    ];
    let faults: Vec<_> = batch.iter().map(|new| new.fault().map(str::to_owned)).collect();
    let answers = store.create(batch).await.unwrap();
    for (answer, fault) in answers.iter().zip(faults) {
        match fault {
            Some(fault) => assert_eq!(answer, &Creation::Invalid(fault)),
            None => assert!(matches!(answer, Creation::Created(_)), "{answer:?}"),
        }
    }
    assert_eq!(list_names(store, "").await, ["operations/d"]);
    assert_eq!(store.find_by_request(&request_key("a")).await.unwrap(), None);
    create(store, requested(operation("a"), "a")).await;
}

pub(crate) async fn what_a_store_cannot_write_along_is_refused_and_leaves_nothing(
    store: &impl Store,
    _: &ManualClock,
) {
    let unknown = |new: NewOperation| new.with_transaction(InTransaction::new("made for no store"));
    let keyed = |text| exclusive(requested(operation(text), text), "k", OnConflict::Preempt);
    create(store, keyed("a")).await;
    let before = get(store, "a").await;
    let repeat = store.create_one(unknown(keyed("a"))).await.unwrap();
    assert!(matches!(repeat, Creation::Repeated(_)), "there is nothing to write: {repeat:?}");
    assert_eq!(store.create_one(unknown(operation("a"))).await.unwrap(), Creation::NameTaken);
    let answers = store.create(vec![unknown(keyed("b")), unknown(done("c")), operation("d")]).await.unwrap();
    let names = ["refused", "refused", "created"];
    assert_eq!(answers.iter().map(kind).collect::<Vec<_>>(), names, "{answers:?}");
    assert_eq!(get(store, "a").await, before, "it pre-empts nobody");
    assert_eq!(list_names(store, "").await, ["operations/d", "operations/a"]);
    create(store, requested(operation("b"), "b")).await;
}

pub(crate) async fn work_that_is_claimed_at_creation_runs_if_its_worker_is_alive(
    store: &impl Store,
    clock: &ManualClock,
) {
    for id in ["alive", "left", "lost", "elder"] {
        live(store, id).await;
    }
    store.leave(&worker("left")).await.unwrap();
    pass(store, clock, LEASE, &["alive", "elder"]).await;
    reclaim(store, "elder").await;
    for id in ["left", "lost", "unknown"] {
        let view = create(store, claimed(id, id)).await;
        assert_eq!(view.state(), &State::Queued { not_before: None, last_attempt: None }, "{id}");
        assert_eq!(get(store, id).await, view);
    }
    let delayed = create(store, claimed("delayed", "alive").with_delay(SECOND)).await;
    assert_eq!(delayed.kind(), StateKind::Queued, "nobody may have it yet");

    let view = create(store, claimed("alive", "alive")).await;
    assert_eq!((view.kind(), view.last_attempt()), (StateKind::Running, Some(attempt(1))));
    assert_eq!(claim(store, "alive", 10).await.len(), 3, "only what is queued");
    assert!(finish(store, &fence(&view), "ok").await.is_applied());
}

pub(crate) async fn work_that_is_done_from_the_start_is_written_once(
    store: &impl Store,
    clock: &ManualClock,
) {
    create(store, exclusive(operation("holder"), "k", OnConflict::Abort)).await;
    let new = exclusive(requested(done("a"), "1"), "k", OnConflict::Abort).with_retention(SECOND);
    let view = create(store, new.clone()).await;
    assert_eq!((view.outcome(), view.end_time()), (Some(&response("done")), Some(clock.now())));
    assert_eq!((view.last_attempt(), view.exclusive()), (None, None), "it needs no key");
    let preempting = exclusive(done("b"), "k", OnConflict::Preempt);
    assert!(create(store, preempting).await.is_done());
    assert_eq!(get(store, "holder").await.kind(), StateKind::Queued, "nor does it stop who has it");

    live(store, "w").await;
    assert_eq!(claim(store, "w", 10).await.len(), 1);
    let repeated = store.create_one(new).await.unwrap();
    assert!(matches!(repeated, Creation::Repeated(first) if first.view == view));
    clock.advance(SECOND);
    assert_eq!(find(store, "a").await, None);
}

pub(crate) async fn a_batch_is_answered_in_order_and_item_by_item(store: &impl Store, _: &ManualClock) {
    create(store, exclusive(requested(operation("old"), "1"), "k", OnConflict::Abort)).await;
    let batch = vec![
        operation("a"),
        operation("old"),
        exclusive(operation("b"), "k", OnConflict::Abort),
        operation("c").with_delay(SECOND).with_beginning(Beginning::Delegated(DelegateId::new("secret"))),
        requested(operation("d"), "1"),
        done("e"),
    ];
    let answers = store.create(batch).await.unwrap();
    let kinds: Vec<_> = answers.iter().map(kind).collect();
    assert_eq!(kinds, ["created", "name taken", "key held", "invalid", "repeated", "created"]);
    let got = ["e", "b", "a", "missing", "old"].map(name).to_vec();
    let ids: Vec<_> =
        store.get(got).await.unwrap().into_iter().map(|view| Some(view?.name().to_string())).collect();
    let expected = [Some("operations/e"), None, Some("operations/a"), None, Some("operations/old")];
    assert_eq!(ids, expected.map(|id| id.map(str::to_owned)));
}

pub(crate) async fn the_owner_is_part_of_the_operation_and_not_of_its_name(
    store: &impl Store,
    _: &ManualClock,
) {
    let owned = |owner: &str| operation("a").with_owner(Owner::new(owner).unwrap());
    create(store, owned("users/alice").with_request_id(RequestId::new("1").unwrap())).await;
    assert_eq!(store.create_one(owned("users/bob")).await.unwrap(), Creation::NameTaken);
    assert_eq!(get(store, "a").await.owner().as_str(), "users/alice");
}

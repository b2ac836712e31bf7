//! Requests and their repeats.

use std::time::Duration;

use lro_store::{
    Attempt, Error, ExclusiveKey, ManualClock, NewOperation, OnConflict, OperationName, Parent, Record,
    RequestKey, Store, StoreExt,
};

use super::{
    LEASE, METHOD, claim, failure_code, lease_id, list_names, name, operation, payload, response, worker,
};

fn key(id: &str) -> RequestKey {
    RequestKey::new("", METHOD, id).unwrap()
}

fn requested(text: &str, id: &str) -> NewOperation {
    operation(text).request_id("", id).unwrap()
}

fn exclusive(new: NewOperation, key: &str) -> NewOperation {
    new.exclusive(ExclusiveKey::new(key).unwrap(), OnConflict::Abort)
}

/// The name that the answer to a repeat gives.
fn first(answer: &Result<Record, Error>) -> Option<&OperationName> {
    answer.as_ref().err()?.first().map(Record::name)
}

pub async fn a_request_starts_one_operation(store: &impl Store, clock: &ManualClock) {
    assert_eq!(store.find(&key("1")).await.unwrap(), None);
    let created = store.create_one(requested("operations/a", "1")).await.unwrap();
    assert_eq!(created.request_key(), Some(&key("1")));
    assert_eq!(store.get_one(created.name()).await.unwrap(), Some(created.clone()));
    assert_eq!(store.find(&key("1")).await.unwrap(), Some(created.clone()));

    clock.advance(Duration::from_secs(1));
    let again = exclusive(requested("operations/b", "1"), "k").metadata(payload("other"));
    let repeated = store.create_one(again).await.unwrap_err();
    assert!(repeated.is_repeated() && !repeated.is_already_exists() && !repeated.is_unavailable());
    assert_eq!(repeated.first(), Some(&created));
    assert_eq!(list_names(store, "").await, ["operations/a"], "a repeat leaves nothing behind");
    store.create_one(exclusive(operation("operations/c"), "k")).await.expect("nor does it hold its key");

    let without = store.create_one(operation("operations/d")).await.unwrap();
    assert_eq!(without.request_key(), None, "and nothing repeats what has no key");
    store.create_one(operation("operations/e")).await.unwrap();
}

pub async fn a_repeat_gets_the_operation_as_it_now_stands(store: &impl Store, clock: &ManualClock) {
    let repeat = async || {
        let found = store.find(&key("1")).await.unwrap().unwrap();
        assert_eq!(store.get_one(&name("operations/a")).await.unwrap().as_ref(), Some(&found));
        let leased = requested("operations/b", "1").leased_to(worker("other"), LEASE);
        assert_eq!(store.create_one(leased).await.unwrap_err().first(), Some(&found));
        found
    };
    let lost = requested("operations/a", "1").leased_to(worker("dead"), LEASE);
    store.create_one(lost).await.unwrap();
    assert_eq!(repeat().await.lease().unwrap().worker, worker("dead"), "a repeat takes no lease away");
    clock.advance(LEASE);
    assert_eq!(store.expire(1).await.unwrap(), 1);
    assert!(repeat().await.lease().is_none());
    let running = claim(store, "heir", 1).await.remove(0);
    store.progress_one(lease_id(&running), payload("50 %")).await.unwrap();
    let seen = repeat().await;
    assert_eq!((seen.last_attempt(), seen.metadata()), (Some(Attempt::FIRST.next()), Some(&payload("50 %"))));
    store.finish_one(lease_id(&running), response("ok")).await.unwrap();
    assert_eq!(repeat().await.outcome(), Some(&response("ok")));
    assert!(claim(store, "heir", 1).await.is_empty());
}

pub async fn a_repeat_is_known_before_anything_else_is_refused(store: &impl Store, _: &ManualClock) {
    let new = || exclusive(requested("operations/a", "1"), "k");
    let created = store.create_one(new()).await.unwrap();
    assert_eq!(store.create_one(new()).await.unwrap_err().first(), Some(&created), "before its own name");
    let other = exclusive(requested("operations/b", "1"), "k");
    assert_eq!(store.create_one(other).await.unwrap_err().first(), Some(&created), "before its own key");
}

pub async fn requests_differ_by_caller_method_and_id(store: &impl Store, _: &ManualClock) {
    let new =
        |method: &str| NewOperation::new(OperationName::random(&Parent::default()), method, payload(""));
    let mut names = std::collections::BTreeSet::new();
    for caller in ["", "alice", "Alice", "alice "] {
        for method in [METHOD, "/test.Service/work", "/test.Sérvice/Work"] {
            for id in ["ab", "AB", "ab ", "a_", "a%", "é", "e\u{301}"] {
                let created = store.create_one(new(method).request_id(caller, id).unwrap()).await.unwrap();
                let key = RequestKey::new(caller, method, id).unwrap();
                assert_eq!(store.find(&key).await.unwrap().as_ref(), Some(&created), "{key:?}");
                names.insert(created.name().clone());
            }
        }
    }
    assert_eq!(names.len(), 4 * 3 * 7);
    let longest = "é".repeat(RequestKey::MAX_ID_LEN / 2);
    let caller = "c".repeat(RequestKey::MAX_CALLER_LEN);
    let created = store.create_one(new(METHOD).request_id(&caller, &longest).unwrap()).await.unwrap();
    assert_eq!(store.find(created.request_key().unwrap()).await.unwrap(), Some(created));
}

pub async fn what_is_refused_does_not_take_its_request_key(store: &impl Store, _: &ManualClock) {
    store.create_one(exclusive(operation("operations/a"), "k")).await.unwrap();
    assert!(store.create_one(requested("operations/a", "1")).await.unwrap_err().is_already_exists());
    let conflicting = exclusive(requested("operations/b", "1"), "k");
    assert!(store.create_one(conflicting.clone()).await.unwrap_err().is_conflict());
    assert_eq!(store.find(&key("1")).await.unwrap(), None);
    store.request_cancel(&name("operations/a")).await.unwrap();
    store.create_one(conflicting).await.expect("a later try with the same key");
}

pub async fn equal_requests_of_one_batch_start_one_operation(store: &impl Store, _: &ManualClock) {
    store.create_one(exclusive(operation("operations/holder"), "k")).await.unwrap();
    let batch = vec![
        exclusive(requested("operations/a", "1"), "k"),
        requested("operations/b", "1"),
        requested("operations/c", "1"),
        requested("operations/d", "2"),
        exclusive(requested("operations/e", "1"), "k"),
    ];
    let answers = store.create(batch).await.unwrap();
    assert!(answers[0].as_ref().unwrap_err().is_conflict(), "it was refused, so the next one is the first");
    assert!(answers[1].is_ok() && answers[3].is_ok());
    let expected = Some(name("operations/b"));
    assert_eq!((first(&answers[2]), first(&answers[4])), (expected.as_ref(), expected.as_ref()));
    assert_eq!(list_names(store, "").await.len(), 3);
}

pub async fn equal_requests_at_the_same_time_start_one_operation(store: &impl Store, _: &ManualClock) {
    let start = async |worker_id: &str| {
        let mut answers = Vec::new();
        for id in ["1", "2", "3", "4"] {
            let text = format!("operations/{worker_id}-{id}");
            let other = requested(&format!("{text}-other"), id);
            let batch = vec![requested(&text, id).leased_to(worker(worker_id), LEASE), other];
            for answer in store.create(batch).await.unwrap() {
                answers.push(match &answer {
                    Ok(created) => (id, created.name().clone(), true),
                    Err(error) => (id, error.first().expect("it is a repeat").name().clone(), false),
                });
            }
        }
        answers
    };
    let (one, two, three) = tokio::join!(start("one"), start("two"), start("three"));
    let answers = [one, two, three].concat();
    for id in ["1", "2", "3", "4"] {
        let of_id: Vec<_> = answers.iter().filter(|answer| answer.0 == id).collect();
        assert_eq!((of_id.len(), of_id.iter().filter(|answer| answer.2).count()), (6, 1));
        assert!(of_id.iter().all(|answer| answer.1 == of_id[0].1), "all learn of the same one");
    }
    assert_eq!(list_names(store, "").await.len(), 4);
}

pub async fn a_request_key_is_free_once_its_operation_is_deleted_or_purged(
    store: &impl Store,
    clock: &ManualClock,
) {
    let keep = Duration::from_secs(60);
    let new = |text: &str| requested(text, "1").retention(keep);
    let running = store.create_one(new("operations/a").leased_to(worker("w"), LEASE)).await.unwrap();
    store.delete(running.name()).await.unwrap();
    assert_eq!(store.find(&key("1")).await.unwrap(), None);

    let second = store.create_one(new("operations/b")).await.unwrap();
    store.finish_one(lease_id(&running), response("dropped")).await.unwrap();
    assert_eq!(store.find(&key("1")).await.unwrap(), Some(second), "the old run has nothing to do with it");
    let cancelled = store.request_cancel(&name("operations/b")).await.unwrap().unwrap();
    assert!(failure_code(&cancelled).is_some());
    clock.advance(keep);
    assert_eq!(store.find(&key("1")).await.unwrap(), Some(cancelled), "as long as the record is there");
    assert_eq!(store.purge(10).await.unwrap(), 1);
    assert_eq!(store.find(&key("1")).await.unwrap(), None);
    store.create_one(new("operations/c")).await.unwrap();

    store.delete(&name("operations/c")).await.unwrap();
    store.create_one(operation("operations/c")).await.unwrap();
    assert_eq!(store.find(&key("1")).await.unwrap(), None, "another operation of the name is not meant");
}

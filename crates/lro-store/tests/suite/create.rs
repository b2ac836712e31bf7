//! Creating, reading and forgetting.

use std::time::Duration;

use lro_store::{
    Attempt, Clock, ExclusiveKey, Failure, FailureCode, Fenced, LeaseStatus, ManualClock, NewOperation,
    OnConflict, Outcome, Payload, State, Store, StoreExt,
};

use super::{LEASE, lease_id, name, operation, payload, response, worker};

fn exclusive(text: &str, key: &str) -> NewOperation {
    operation(text).exclusive(ExclusiveKey::new(key).unwrap(), OnConflict::Abort)
}

pub async fn what_is_created_reads_back_as_it_is(store: &impl Store, clock: &ManualClock) {
    let new = operation("shelves/1/operations/a").metadata(payload("0 %"));
    let created = store.create_one(new).await.unwrap();
    assert_eq!(created.create_time(), clock.now());
    assert_eq!(created.state(), &State::Queued { last_attempt: None });
    assert_eq!(created.metadata(), Some(&payload("0 %")));
    assert_eq!(store.get_one(created.name()).await.unwrap(), Some(created));
    assert_eq!(store.get_one(&name("operations/other")).await.unwrap(), None);
}

pub async fn content_reads_back_byte_by_byte(store: &impl Store, clock: &ManualClock) {
    let odd = || Payload::new("type.googleapis.com/\0é'\\\u{10ffff}", vec![0_u8, 255, 10, 39]);
    let new = NewOperation::new(name("operations/a"), "/test.Sérvice/Work", odd());
    let new = new.metadata(odd()).retention(Duration::MAX).leased_to(worker("w"), LEASE);
    let created = store.create_one(new).await.unwrap();
    assert_eq!((created.request(), created.metadata()), (&odd(), Some(&odd())));
    assert_eq!(store.get_one(created.name()).await.unwrap(), Some(created.clone()));

    let mut failure = Failure::new(FailureCode::new(-7).unwrap(), "\0 a\0b é \u{10ffff} \r\n");
    failure.details = vec![odd(), Payload::new("", ""), odd()];
    let outcome = Outcome::Error(failure);
    store.finish_one(lease_id(&created), outcome.clone()).await.unwrap();
    let done = created.finish(&lease_id(&created), outcome, clock.now()).unwrap();
    assert_eq!(store.get_one(created.name()).await.unwrap(), Some(done));
}

pub async fn one_write_creates_and_leases(store: &impl Store, clock: &ManualClock) {
    let record = store.create_one(operation("operations/a").leased_to(worker("w"), LEASE)).await.unwrap();
    let lease = record.lease().unwrap();
    assert_eq!((lease.attempt, lease.expires_at), (Attempt::FIRST, clock.now().saturating_add(LEASE)));
    assert!(super::claim(store, "other", 10).await.is_empty());
    assert_eq!(store.finish_one(lease_id(&record), response("ok")).await.unwrap(), Fenced::Applied);
}

pub async fn a_name_is_given_once(store: &impl Store, _: &ManualClock) {
    let batch = vec![operation("operations/a"), operation("operations/a"), operation("operations/b")];
    let answers = store.create(batch).await.unwrap();
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert!(answers[1].as_ref().unwrap_err().is_already_exists());
}

pub async fn an_exclusive_key_is_held_until_done(store: &impl Store, _: &ManualClock) {
    let batch = vec![
        exclusive("operations/a", "k"),
        exclusive("operations/b", "k"),
        exclusive("operations/c", "other"),
    ];
    let answers = store.create(batch).await.unwrap();
    assert!(answers[0].is_ok() && answers[2].is_ok());
    let conflict = answers[1].as_ref().unwrap_err();
    assert_eq!(conflict.conflict_holder(), Some(&name("operations/a")));
    assert_eq!(store.get_one(&name("operations/b")).await.unwrap(), None, "what is refused leaves nothing");

    store.request_cancel(&name("operations/a")).await.unwrap();
    store.create_one(exclusive("operations/b", "k")).await.unwrap();
    assert!(store.create_one(exclusive("operations/d", "k")).await.unwrap_err().is_conflict());
    store.delete(&name("operations/b")).await.unwrap();
    store.create_one(exclusive("operations/d", "k")).await.unwrap();
    let answer = store.delete(&name("operations/a")).await.unwrap();
    assert!(answer, "the old holder is still readable");
    assert!(store.create_one(exclusive("operations/e", "k")).await.unwrap_err().is_conflict());
    store.create_one(exclusive("operations/e", "K")).await.expect("case makes another key");
}

pub async fn a_deleted_operation_is_forgotten_while_its_work_goes_on(store: &impl Store, _: &ManualClock) {
    let record = store.create_one(operation("operations/a").leased_to(worker("w"), LEASE)).await.unwrap();
    let lease = lease_id(&record);
    assert!(store.delete(record.name()).await.unwrap());
    assert!(!store.delete(record.name()).await.unwrap());
    assert_eq!(store.get_one(record.name()).await.unwrap(), None);
    assert_eq!(store.heartbeat(std::slice::from_ref(&lease), LEASE).await.unwrap(), [LeaseStatus::Deleted]);
    assert_eq!(store.progress_one(lease.clone(), payload("1 %")).await.unwrap(), LeaseStatus::Deleted);
    assert_eq!(store.release_one(&lease).await.unwrap(), Fenced::Deleted);
    assert_eq!(store.finish_one(lease, response("ok")).await.unwrap(), Fenced::Deleted);
    assert_eq!(store.get_one(record.name()).await.unwrap(), None);
}

pub async fn empty_batches_do_nothing(store: &impl Store, _: &ManualClock) {
    assert!(store.create(Vec::new()).await.unwrap().is_empty());
    assert!(store.get(&[]).await.unwrap().is_empty());
    assert!(store.heartbeat(&[], LEASE).await.unwrap().is_empty());
    assert!(store.progress(Vec::new()).await.unwrap().is_empty());
    assert!(store.finish(Vec::new()).await.unwrap().is_empty());
    assert!(store.release(&[]).await.unwrap().is_empty());
}

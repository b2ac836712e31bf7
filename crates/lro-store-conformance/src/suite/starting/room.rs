//! A store with a limit of its own.

use lro_store::{
    Beginning, Creation, DelegateId, NewOperation, OnConflict, Payload, StateKind, Store, StoreExt,
};

use crate::Harness;
use crate::run::Fixture;
use crate::suite::support::{
    create, exclusive, find, get, list_names, name, operation, request_key, requested,
};

/// An operation that takes this part of the room.
fn large<H: Harness>(text: &str, part: usize) -> NewOperation {
    let room = H::CAPABILITIES.room().expect("the test is only run if it is bounded");
    NewOperation::new(name(text), crate::suite::support::METHOD, Payload::new("", vec![7; room / part]))
}

/// Fills the store; how many operations that took.
async fn fill<H: Harness>(store: &impl Store) -> usize {
    create(store, exclusive(requested(operation("first"), "1"), "k", OnConflict::Abort)).await;
    for number in 0..40 {
        match store.create_one(large::<H>(&number.to_string(), 20)).await.unwrap() {
            Creation::Created(_) => {}
            Creation::Full => return number + 1,
            other => panic!("{other:?}"),
        }
    }
    panic!("the store has taken twice what it has room for");
}

pub(crate) async fn what_is_not_done_is_never_forgotten<H: Harness>(fixture: &mut Fixture<H>) {
    let store = fixture.store();
    let count = fill::<H>(store).await;
    assert!(count > 10, "it has taken less than half of what it has room for");
    assert_eq!(list_names(store, "").await.len(), count);
    assert_eq!(get(store, "first").await.kind(), StateKind::Queued);
}

pub(crate) async fn what_finds_no_room_leaves_nothing_behind<H: Harness>(fixture: &mut Fixture<H>) {
    let store = fixture.store();
    let count = fill::<H>(store).await;
    let refused = exclusive(requested(large::<H>("refused", 10), "2"), "k", OnConflict::Preempt);
    assert_eq!(store.create_one(refused.clone()).await.unwrap(), Creation::Full);
    assert_eq!(find(store, "refused").await, None);
    assert_eq!(store.find_by_request(&request_key("2")).await.unwrap(), None);
    assert_eq!(get(store, "first").await.kind(), StateKind::Queued, "nobody is asked to stop for it");
    assert_eq!(list_names(store, "").await.len(), count);
    for number in 0..4 {
        assert!(store.delete_one(&name(&number.to_string())).await.unwrap());
    }
    create(store, refused).await;
}

pub(crate) async fn want_of_room_is_the_last_reason_to_refuse<H: Harness>(fixture: &mut Fixture<H>) {
    let store = fixture.store();
    fill::<H>(store).await;
    let invalid = large::<H>("invalid", 10).with_delay(crate::suite::support::SECOND);
    let invalid = invalid.with_beginning(Beginning::Delegated(DelegateId::new("secret")));
    assert!(matches!(store.create_one(invalid).await.unwrap(), Creation::Invalid(_)));
    let repeat = requested(large::<H>("repeat", 10), "1");
    assert!(matches!(store.create_one(repeat).await.unwrap(), Creation::Repeated(_)));
    assert_eq!(store.create_one(large::<H>("first", 10)).await.unwrap(), Creation::NameTaken);
    let conflict = exclusive(large::<H>("conflict", 10), "k", OnConflict::Abort);
    assert_eq!(store.create_one(conflict).await.unwrap(), Creation::KeyHeld(name("first")));
    assert_eq!(store.create_one(large::<H>("full", 10)).await.unwrap(), Creation::Full);
}

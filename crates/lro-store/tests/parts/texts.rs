//! What a store and a log write of the small values.

use std::time::Duration;

use lro_store::{
    Attempt, DelegateId, ExclusiveKey, NewOperation, OperationName, Owner, Parent, RequestId, Worker,
    WorkerId,
};

#[test]
fn a_text_is_written_as_it_was_read() {
    let (parent, name) = (Parent::parse("shelves/1").unwrap(), OperationName::parse("operations/1").unwrap());
    let (owner, key) = (Owner::new("alice").unwrap(), ExclusiveKey::new("key").unwrap());
    let (request, worker) = (RequestId::new("r").unwrap(), WorkerId::new("w"));
    for (text, read, written) in [
        ("shelves/1", parent.as_str(), parent.to_string()),
        ("operations/1", name.as_str(), name.to_string()),
        ("alice", owner.as_str(), owner.to_string()),
        ("key", key.as_str(), key.to_string()),
        ("r", request.as_str(), request.to_string()),
        ("w", worker.as_str(), worker.to_string()),
    ] {
        assert_eq!((read, &*written), (text, text));
    }
    assert_eq!(Attempt::new(7).unwrap().to_string(), "7");
}

#[test]
fn ids_that_are_made_differ_and_a_secret_is_in_no_log() {
    assert_ne!(WorkerId::random(), WorkerId::random());
    assert_ne!(DelegateId::random(), DelegateId::random());
    assert_eq!(WorkerId::generate(255), WorkerId::new(format!("{}ff", "0".repeat(30))));
    let secret = DelegateId::generate(u128::MAX);
    assert_eq!(secret.as_str(), "f".repeat(32));
    assert_eq!(format!("{secret:?}"), "DelegateId { .. }");
}

#[test]
fn durations_are_those_that_the_documentation_names() {
    let days = |days: u64| Duration::from_secs(days * 86_400);
    assert_eq!(NewOperation::DEFAULT_RETENTION, days(30));
    assert_eq!(NewOperation::MAX_DURATION, days(100 * 365));
    assert_eq!(Worker::MEMORY, days(1));
}

//! Content reads back as it was written, byte by byte.

use std::collections::BTreeSet;
use std::time::Duration;

use lro_store::{
    Clock, ExclusiveKey, Failure, FailureCode, Fence, Finish, Interruption, Labels, MAX_NAME_LEN,
    ManualClock, NewOperation, OnConflict, OperationName, Outcome, Owner, Parent, Payload, Report, RequestId,
    RequestKey, Retry, Store, StoreExt, WorkerId,
};

use crate::suite::support::{
    LEASE, METHOD, attempts, begin, claim_of, claim_one, claimed, create, exclusive, fence, get, held, live,
    name, operation, payload, release,
};

/// A payload that a text column, a C string or a careless quote would spoil.
fn odd() -> Payload {
    Payload::new("type.googleapis.com/\0é'\"\\\u{10ffff}\r\n%_?$1", (0..=255).collect::<Vec<u8>>())
}

pub(crate) async fn payloads_read_back_byte_by_byte(store: &impl Store, clock: &ManualClock) {
    live(store, "w").await;
    for (id, content) in [
        ("odd", odd()),
        ("empty", Payload::new("", "")),
        ("large", Payload::new("type.googleapis.com/test.Large", vec![0xa5; 4 * 1024 * 1024])),
    ] {
        let new = NewOperation::new(name(id), METHOD, content.clone()).with_metadata(content.clone());
        create(store, new).await;
        let fence = fence(&claim_one(store, "w").await.view);
        store.report_one(Report::new(fence.clone()).checkpoint(content.clone())).await.unwrap();
        release(store, &fence, Interruption::not_begun()).await;
        let record = claim_one(store, "w").await;
        assert_eq!(record.request, content);
        assert_eq!(record.checkpoint.as_ref(), Some(&content));
        assert_eq!(record.view.metadata(), Some(&content));

        let fence = self::fence(&record.view);
        let expected = record.view.finish(&fence, Outcome::Response(content.clone()), None, clock.now());
        store.finish_one(fence, Outcome::Response(content)).await.unwrap();
        assert_eq!(get(store, id).await, expected.unwrap());
    }
}

pub(crate) async fn failures_read_back_as_they_are(store: &impl Store, _: &ManualClock) {
    let messages = ["", "\0 a\0b é \u{10ffff} \r\n", "'; DROP TABLE operations; --", "%s %d {} $1 ?1 :a @b"];
    let codes = [1, 10, 16, 17, i32::MAX, -7, i32::MIN];
    for (number, code) in codes.into_iter().enumerate() {
        let mut failure = Failure::new(FailureCode::new(code).unwrap(), messages[number % messages.len()]);
        failure.details = match number {
            0 => Vec::new(),
            _ => vec![odd(), Payload::new("", ""), odd()],
        };
        let (text, outcome) = (number.to_string(), Outcome::Error(failure));
        let fence = begin(store, &text, "w").await;
        store.finish_one(fence, outcome.clone()).await.unwrap();
        assert_eq!(get(store, &text).await.outcome(), Some(&outcome));
    }
}

pub(crate) async fn the_longest_texts_are_kept(store: &impl Store, _: &ManualClock) {
    let long = |length: usize| "é".repeat(length / 2);
    let parent = Parent::parse(&"p".repeat(Parent::MAX_LEN)).unwrap();
    let mut labels = Labels::new();
    for number in 0..Labels::MAX_COUNT {
        let key = format!("{number:02}{}", long(Labels::MAX_KEY_LEN - 2));
        labels = labels.with(&key, &long(Labels::MAX_VALUE_LEN)).unwrap();
    }
    let new = NewOperation::new(OperationName::random(&parent), METHOD, payload(""))
        .with_owner(Owner::new(&long(Owner::MAX_LEN)).unwrap())
        .with_request_id(RequestId::new(&long(RequestId::MAX_LEN)).unwrap())
        .with_exclusive(ExclusiveKey::new(&long(ExclusiveKey::MAX_LEN)).unwrap(), OnConflict::Abort)
        .with_labels(labels);
    assert_eq!(new.name().as_str().len(), MAX_NAME_LEN);
    let created = create(store, new.clone()).await;
    assert_eq!(store.get_one(new.name()).await.unwrap(), Some(created.clone()));
    let found = store.find_by_request(&new.request_key().unwrap()).await.unwrap();
    assert_eq!(found.map(|record| record.view), Some(created));
}

pub(crate) async fn numbers_keep_their_extremes(store: &impl Store, clock: &ManualClock) {
    let retry = Retry::default()
        .initial_delay(Duration::MAX)
        .max_delay(Duration::ZERO)
        .multiplier(1.01)
        .jitter(0.99)
        .on(FailureCode::new(16).unwrap())
        .on(FailureCode::CANCELLED);
    for (id, priority) in [("low", i16::MIN), ("high", i16::MAX)] {
        let new = operation(id)
            .with_priority(priority)
            .with_max_attempts(attempts(u32::MAX))
            .with_retry(retry)
            .with_retention(Duration::MAX)
            .with_deadline(Duration::MAX)
            .with_delay(Duration::MAX);
        let expected = new.clone().into_record(clock.now(), false);
        create(store, new).await;
        assert_eq!(get(store, id).await, expected.view);
    }
    let short = operation("short").with_retention(Duration::from_nanos(1_999)).with_retry(Retry::default());
    let expected = short.clone().into_record(clock.now(), false);
    create(store, short).await;
    let view = get(store, "short").await;
    assert_eq!(view, expected.view, "a policy that is the default is not the same as none");
}

pub(crate) async fn a_checkpoint_stays_until_another_replaces_it(store: &impl Store, _: &ManualClock) {
    let first = begin(store, "a", "w").await;
    let report = Report::new(first.clone());
    store.report_one(report.clone().checkpoint(odd())).await.unwrap();
    store.report_one(report.clone().metadata(payload("50 %"))).await.unwrap();
    store.report_one(report).await.unwrap();
    release(store, &first, Interruption::begun()).await;
    let second = claim_one(store, "w").await;
    assert_eq!((second.checkpoint.as_ref(), second.view.metadata()), (Some(&odd()), Some(&payload("50 %"))));
    let report = Report::new(fence(&second.view)).checkpoint(payload("")).metadata(odd());
    store.report_one(report).await.unwrap();
    store.leave(&WorkerId::new("w")).await.unwrap();
    live(store, "heir").await;
    let third = claim_one(store, "heir").await;
    assert_eq!((third.checkpoint.as_ref(), third.view.metadata()), (Some(&payload("")), Some(&odd())));
}

pub(crate) async fn what_is_looked_for_is_compared_byte_by_byte(store: &impl Store, _: &ManualClock) {
    // Pairs that a collation, a pattern or trimming takes for the same.
    let close = ["ab", "AB", "ab ", " ab", "a_", "a%", "é", "e\u{301}", "É", "ß", "ss", "\u{130}", "i"];
    let mut claims = BTreeSet::new();
    for text in close {
        live(store, text).await;
        let method = format!("/{text}");
        let new = NewOperation::new(OperationName::random(&Parent::default()), &*method, payload(text))
            .with_owner(Owner::new(text).unwrap());
        create(store, exclusive(new, text, OnConflict::Abort)).await;
        let claimed = claim_of(store, text, &method, 20).await;
        claims.extend(claimed.into_iter().map(|record| record.request.value));
    }
    assert_eq!(claims.len(), close.len(), "each worker got what is its own");
    for text in close {
        let held = store.held(&WorkerId::new(text), None, 20).await.unwrap();
        assert_eq!(held.len(), 1, "{text:?}");
        let taken = store.create_one(exclusive(operation("other"), text, OnConflict::Abort)).await.unwrap();
        assert_eq!(taken, lro_store::Creation::KeyHeld(held[0].name.clone()));
    }
    store.leave(&WorkerId::new("ab")).await.unwrap();
    assert!(store.keep_alive(&WorkerId::new("AB"), LEASE).await.unwrap().alive);
    for text in ["a", "A", "a.", "a%", "a_", "%61"] {
        create(store, operation(text)).await;
        assert_eq!(get(store, text).await.name().id(), text);
    }
}

pub(crate) async fn requests_differ_by_owner_method_and_id(store: &impl Store, _: &ManualClock) {
    let mut names = BTreeSet::new();
    for owner in ["", "alice", "Alice", "alice "] {
        for method in [METHOD, "/test.Service/work", "/test.Sérvice/Work"] {
            for id in ["ab", "AB", "ab ", "a_", "a%", "é", "e\u{301}"] {
                let (owner, id) = (Owner::new(owner).unwrap(), RequestId::new(id).unwrap());
                let new = NewOperation::new(OperationName::random(&Parent::default()), method, payload(""));
                let new = new.with_owner(owner.clone()).with_request_id(id.clone());
                let created = create(store, new).await;
                let key = RequestKey::new(owner, method, id);
                let found = store.find_by_request(&key).await.unwrap().map(|record| record.view);
                assert_eq!(found.as_ref(), Some(&created), "{key:?}");
                names.insert(created.name().clone());
            }
        }
    }
    assert_eq!(names.len(), 4 * 3 * 7);
}

pub(crate) async fn the_last_metadata_comes_with_the_end(store: &impl Store, _: &ManualClock) {
    let first = begin(store, "a", "w").await;
    let released = lro_store::Release::new(first, Interruption::begun()).metadata(Some(payload("40 %")));
    store.release(vec![released]).await.unwrap();
    let second = claim_one(store, "w").await.view;
    assert_eq!(second.metadata(), Some(&payload("40 %")));
    let finish = Finish::new(fence(&second), Outcome::Response(odd()));
    store.finish(vec![finish.metadata(Some(odd()))]).await.unwrap();
    assert_eq!(get(store, "a").await.metadata(), Some(&odd()));
    let third: Fence = fence(&create(store, claimed("b", "w").with_metadata(odd())).await);
    assert_eq!(held(store, "w").await, std::slice::from_ref(&third));
    store.finish_one(third, Outcome::Response(odd())).await.unwrap();
    assert_eq!(get(store, "b").await.metadata(), Some(&odd()), "without another, it stays");
}

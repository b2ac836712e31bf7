//! Several stores on the same data.

use lro_store::{Creation, OnConflict, Report, Store, StoreExt, WriteResult};

use crate::Harness;
use crate::run::Fixture;
use crate::suite::support::{
    APPLIED, LEASE, SECOND, cancel, claim, claim_one, claimed, create, exclusive, fence, find, finish, get,
    held, list_names, live, name, operation, pass, payload, reclaim, report, request_key, requested,
    response, worker,
};

pub(crate) async fn each_sees_what_the_other_has_written<H: Harness>(fixture: &mut Fixture<H>) {
    let (one, two) = (fixture.store(), &fixture.connect().await);
    live(one, "w").await;
    let created = create(one, requested(operation("a"), "1")).await;
    assert_eq!(get(two, "a").await, created);
    assert_eq!(list_names(two, "").await, ["operations/a"]);
    let found = two.find_by_request(&request_key("1")).await.unwrap();
    assert_eq!(found.map(|record| record.view), Some(created));
    assert_eq!(two.create_one(operation("a")).await.unwrap(), Creation::NameTaken);

    let running = fence(&claim_one(two, "w").await.view);
    assert_eq!(held(one, "w").await, std::slice::from_ref(&running));
    cancel(one, "a").await;
    assert_eq!(two.keep_alive(&worker("w"), LEASE).await.unwrap().stops.len(), 1);
    assert_eq!(finish(one, &running, "ok").await, APPLIED);
    assert_eq!(finish(two, &running, "again").await, WriteResult::Done);
    assert_eq!(get(two, "a").await.outcome(), Some(&response("ok")));
    assert!(two.delete_one(&name("a")).await.unwrap());
    assert_eq!(find(one, "a").await, None);
    one.leave(&worker("w")).await.unwrap();
    assert!(!two.keep_alive(&worker("w"), LEASE).await.unwrap().alive);
}

pub(crate) async fn workers_and_keys_are_those_of_all<H: Harness>(fixture: &mut Fixture<H>) {
    let (one, two, clock) = (fixture.store(), &fixture.connect().await, &fixture.clock);
    live(one, "dead").await;
    create(one, exclusive(claimed("a", "dead"), "k", OnConflict::Queue)).await;
    clock.advance(SECOND);
    create(two, exclusive(operation("b"), "k", OnConflict::Queue)).await;
    let conflict = two.create_one(exclusive(operation("c"), "k", OnConflict::Abort)).await.unwrap();
    assert_eq!(conflict, Creation::KeyHeld(name("a")));
    pass(two, clock, LEASE, &["elder"]).await;
    assert_eq!(reclaim(two, "elder").await, 1);
    let again = claim(one, "elder", 10).await;
    assert_eq!((again.len(), again[0].name()), (1, &name("a")));
    assert_eq!(finish(two, &fence(&again[0].view), "ok").await, APPLIED);
    assert_eq!(claim_one(one, "elder").await.name(), &name("b"));
}

pub(crate) async fn what_one_reports_the_other_reads_whole<H: Harness>(fixture: &mut Fixture<H>) {
    let (one, two) = (fixture.store(), &fixture.connect().await);
    live(one, "w").await;
    let first = fence(&create(one, requested(claimed("a", "w"), "1")).await);
    let half = Report::new(first).metadata(payload("50 %")).checkpoint(payload("half"));
    assert_eq!(report(one, half).await, APPLIED);
    let read = two.find_by_request(&request_key("1")).await.unwrap().unwrap();
    assert_eq!((read.view.metadata(), read.checkpoint), (Some(&payload("50 %")), Some(payload("half"))));
}

//! What meets a claim whose answer is on its way.

use std::time::Duration;

use lro::Start;
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::time::{Instant, sleep};
use tonic::Code;

use crate::support::{LEASE, Server, error, memory_store, response};

const SECOND: Duration = Duration::from_secs(1);

/// A process whose next claim gets its work and is answered after two seconds, while the operation of this script
/// waits for it, and one that only watches.
async fn claiming(script: &str, start: Start<crate::scripted_service::Percent>) -> (Server, Server, String) {
    let store = memory_store();
    let watcher = Server::with(store.clone(), |builder| builder.concurrency(0));
    let worker = Server::with(store, |builder| builder.drain_time(LEASE));
    sleep(SECOND * 5).await;
    worker.store.inject_next(StoreMethod::Claim, 1, Fault::none().delay_answer(SECOND * 2));
    let name = watcher.start_with(script, start).await.unwrap().name;
    // The store has given it out.
    sleep(SECOND).await;
    (worker, watcher, name)
}

#[tokio::test(start_paused = true)]
async fn work_that_is_cancelled_before_the_claims_answer_arrives_never_begins() {
    let (mut worker, watcher, name) = claiming("stop when asked", Start::new()).await;
    watcher.cancel(&name).await.unwrap();
    let asked = Instant::now();
    let done = watcher.end(&name).await;
    assert_eq!(asked.elapsed(), SECOND, "the moment at which the answer arrives");
    assert_eq!(error(&done).code, i32::from(Code::Cancelled));
    assert!(worker.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn work_that_is_deleted_before_the_claims_answer_arrives_is_known_as_deleted() {
    let (mut worker, watcher, name) = claiming("wait", Start::new()).await;
    watcher.delete(&name).await.unwrap();
    worker.expect_began(&name, 1, None).await;
    assert_eq!(worker.engine.stats().deleted, 1);
}

#[tokio::test(start_paused = true)]
async fn a_claim_in_flight_when_the_drain_begins_is_handed_back_and_not_begun() {
    let (mut worker, watcher, name) = claiming("succeed", Start::new().at_most_once()).await;
    let drained = Instant::now();
    worker.engine.drain().await;
    assert_eq!(drained.elapsed(), SECOND, "as soon as the answer has arrived");
    assert!(worker.has_no_event());
    let mut heir = Server::with(worker.store.inner().clone(), |builder| builder);
    heir.expect_began(&name, 1, None).await;
    assert_eq!(response(&watcher.end(&name).await).text, "done");
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_answer_to_a_claim_gave_is_handed_back_by_a_drain_as_not_begun() {
    let store = memory_store();
    let watcher = Server::with(store.clone(), |builder| builder.concurrency(0));
    let mut worker = Server::with(store.clone(), |builder| builder.drain_time(LEASE));
    sleep(SECOND * 5).await;
    worker.store.inject_next(StoreMethod::Claim, 1, Fault::after(FailureMode::Hang));
    let name = watcher.start_with("succeed", Start::new().at_most_once()).await.unwrap().name;
    sleep(SECOND).await;
    let drained = Instant::now();
    worker.engine.drain().await;
    assert!(drained.elapsed() <= SECOND * 10, "{:?}", drained.elapsed());
    assert!(worker.has_no_event());
    let mut heir = Server::with(store, |builder| builder);
    heir.expect_began(&name, 1, None).await;
    assert_eq!(response(&watcher.end(&name).await).text, "done");
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_answer_gave_is_handed_back_though_all_slots_are_taken() {
    let store = memory_store();
    let mut other = Server::with(store.clone(), |builder| builder);
    let mut server = Server::with(store, |builder| builder.concurrency(1));
    sleep(SECOND * 5).await;
    // It reaches the store late, when the next operation has the slot.
    let late = Fault::after(FailureMode::Unavailable);
    server.store.inject_next(StoreMethod::Create, 1, late);
    server.store.inject_next(StoreMethod::Get, 1, Fault::before(FailureMode::Unavailable));
    server.store.inject(StoreMethod::Held, Fault::before(FailureMode::Unavailable));
    let lost = server.start_with("succeed", Start::new().at_most_once()).await.unwrap_err();
    assert_eq!(lost.code(), Code::Unavailable);
    server.begin("wait").await;
    sleep(SECOND * 30).await;
    server.store.mend();
    let mended = Instant::now();
    let began = other.event().await;
    assert!(matches!(began, crate::scripted_service::Event::Began { attempt: 1, .. }), "{began:?}");
    assert!(mended.elapsed() <= SECOND * 5, "{:?}", mended.elapsed());
}

//! Hints of the store make things quick, and nothing depends on them.

use std::time::Duration;

use lro::store::{Claim, Holder, Store as _};
use lro_store_conformance::FaultyStore;
use tokio::time::{Instant, timeout};
use tonic::Code;

use crate::scripted_service::WORK;
use crate::support::{LEASE, Server, error, memory_store};

const MINUTE: Duration = Duration::from_secs(60);

/// A process that hears no hints, and one of whose calls others hear.
fn deaf_and_other() -> (Server, Server) {
    let store = memory_store();
    let deaf = Server::over(FaultyStore::deaf(store.clone()), |builder| builder.poll_interval(MINUTE * 60));
    let other = Server::with(store, |builder| builder.concurrency(0));
    (deaf, other)
}

#[tokio::test(start_paused = true)]
async fn without_hints_a_cancel_comes_with_the_next_sign_of_life() {
    let (mut deaf, other) = deaf_and_other();
    let name = deaf.begin("stop when asked").await;
    let asked = Instant::now();
    other.cancel(&name).await.unwrap();
    assert_eq!(error(&other.end(&name).await).code, i32::from(Code::Cancelled));
    assert!(asked.elapsed() <= Duration::from_secs(10), "{:?}", asked.elapsed());
}

#[tokio::test(start_paused = true)]
async fn without_hints_a_cancel_comes_within_a_poll_interval() {
    let poll = Duration::from_secs(2);
    let store = memory_store();
    let mut deaf = Server::over(FaultyStore::deaf(store.clone()), |builder| builder.poll_interval(poll));
    let other = Server::with(store, |builder| builder.concurrency(0));
    for pause in 0..10 {
        let name = deaf.begin("stop when asked").await;
        tokio::time::sleep(poll / 7 * pause).await;
        let asked = Instant::now();
        other.cancel(&name).await.unwrap();
        assert_eq!(error(&other.end(&name).await).code, i32::from(Code::Cancelled));
        assert!(asked.elapsed() <= poll, "{:?}", asked.elapsed());
        deaf.event().await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_hints_an_end_comes_within_a_poll_interval() {
    let poll = Duration::from_secs(2);
    let store = memory_store();
    let deaf = FaultyStore::deaf(store.clone());
    let deaf = Server::over(deaf, |builder| builder.poll_interval(poll).concurrency(0));
    let mut other = Server::with(store, |builder| builder);
    for pause in 0..10 {
        let name = other.begin("wait").await;
        let wait = async { (deaf.wait(&name, None).await.unwrap(), Instant::now()) };
        let end = async {
            tokio::time::sleep(poll / 7 * pause).await;
            other.service.gate.add_permits(1);
            Instant::now()
        };
        let ((operation, told), ended) = tokio::join!(wait, end);
        assert!(operation.done && told - ended <= poll, "{:?}", told - ended);
        other.event().await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_hints_a_cancel_may_come_with_progress() {
    let (mut deaf, other) = deaf_and_other();
    let name = deaf.begin("report until it fails").await;
    let asked = Instant::now();
    other.cancel(&name).await.unwrap();
    other.end(&name).await;
    assert!(asked.elapsed() <= Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[tokio::test(start_paused = true)]
async fn without_hints_a_process_still_runs_its_own_queue_at_once() {
    let store = FaultyStore::deaf(memory_store());
    let mut server = Server::over(store, |builder| builder.concurrency(1).poll_interval(MINUTE * 60));
    // Each follows when nobody looks for work any more.
    for _ in 0..3 {
        let running = server.begin("wait").await;
        let queued = server.start("succeed").await;
        server.service.gate.add_permits(1);
        let began = Instant::now();
        assert_eq!(server.event().await, crate::scripted_service::Event::Gone(running));
        server.expect_began(&queued, 1, None).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert_eq!(server.event().await, crate::scripted_service::Event::Gone(queued));
    }
}

/// As when another database takes over that lacks the last moments: what had ended is running again, and no call fails.
#[tokio::test(start_paused = true)]
async fn without_hints_work_that_the_store_has_given_to_an_unknowing_process_begins_within_a_lease() {
    let store = memory_store();
    let mut deaf = Server::over(FaultyStore::deaf(store.clone()), |builder| builder);
    let other = Server::with(store.clone(), |builder| builder.concurrency(0));
    let known = deaf.begin("wait").await;
    let Some(Holder::Worker(worker)) = deaf.stored(&known).await.holder().cloned() else {
        panic!("nobody has it")
    };
    let name = other.start("succeed").await;
    let claimed = store.claim(&Claim::new(worker, 1).method(WORK.path(), 1)).await.unwrap();
    assert_eq!(claimed.len(), 1);
    let within = LEASE + Duration::from_secs(5);
    timeout(within, deaf.expect_began(&name, 1, None)).await.expect("it begins within a lease");
}

#[tokio::test(start_paused = true)]
async fn without_hints_a_wait_ends_with_its_time_and_the_latest_state() {
    let (mut deaf, _other) = deaf_and_other();
    let name = deaf.begin("wait").await;
    let (answer, ()) = tokio::join!(deaf.wait(&name, Some(MINUTE / 2)), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        deaf.service.gate.add_permits(1);
    });
    assert!(answer.unwrap().done);
}

#[tokio::test(start_paused = true)]
async fn after_lost_hints_everything_is_looked_at_again() {
    let (mut deaf, other) = deaf_and_other();
    let ends = deaf.begin("wait").await;
    let stops = deaf.begin("stop when asked").await;
    let began = Instant::now();
    let (answer, ()) = tokio::join!(deaf.wait(&ends, None), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        other.cancel(&stops).await.unwrap();
        deaf.service.gate.add_permits(1);
        other.end(&ends).await;
        let queued = other.start("succeed").await;
        deaf.store.resync();
        other.end(&stops).await;
        other.end(&queued).await;
    });
    assert!(answer.unwrap().done);
    assert_eq!(began.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_hint_of_the_end_delays_a_wait_by_seconds() {
    let poll = Duration::from_secs(2);
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let other = Server::over(FaultyStore::deaf(store), |builder| builder.poll_interval(poll));
    for wait in 1..=5 {
        let name = worker.begin("wait").await;
        let (answer, ended) = tokio::join!(other.wait(&name, Some(MINUTE)), async {
            tokio::time::sleep(Duration::from_secs(wait)).await;
            worker.service.gate.add_permits(1);
            Instant::now()
        });
        assert!(answer.unwrap().done);
        assert!(ended.elapsed() <= poll * 2, "{:?}", ended.elapsed());
        worker.event().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_hint_of_the_end_delays_a_watch_by_seconds() {
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let other = Server::over(FaultyStore::deaf(store), |builder| builder);
    let name = worker.begin("wait").await;
    let mut watch = other.watch(&name).unwrap();
    assert!(!watch.next().await.unwrap().unwrap().is_done());
    worker.service.gate.add_permits(1);
    let ended = Instant::now();
    assert!(watch.next().await.unwrap().unwrap().is_done());
    assert!(ended.elapsed() <= Duration::from_secs(4), "{:?}", ended.elapsed());
}

#[tokio::test(start_paused = true)]
async fn after_lost_hints_deleted_work_is_looked_for_too() {
    let (mut deaf, other) = deaf_and_other();
    let name = deaf.begin("wait").await;
    other.delete(&name).await.unwrap();
    tokio::time::sleep(MINUTE).await;
    deaf.store.resync();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(deaf.engine.stats().deleted, 1);
}

//! Chapter "Life": a store that hangs, is broken or panics costs no more than the call that it happens to.

use std::time::Duration;

use lro::google::rpc;
use lro::{Start, payload};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::time::Instant;
use tonic::Code;

use crate::scripted_service::Event;
use crate::support::{LEASE, Server, error, memory_store, reason, response};

/// How often a store may fail to take an outcome before it is given another one.
const PATIENCE: usize = 5;

/// Lets work end whose outcome cannot be stored.
async fn end_without_outcome(server: &mut Server, fault: Fault) -> String {
    let name = server.begin("wait").await;
    server.store.inject(StoreMethod::Finish, fault);
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    name
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_cannot_be_stored_does_not_keep_the_operation_for_ever() {
    for fault in [Fault::before(FailureMode::Internal), Fault::before(FailureMode::Panic)] {
        let mut server = Server::with(memory_store(), |builder| builder.concurrency(1));
        let ended = Instant::now();
        let name = end_without_outcome(&mut server, fault).await;
        server.expect_began(&name, 2, None).await;
        assert!(ended.elapsed() <= LEASE + Duration::from_secs(5), "{:?}", ended.elapsed());
        server.store.mend();
        server.service.gate.add_permits(1);
        assert!(server.end(&name).await.done);
    }
}

#[tokio::test(start_paused = true)]
async fn the_outcome_of_a_deleted_operation_is_not_waited_for() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1));
    let name = server.begin("wait").await;
    server.delete(&name).await.unwrap();
    // The next heartbeat tells it.
    tokio::time::sleep(LEASE).await;
    server.store.inject(StoreMethod::Finish, Fault::before(FailureMode::Internal));
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, Event::Gone(name));
    server.begin("wait").await;
}

#[tokio::test(start_paused = true)]
async fn a_sign_of_life_that_hangs_or_panics_loses_no_lease() {
    for fault in [Fault::before(FailureMode::Hang), Fault::before(FailureMode::Panic)] {
        let mut server = Server::new();
        let name = server.begin("wait").await;
        server.store.inject(StoreMethod::KeepAlive, fault);
        tokio::time::sleep(LEASE / 2).await;
        server.store.mend();
        tokio::time::sleep(LEASE * 3).await;
        assert!(server.has_no_event(), "the work goes on");
        server.service.gate.add_permits(1);
        assert!(server.end(&name).await.done);
    }
}

#[tokio::test(start_paused = true)]
async fn a_keep_alive_interval_longer_than_the_lease_is_shortened() {
    let mut server = Server::with(memory_store(), |builder| builder.keep_alive_interval(LEASE * 2));
    server.begin("wait").await;
    tokio::time::sleep(LEASE * 5).await;
    assert!(server.has_no_event(), "the work goes on");
}

#[tokio::test(start_paused = true)]
async fn tasks_that_panic_begin_again() {
    for method in [StoreMethod::Claim, StoreMethod::Reclaim, StoreMethod::Purge] {
        let store = memory_store();
        let mut dying = Server::with(store.clone(), |builder| builder);
        let mut heir = Server::with(store, |builder| builder);
        heir.store.inject(method, Fault::before(FailureMode::Panic));
        let name = dying.begin("wait").await;
        tokio::time::sleep(LEASE).await;
        dying.store.cut();
        heir.store.mend();
        heir.expect_began(&name, 2, None).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_for_work_that_hangs_costs_its_place_for_a_lease_at_most() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1));
    server.begin("wait").await;
    let queued = server.start("succeed").await;
    server.store.inject(StoreMethod::Claim, Fault::before(FailureMode::Hang));
    server.service.gate.add_permits(1);
    let Event::Gone(_) = server.event().await else { panic!("nothing else can begin") };
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.store.mend();
    let hung = Instant::now();
    server.expect_began(&queued, 1, None).await;
    assert!(hung.elapsed() <= LEASE + Duration::from_secs(2), "{:?}", hung.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_delays_those_who_wait_and_no_cancel() {
    let mut server = Server::new();
    let ends = server.begin("wait").await;
    let stops = server.begin("stop when asked").await;
    let began = Instant::now();
    let waiting = server.wait(&ends, None);
    let others = async {
        tokio::task::yield_now().await;
        server.store.inject(StoreMethod::Get, Fault::before(FailureMode::Hang));
        server.service.gate.add_permits(1);
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.cancel(&stops).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.store.mend();
        assert!(server.get(&stops).await.unwrap().done);
    };
    let (answer, ()) = tokio::join!(waiting, others);
    assert!(answer.unwrap().done);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_is_unavailable() {
    let server = Server::new();
    server.store.inject(StoreMethod::Create, Fault::before(FailureMode::Hang));
    let status = server.start_with("wait", Start::new()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "STORE_UNAVAILABLE"));
    server.store.inject(StoreMethod::Get, Fault::before(FailureMode::Hang));
    let status = server.get("operations/a").await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "STORE_UNAVAILABLE"));
}

#[tokio::test(start_paused = true)]
async fn one_failure_to_take_an_outcome_costs_nothing() {
    for fault in [Fault::before(FailureMode::Internal), Fault::after(FailureMode::Internal)] {
        for failures in 1..PATIENCE {
            let mut server = Server::new();
            let name = server.start_with("wait", Start::new().at_most_once()).await.unwrap().name;
            server.expect_began(&name, 1, None).await;
            server.store.inject_next(StoreMethod::Finish, failures, fault);
            server.service.gate.add_permits(1);
            let done = server.end(&name).await;
            assert_eq!(response(&done).text, "done", "{failures} {fault:?}");
            tokio::time::sleep(LEASE * 2).await;
            assert_eq!(server.get(&name).await.unwrap(), done);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_the_store_refuses_again_and_again_ends_as_an_error_that_says_so() {
    let mut server = Server::new();
    let name = server.begin("wait").await;
    server.store.inject_next(StoreMethod::Finish, PATIENCE, Fault::before(FailureMode::Internal));
    server.service.gate.add_permits(1);
    let ended = server.end(&name).await;
    assert_eq!(error(&ended).code, i32::from(Code::Internal));
    let info: rpc::ErrorInfo =
        payload::unpack("google.rpc.ErrorInfo", error(&ended).details[0].clone()).unwrap();
    assert_eq!(info.reason, "OUTCOME_NOT_STORABLE");
}

#[tokio::test(start_paused = true)]
async fn work_whose_outcome_is_never_taken_is_handed_back_and_the_attempt_counts() {
    let mut server = Server::new();
    let name = server.start_with("wait", Start::new().max_attempts(2)).await.unwrap().name;
    server.expect_began(&name, 1, None).await;
    server.store.inject(StoreMethod::Finish, Fault::before(FailureMode::Internal));
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    server.expect_began(&name, 2, None).await;
    server.service.gate.add_permits(1);
    let ended = server.end(&name).await;
    assert_eq!(error(&ended).code, i32::from(Code::Aborted));
    assert!(error(&ended).message.contains("begun 2 times"), "{}", error(&ended).message);
}

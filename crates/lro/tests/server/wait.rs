//! Chapter `WaitOperation`.

use std::time::Duration;

use lro::google::longrunning::WaitOperationRequest;
use lro_store_conformance::StoreMethod;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tonic::{Code, Request};

use crate::support::{Server, memory_store, reason};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn wait_returns_when_done() {
    let mut server = Server::new();
    let name = server.begin("wait").await;
    let began = Instant::now();
    let (done, ()) = tokio::join!(server.wait(&name, Some(SECOND * 30)), async {
        tokio::time::sleep(SECOND * 5).await;
        server.service.gate.add_permits(1);
    });
    assert!(done.unwrap().done);
    assert_eq!(began.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_already_is_returned_at_once() {
    let server = Server::new();
    let name = server.start("succeed").await;
    server.end(&name).await;
    let began = Instant::now();
    assert!(server.wait(&name, Some(SECOND * 30)).await.unwrap().done);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn time_that_is_over_is_never_an_error_and_the_shortest_counts() {
    let server = Server::with(memory_store(), |builder| builder.max_wait(SECOND * 20));
    let name = server.start("wait").await;
    // The request's timeout, the caller's deadline, and how long the answer takes.
    for (timeout, deadline, milliseconds) in [
        (Some(0), None, 0),
        (Some(10), None, 10_000),
        (Some(3_600), None, 20_000),
        (None, None, 20_000),
        (None, Some(1), 900),
        (Some(10), Some(8), 7_500),
        (Some(1), Some(8), 1_000),
        (Some(i64::MAX), Some(3_600), 20_000),
    ] {
        let timeout = timeout.map(|seconds| prost_types::Duration { seconds, nanos: 0 });
        let mut request = Request::new(WaitOperationRequest { name: name.clone(), timeout });
        if let Some(seconds) = deadline {
            request.set_timeout(SECOND * seconds);
        }
        let began = Instant::now();
        let operation = server.operations.clone().wait_operation(request).await.unwrap().into_inner();
        assert!(!operation.done);
        // Timers are exact to a millisecond.
        assert!(
            began.elapsed().as_millis().abs_diff(milliseconds) <= 1,
            "{milliseconds} {:?}",
            began.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_that_is_none_is_refused_whatever_a_stranger_sends() {
    let server = Server::new();
    let name = server.start("wait").await;
    for (seconds, nanos) in [
        (-1, 0),
        (0, -1),
        (1, -1),
        (0, 1_000_000_000),
        (0, i32::MAX),
        (0, i32::MIN),
        (i64::MIN, 0),
        (i64::MIN, i32::MIN),
        (i64::MAX, i32::MAX),
        (i64::MAX, i32::MIN),
    ] {
        let timeout = Some(prost_types::Duration { seconds, nanos });
        let request = WaitOperationRequest { name: name.clone(), timeout };
        let status = server.operations.clone().wait_operation(request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_TIMEOUT"));
    }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_waiters_cost_one_read_to_wake() {
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let server = Server::with(store, |builder| builder.max_wait(SECOND * 3_600).poll_interval(SECOND * 5));
    let name = worker.begin("wait").await;
    let mut waiters = JoinSet::new();
    for _ in 0..10_000 {
        let mut operations = server.operations.clone();
        let request = WaitOperationRequest { name: name.clone(), timeout: None };
        waiters.spawn(async move { operations.wait_operation(request).await.unwrap().into_inner() });
    }
    // A while in which they do nothing at all.
    tokio::time::sleep(SECOND * 600).await;
    let looks = server.store.calls(StoreMethod::Get);
    assert!(
        (10_000..10_200).contains(&looks),
        "each has looked once, and one looks for all at intervals: {looks}"
    );
    worker.service.gate.add_permits(1);
    let began = Instant::now();
    while let Some(done) = waiters.join_next().await {
        assert!(done.unwrap().done);
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(server.store.calls(StoreMethod::Get), looks + 1);
}

#[tokio::test(start_paused = true)]
async fn one_who_waits_for_work_of_this_process_reads_nothing() {
    let mut server = Server::new();
    let name = server.begin("report 1, wait").await;
    let looks = server.store.calls(StoreMethod::Get);
    let (done, ()) = tokio::join!(server.wait(&name, None), async {
        tokio::time::sleep(SECOND).await;
        server.service.gate.add_permits(1);
    });
    assert_eq!(server.store.calls(StoreMethod::Get), looks);
    assert_eq!(done.unwrap(), server.get(&name).await.unwrap(), "it is told what it would have read");
}

#[tokio::test(start_paused = true)]
async fn one_who_waits_for_work_of_another_process_is_woken_too() {
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let other = Server::with(store, |builder| builder);
    let name = worker.begin("wait").await;
    let began = Instant::now();
    let (done, ()) = tokio::join!(other.wait(&name, None), async { worker.service.gate.add_permits(1) });
    assert!(done.unwrap().done);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn one_who_waits_for_a_deleted_operation_is_told() {
    let mut server = Server::new();
    let name = server.begin("wait").await;
    let began = Instant::now();
    let (answer, deleted) = tokio::join!(server.wait(&name, None), async {
        tokio::time::sleep(SECOND).await;
        server.delete(&name).await
    });
    deleted.unwrap();
    assert_eq!(answer.unwrap_err().code(), Code::NotFound);
    assert_eq!(began.elapsed().as_secs(), 1, "at once");
}

#[tokio::test(start_paused = true)]
async fn an_end_that_could_not_be_read_at_first_still_wakes() {
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let other = Server::with(store, |builder| builder);
    let name = worker.begin("wait").await;
    let began = Instant::now();
    let (done, ()) = tokio::join!(other.wait(&name, None), async {
        tokio::time::sleep(SECOND).await;
        other.store.cut();
        worker.service.gate.add_permits(1);
        tokio::time::sleep(SECOND).await;
        other.store.mend();
    });
    assert!(done.unwrap().done);
    assert!(began.elapsed() < SECOND * 10, "{:?}", began.elapsed());
}

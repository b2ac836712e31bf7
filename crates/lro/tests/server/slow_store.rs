//! Chapter `WaitOperation`, over a store that takes its time: the end is fixed when the request arrives. The work runs in
//! another process, or else nothing would have to be read.

use std::time::Duration;

use lro::EngineBuilder;
use lro::google::longrunning::{Operation, WaitOperationRequest};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::time::{Instant, sleep};
use tonic::Request;

use crate::support::{Server, memory_store, metadata};

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

async fn wait(
    server: &Server,
    name: &str,
    timeout: Option<Duration>,
    deadline: Option<Duration>,
) -> Operation {
    let timeout = timeout.map(|timeout| timeout.try_into().unwrap());
    let mut request = Request::new(WaitOperationRequest { name: name.to_owned(), timeout });
    if let Some(deadline) = deadline {
        request.set_timeout(deadline);
    }
    server.operations.clone().wait_operation(request).await.unwrap().into_inner()
}

/// A process that serves and one that works.
fn serves_and_works(settings: impl FnOnce(EngineBuilder) -> EngineBuilder) -> (Server, Server) {
    let store = memory_store();
    (
        Server::with(store.clone(), |builder| settings(builder).concurrency(0)),
        Server::with(store, |builder| builder),
    )
}

#[tokio::test(start_paused = true)]
async fn an_answer_comes_before_the_callers_deadline_however_long_a_read_takes() {
    // How long a read takes, the deadline, and when the answer is there.
    for (read, deadline, answer) in [(20, 300, 270), (60, 1_000, 900), (90, 1_000, 900), (400, 5_000, 4_500)]
    {
        let (server, mut worker) = serves_and_works(|builder| builder);
        let name = worker.begin("wait").await;
        server.store.inject(StoreMethod::Get, Fault::none().delay(MILLISECOND * read));
        let arrived = Instant::now();
        let operation = wait(&server, &name, None, Some(MILLISECOND * deadline)).await;
        assert!(!operation.done);
        let took = arrived.elapsed().as_millis();
        assert!(took.abs_diff(answer) <= 1, "{read} {deadline}: {took}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_last_read_that_hangs_costs_nobody_the_answer() {
    for fault in [Fault::before(FailureMode::Hang), Fault::before(FailureMode::Unavailable)] {
        let (server, mut worker) = serves_and_works(|builder| builder);
        let name = worker.begin("wait").await;
        let arrived = Instant::now();
        let (operation, ()) = tokio::join!(wait(&server, &name, Some(SECOND), None), async {
            sleep(SECOND / 2).await;
            server.store.inject(StoreMethod::Get, fault);
        });
        assert_eq!((operation.name, operation.done), (name, false));
        assert!(arrived.elapsed().as_millis().abs_diff(1_000) <= 1, "{:?}", arrived.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_last_read_the_answer_is_what_was_seen_last() {
    let (server, mut worker) = serves_and_works(|builder| builder.poll_interval(SECOND));
    let name = worker.begin("wait, report 1, wait").await;
    let (operation, ()) = tokio::join!(wait(&server, &name, Some(SECOND * 20), None), async {
        worker.service.gate.add_permits(1);
        sleep(SECOND * 10).await;
        server.store.inject(StoreMethod::Get, Fault::before(FailureMode::Hang));
    });
    assert_eq!(metadata(&operation), Some(1));
}

#[tokio::test(start_paused = true)]
async fn the_last_read_may_see_the_end_that_no_hint_told_of() {
    let (server, mut worker) = serves_and_works(|builder| builder.poll_interval(SECOND * 3_600));
    let name = worker.begin("wait").await;
    server.store.lose_hints();
    server.store.inject(StoreMethod::Get, Fault::none().delay(MILLISECOND * 20));
    let arrived = Instant::now();
    let (operation, ()) = tokio::join!(wait(&server, &name, Some(SECOND * 5), None), async {
        sleep(SECOND).await;
        worker.service.gate.add_permits(1);
    });
    assert!(operation.done && arrived.elapsed() <= SECOND * 5, "{:?}", arrived.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_answers_those_who_wait_though_the_store_is_away() {
    let drain = SECOND * 5;
    let (server, mut worker) = serves_and_works(|builder| builder.drain_time(drain));
    let name = worker.begin("wait").await;
    for fault in [Fault::before(FailureMode::Hang), Fault::before(FailureMode::Unavailable)] {
        let arrived = Instant::now();
        let (operation, ()) = tokio::join!(wait(&server, &name, None, None), async {
            sleep(SECOND).await;
            server.store.inject(StoreMethod::Get, fault);
            server.engine.stop();
        });
        server.store.mend();
        assert!(!operation.done);
        assert!(arrived.elapsed() <= SECOND * 2, "{:?}", arrived.elapsed());
    }
}

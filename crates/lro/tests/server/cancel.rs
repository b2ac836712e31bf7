//! Chapter `CancelOperation`.

use std::time::Duration;

use lro::google::longrunning::Operation;
use lro::google::rpc;
use lro::{OnConflict, Start, payload};
use tokio::time::Instant;
use tonic::{Code, Request, Status};

use crate::scripted_service::{Event, Job, Percent, Report};
use crate::support::{Server, error, memory_store, metadata, response};

#[tokio::test(start_paused = true)]
async fn cancelling_is_idempotent_and_without_effect_when_done() {
    let server = Server::new();
    let name = server.start("finish when asked to stop").await;
    for _ in 0..3 {
        server.cancel(&name).await.unwrap();
    }
    let done = server.end(&name).await;
    server.cancel(&name).await.unwrap();
    assert_eq!(server.get(&name).await.unwrap(), done);
    assert_eq!(server.cancel("operations/never").await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_handler_is_told_at_once_and_its_error_kept() {
    let mut server = Server::new();
    let name = server.begin("stop when asked").await;
    let asked = Instant::now();
    server.cancel(&name).await.unwrap();
    let cancelled = server.end(&name).await;
    assert_eq!(asked.elapsed(), Duration::ZERO, "not only with the next heartbeat");
    assert_eq!(error(&cancelled).code, i32::from(Code::Cancelled));
    assert_eq!(error(&cancelled).message, "stopped at 50 %");
    assert_eq!(server.get(&name).await.unwrap(), cancelled, "it stays readable");
}

#[tokio::test(start_paused = true)]
async fn a_handler_in_another_process_is_told_too() {
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let other = Server::with(store, |builder| builder.concurrency(0));
    let name = worker.begin("stop when asked").await;
    other.cancel(&name).await.unwrap();
    assert_eq!(error(&other.end(&name).await).code, i32::from(Code::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_finishes_all_the_same_succeeds() {
    let mut server = Server::new();
    let name = server.begin("finish when asked to stop").await;
    server.cancel(&name).await.unwrap();
    assert_eq!(response(&server.end(&name).await).text, "done");
}

#[tokio::test(start_paused = true)]
async fn progress_ends_work_that_is_asked_to_stop() {
    let mut server = Server::new();
    let name = server.begin("report until it fails").await;
    let asked = Instant::now();
    server.cancel(&name).await.unwrap();
    let cancelled = server.end(&name).await;
    assert_eq!(error(&cancelled).code, i32::from(Code::Cancelled));
    assert!(asked.elapsed() <= Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[tokio::test(start_paused = true)]
async fn progress_that_fails_because_of_a_cancel_is_stored_and_binds_nobody() {
    let mut server = Server::new();
    let name = server.begin("finish although progress fails").await;
    server.cancel(&name).await.unwrap();
    let done = server.end(&name).await;
    assert_eq!(response(&done).text, "done");
    assert_eq!(metadata(&done), Some(99));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_does_not_stop_is_dropped_after_the_grace_period() {
    let grace = Duration::from_secs(7);
    let mut server = Server::with(memory_store(), |builder| builder.cancel_grace(grace));
    let name = server.begin("wait").await;
    let asked = Instant::now();
    server.cancel(&name).await.unwrap();
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    assert!(asked.elapsed() >= grace && asked.elapsed() < grace * 2, "{:?}", asked.elapsed());
    let cancelled = server.end(&name).await;
    assert_eq!(error(&cancelled).code, i32::from(Code::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_ends_without_ever_running() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1));
    let running = server.begin("wait").await;
    let queued = server.start("succeed").await;
    server.cancel(&queued).await.unwrap();
    let cancelled = server.get(&queued).await.unwrap();
    assert_eq!(error(&cancelled).code, i32::from(Code::Cancelled));
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, Event::Gone(running));
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(server.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_operation_whose_process_dies_is_cancelled_and_not_run_again() {
    let store = memory_store();
    let mut dying = Server::with(store.clone(), |builder| builder.cancel_grace(Duration::from_secs(3_600)));
    let mut heir = Server::with(store, |builder| builder);
    let name = dying.begin("wait").await;
    heir.cancel(&name).await.unwrap();
    dying.store.cut();
    assert_eq!(error(&heir.end(&name).await).code, i32::from(Code::Cancelled));
    assert!(heir.has_no_event());
}

/// The error of a handler, in the details of the one that its operation has ended with.
fn own_error(operation: &Operation) -> rpc::Status {
    let details = error(operation).details.iter().cloned();
    let mut own = details.filter_map(|detail| payload::unpack("google.rpc.Status", detail).ok());
    own.next().expect("the handler's own error is in the details")
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_after_it_was_asked_to_stop_ends_as_what_it_was_asked_for() {
    let mut server = Server::new();
    let cancelled = server.begin("fail when asked to stop").await;
    server.cancel(&cancelled).await.unwrap();

    let late = Start::new().deadline(Duration::from_secs(5));
    let late = server.start_with("fail when asked to stop", late).await.unwrap().name;
    let shelf = |on_conflict| Start::new().exclusive("shelves/1", on_conflict);
    let older = server.start_with("fail when asked to stop", shelf(OnConflict::Queue)).await.unwrap().name;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let newer = server.start_with("succeed", shelf(OnConflict::Preempt)).await.unwrap().name;

    for (name, code) in
        [(&cancelled, Code::Cancelled), (&older, Code::Aborted), (&late, Code::DeadlineExceeded)]
    {
        let ended = server.end(name).await;
        assert_eq!(error(&ended).code, i32::from(code));
        let own = own_error(&ended);
        assert_eq!((own.code, own.message.as_str()), (Code::FailedPrecondition.into(), "the shelf is full"));
        let info: rpc::ErrorInfo = payload::unpack("google.rpc.ErrorInfo", own.details[0].clone()).unwrap();
        assert_eq!(info.reason, "SHELF_FULL");
    }
    let preempted = server.end(&older).await;
    assert!(error(&preempted).message.contains(&newer), "{}", error(&preempted).message);
    assert!(server.end(&newer).await.done);
}

#[tokio::test(start_paused = true)]
async fn work_that_was_pre_empted_always_names_the_newer_one() {
    const ABORTS: lro::Method<Job, Report, Percent> =
        lro::Method::new("/test.ScriptedService/Aborts", "test.Job", "test.Report", "test.Percent");
    let server = Server::new();
    server.engine.register(ABORTS, &server.service, |_, _, operation| async move {
        operation.cancelled().await;
        Err(Status::aborted("half of the books are there"))
    });
    let shelf = |on_conflict| Start::new().exclusive("shelves/1", on_conflict);
    let older = server.engine.start(ABORTS, Request::new(Job::new("")), shelf(OnConflict::Queue)).await;
    let older = older.unwrap().into_inner().name;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let newer = server.start_with("succeed", shelf(OnConflict::Preempt)).await.unwrap().name;
    let ended = server.end(&older).await;
    assert_eq!(error(&ended).code, i32::from(Code::Aborted));
    assert!(error(&ended).message.contains(&newer), "{}", error(&ended).message);
    assert_eq!(own_error(&ended).message, "half of the books are there");
}

//! Chapter `CancelOperation`.

use std::time::Duration;

use tokio::time::Instant;
use tonic::Code;

use crate::scripted_service::Event;
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

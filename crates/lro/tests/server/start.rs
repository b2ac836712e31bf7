//! Chapter "Operation": how an operation begins, and what that costs: one write and no read.

use std::time::Duration;

use lro::google::longrunning::{ListOperationsRequest, Operation};
use lro::{OnConflict, Start};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tonic::{Code, Status};

use crate::scripted_service::{Event, Job, Percent, Report};
use crate::support::{Server, detail, memory_store, metadata, reason, response};

/// The calls for operations since the last look: all but those that tasks make at intervals.
fn calls(server: &Server) -> Vec<StoreMethod> {
    let at_intervals =
        [StoreMethod::KeepAlive, StoreMethod::Reclaim, StoreMethod::Expire, StoreMethod::Purge];
    let methods = server.store.take_log().into_iter().map(|logged| logged.call.method);
    methods.filter(|method| !at_intervals.contains(method)).collect()
}

/// A server with which all is quiet.
async fn quiet() -> Server {
    let server = Server::with(memory_store(), |builder| builder.poll_interval(Duration::from_secs(3_600)));
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.store.take_log();
    server
}

fn done(text: &str) -> Start<Percent> {
    Start::done(Report { text: text.to_owned() })
}

fn refuses_all() -> Result<Start<Percent>, Status> {
    Err(Status::already_exists("the start hook has seen this book before"))
}

/// Sends a request with an id that the hook admits.
async fn send(server: &Server, id: &str, start: Start<Percent>) -> Result<Operation, Status> {
    server.call(Job::identified("wait", id), || Ok(start)).await
}

#[tokio::test(start_paused = true)]
async fn a_start_is_one_call_of_the_store_and_a_finish_is_one() {
    let mut server = quiet().await;
    for id in ["", "5f1a"] {
        let name = send(&server, id, Start::new()).await.unwrap().name;
        server.expect_began(&name, 1, None).await;
        assert_eq!(calls(&server), [StoreMethod::Create]);
        server.service.gate.add_permits(1);
        assert_eq!(server.event().await, Event::Gone(name));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(calls(&server), [StoreMethod::Finish]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_that_the_hook_admits_is_found_by_the_create() {
    let server = quiet().await;
    let first = send(&server, "5f1a", Start::new()).await.unwrap();
    calls(&server);
    assert_eq!(send(&server, "5f1a", Start::new()).await.unwrap(), first);
    assert_eq!(calls(&server), [StoreMethod::Create]);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_that_the_hook_refuses_is_looked_up_once() {
    let server = quiet().await;
    let first = send(&server, "5f1a", Start::new()).await.unwrap();
    calls(&server);
    assert_eq!(server.call(Job::identified("wait", "5f1a"), refuses_all).await.unwrap(), first);
    assert_eq!(calls(&server), [StoreMethod::FindByRequest]);
    let status = server.call(Job::identified("wait", "another"), refuses_all).await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists);
    assert_eq!(calls(&server), [StoreMethod::FindByRequest]);
    assert_eq!(server.call(Job::new("wait"), refuses_all).await.unwrap_err().code(), Code::AlreadyExists);
    assert_eq!(calls(&server), [], "without an id nothing can be the first");
}

#[tokio::test(start_paused = true)]
async fn a_repeat_that_the_hook_admits_is_refused_by_neither_a_full_queue_nor_a_shutdown() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1).queue_limit(0));
    let first = send(&server, "5f1a", Start::new()).await.unwrap();
    server.expect_began(&first.name, 1, None).await;
    assert_eq!(reason(&send(&server, "another", Start::new()).await.unwrap_err()), "QUEUE_FULL");
    assert_eq!(send(&server, "5f1a", Start::new()).await.unwrap(), first);
    let other_content = || server.call(Job::identified("succeed", "5f1a"), || Ok(Start::new()));
    assert_eq!(reason(&other_content().await.unwrap_err()), "REQUEST_ID_TAKEN");
    let engine = server.engine.clone();
    let drained = tokio::spawn(async move { engine.drain().await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(send(&server, "5f1a", Start::new()).await.unwrap(), first);
    assert_eq!(reason(&send(&server, "another", Start::new()).await.unwrap_err()), "SERVER_DRAINING");
    server.service.gate.add_permits(1);
    drained.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_hook_runs_before_anything_is_stored_and_its_error_is_the_answer() {
    let server = quiet().await;
    let hook = || {
        assert_eq!(calls(&server), []);
        Err(Status::not_found("there is no such shelf"))
    };
    let status = server.call(Job::new("wait"), hook).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::NotFound, "there is no such shelf"));
    assert_eq!(calls(&server), []);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_panics_is_internal_and_says_nothing_of_it() {
    let server = quiet().await;
    let status = server.call(Job::identified("wait", "5f1a"), || panic!("the secret")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Internal, "START_HOOK_PANICKED"));
    assert!(!format!("{status:?}").contains("secret"));
    assert_eq!(calls(&server), []);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_at_the_start_is_one_write_and_answered_done() {
    let mut server = quiet().await;
    let start = done("here it is").parent("shelves/1").metadata(Percent { value: 100, note: String::new() });
    let answer = send(&server, "5f1a", start).await.unwrap();
    assert_eq!(calls(&server), [StoreMethod::Create]);
    assert!(answer.done && answer.name.starts_with("shelves/1/operations/"));
    assert_eq!((response(&answer).text.as_str(), metadata(&answer)), ("here it is", Some(100)));

    assert_eq!(server.get(&answer.name).await.unwrap(), answer);
    assert_eq!(server.wait(&answer.name, None).await.unwrap(), answer);
    let request = ListOperationsRequest { name: "shelves/1".to_owned(), ..ListOperationsRequest::default() };
    assert_eq!(server.list(request).await.unwrap().operations, std::slice::from_ref(&answer));
    assert_eq!(
        send(&server, "5f1a", done("something else")).await.unwrap(),
        answer,
        "a repeat gets the first"
    );
    server.cancel(&answer.name).await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(server.get(&answer.name).await.unwrap(), answer);
    assert!(server.has_no_event(), "no handler runs");
    server.delete(&answer.name).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_done_at_the_start_needs_no_slot_no_queue_and_no_key() {
    let server = Server::with(memory_store(), |builder| builder.serve_only().queue_limit(0));
    let exclusive = || done("done").exclusive("shelves/1", OnConflict::Abort);
    for start in [done("done"), exclusive(), exclusive(), done("done").delay(Duration::from_secs(60))] {
        assert!(server.start_with("wait", start).await.unwrap().done);
    }
    assert_eq!((server.engine.stats().running, server.engine.stats().queued), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_response_of_another_type_or_size_is_an_error_of_the_start() {
    let server = quiet().await;
    let status = server.start_with("wait", Start::done(Percent::default())).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Internal, "WRONG_RESPONSE_TYPE"));
    let status = server.start_with("wait", done(&"x".repeat(3_000_000))).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "PAYLOAD_TOO_LARGE"));
    assert_eq!(calls(&server), []);
    assert_eq!(detail::<lro::google::rpc::BadRequest>(&status), None);
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_answer_is_lost_is_read_back_and_begins_at_once() {
    for (start, begins) in [
        (Start::new(), true),
        (Start::new().at_most_once(), true),
        (done("done"), false),
        (Start::delegated(), false),
    ] {
        let mut server = quiet().await;
        server.store.inject_next(StoreMethod::Create, 1, Fault::after(FailureMode::Unavailable));
        let answer = server.start_with("wait", start).await.unwrap();
        assert_eq!(calls(&server), [StoreMethod::Create, StoreMethod::Get]);
        assert_eq!(server.get(&answer.name).await.unwrap(), answer);
        tokio::time::sleep(Duration::from_millis(1)).await;
        let began = Event::Began { name: answer.name, attempt: 1, last_progress: None };
        assert_eq!(server.next_event(), begins.then_some(began));
    }
}

//! Calls of methods that start operations.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lro::testing::script::{Fault, Rpc, ScriptedServer};
use lro::{Client, Method};
use tokio::time::sleep;
use tonic::{Code, Request, Status};

use crate::support::{Done, METHOD, Script, Step, code, done, seconds, step};

fn request(id: &str) -> Request<String> {
    Request::new(id.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_call_starts_what_the_script_says_of_its_request() {
    let server = ScriptedServer::new();
    server.on(METHOD, |request| Script::new().parent(request).progress_at(seconds(0), step(1)));
    let client = Client::new(server.transport());
    let operation = client.start(METHOD, request("shelves/1")).await.unwrap();
    assert_eq!(operation.name(), "shelves/1/operations/1");
    assert_eq!(operation.latest().unwrap().unwrap().metadata(), Some(&step(1)));
    let operation = client.start(METHOD, request("shelves/2")).await.unwrap();
    assert_eq!(operation.name(), "shelves/2/operations/2");
    let started: Vec<_> = server.calls().iter().map(|call| call.operation().map(str::to_owned)).collect();
    assert_eq!(
        started,
        ["shelves/1/operations/1", "shelves/2/operations/2"].map(|name| Some(name.to_owned()))
    );
}

#[tokio::test(start_paused = true)]
async fn a_repeated_request_gets_the_first_operation_as_it_is_by_then() {
    let asked = Arc::new(AtomicUsize::new(0));
    let server = ScriptedServer::new();
    let count = Arc::clone(&asked);
    server.on(METHOD, move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        Script::new().succeed_at(seconds(5), done(42))
    });
    let client = Client::new(server.transport());
    let first = client.start(METHOD, request("a")).await.unwrap();
    sleep(seconds(5)).await;
    let again = client.start(METHOD, request("a")).await.unwrap();
    let other = client.start(METHOD, request("b")).await.unwrap();
    assert_eq!((again.name(), again.latest().unwrap().unwrap().is_done()), (first.name(), true));
    assert_ne!(other.name(), first.name());
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_leaves_the_operation_behind() {
    const WITHOUT_ID: Method<String, Done, Step> = Method::<String, _, _>::new(
        "/test.v1.Shelves/Move",
        "google.protobuf.StringValue",
        "google.protobuf.Timestamp",
        "google.protobuf.Duration",
    );
    let server = ScriptedServer::new();
    server.on(WITHOUT_ID, |_| Script::new());
    server.fault(Fault::status(Status::unavailable("lost")).after_execution().times(1));
    let client = Client::new(server.transport());
    let lost = client.start(WITHOUT_ID, request("")).await;
    assert_eq!(code(&lost), Code::Unavailable);
    assert_eq!(server.calls_of(Rpc::Start)[0].operation(), Some("operations/1"));
    let operation = client.start(WITHOUT_ID, request("")).await.unwrap();
    assert_eq!(operation.name(), "operations/2", "without an id it is another request");
}

#[tokio::test(start_paused = true)]
async fn a_request_for_a_check_starts_nothing() {
    const CHECKED: Method<String, Done, Step> = METHOD.with_validate_only(|request| request == "check");
    let server = ScriptedServer::new();
    server.on(CHECKED, |_| Script::new());
    let operation = Client::new(server.transport()).start(CHECKED, request("check")).await.unwrap();
    assert_eq!((operation.name(), operation.latest().unwrap().unwrap().is_done()), ("", true));
    assert_eq!(server.calls()[0].operation(), None);
}

#[tokio::test(start_paused = true)]
async fn a_method_without_a_script_is_not_implemented() {
    let server = ScriptedServer::new();
    let status = Client::new(server.transport()).start(METHOD, request("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert_eq!(status.message(), "the script has nothing for `/test.v1.Shelves/Import`");
}

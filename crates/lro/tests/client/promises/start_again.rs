//! The call that starts an operation, made again when nobody knows whether it has arrived.

use lro::testing::script::{Fault, Rpc, Script, ScriptedServer};
use lro::{Client, Method};
use tokio::time::Instant;
use tonic::{Code, Request, Status};

use crate::promises::support::{client, retry_after, seconds};
use crate::scripted_service::{DONE, Done, STEP, Step};

const WITHOUT_ID: Method<String, Done, Step> =
    Method::<String, _, _>::new("/test.v1.Shelves/Move", "google.protobuf.StringValue", DONE, STEP);

/// A request is a text, which is its id.
const WITH_ID: Method<String, Done, Step> =
    WITHOUT_ID.with_request_id(|request| request, |request, id| *request = id);

fn server(fault: Fault) -> (ScriptedServer, Client) {
    let server = ScriptedServer::new();
    server.on(WITH_ID, |_| Script::new()).fault(fault.on(Rpc::Start));
    let client = client(&server);
    (server, client)
}

fn request() -> Request<String> {
    Request::new(String::new())
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_asked_for_again_and_only_one_operation_starts() {
    let faults = [
        Fault::status(Status::unavailable("lost")).after_execution(),
        Fault::proxy(502).after_execution(),
        Fault::unreachable("connection reset"),
    ];
    for fault in faults {
        let (server, client) = server(fault.times(2));
        let operation = client.start(WITH_ID, request()).await.unwrap();
        assert_eq!(operation.name(), "operations/1");
        assert_eq!(server.calls_of(Rpc::Start).len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn the_id_is_readable_before_the_call_is_made_and_is_the_one_that_is_sent() {
    let (server, client) = server(Fault::status(Status::unavailable("lost")).after_execution());
    let starting = client.start(WITH_ID, request());
    let id = starting.request_id().unwrap().to_owned();
    assert_eq!(server.calls().len(), 0);
    starting.await.unwrap_err();
    server.heal();
    // What a process does that has written the id down and died.
    let operation = client.start(WITH_ID, Request::new(id)).await.unwrap();
    assert_eq!(operation.name(), "operations/1");
}

#[tokio::test(start_paused = true)]
async fn without_an_id_the_call_is_made_once() {
    let (server, client) = server(Fault::status(Status::unavailable("lost")));
    server.on(WITHOUT_ID, |_| Script::new());
    let status = client.start(WITHOUT_ID, request()).await.unwrap_err();
    assert_eq!((status.code(), server.calls().len()), (Code::Unavailable, 1));
}

#[tokio::test(start_paused = true)]
async fn errors_that_mean_something_are_not_asked_about_twice() {
    for code in [
        Code::InvalidArgument,
        Code::PermissionDenied,
        Code::Aborted,
        Code::ResourceExhausted,
        Code::Internal,
    ] {
        let (server, client) = server(Fault::status(Status::new(code, "no")));
        let status = client.start(WITH_ID, request()).await.unwrap_err();
        assert_eq!((status.code(), server.calls().len()), (code, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_given_up_after_a_few_attempts() {
    let (server, client) = server(Fault::status(Status::unavailable("away")));
    let start = Instant::now();
    let status = client.start(WITH_ID, request()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let calls = server.calls().len();
    assert!((2..=10).contains(&calls), "{calls} calls in {:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn retry_info_is_obeyed_here_too() {
    let (server, client) = server(Fault::status(retry_after(Code::Unavailable, seconds(7))).times(1));
    client.start(WITH_ID, request()).await.unwrap();
    let calls = server.calls();
    assert!(calls[1].at() >= calls[0].at() + seconds(7), "{calls:?}");
}

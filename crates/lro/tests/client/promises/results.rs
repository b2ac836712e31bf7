//! Ends that are not quite as the protocol has them.

use lro::google::longrunning::operation;
use lro::testing::script::{Rpc, ScriptedServer};
use lro::{Any, Method};
use prost::Message;
use tonic::Request;

use crate::promises::support::{Script, client, seconds, started};
use crate::scripted_service::{DONE, METHOD, STEP, Step, response};

/// A method whose operations have nothing to say in the end, as a quarter of the public ones.
const EMPTY: Method<(), (), Step> =
    Method::new("/test.v1.Shelves/Delete", "google.protobuf.Empty", "google.protobuf.Empty", STEP);

fn ends() -> [Option<operation::Result>; 2] {
    [None, Some(operation::Result::Response(Any::default()))]
}

#[tokio::test(start_paused = true)]
async fn no_result_and_an_empty_any_are_successes_of_methods_that_return_nothing() {
    for end in ends() {
        let server = ScriptedServer::new();
        let script = end.clone();
        server.on(EMPTY, move |()| lro::testing::script::Script::new().end_at(seconds(3), script.clone()));
        let operation = client(&server).start(EMPTY, Request::new(())).await.unwrap();
        operation.wait().await.unwrap_or_else(|error| panic!("{end:?}: {error}"));
        assert!(operation.poll().await.unwrap().is_done());
    }
}

#[tokio::test(start_paused = true)]
async fn they_are_successes_also_if_the_start_is_answered_with_them() {
    for end in ends() {
        let server = ScriptedServer::new();
        server.on(EMPTY, move |()| lro::testing::script::Script::new().end_at(seconds(0), end.clone()));
        let operation = client(&server).start(EMPTY, Request::new(())).await.unwrap();
        operation.wait().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn of_other_methods_they_are_errors_after_a_second_look() {
    for end in ends() {
        let server = ScriptedServer::new();
        let operation = started(&server, Script::new().end_at(seconds(3), end.clone())).await;
        let error = operation.wait().await.unwrap_err();
        assert_eq!(
            (error.is_malformed(), error.is_unexpected_payload()),
            (end.is_none(), end.is_some()),
            "{error}"
        );
        assert!(!server.calls_of(Rpc::Get).is_empty(), "only GetOperation is believed");
    }
}

#[tokio::test(start_paused = true)]
async fn a_type_url_may_end_with_a_slash() {
    for type_url in [format!("type.googleapis.com/{DONE}/"), format!("{DONE}/")] {
        let any = Any { type_url: type_url.clone(), value: response().encode_to_vec() };
        let metadata = Any { type_url: format!("type.googleapis.com/{STEP}/"), value: vec![8, 1] };
        let server = ScriptedServer::new();
        let end = Some(operation::Result::Response(any));
        let script = Script::new().raw_progress_at(seconds(0), metadata).end_at(seconds(3), end);
        let operation = started(&server, script).await;
        let waited = operation.wait().await;
        assert_eq!(waited.unwrap_or_else(|error| panic!("{type_url}: {error}")), response());
        let latest = operation.latest().unwrap().unwrap();
        assert_eq!(latest.metadata(), Some(&Step { seconds: 1, nanos: 0 }));
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_that_is_too_large_says_that_the_work_is_done_and_how_to_get_it() {
    let server = ScriptedServer::new();
    let script = || Script::new().succeed_at(seconds(3), response()).response_size(5 << 20);
    let operation = started(&server, script()).await;
    let error = operation.wait().await.unwrap_err();
    assert!(!error.is_rpc() && !error.is_timed_out(), "{error}");
    assert!(error.to_string().contains("max_decoding_message_size"), "{error}");

    server.on(METHOD, move |()| script());
    let client = client(&server).max_decoding_message_size(8 << 20);
    let operation = client.start(METHOD, Request::new(())).await.unwrap();
    assert_eq!(operation.wait().await.unwrap(), response());
}

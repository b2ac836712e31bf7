//! The RPCs of operations, for programs that know names and no methods.

use std::time::Duration;

use lro::google::longrunning::Operation;
use lro::{Client, Method, OperationRpcs, State};
use prost::Message;
use tonic::{Code, Status};

use crate::scripted_service::{METHOD, NAME, ScriptedService, at_once, failed, running, succeeded, unused};

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_is_known_to_the_handle() {
    let service = ScriptedService::new([at_once(Ok(running(1))), at_once(Ok(failed(Code::NotFound)))]);
    let operations = service.client().operations();
    let operation = operations.get(NAME).await.unwrap();
    let latest = operation.latest().unwrap().unwrap();
    assert!(matches!(latest.state(), State::Running));
    let typed = operation.typed(METHOD);
    assert_eq!(typed.latest().unwrap().unwrap().metadata().unwrap().seconds, 1);
    let failed = operations.get(NAME).await.expect("how an operation ended is no error of asking");
    assert!(matches!(failed.latest().unwrap().unwrap().state(), State::Failed(_)));
    assert_eq!(service.log(), ["0s get", "0s get"]);
}

#[tokio::test(start_paused = true)]
async fn waiting_is_over_with_the_operation_or_the_time() {
    let held = Duration::from_secs(3);
    for end in [succeeded(2), failed(Code::Aborted)] {
        let service = ScriptedService::new([at_once(Ok(running(1))), (held, Ok(end))]);
        let operations = service.client().operations();
        let ended = operations.wait(NAME, Duration::from_secs(60)).await.unwrap();
        assert!(ended.latest().unwrap().unwrap().is_done());
    }
    let answers = (0..200).map(|step| (Duration::from_secs(1), Ok(running(step))));
    let operations = ScriptedService::new(answers).client().operations();
    let runs = operations.wait(NAME, Duration::from_secs(10)).await.expect("time is no error");
    assert!(!runs.latest().unwrap().unwrap().is_done());
}

#[tokio::test(start_paused = true)]
async fn who_was_never_answered_is_told_so() {
    let answers = (0..200).map(|_| at_once(Err(Status::unavailable("away"))));
    let operations = ScriptedService::new(answers).client().operations();
    let error = operations.wait(NAME, Duration::from_secs(10)).await.unwrap_err();
    assert!(error.is_timed_out(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn names_are_enough_to_cancel_and_delete() {
    let service = ScriptedService::new([]);
    let operations = service.client().operations();
    operations.cancel("operations/1").await.unwrap();
    let error = operations.delete("operations/2").await.unwrap_err();
    assert_eq!(
        (error.status().unwrap().code(), error.operation_name()),
        (Code::Unimplemented, "operations/2")
    );
    assert_eq!(service.log(), ["0s cancel operations/1", "0s delete operations/2"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_becomes_a_handle_without_types() {
    let operation = Client::new(unused()).attach_raw(succeeded(1));
    assert_eq!(operation.name(), NAME);
    assert_eq!(operation.wait().await.unwrap().type_url, "type.googleapis.com/google.protobuf.Timestamp");
}

#[tokio::test(start_paused = true)]
async fn operations_of_a_kind_are_asked_for_by_the_rpcs_of_their_method() {
    const NOTHING: OperationRpcs = OperationRpcs::new(Operation::decode);
    const OTHER: Method<(), (), ()> = Method::new("", "", "", "").with_rpcs(&NOTHING);
    let operations = Client::new(unused()).operations().by(OTHER);
    for status in [
        operations.cancel("1").await.unwrap_err().status().unwrap().clone(),
        operations.list("").next().await.unwrap().unwrap_err(),
    ] {
        assert_eq!(status.code(), Code::Unimplemented);
    }
}

//! Errors keep apart the ways in which an operation, or a call about it, can end.

use std::collections::HashMap;

use lro::google::longrunning::{Operation, operation};
use lro::google::rpc;
use lro::payload::pack;
use lro::{Any, Client, ErrorDetails, OperationError, State};
use prost::Message;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::scripted_service::{
    DONE, Done, METHOD, NAME, STEP, ScriptedService, Step, after, at_once, ended, failed, failure, response,
    running, succeeded, unused,
};

/// The error of waiting for an operation that ended as given.
async fn error_of(operation: Operation) -> OperationError {
    let error = Client::new(unused()).attach(METHOD, operation).wait().await.unwrap_err();
    let kinds = [
        error.is_failed(),
        error.is_cancelled(),
        error.is_timed_out(),
        error.is_gone(),
        error.is_unreachable(),
        error.is_too_large(),
        error.is_rpc(),
        error.is_unexpected_payload(),
        error.is_malformed(),
    ];
    assert_eq!(kinds.iter().filter(|is| **is).count(), 1, "{error}");
    assert!(!error.may_still_run(), "{error}");
    error
}

#[tokio::test]
async fn a_failure_keeps_code_message_and_details() {
    let error = error_of(failed(Code::FailedPrecondition)).await;
    assert!(error.is_failed());
    assert_eq!(error.operation_name(), NAME);
    assert_eq!(error.to_string(), format!("operation `{NAME}` failed: FailedPrecondition: shelf 1 fell"));
    let status = Status::from(error);
    assert_eq!((status.code(), status.message()), (Code::FailedPrecondition, "shelf 1 fell"));
    assert_eq!(rpc::Status::decode(status.details()), Ok(failure(Code::FailedPrecondition)));
}

#[tokio::test(start_paused = true)]
async fn standard_details_are_read_wherever_an_error_comes_from() {
    let details = ErrorDetails::with_error_info("SHELF_FELL", "library.example", HashMap::new());
    let status = Status::with_error_details(Code::Aborted, "shelf 1 fell", details);
    let reason = |details: ErrorDetails| details.error_info().map(|info| info.reason.clone());

    let error = rpc::Status::decode(status.details()).unwrap();
    let end = ended(1, operation::Result::Error(error));
    assert_eq!(reason(error_of(end.clone()).await.details()).as_deref(), Some("SHELF_FELL"));
    let snapshot = Client::new(unused()).attach(METHOD, end).poll().await.unwrap();
    assert_eq!(reason(snapshot.state().details()).as_deref(), Some("SHELF_FELL"));

    let refused = Status::with_error_details(Code::PermissionDenied, "no", status.get_error_details());
    let service = ScriptedService::new([at_once(Err(refused))]);
    let error = service.started().poll().await.unwrap_err();
    assert_eq!(reason(error.details()).as_deref(), Some("SHELF_FELL"));

    let others = error_of(failed(Code::Aborted)).await;
    assert_eq!(reason(others.details()), None, "the detail is of a type of the API's own");
}

#[test]
fn an_error_within_a_message_is_one_of_a_call_too() {
    let status = Status::from(failure(Code::FailedPrecondition));
    assert_eq!((status.code(), status.message()), (Code::FailedPrecondition, "shelf 1 fell"));
    assert_eq!(rpc::Status::decode(status.details()), Ok(failure(Code::FailedPrecondition)));
}

#[tokio::test]
async fn cancellation_is_not_a_failure() {
    let error = error_of(failed(Code::Cancelled)).await;
    assert!(error.is_cancelled());
    assert_eq!(error.status().unwrap().code(), Code::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_not_a_cancelled_operation() {
    let service = ScriptedService::new(vec![at_once(Err(Status::cancelled("the call, not the work"))); 4]);
    let error = service.started().wait().await.unwrap_err();
    assert!(error.is_rpc() && !error.is_cancelled());
}

#[tokio::test]
async fn an_unknown_code_is_kept_in_the_details() {
    let mut status = failure(Code::Internal);
    status.code = 1234;
    let error = error_of(ended(1, operation::Result::Error(status.clone()))).await;
    assert!(error.is_failed());
    assert_eq!(error.status().unwrap().code(), Code::Unknown);
    assert_eq!(rpc::Status::decode(error.status().unwrap().details()), Ok(status));
}

#[tokio::test]
async fn a_response_of_another_type_is_kept_as_it_came() {
    let other = pack(STEP, &Step::default());
    let error = error_of(ended(1, operation::Result::Response(other.clone()))).await;
    assert!(error.is_unexpected_payload());
    assert_eq!(error.payload(), Some(&other));
    assert_eq!(
        error.to_string(),
        format!("operation `{NAME}` succeeded, but the payload is a `{STEP}`, expected a `{DONE}`")
    );
    // Without types it is simply the response.
    assert_eq!(error.into_operation().wait().await.unwrap(), other);
}

#[tokio::test]
async fn a_response_that_does_not_decode_is_kept_as_it_came() {
    let broken = Any { type_url: format!("type.googleapis.com/{DONE}"), value: vec![0xff] };
    let error = error_of(ended(1, operation::Result::Response(broken.clone()))).await;
    assert!(error.is_unexpected_payload());
    assert_eq!(error.payload(), Some(&broken));
    assert_eq!(Status::from(error).code(), Code::Internal);
}

#[tokio::test]
async fn an_end_without_a_result_is_malformed() {
    let error = error_of(Operation { done: true, ..running(1) }).await;
    assert!(error.is_malformed());
    assert_eq!(
        error.to_string(),
        format!("operation `{NAME}` is malformed: it has ended, but with neither a response nor an error")
    );
    assert!(error_of(failed(Code::Ok)).await.is_malformed());
}

#[tokio::test]
async fn what_runs_without_a_name_is_malformed() {
    let mut nameless = running(1);
    nameless.name.clear();
    assert!(error_of(nameless.clone()).await.is_malformed());
    let operation = Client::new(unused()).attach(METHOD, nameless);
    assert!(operation.poll().await.unwrap_err().is_malformed());
    assert!(operation.cancel().await.unwrap_err().is_malformed());
    assert!(operation.updates().next().await.unwrap().unwrap().eq(&lro::Update::Progress(step(1))));
    assert!(operation.delete().await.unwrap_err().is_malformed());
}

#[tokio::test(start_paused = true)]
async fn a_poll_asks_once_and_tells_the_state() {
    let service = ScriptedService::new([at_once(Ok(running(3))), at_once(Ok(failed(Code::Aborted)))]);
    let operation = service.client().operation(METHOD, NAME);
    assert!(operation.latest().unwrap().is_none());

    let snapshot = operation.poll().await.unwrap();
    assert!(matches!(snapshot.state(), State::Running));
    assert_eq!(snapshot.metadata(), Some(&step(3)));
    assert_eq!(operation.latest().unwrap().unwrap().metadata(), Some(&step(3)));

    let snapshot = operation.poll().await.unwrap();
    assert!(snapshot.is_done());
    assert!(matches!(snapshot.into_state(), State::Failed(status) if status.code() == Code::Aborted));
    assert_eq!(service.log(), ["0s get", "0s get"]);
}

#[tokio::test(start_paused = true)]
async fn a_poll_is_not_repeated() {
    let service = ScriptedService::new([at_once(Err(Status::unavailable("later")))]);
    let error = service.started().poll().await.unwrap_err();
    assert!(error.is_unreachable());
    assert_eq!(error.status().unwrap().code(), Code::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_overtaken_does_not_undo_the_end() {
    let service = ScriptedService::new([after(10, Ok(running(1))), after(5, Ok(succeeded(1)))]);
    let operation = service.started();
    let (slow, quick) = tokio::join!(operation.poll(), operation.wait());
    assert!(slow.unwrap().is_done());
    assert_eq!(quick.unwrap(), response());
    assert!(operation.latest().unwrap().unwrap().is_done());
    assert_eq!(service.log(), ["0s get", "0s wait 45s"]);
}

#[tokio::test]
async fn a_result_before_the_end_does_not_count() {
    let early = Operation { done: false, ..succeeded(1) };
    let operation = Client::new(unused()).attach(METHOD, early);
    assert!(!operation.latest().unwrap().unwrap().is_done());
}

#[tokio::test]
async fn untyped_and_back() {
    let operation = Client::new(unused()).attach(METHOD, succeeded(1));
    let raw = operation.untyped();
    assert_eq!(raw.wait().await.unwrap(), pack(DONE, &response()));
    assert_eq!(raw.latest().unwrap().unwrap().metadata(), Some(&pack(STEP, &step(1))));
    let typed: lro::Operation<Done, Step> = raw.typed(METHOD);
    assert_eq!(typed.wait().await.unwrap(), response());
}

fn step(seconds: i64) -> Step {
    Step { seconds, nanos: 0 }
}

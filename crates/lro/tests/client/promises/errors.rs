//! What errors tell: exactly one kind, the last trouble, the time that was spent and the calls that were made.

use lro::OperationError;
use lro::testing::script::{Fault, Rpc, ScriptedServer, Waiting};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::promises::support::{Script, asked, client, retry_after, seconds, started, succeed_at};
use crate::scripted_service::{METHOD, NAME, response};

/// The names of the kinds for which the error says that it is one.
fn kinds(error: &OperationError) -> Vec<&'static str> {
    let kinds = [
        ("failed", error.is_failed()),
        ("cancelled", error.is_cancelled()),
        ("timed out", error.is_timed_out()),
        ("gone", error.is_gone()),
        ("unreachable", error.is_unreachable()),
        ("rpc", error.is_rpc()),
        ("too large", error.is_too_large()),
        ("unexpected payload", error.is_unexpected_payload()),
        ("malformed", error.is_malformed()),
    ];
    kinds.into_iter().filter_map(|(name, is)| is.then_some(name)).collect()
}

async fn kind(script: Script, fault: Option<Fault>) -> Vec<&'static str> {
    let server = ScriptedServer::new();
    let operation = started(&server, script).await.with_timeout(seconds(3600));
    if let Some(fault) = fault {
        server.fault(fault);
    }
    kinds(&operation.wait().await.unwrap_err())
}

#[tokio::test(start_paused = true)]
async fn every_error_has_exactly_one_kind() {
    let soon = seconds(3);
    let on = |status| Some(Fault::status(status));
    assert_eq!(kind(Script::new().fail_at(soon, &Status::aborted("")), None).await, ["failed"]);
    assert_eq!(kind(Script::new().fail_at(soon, &Status::cancelled("")), None).await, ["cancelled"]);
    assert_eq!(kind(Script::new(), None).await, ["timed out"]);
    assert_eq!(kind(Script::new(), on(Status::not_found(""))).await, ["gone"]);
    assert_eq!(kind(Script::new(), on(Status::permission_denied(""))).await, ["rpc"]);
    assert_eq!(kind(Script::new(), on(Status::internal(""))).await, ["rpc"]);
    assert_eq!(kind(Script::new(), Some(Fault::unreachable("no route"))).await, ["unreachable"]);
    assert_eq!(kind(Script::new(), Some(Fault::hang())).await, ["unreachable"]);
    assert_eq!(kind(succeed_at(soon).response_size(5 << 20), None).await, ["too large"]);
    assert_eq!(kind(Script::new().end_at(soon, None), None).await, ["malformed"]);
    let other = lro::Any { type_url: "type.googleapis.com/test.v1.Other".to_owned(), value: Vec::new() };
    let other = Some(lro::google::longrunning::operation::Result::Response(other));
    assert_eq!(kind(Script::new().end_at(soon, other), None).await, ["unexpected payload"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_never_reached_is_unreachable() {
    for fault in [Fault::unreachable("no such host"), Fault::transport("the token store is down")] {
        let server = ScriptedServer::new();
        server.fault(fault);
        let error = client(&server).operation(METHOD, NAME).wait().await.unwrap_err();
        assert_eq!(kinds(&error), ["unreachable"]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_tells_how_long_was_waited_and_how_often_asked() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::at_most(seconds(4)));
    let operation = started(&server, Script::new()).await.with_timeout(seconds(60));
    let error = operation.wait().await.unwrap_err();
    assert_eq!(error.elapsed().as_secs(), 60);
    // The last call may still be under way.
    let (told, made) = (error.calls() as usize, asked(&server).len());
    assert!(told > 0 && (told..=told + 1).contains(&made), "{told} calls told, {made} made");
}

#[tokio::test(start_paused = true)]
async fn giving_up_tells_the_last_trouble() {
    let server = ScriptedServer::new();
    server.fault(Fault::status(Status::unavailable("shelf 1 burns")).on(Rpc::Get).on(Rpc::Wait));
    let operation = started(&server, Script::new()).await.with_timeout(seconds(60));
    let error = operation.wait().await.unwrap_err();
    assert!(error.is_timed_out());
    assert!(error.to_string().contains("shelf 1 burns"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn details_are_typed_whether_the_work_or_a_call_has_failed() {
    let server = ScriptedServer::new();
    let info = ErrorDetails::with_error_info(
        "SHELF_FELL",
        "library.example.com",
        [("shelf".to_owned(), "1".to_owned())],
    );
    let status = Status::with_error_details(Code::FailedPrecondition, "shelf 1 fell", info);
    let failing = started(&server, Script::new().fail_at(seconds(3), &status)).await;
    let error = failing.wait().await.unwrap_err();
    assert!(error.is_failed());
    assert_eq!(error.details().error_info().unwrap().reason, "SHELF_FELL");

    let operation = started(&server, succeed_at(seconds(3))).await;
    server.fault(Fault::status(status).times(2));
    let error = operation.wait().await.unwrap_err();
    assert!(error.is_rpc());
    assert_eq!(error.details().error_info().unwrap().domain, "library.example.com");

    let none = started(&server, Script::new()).await.with_timeout(seconds(1)).wait().await.unwrap_err();
    assert!(none.details().error_info().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_stays_is_told_with_its_details() {
    let server = ScriptedServer::new();
    let operation = started(&server, succeed_at(seconds(3))).await;
    server.fault(Fault::status(retry_after(Code::ResourceExhausted, seconds(90))));
    let error = operation.wait().await.unwrap_err();
    assert!(error.is_rpc(), "{error}");
    assert_eq!(error.details().retry_info().unwrap().retry_delay, Some(seconds(90)));
    assert!(
        error.elapsed() >= seconds(500) && error.calls() < 12,
        "{:?}, {} calls",
        error.elapsed(),
        error.calls()
    );
}

#[tokio::test(start_paused = true)]
async fn after_every_error_the_handle_goes_on() {
    let server = ScriptedServer::new();
    let operation = started(&server, succeed_at(seconds(3))).await;
    server.fault(Fault::status(Status::permission_denied("no")));
    let error = operation.wait().await.unwrap_err();
    server.heal();
    assert_eq!(error.into_operation().typed(METHOD).wait().await.unwrap(), response());
}

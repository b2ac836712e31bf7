//! Chapter "Errors".

use std::time::Duration;

use lro::google::longrunning::ListOperationsRequest;
use lro::google::rpc;
use lro::store::OnConflict;
use lro::{OperationStream, Start, payload};
use tokio_stream::StreamExt as _;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Server, detail, error, memory_store, metadata, reason};

#[tokio::test(start_paused = true)]
async fn every_rpc_refuses_a_malformed_name_and_says_why() {
    let server = Server::new();
    let long = format!("operations/{}", "x".repeat(600));
    for name in ["", "operations", "shelves/1", "operations/a b", "shelves/-/operations/a", long.as_str()] {
        for status in [
            server.get(name).await.unwrap_err(),
            server.cancel(name).await.unwrap_err(),
            server.delete(name).await.unwrap_err(),
            server.wait(name, None).await.unwrap_err(),
        ] {
            assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_NAME"));
            assert_eq!(detail::<rpc::BadRequest>(&status).unwrap().field_violations[0].field, "name");
            assert!(status.message().len() < 300, "a long name is not sent back");
        }
    }
    let parent = ListOperationsRequest { name: "shelves//1".to_owned(), ..ListOperationsRequest::default() };
    assert_eq!(reason(&server.list(parent).await.unwrap_err()), "INVALID_NAME");
}

#[tokio::test(start_paused = true)]
async fn a_store_out_of_reach_is_unavailable_with_a_time_to_try_again() {
    let server = Server::new();
    let name = server.start_as("wait", Start::new().delay(std::time::Duration::from_secs(60))).await;
    server.store.cut();
    for status in [
        server.get(&name).await.unwrap_err(),
        server.cancel(&name).await.unwrap_err(),
        server.delete(&name).await.unwrap_err(),
        server.wait(&name, None).await.unwrap_err(),
        server.list(ListOperationsRequest::default()).await.unwrap_err(),
        server.start_with("wait", Start::new()).await.unwrap_err(),
    ] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "STORE_UNAVAILABLE"));
        assert!(detail::<rpc::RetryInfo>(&status).unwrap().retry_delay.is_some());
        assert!(!status.message().contains("wire"), "what is behind the store stays in the log");
    }
}

#[tokio::test(start_paused = true)]
async fn the_domain_of_errors_is_the_servers_own() {
    let server = Server::with(memory_store(), |builder| builder.error_domain("library.example"));
    let status = server.get("operations/never").await.unwrap_err();
    assert_eq!(detail::<rpc::ErrorInfo>(&status).unwrap().domain, "library.example");
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_too_large_is_a_clear_error_of_the_operation() {
    let server = Server::new();
    let done = server.end(&server.start("answer at length").await).await;
    assert_eq!(error(&done).code, i32::from(Code::ResourceExhausted));
    assert!(error(&done).message.starts_with("the response has 3000"), "{}", error(&done).message);
    let info: rpc::ErrorInfo =
        payload::unpack("google.rpc.ErrorInfo", error(&done).details[0].clone()).unwrap();
    assert_eq!(info.reason, "PAYLOAD_TOO_LARGE");
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_too_large_keeps_its_code() {
    let server = Server::new();
    let done = server.end(&server.start("fail at length").await).await;
    assert_eq!(error(&done).code, i32::from(Code::NotFound));
    assert_eq!(error(&done).message, "the error has 3000000 bytes; at most 2000000 are allowed");
}

#[tokio::test(start_paused = true)]
async fn metadata_that_is_too_large_is_an_error_and_what_was_there_stays() {
    let server = Server::new();
    let first = crate::scripted_service::Percent { value: 40, note: String::new() };
    let name = server.start_with("report at length", Start::new().metadata(first)).await.unwrap().name;
    let done = server.end(&name).await;
    assert_eq!(error(&done).code, i32::from(Code::ResourceExhausted));
    assert_eq!(metadata(&done), Some(40));
}

#[tokio::test(start_paused = true)]
async fn what_the_server_ends_says_why_for_programs_too() {
    let library = |builder: lro::EngineBuilder| builder.error_domain("library.example");
    let server = Server::with(memory_store(), library);
    let shelf = |on_conflict| Start::new().exclusive("shelves/1", on_conflict);
    let cancelled = server.start_as("wait", Start::new().delay(Duration::from_secs(60))).await;
    server.cancel(&cancelled).await.unwrap();
    let late = server.start_as("wait", Start::new().deadline(Duration::from_secs(1))).await;
    let preempted = server.start_as("wait", shelf(OnConflict::Queue)).await;
    let waits = server.start_as("wait", shelf(OnConflict::Queue)).await;
    let newer = server.start_as("wait", shelf(OnConflict::Preempt)).await;
    for (name, code, reason) in [
        (&cancelled, Code::Cancelled, "OPERATION_CANCELLED"),
        (&late, Code::DeadlineExceeded, "OPERATION_DEADLINE_EXCEEDED"),
        (&preempted, Code::Aborted, "OPERATION_PREEMPTED"),
        (&waits, Code::Aborted, "OPERATION_PREEMPTED"),
    ] {
        let ended = server.end(name).await;
        let error = error(&ended);
        let info = error_info(error);
        assert_eq!((error.code, info.reason.as_str()), (code.into(), reason));
        assert_eq!(info.domain, "library.example");
        let by = (reason == "OPERATION_PREEMPTED").then_some(&newer);
        assert_eq!(info.metadata.get("operation"), by);
        // Lists and watches show the same.
        let list = server.list(ListOperationsRequest::default()).await.unwrap();
        assert!(list.operations.contains(&ended));
        let watched = OperationStream::from(server.watch(name).unwrap());
        assert_eq!(watched.collect::<Vec<_>>().await.pop().unwrap().unwrap(), ended);
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_was_interrupted_too_often_says_so_for_programs_too() {
    let store = memory_store();
    let first = Server::with(store.clone(), |builder| builder.drain_time(Duration::ZERO));
    let name = first.start_as("wait", Start::new().at_most_once()).await;
    tokio::task::yield_now().await;
    first.engine.drain().await;
    let ended = Server::with(store, |builder| builder).end(&name).await;
    assert_eq!(error_info(error(&ended)).reason, "OPERATION_INTERRUPTED");
}

fn error_info(status: &rpc::Status) -> rpc::ErrorInfo {
    let details = status.details.iter().cloned();
    let mut infos = details.filter_map(|detail| payload::unpack("google.rpc.ErrorInfo", detail).ok());
    let info = infos.next().expect("it says why");
    assert!(infos.next().is_none(), "it says so once");
    info
}

#[tokio::test(start_paused = true)]
async fn others_read_the_details_of_errors() {
    let server = Server::new();
    let missing = server.get("operations/never").await.unwrap_err();
    let details = missing.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "OPERATION_NOT_FOUND");
    assert_eq!(details.resource_info().unwrap().resource_name, "operations/never");
    let malformed = server.get("operations/a b").await.unwrap_err();
    let details = malformed.get_error_details();
    assert_eq!(details.bad_request().unwrap().field_violations[0].field, "name");
    server.store.cut();
    let away = server.get("operations/never").await.unwrap_err();
    assert_eq!(away.get_error_details().retry_info().unwrap().retry_delay, Some(Duration::from_secs(1)));
}

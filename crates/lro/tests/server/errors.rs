//! Chapter "Errors".

use lro::google::longrunning::ListOperationsRequest;
use lro::google::rpc;
use lro::{Start, payload};
use tonic::Code;

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

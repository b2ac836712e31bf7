//! Chapter "Operation".

use lro::google::longrunning::ListOperationsRequest;
use lro::google::rpc;
use lro::{OnConflict, Start, payload};
use tonic::Code;

use crate::scripted_service::Percent;
use crate::support::{Server, detail, error, metadata, reason, response};

#[tokio::test(start_paused = true)]
async fn a_name_is_the_parent_and_operations_and_a_random_id() {
    let server = Server::new();
    let with_parent = server.start_with("succeed", Start::new().parent("shelves/1")).await.unwrap().name;
    let id = with_parent.strip_prefix("shelves/1/operations/").unwrap();
    assert_eq!(id.len(), 34, "48 bits of time and 122 random bits, five to a character");
    assert!(id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()), "{id}");
    let without = server.start("succeed").await;
    assert!(without.starts_with("operations/"));
    assert_ne!(without, server.start("succeed").await);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_done_has_no_result_and_what_is_done_has_one_for_good() {
    let mut server = Server::new();
    let started = server.start_with("wait", Start::new()).await.unwrap();
    assert!(!started.done && started.result.is_none());
    server.expect_began(&started.name, 1, None).await;
    let running = server.get(&started.name).await.unwrap();
    assert!(!running.done && running.result.is_none());
    server.service.gate.add_permits(1);
    let done = server.end(&started.name).await;
    assert_eq!(response(&done).text, "done");
    server.cancel(&started.name).await.unwrap();
    assert_eq!(server.get(&started.name).await.unwrap(), done);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_stops_the_start_leaves_no_operation_behind() {
    let server = Server::new();
    let refused = [
        (Start::new().parent("shelves/-"), "INVALID_PARENT"),
        (Start::new().exclusive("", OnConflict::Abort), "INVALID_EXCLUSIVE_KEY"),
        (Start::new().metadata(Percent { value: 0, note: "x".repeat(3_000_000) }), "PAYLOAD_TOO_LARGE"),
    ];
    for (start, expected) in refused {
        let status = server.start_with("succeed", start).await.unwrap_err();
        assert_eq!(reason(&status), expected);
        assert_eq!(detail::<rpc::BadRequest>(&status), None, "the client sent no such field");
    }
    server.store.cut();
    let status = server.start_with("succeed", Start::new()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "STORE_UNAVAILABLE"));
    server.store.mend();
    assert!(server.list(ListOperationsRequest::default()).await.unwrap().operations.is_empty());
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_work_keep_code_message_and_details() {
    let server = Server::new();
    let failed = server.end(&server.start("fail").await).await;
    let error = error(&failed);
    assert_eq!((error.code, error.message.as_str()), (Code::FailedPrecondition.into(), "the shelf is full"));
    let info: rpc::ErrorInfo = payload::unpack("google.rpc.ErrorInfo", error.details[0].clone()).unwrap();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("SHELF_FULL", "library.example"));
}

#[tokio::test(start_paused = true)]
async fn an_error_is_an_error_whatever_its_code() {
    let server = Server::new();
    let failed = server.end(&server.start("fail with ok").await).await;
    assert_eq!(error(&failed).code, i32::from(Code::Unknown));
}

#[tokio::test(start_paused = true)]
async fn a_panic_gives_internal_with_a_fixed_message() {
    let server = Server::new();
    let failed = server.end(&server.start("panic").await).await;
    assert_eq!(error(&failed).code, i32::from(Code::Internal));
    assert_eq!(error(&failed).message, "the work failed because of a bug in the server");
    assert!(!format!("{failed:?}").contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn an_operation_is_durable_before_its_name_is_returned() {
    let server = Server::new();
    let start = Start::new().metadata(Percent { value: 0, note: String::new() });
    let started = server.start_with("wait", start).await.unwrap();
    assert_eq!(metadata(&started), Some(0));
    assert_eq!(server.get(&started.name).await.unwrap(), started);
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_client_goes_away_still_runs() {
    let mut server = Server::new();
    // One look is enough to begin it, and then it is dropped.
    tokio::select! {
        biased;
        _ = server.start_with("succeed", Start::new()) => panic!("it was too quick to go away"),
        () = std::future::ready(()) => {}
    }
    let crate::scripted_service::Event::Began { name, attempt: 1, .. } = server.event().await else {
        panic!("it did not begin")
    };
    assert!(server.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn parallel_work_on_one_resource_is_denied_and_the_holder_named() {
    let server = Server::new();
    let exclusive = || Start::new().exclusive("shelves/1", OnConflict::Abort);
    let holder = server.start_with("wait", exclusive()).await.unwrap().name;
    let status = server.start_with("wait", exclusive()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "OPERATION_CONFLICT"));
    assert!(status.message().contains(&holder), "{}", status.message());
    let resource: rpc::ResourceInfo = detail(&status).unwrap();
    assert_eq!(resource.resource_name, holder);

    server.start_with("wait", Start::new().exclusive("shelves/2", OnConflict::Abort)).await.unwrap();
    server.service.gate.add_permits(2);
    server.end(&holder).await;
    server.start_with("succeed", exclusive()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_exclusive_key_is_free_only_when_the_cancelled_work_is_gone() {
    let mut server = Server::new();
    let exclusive = || Start::new().exclusive("shelves/1", OnConflict::Abort);
    let holder = server.start_with("wait", exclusive()).await.unwrap().name;
    server.expect_began(&holder, 1, None).await;
    server.cancel(&holder).await.unwrap();
    assert_eq!(server.start_with("succeed", exclusive()).await.unwrap_err().code(), Code::Aborted);
    server.end(&holder).await;
    assert_eq!(server.event().await, crate::scripted_service::Event::Gone(holder));
    server.start_with("succeed", exclusive()).await.unwrap();
}

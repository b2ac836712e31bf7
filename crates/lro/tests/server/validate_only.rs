//! Chapter "Operation": requests that only ask for a check.

use lro::google::longrunning::{Operation, operation};
use lro::{Any, Method, OnConflict, Start};
use tonic::{Code, Request, Status};

use crate::scripted_service::{Job, Percent, WORK};
use crate::support::{Server, memory_store, reason};

fn check(script: &str) -> Job {
    Job { validate_only: true, ..Job::new(script) }
}

/// Done, without a name, and with an empty message of this type.
fn passed(response_type: &str) -> Operation {
    let type_url = format!("type.googleapis.com/{response_type}");
    let response = Any { type_url, value: Vec::new() };
    let result = Some(operation::Result::Response(response));
    Operation { done: true, result, ..Operation::default() }
}

#[tokio::test(start_paused = true)]
async fn a_check_runs_the_start_hook_and_nothing_else() {
    let mut server = Server::new();
    let metadata = Percent { value: 1, note: String::new() };
    let start = Start::new().parent("shelves/1").exclusive("shelves/1", OnConflict::Abort).metadata(metadata);
    assert_eq!(server.call(check("succeed"), || Ok(start)).await.unwrap(), passed("test.Report"));
    let status = server.call(check("succeed"), || Err(Status::not_found("no such shelf"))).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::NotFound, "no such shelf"));
    assert_eq!(server.count().await, 0);
    let real = server.begin("wait").await;
    assert_eq!(server.count().await, 1);
    server.service.gate.add_permits(1);
    server.end(&real).await;
    assert_eq!(server.event().await, crate::scripted_service::Event::Gone(real));
    assert!(server.has_no_event(), "nothing else ever ran");
}

#[tokio::test(start_paused = true)]
async fn a_check_finds_what_a_start_would_refuse_by_itself() {
    let server = Server::new();
    let refused = [
        (check("succeed"), Start::new().parent("shelves/-"), "INVALID_PARENT"),
        (check("succeed"), Start::new().exclusive("", OnConflict::Abort), "INVALID_EXCLUSIVE_KEY"),
        (
            check("succeed"),
            Start::new().metadata(Percent { value: 0, note: "x".repeat(3_000_000) }),
            "PAYLOAD_TOO_LARGE",
        ),
        (Job { request_id: "\n".to_owned(), ..check("succeed") }, Start::new(), "INVALID_REQUEST_ID"),
    ];
    for (job, start, expected) in refused {
        assert_eq!(reason(&server.call(job, || Ok(start)).await.unwrap_err()), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_needs_no_place_and_no_store() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1).queue_limit(1));
    server.begin("wait").await;
    server.store.cut();
    for _ in 0..3 {
        assert_eq!(server.call(check("wait"), || Ok(Start::new())).await.unwrap(), passed("test.Report"));
    }
    server.store.mend();
    server.start("wait").await;
    assert_eq!(reason(&server.start_with("wait", Start::new()).await.unwrap_err()), "QUEUE_FULL");
    assert!(server.call(check("wait"), || Ok(Start::new())).await.unwrap().done);
}

#[tokio::test(start_paused = true)]
async fn a_check_neither_takes_a_request_id_nor_is_the_repeat_of_one() {
    let server = Server::new();
    let real = || Job::identified("succeed", "5f1a");
    let check = || Job { validate_only: true, ..real() };
    for _ in 0..2 {
        let answer = server.call(check(), || Ok(Start::new())).await.unwrap();
        assert_eq!(answer, passed("test.Report"));
    }
    let name = server.call(real(), || Ok(Start::new())).await.unwrap().name;
    assert!(server.end(&name).await.done);
    assert_eq!(server.call(check(), || Ok(Start::new())).await.unwrap(), passed("test.Report"));
    assert_eq!(server.count().await, 1);
}

#[tokio::test(start_paused = true)]
async fn the_empty_response_has_the_declared_type_even_if_that_is_any() {
    const ANY: Method<Job, Any, Percent> =
        Method::new("/test.ScriptedService/Any", "test.Job", "google.protobuf.Any", "test.Percent")
            .with_validate_only(|job: &Job| job.validate_only);
    let server = Server::new();
    server.engine.register(ANY, &server.service, |_, _, _| async { Ok(Any::default()) });
    let request = Request::new(check("succeed"));
    let answer = server.engine.start(ANY, request, Start::new()).await.unwrap().into_inner();
    assert_eq!(answer, passed("google.protobuf.Any"));
}

#[tokio::test(start_paused = true)]
async fn a_check_of_a_method_that_nobody_does_says_so() {
    let engine = lro::Engine::builder(memory_store()).build();
    let status = engine.start(WORK, Request::new(check("succeed")), Start::new()).await.unwrap_err();
    assert_eq!(reason(&status), "NO_HANDLER");
}

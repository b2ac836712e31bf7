//! Servers without a `WaitOperation` of any use.

use lro::testing::script::{Rpc, ScriptedServer, Waiting};
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::promises::support::{asked, client, delay, millis, seconds, started, succeed_at};
use crate::scripted_service::response;

const REFUSALS: [Code; 8] = [
    Code::Unimplemented,
    Code::PermissionDenied,
    Code::InvalidArgument,
    Code::NotFound,
    Code::ResourceExhausted,
    Code::FailedPrecondition,
    Code::Internal,
    Code::Unknown,
];

#[tokio::test(start_paused = true)]
async fn where_wait_operation_is_refused_get_operation_decides() {
    for code in REFUSALS {
        let server = ScriptedServer::new();
        server.waiting(Waiting::refused(Status::new(code, "no waiting here")));
        let operation = started(&server, succeed_at(seconds(3))).await;
        let start = Instant::now();
        let waited = operation.wait().await;
        assert_eq!(waited.unwrap_or_else(|error| panic!("{code:?}: {error}")), response());
        assert!(start.elapsed() < seconds(3 + 5), "{code:?}: {:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn where_wait_operation_is_never_available_get_operation_is_asked_as_well() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::refused(Status::unavailable("the waiting room is full")));
    let operation = started(&server, succeed_at(seconds(60))).await;
    let start = Instant::now();
    assert_eq!(operation.wait().await.unwrap(), response());
    assert!(start.elapsed() < seconds(60 + 45), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_both_refuse_is_final_at_once() {
    for code in [Code::PermissionDenied, Code::InvalidArgument, Code::FailedPrecondition] {
        let server = ScriptedServer::new();
        let operation = started(&server, succeed_at(seconds(3))).await;
        server.fault(lro::testing::script::Fault::status(Status::new(code, "no")));
        let start = Instant::now();
        let error = operation.wait().await.unwrap_err();
        assert!(error.is_rpc(), "{error}");
        assert_eq!(error.status().unwrap().code(), code);
        assert!(start.elapsed() < seconds(2) && asked(&server).len() <= 2, "{code:?}: {:?}", asked(&server));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_a_stub_is_not_believed() {
    for seed in 0..20 {
        let server = ScriptedServer::new();
        server.waiting(Waiting::stub(seed));
        let operation = started(&server, succeed_at(seconds(3))).await;
        let start = Instant::now();
        let waited = operation.wait().await;
        assert_eq!(waited.unwrap_or_else(|error| panic!("seed {seed}: {error}")), response());
        assert!(
            (seconds(3)..seconds(3 + 5)).contains(&start.elapsed()),
            "seed {seed}: {:?}",
            start.elapsed()
        );
        assert!(asked(&server).len() < 20, "seed {seed}: {} calls", asked(&server).len());
    }
}

#[tokio::test(start_paused = true)]
async fn what_stubs_say_does_not_undo_the_metadata_that_is_known() {
    use crate::promises::support::Script;
    use crate::scripted_service::Step;

    let step = Step { seconds: 1, nanos: 0 };
    for seed in 0..20 {
        let server = ScriptedServer::new();
        server.waiting(Waiting::stub(seed));
        let script = Script::new().progress_at(millis(0), step).succeed_at(seconds(3), response());
        let operation = started(&server, script).await;
        operation.wait().await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(operation.latest().unwrap().unwrap().metadata(), Some(&step), "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_handle_finds_out_for_all_that_wait_operation_is_not_there() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::unimplemented());
    let client = client(&server);
    for _ in 0..20 {
        delay(&server, &client.clone(), seconds(3)).await;
    }
    assert_eq!(server.calls_of(Rpc::Wait).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_waits_at_once_is_not_asked_to_wait_by_every_handle() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::at_most(millis(0)));
    let client = client(&server);
    for _ in 0..20 {
        delay(&server, &client, seconds(2)).await;
    }
    let waits = server.calls_of(Rpc::Wait).len();
    assert!(waits < 10, "{waits} calls of WaitOperation");
}

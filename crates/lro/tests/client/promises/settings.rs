//! What callers can set.

use std::time::Duration;

use lro::google::longrunning::operation;
use lro::testing::script::{Fault, Rpc, ScriptedServer, Waiting};
use lro::{Any, Polling, RetryPolicy};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::promises::support::{Script, asked, client, seconds, start, started, succeed_at};
use crate::scripted_service::{Done, METHOD, NAME, response};

#[tokio::test(start_paused = true)]
async fn wait_operation_can_be_turned_off_for_a_client_and_for_a_handle() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::stub(1));
    let client = client(&server).polling(Polling::new().without_wait());
    let operation = start(&server, &client, succeed_at(seconds(30))).await;
    assert_eq!(operation.wait().await.unwrap(), response());

    let operation =
        started(&server, succeed_at(seconds(30))).await.with_polling(Polling::new().without_wait());
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(server.calls_of(Rpc::Wait).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn no_result_can_count_as_the_default_message() {
    for end in [None, Some(operation::Result::Response(Any::default()))] {
        let server = ScriptedServer::new();
        let script = || Script::new().end_at(seconds(3), end.clone());
        let lenient = client(&server).accept_missing_result();
        let operation = start(&server, &lenient, script()).await;
        assert_eq!(operation.wait().await.unwrap(), Done::default());
        let operation = started(&server, script()).await.accept_missing_result();
        assert_eq!(operation.wait().await.unwrap(), Done::default());
    }
}

#[tokio::test(start_paused = true)]
async fn the_number_of_held_waits_and_of_looks_can_be_set() {
    let server = ScriptedServer::new();
    let client = client(&server).max_held_waits(10).max_polls_per_second(5.0);
    let mut waits = JoinSet::new();
    for _ in 0..50 {
        let operation = start(&server, &client, succeed_at(seconds(100))).await;
        waits.spawn(async move { operation.wait().await.is_ok() });
    }
    assert_eq!(waits.join_all().await, [true; 50]);
    assert_eq!(server.most_held(), 10);
    let times: Vec<_> = server.calls_of(Rpc::Get).iter().map(lro::testing::script::Call::at).collect();
    let busiest =
        times.iter().map(|from| times.iter().filter(|at| (*from..*from + seconds(1)).contains(at)).count());
    assert!(busiest.max().unwrap() <= 10, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn zero_held_waits_means_looks_alone() {
    let server = ScriptedServer::new();
    let client = client(&server).max_held_waits(0);
    let operation = start(&server, &client, succeed_at(seconds(30))).await;
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(server.most_held(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_codes_that_are_asked_again_can_be_set() {
    let server = ScriptedServer::new();
    server.fault(Fault::status(Status::data_loss("replica")).on(Rpc::Get).on(Rpc::Wait).times(3));
    let policy = RetryPolicy::new().with_codes(&[Code::DataLoss]);
    let operation = start(&server, &client(&server).retry(policy), succeed_at(seconds(3))).await;
    assert_eq!(operation.wait().await.unwrap(), response());

    server.fault(Fault::status(Status::unavailable("")).on(Rpc::Get).on(Rpc::Wait));
    let operation = started(&server, succeed_at(seconds(3))).await.with_retry(policy);
    let (start, before) = (Instant::now(), asked(&server).len());
    let error = operation.wait().await.unwrap_err();
    assert_eq!(error.status().unwrap().code(), Code::Unavailable);
    assert!(start.elapsed() < seconds(2) && asked(&server).len() - before <= 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_again_if_the_policy_is_never() {
    for code in [Code::Unavailable, Code::NotFound, Code::Internal, Code::Unauthenticated] {
        let server = ScriptedServer::new();
        let client = client(&server).retry(RetryPolicy::never());
        let operation = start(&server, &client, succeed_at(seconds(3))).await;
        server.fault(Fault::status(Status::new(code, "no")));
        let error = operation.wait().await.unwrap_err();
        assert_eq!(error.status().unwrap().code(), code);
        // One GetOperation may decide about a WaitOperation.
        assert!(asked(&server).len() <= 2, "{code:?}: {:?}", asked(&server));
    }
}

#[tokio::test(start_paused = true)]
async fn how_long_trouble_may_last_can_be_set() {
    const LONG: Duration = seconds(3600);
    let policy = RetryPolicy::new()
        .with_total_timeout(Duration::MAX)
        .with_unreachable_timeout(Duration::MAX)
        .with_not_found_timeout(LONG);
    let server = ScriptedServer::new();
    let client = client(&server).retry(policy);
    let operation = start(&server, &client, succeed_at(seconds(3)).hidden_for(seconds(3000))).await;
    assert_eq!(operation.wait().await.unwrap(), response());

    server.fault(Fault::unreachable("no route"));
    server.start(METHOD, succeed_at(seconds(3)).name(NAME));
    let operation = client.operation(METHOD, NAME);
    let heal = async {
        tokio::time::sleep(24 * LONG).await;
        server.heal();
    };
    let (waited, ()) = tokio::join!(operation.wait(), heal);
    assert_eq!(waited.unwrap(), response());
}

//! What the server does with `WaitOperation`.

use std::time::Duration;

use lro::Any;
use lro::google::longrunning::{WaitOperationRequest, operation};
use lro::testing::script::{ScriptedServer, Waiting};
use tokio::time::{Instant, sleep};
use tonic::{Code, Status};

use crate::support::{METHOD, Script, asker, cancel, code, done, seconds, told, wait};

/// How long a call takes, in seconds, and what it answers.
async fn waited(server: &ScriptedServer, name: &str, hold: Duration) -> (u64, String) {
    let start = Instant::now();
    let answer = wait(&asker(server), name, hold).await;
    let told = answer.map_or_else(|status| status.message().to_owned(), |operation| told(&operation));
    (start.elapsed().as_secs(), told)
}

fn server(waiting: Waiting) -> (ScriptedServer, String) {
    let server = ScriptedServer::new();
    server.waiting(waiting);
    let name = server.start(METHOD, Script::new().succeed_at(seconds(60), done(42)));
    (server, name)
}

fn ended() -> String {
    "no step, ended with 42".to_owned()
}

#[tokio::test(start_paused = true)]
async fn it_waits_for_as_long_as_it_is_asked_and_not_beyond_the_end() {
    let (server, name) = server(Waiting::as_asked());
    assert_eq!(waited(&server, &name, seconds(20)).await, (20, "no step".to_owned()));
    assert_eq!(waited(&server, &name, seconds(100)).await, (40, ended()));
    assert_eq!(waited(&server, &name, seconds(100)).await, (0, ended()));
}

#[tokio::test(start_paused = true)]
async fn without_a_time_it_waits_for_the_end() {
    let (server, name) = server(Waiting::as_asked());
    let request = WaitOperationRequest { name, timeout: None };
    let start = Instant::now();
    let operation = asker(&server).wait_operation(request).await.unwrap().into_inner();
    assert_eq!((start.elapsed(), told(&operation)), (seconds(60), ended()));
    assert_eq!(server.calls()[0].hold(), None);
}

#[tokio::test(start_paused = true)]
async fn it_holds_no_call_longer_than_its_limit() {
    let (server, name) = server(Waiting::at_most(seconds(10)));
    assert_eq!(waited(&server, &name, seconds(45)).await, (10, "no step".to_owned()));
    assert_eq!(waited(&server, &name, seconds(5)).await, (5, "no step".to_owned()));
    sleep(seconds(40)).await;
    assert_eq!(waited(&server, &name, seconds(45)).await, (5, ended()));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cut_off_ends_with_an_error() {
    let (server, name) = server(Waiting::cut_off(seconds(15), Status::unavailable("cut")));
    assert_eq!(waited(&server, &name, seconds(45)).await, (15, "cut".to_owned()));
    assert_eq!(waited(&server, &name, seconds(5)).await, (5, "no step".to_owned()));
    sleep(seconds(30)).await;
    assert_eq!(waited(&server, &name, seconds(45)).await, (10, ended()));
}

#[tokio::test(start_paused = true)]
async fn it_can_be_refused_and_allowed_again() {
    let (server, name) = server(Waiting::unimplemented());
    let asker = asker(&server);
    assert_eq!(code(&wait(&asker, &name, seconds(9)).await), Code::Unimplemented);
    server.waiting(Waiting::refused(Status::permission_denied("no")));
    assert_eq!(waited(&server, &name, seconds(9)).await, (0, "no".to_owned()));
    server.waiting(Waiting::as_asked());
    assert_eq!(waited(&server, &name, seconds(9)).await.0, 9);
}

#[tokio::test(start_paused = true)]
async fn a_stub_answers_both_ways_at_once_whatever_the_operation_does() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (server, name) = server(Waiting::stub(7));
        let asker = asker(&server);
        let mut answers = Vec::new();
        for _ in 0..20 {
            let operation = wait(&asker, &name, seconds(9)).await.unwrap();
            assert_eq!(operation.metadata, None);
            let empty = operation::Result::Response(Any::default());
            assert_eq!(operation.result, operation.done.then_some(empty));
            answers.push(operation.done);
        }
        assert!(answers.contains(&true) && answers.contains(&false), "{answers:?}");
        assert!(server.calls().iter().all(|call| call.at() == Duration::ZERO));
        runs.push(answers);
    }
    assert_eq!(runs[0], runs[1], "the seed decides");
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_learn_of_a_cancellation() {
    let (server, name) = server(Waiting::as_asked());
    let later = async {
        sleep(seconds(3)).await;
        assert_eq!(server.held(), 1);
        cancel(&asker(&server), &name).await.unwrap();
    };
    let (waited, ()) = tokio::join!(waited(&server, &name, seconds(45)), later);
    assert_eq!(waited, (3, "no step, ended with code 1".to_owned()));
    assert_eq!((server.held(), server.most_held()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_is_held_no_longer() {
    let (server, name) = server(Waiting::as_asked());
    let asker = asker(&server);
    tokio::time::timeout(seconds(1), wait(&asker, &name, seconds(45))).await.unwrap_err();
    assert_eq!((server.held(), server.most_held()), (0, 1));
}

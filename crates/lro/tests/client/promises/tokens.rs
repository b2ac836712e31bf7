//! Tokens that expire while an operation runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lro::testing::script::{Fault, Rpc, ScriptedServer, Waiting};
use lro::{Client, Operation};
use tonic::service::interceptor::InterceptedService;
use tonic::{Code, Request, Status};

use crate::promises::support::{asked, seconds, start, succeed_at};
use crate::scripted_service::{Done, Step, response};

/// A server on which each token is good for `uses` calls, and a handle whose interceptor takes a new token when it has been told that the last
/// one is not good any more.
async fn with_tokens(server: &ScriptedServer, uses: usize, lasts: u64) -> Operation<Done, Step> {
    let expired = Arc::new(AtomicUsize::new(0));
    let (number, calls) = (Arc::clone(&expired), AtomicUsize::new(0));
    server.fault(Fault::status(Status::unauthenticated("the token has expired")).when(move |call| {
        let current = format!("token {}", number.load(Ordering::Relaxed));
        if calls.fetch_add(1, Ordering::Relaxed) + 1 > uses && call.header("authorization") == Some(&current)
        {
            calls.store(0, Ordering::Relaxed);
            number.fetch_add(1, Ordering::Relaxed);
            return true;
        }
        false
    }));
    let interceptor = move |mut request: Request<()>| {
        let token = format!("token {}", expired.load(Ordering::Relaxed));
        request.metadata_mut().insert("authorization", token.parse().unwrap());
        Ok(request)
    };
    let client = Client::new(InterceptedService::new(server.transport(), interceptor));
    start(server, &client, succeed_at(seconds(lasts))).await
}

#[tokio::test(start_paused = true)]
async fn a_token_that_has_expired_is_renewed_and_the_call_made_again() {
    for waiting in [Waiting::as_asked(), Waiting::at_most(seconds(4)), Waiting::unimplemented()] {
        let server = ScriptedServer::new();
        server.waiting(waiting);
        let operation = with_tokens(&server, 2, 600).await;
        let waited = operation.wait().await;
        assert_eq!(waited.unwrap_or_else(|error| panic!("{:?}: {error}", asked(&server).len())), response());
    }
}

#[tokio::test(start_paused = true)]
async fn calls_of_the_caller_are_made_once_more_too() {
    let server = ScriptedServer::new();
    // Each token is good for one call, so that every second call is refused at first.
    let operation = with_tokens(&server, 1, 600).await;
    for _ in 0..3 {
        assert!(!operation.poll().await.unwrap().is_done());
    }
    operation.cancel().await.unwrap();
    operation.delete().await.unwrap();
    let never = operation.with_retry(lro::RetryPolicy::never());
    assert_eq!(never.poll().await.unwrap_err().status().unwrap().code(), Code::Unauthenticated);

    let server = ScriptedServer::new();
    server.fault(Fault::status(Status::unauthenticated("the token has expired")).on(Rpc::Start).times(1));
    let operation = start(&server, &Client::new(server.transport()), succeed_at(seconds(1))).await;
    assert_eq!(operation.wait().await.unwrap(), response());
}

#[tokio::test(start_paused = true)]
async fn without_a_good_token_the_second_refusal_is_final() {
    let server = ScriptedServer::new();
    server.fault(Fault::status(Status::unauthenticated("who are you?")).on(Rpc::Get).on(Rpc::Wait));
    let operation = with_tokens(&server, usize::MAX, 600).await;
    let error = operation.wait().await.unwrap_err();
    assert!(error.is_rpc(), "{error}");
    assert_eq!(error.status().unwrap().code(), Code::Unauthenticated);
    let calls = asked(&server).len();
    assert!((2..=4).contains(&calls), "{calls} calls");
}

#[tokio::test(start_paused = true)]
async fn interceptors_see_every_call_about_an_operation() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::at_most(seconds(4)));
    let operation = with_tokens(&server, usize::MAX, 20).await;
    operation.wait().await.unwrap();
    let operation = with_tokens(&server, usize::MAX, 20).await;
    operation.poll().await.unwrap();
    operation.cancel().await.unwrap();
    operation.delete().await.unwrap();
    let calls = server.calls();
    let without: Vec<_> =
        calls.iter().filter(|call| call.header("authorization") != Some("token 0")).collect();
    assert!(without.is_empty(), "{without:?}");
}

//! Starts that share an operation with those who ask for the same at the same time.

use std::future::{poll_fn, ready};
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream as _;
use lro::codegen::{register_method, stream_operation};
use lro::{Method, OnConflict, Start};
use lro_store_conformance::{Fault, StoreMethod};
use tonic::{Code, Request};

use crate::scripted_service::{Job, Percent, Report, ScriptedService, WORK};
use crate::support::{Server, memory_store, reason};

fn joining() -> Start<Percent> {
    Start::new().join("actions/1")
}

#[tokio::test(start_paused = true)]
async fn all_who_ask_at_the_same_time_share_one_operation_wherever_they_ask() {
    let store = memory_store();
    let servers = [Server::with(store.clone(), |builder| builder), Server::with(store, |builder| builder)];
    let (a, b, c) = tokio::join!(
        servers[0].start_as("wait", joining()),
        servers[1].start_as("wait", joining()),
        servers[0].start_as("another request", joining()),
    );
    assert_eq!((&a, &a), (&b, &c));
    assert_eq!(servers[0].count().await, 1);
    let running: usize = servers.iter().map(|server| server.engine.stats().running).sum();
    assert_eq!(running, 1);
}

#[tokio::test(start_paused = true)]
async fn one_that_joins_late_sees_how_far_the_operation_is_and_what_becomes_of_it() {
    let mut server = Server::new();
    let first = server.start_as("report 10, sleep 5000", joining()).await;
    server.expect_began(&first, 1, None).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let hook = |_: &ScriptedService, _: &Request<Job>| ready(Ok(joining()));
    let serving = server.serving();
    let call = stream_operation(&serving, WORK, Request::new(Job::new("x")), hook);
    let mut stream = call.await.unwrap().into_inner();
    let mut seen = Vec::new();
    while let Some(item) = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await {
        let operation = item.unwrap();
        assert_eq!(operation.name, first);
        seen.push((operation.metadata.is_some(), operation.done));
    }
    assert_eq!(seen, [(true, false), (true, true)]);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_is_not_joined() {
    let server = Server::new();
    let first = server.start_as("succeed", joining()).await;
    server.end(&first).await;
    assert_ne!(server.start_as("succeed", joining()).await, first);
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_asks_to_be_alone_is_joined_by_those_who_want_to() {
    let server = Server::new();
    let first = server.start_as("wait", Start::new().exclusive("actions/1", OnConflict::Queue)).await;
    assert_eq!(server.start_as("wait", joining()).await, first);
    // The last that was said counts.
    let alone = joining().exclusive("actions/1", OnConflict::Abort);
    let refused = server.start_with("wait", alone).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "OPERATION_CONFLICT"));
}

#[tokio::test(start_paused = true)]
async fn one_that_is_deleted_before_it_is_looked_at_leaves_its_key_to_the_next() {
    let server = Server::new();
    let first = server.start_as("wait", joining()).await;
    // The start learns who has the key, and its look at that one takes a while.
    server.store.decide(|call| match call.method {
        StoreMethod::Get => Fault::none().delay(Duration::from_secs(1)),
        _ => Fault::none(),
    });
    let delete = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.delete(&first).await.unwrap();
    };
    let (second, ()) = tokio::join!(server.start_as("wait", joining()), delete);
    assert_ne!(second, first);
}

#[tokio::test(start_paused = true)]
async fn an_operation_of_another_method_is_not_joined() {
    const OTHER: Method<Job, Report, Percent> =
        Method::new("/test.ScriptedService/Other", "test.Job", "test.Report", "test.Percent");
    let server = Server::new();
    register_method(&server.serving(), OTHER, OTHER.descriptors(), ScriptedService::work);
    server.start_as("wait", joining()).await;
    let refused = server.engine.start(OTHER, Request::new(Job::new("wait")), joining()).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "OPERATION_CONFLICT"));
}

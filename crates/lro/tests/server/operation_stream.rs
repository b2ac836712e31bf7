//! Methods that answer with a stream of operations.

use std::future::{poll_fn, ready};
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use futures_core::stream::FusedStream as _;
use lro::codegen::stream_operation;
use lro::google::longrunning::Operation;
use lro::{OperationStream, Start, payload};
use tonic::{Code, Request, Status};

use crate::scripted_service::{Event, Job, Percent, ScriptedService, WORK};
use crate::support::Server;

const SECOND: Duration = Duration::from_secs(1);

/// Does what a generated server does with a call of a method that streams.
async fn call(server: &Server, job: Job) -> Result<OperationStream, Status> {
    let hook = |_: &ScriptedService, _: &Request<Job>| ready(Ok(Start::new()));
    let answer = stream_operation(&server.serving(), WORK, Request::new(job), hook).await;
    answer.map(tonic::Response::into_inner)
}

async fn next(stream: &mut OperationStream) -> Option<Result<Operation, Status>> {
    poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

/// All that a stream says: how far the work was, and whether it was done.
async fn all(mut stream: OperationStream) -> Vec<(Option<u32>, bool)> {
    let mut seen = Vec::new();
    while let Some(item) = next(&mut stream).await {
        let operation = item.unwrap();
        let percent = |any| payload::unpack::<Percent>("test.Percent", any).unwrap().value;
        seen.push((operation.metadata.map(percent), operation.done));
    }
    assert!(stream.is_terminated());
    seen
}

#[tokio::test(start_paused = true)]
async fn it_begins_with_the_start_tells_each_change_and_ends_with_the_end() {
    let server = Server::new();
    let stream =
        call(&server, Job::new("sleep 1000, report 10, sleep 9000, report 20, sleep 9000")).await.unwrap();
    let seen = all(stream).await;
    assert_eq!(seen.first(), Some(&(None, false)), "{seen:?}");
    assert_eq!(seen.last(), Some(&(Some(20), true)), "{seen:?}");
    assert!(seen.contains(&(Some(10), false)) && seen.contains(&(Some(20), false)), "{seen:?}");
    let mut distinct = seen.clone();
    distinct.dedup();
    assert_eq!(seen, distinct, "nothing is told twice");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_away_does_not_stop_the_work_and_another_one_sees_its_end() {
    let mut server = Server::new();
    let mut stream = call(&server, Job::new("sleep 5000, report 70")).await.unwrap();
    let name = next(&mut stream).await.unwrap().unwrap().name;
    drop(stream);
    server.expect_began(&name, 1, None).await;
    let seen = all(server.watch(&name).unwrap().into()).await;
    assert_eq!((seen.first(), seen.last()), (Some(&(None, false)), Some(&(Some(70), true))), "{seen:?}");
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    assert_eq!(all(server.watch(&name).unwrap().into()).await, [(Some(70), true)]);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_when_it_is_started_is_all_there_is() {
    let server = Server::new();
    let job = Job { validate_only: true, ..Job::new("") };
    let mut stream = call(&server, job).await.unwrap();
    let only = next(&mut stream).await.unwrap().unwrap();
    assert!(only.done && only.name.is_empty(), "{only:?}");
    assert!(stream.is_terminated() && next(&mut stream).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_is_not_there_ends_the_stream_and_a_name_that_is_none_begins_no_one() {
    let server = Server::new();
    let mut stream = OperationStream::from(server.watch("operations/none").unwrap());
    assert_eq!(next(&mut stream).await.unwrap().unwrap_err().code(), Code::NotFound);
    assert!(next(&mut stream).await.is_none());
    assert_eq!(server.watch("no name").unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_ends_sends_its_watchers_away() {
    let server = Server::new();
    let mut stream = call(&server, Job::new("wait")).await.unwrap();
    next(&mut stream).await.unwrap().unwrap();
    let engine = server.engine.clone();
    tokio::spawn(async move { engine.drain().await });
    let mut last = None;
    while let Some(item) = tokio::time::timeout(SECOND * 600, next(&mut stream)).await.unwrap() {
        last = Some(item);
    }
    assert_eq!(last.unwrap().unwrap_err().code(), Code::Unavailable);
}

//! Methods that answer with a stream of the operation's states, and what the client does when it breaks.

use std::time::Duration;

use lro::google::longrunning::GetOperationRequest;
use lro::{Method, OperationRpcs, State, Update};
use prost::Message;
use tokio::time::{Instant, timeout};
use tonic::{Code, Request, Status};

use crate::scripted_service::{
    DONE, Done, NAME, STEP, Step, after, at_once, failed, polling, response, running, succeeded,
};
use crate::scripted_streams::ScriptedStreams;

/// A method of a server that also has `google.longrunning.Operations`.
const EXECUTE: Method<(), Done, Step> =
    Method::new("/test.v1.Execution/Execute", "google.protobuf.Empty", DONE, STEP);

/// A method of one that has only an RPC to watch.
const WATCHED: Method<(), Done, Step> = EXECUTE.with_rpcs(&WATCH);
const WATCH: OperationRpcs = OperationRpcs::new(Message::decode)
    .with_watch("/test.v1.Execution/WaitExecution", |name| GetOperationRequest { name }.encode_to_vec());

async fn start(service: &ScriptedStreams, method: Method<(), Done, Step>) -> lro::Operation<Done, Step> {
    service.client().start_streaming(method, Request::new(())).await.unwrap().with_polling(polling())
}

fn lost() -> Status {
    Status::unavailable("the connection is lost")
}

#[tokio::test(start_paused = true)]
async fn a_stream_tells_of_the_operation_and_nothing_else_is_asked() {
    let service = ScriptedStreams::new([vec![
        at_once(Ok(running(1))),
        after(9, Ok(running(2))),
        after(9, Ok(succeeded(3))),
    ]]);
    let operation = start(&service, EXECUTE).await;
    assert_eq!(operation.name(), NAME);
    let mut updates = operation.updates();
    let mut seen = Vec::new();
    while let Some(update) = updates.next().await {
        seen.push(update.unwrap());
    }
    let step = |seconds| Update::Progress(Step { seconds, nanos: 0 });
    assert_eq!(seen, [step(1), step(2), step(3), Update::Done(response())]);
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s Execute"]);
}

#[tokio::test(start_paused = true)]
async fn all_handles_of_an_operation_share_its_stream() {
    let service = ScriptedStreams::new([vec![
        at_once(Ok(running(1))),
        after(9, Ok(running(2))),
        after(9, Ok(running(3))),
        after(9, Ok(succeeded(4))),
    ]]);
    let operation = start(&service, EXECUTE).await;
    let (first, second) = (operation.clone(), operation.clone());
    // The one that listens goes away; the other one goes on listening.
    let gone = timeout(Duration::from_secs(10), first.wait());
    let (gone, one, other) = tokio::join!(gone, second.wait(), operation.wait());
    assert!(gone.is_err());
    assert_eq!((one.unwrap(), other.unwrap()), (response(), response()));
    assert_eq!(service.log(), ["0s Execute"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_is_followed_by_questions() {
    for end in [vec![after(9, Err(lost()))], vec![], vec![after(9, Err(Status::internal("a proxy gave up")))]]
    {
        let quiet = end.is_empty();
        let stream = [vec![at_once(Ok(running(1)))], end].concat();
        let service = ScriptedStreams::new([stream]).answering([after(1, Ok(succeeded(2)))]);
        assert_eq!(start(&service, EXECUTE).await.wait().await.unwrap(), response());
        // One that lived for longer than a pause is followed at once.
        let at = if quiet { 0.4 } else { 9.0 };
        assert_eq!(service.log(), ["0s Execute".to_owned(), format!("{at}s WaitOperation {NAME}")]);
    }
}

#[tokio::test(start_paused = true)]
async fn where_only_a_stream_tells_it_is_opened_again() {
    let service = ScriptedStreams::new([
        vec![at_once(Ok(running(1))), after(9, Err(lost()))],
        vec![at_once(Ok(running(1))), after(9, Ok(running(2)))],
        vec![at_once(Err(lost()))],
        vec![at_once(Ok(running(2))), after(9, Ok(succeeded(3)))],
    ]);
    assert_eq!(start(&service, WATCHED).await.wait().await.unwrap(), response());
    let expected = ["0s Execute", "9s WaitExecution", "18s WaitExecution", "18.5s WaitExecution"];
    let expected =
        expected.map(|line| if line.contains("Wait") { format!("{line} {NAME}") } else { line.into() });
    assert_eq!(service.log(), expected);
}

#[tokio::test(start_paused = true)]
async fn streams_that_end_at_once_are_opened_no_more_often_than_the_policy_says() {
    let empty = || vec![at_once(Ok(running(1)))];
    let service = ScriptedStreams::new((0..99).map(|_| empty()));
    let begun = Instant::now();
    let error = start(&service, WATCHED).await.wait().await.unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    assert_eq!(begun.elapsed(), Duration::from_secs(60));
    assert_eq!(service.log().len(), 19, "{:?}", service.log());
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_final_ends_the_wait_where_nothing_else_can_be_asked() {
    let denied = || at_once(Err(Status::permission_denied("not yours")));
    for script in
        [vec![vec![at_once(Ok(running(1))), denied()]], vec![vec![at_once(Ok(running(1)))], vec![denied()]]]
    {
        let service = ScriptedStreams::new(script);
        let error = start(&service, WATCHED).await.wait().await.unwrap_err();
        assert!(error.is_rpc(), "{error}");
        assert_eq!(error.status().unwrap().code(), Code::PermissionDenied);
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_is_resumed_by_its_stream() {
    let service = ScriptedStreams::new([
        vec![at_once(Ok(running(1)))],
        vec![at_once(Ok(running(1))), after(9, Ok(succeeded(2)))],
    ]);
    let operation = service.client().operation(WATCHED, NAME).with_polling(polling());
    assert!(matches!(operation.poll().await.unwrap().state(), State::Running));
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(service.log().len(), 2, "{:?}", service.log());
}

#[tokio::test(start_paused = true)]
async fn a_server_without_the_rpc_to_watch_is_asked_otherwise() {
    const BOTH: OperationRpcs = OperationRpcs::GOOGLE
        .with_watch("/test.v1.Execution/WaitExecution", |name| GetOperationRequest { name }.encode_to_vec());
    let service = ScriptedStreams::new([]).answering([at_once(Ok(succeeded(2)))]);
    let operation = service.client().operation(EXECUTE.with_rpcs(&BOTH), NAME);
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(service.log(), [format!("0s WaitExecution {NAME}"), format!("0s WaitOperation {NAME}")]);
}

#[tokio::test(start_paused = true)]
async fn what_fails_before_the_first_state_is_the_error_of_the_start() {
    let refused = ScriptedStreams::new([vec![at_once(Err(Status::invalid_argument("no command")))]]);
    let empty = ScriptedStreams::new([vec![]]);
    for (service, code) in [(refused, Code::InvalidArgument), (empty, Code::Unavailable)] {
        let error = service.client().start_streaming(EXECUTE, Request::new(())).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_may_have_the_end_alone() {
    let service = ScriptedStreams::new([vec![at_once(Ok(failed(Code::Aborted)))]]);
    let error = start(&service, EXECUTE).await.wait().await.unwrap_err();
    assert_eq!(error.status().unwrap().code(), Code::Aborted);
    assert_eq!(service.log(), ["0s Execute"]);
}

//! `Operation::updates`: which updates come, in which order, and which calls the client makes for them.

use std::time::Duration;

use lro::{Any, Update};
use tokio::time::timeout;
use tonic::{Code, Status};

use crate::scripted_service::{
    METHOD, NAME, ScriptedService, Step, after, at_once, failed, polling, response, running, succeeded,
    unused,
};

/// All updates in short, `!` for an error.
async fn all(operation: &lro::Operation<crate::scripted_service::Done, Step>) -> Vec<String> {
    let mut updates = operation.updates();
    let mut seen = Vec::new();
    while let Some(update) = updates.next().await {
        seen.push(match update {
            Ok(Update::Progress(step)) => format!("step {}", step.seconds),
            Ok(Update::Done(done)) => format!("done {}", done.seconds),
            Err(error) => format!("! {error}"),
        });
    }
    assert!(updates.next().await.is_none(), "the end stays the end");
    seen
}

#[tokio::test(start_paused = true)]
async fn metadata_comes_when_it_changes_and_the_response_last() {
    let service = ScriptedService::new([
        after(1, Ok(running(0))),
        after(1, Ok(running(1))),
        after(1, Ok(running(1))),
        after(1, Ok(running(2))),
        after(1, Ok(succeeded(3))),
    ]);
    let seen = all(&service.started().with_polling(polling())).await;
    assert_eq!(seen, ["step 0", "step 1", "step 2", "step 3", "done 42"]);
    assert_eq!(service.log(), ["0s wait 1s", "1s wait 1s", "2s wait 1s", "3s wait 1s", "4s wait 1s"]);
}

#[tokio::test(start_paused = true)]
async fn waiting_can_show_how_far_it_is() {
    let service = ScriptedService::new([after(1, Ok(running(1))), after(1, Ok(succeeded(2)))]);
    let mut seen = Vec::new();
    let waited = service.started().wait_with(|step| seen.push(step.seconds)).await;
    assert_eq!(waited.unwrap(), response());
    assert_eq!(seen, [0, 1, 2]);
    let service = ScriptedService::new([after(1, Ok(failed(Code::DataLoss)))]);
    assert!(service.started().wait_with(drop).await.unwrap_err().is_failed());
}

#[tokio::test(start_paused = true)]
async fn a_resumed_handle_asks_first_how_far_it_is() {
    let service = ScriptedService::new([at_once(Ok(running(5))), after(3, Ok(succeeded(5)))]);
    let seen = all(&service.client().operation(METHOD, NAME)).await;
    assert_eq!(seen, ["step 5", "done 42"]);
    assert_eq!(service.log(), ["0s get", "0s wait 1s"]);
}

#[tokio::test(start_paused = true)]
async fn without_wait_operation_it_polls() {
    let service = ScriptedService::new([
        at_once(Err(Status::unimplemented(""))),
        at_once(Ok(running(1))),
        at_once(Err(Status::unavailable(""))),
        at_once(Ok(succeeded(1))),
    ]);
    let seen = all(&service.started().with_polling(polling())).await;
    assert_eq!(seen, ["step 0", "step 1", "done 42"]);
    assert_eq!(service.log(), ["0s wait 1s", "0.4s get", "1.4s get", "1.9s get"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_at_once_is_not_asked_in_a_loop() {
    let service =
        ScriptedService::new([at_once(Ok(running(1))), at_once(Ok(running(2))), at_once(Ok(succeeded(2)))]);
    let seen = all(&service.started().with_polling(polling())).await;
    assert_eq!(seen, ["step 0", "step 1", "step 2", "done 42"]);
    assert_eq!(service.log(), ["0s wait 1s", "0.4s wait 1s", "1.4s wait 1s"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_already_needs_no_call() {
    let operation = lro::Client::new(unused()).attach(METHOD, succeeded(9));
    assert_eq!(all(&operation).await, ["step 9", "done 42"]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_the_last_item() {
    let service = ScriptedService::new([after(1, Ok(failed(Code::DataLoss)))]);
    let seen = all(&service.started()).await;
    let failure = format!("! operation `{NAME}` failed: DataLoss: shelf 1 fell");
    assert_eq!(seen, ["step 0", "step 1", failure.as_str()]);
}

#[tokio::test(start_paused = true)]
async fn giving_up_is_the_last_item() {
    let service = ScriptedService::new([after(5, Ok(running(1))), after(5, Ok(running(1)))]);
    let seen = all(&service.started().with_timeout(Duration::from_secs(10))).await;
    let given_up = format!("! gave up waiting for operation `{NAME}` after 10s; it may still be running");
    assert_eq!(seen, ["step 0", "step 1", given_up.as_str()]);
}

#[tokio::test(start_paused = true)]
async fn metadata_of_another_type_is_left_out_and_the_response_still_comes() {
    let odd = Any { type_url: "type.googleapis.com/test.v1beta1.Step".to_owned(), value: Vec::new() };
    let mut first = running(0);
    first.metadata = Some(odd.clone());
    let service = ScriptedService::new([at_once(Ok(first)), after(1, Ok(succeeded(1)))]);
    let operation = service.client().operation(METHOD, NAME);
    let snapshot = operation.poll().await.unwrap();
    assert_eq!(snapshot.metadata(), None);
    assert_eq!(snapshot.raw_metadata(), Some(&odd));
    assert_eq!(all(&operation).await, ["step 1", "done 42"]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_next_loses_no_update() {
    let service = ScriptedService::new([after(4, Ok(succeeded(1)))]);
    let mut updates = service.started().updates();
    assert!(matches!(updates.next().await, Some(Ok(Update::Progress(Step { seconds: 0, .. })))));
    for _ in 0..3 {
        timeout(Duration::from_secs(1), updates.next()).await.unwrap_err();
    }
    assert!(matches!(updates.next().await, Some(Ok(Update::Progress(Step { seconds: 1, .. })))));
    assert_eq!(updates.next().await.unwrap().unwrap(), Update::Done(response()));
    assert_eq!(service.log(), ["0s wait 1s"], "the call goes on while nobody listens");
}

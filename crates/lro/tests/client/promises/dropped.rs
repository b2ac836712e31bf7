//! Futures that are dropped at any point where they wait.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use lro::testing::script::{Fault, Rpc, ScriptedServer, Waiting};
use lro::{Method, State, Update};
use tokio::time::sleep;
use tonic::Request;

use crate::promises::support::{Script, asked, client, millis, seconds, started};
use crate::scripted_service::{DONE, Done, STEP, Step, response};

/// The output of `future`, unless it is not ready after it was polled `count` times.
async fn poll_times<F: Future>(count: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = count;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        let polled = future.as_mut().poll(context).map(Some);
        if left == 0 && polled.is_pending() { Poll::Ready(None) } else { polled }
    })
    .await
}

fn script() -> Script {
    let step = |seconds| Step { seconds, nanos: 0 };
    let script = Script::new().progress_at(seconds(0), step(0)).progress_at(seconds(3), step(1));
    script.progress_at(seconds(6), step(2)).succeed_at(seconds(9), response())
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_dropped_anywhere_loses_nothing() {
    for waiting in [Waiting::as_asked(), Waiting::at_most(seconds(2)), Waiting::unimplemented()] {
        for count in 0.. {
            let server = ScriptedServer::new();
            server.waiting(waiting.clone());
            let operation = started(&server, script()).await;
            let ended = poll_times(count, operation.wait()).await;
            assert_eq!(operation.wait().await.unwrap(), response(), "dropped after {count} polls");
            assert_eq!(server.held(), 0, "dropped after {count} polls");
            if ended.is_some() {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_is_dropped_anywhere_loses_nothing() {
    for count in 0.. {
        let server = ScriptedServer::new();
        server.fault(Fault::slow(seconds(1)).on(Rpc::Get));
        let operation = started(&server, script()).await;
        let told = poll_times(count, operation.poll()).await;
        assert!(!operation.poll().await.unwrap().is_done());
        assert_eq!(operation.wait().await.unwrap(), response(), "dropped after {count} polls");
        if told.is_some() {
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_whose_future_is_dropped_comes_with_the_next_one() {
    for waiting in [Waiting::as_asked(), Waiting::unimplemented()] {
        for count in 0..40 {
            let server = ScriptedServer::new();
            server.waiting(waiting.clone());
            let mut updates = started(&server, script()).await.updates();
            let mut seen = Vec::new();
            let mut add = |update| match update {
                Some(Ok(Update::Progress(Step { seconds, .. }))) => seen.push(seconds.to_string()),
                Some(Ok(Update::Done(_))) => seen.push("done".to_owned()),
                Some(Err(error)) => panic!("{error}"),
                None => {}
            };
            for _ in 0..3 {
                if let Some(update) = poll_times(count, updates.next()).await {
                    add(update);
                }
            }
            while let Some(update) = updates.next().await {
                add(Some(update));
            }
            assert_eq!(seen, ["0", "1", "2", "done"], "dropped after {count} polls, {waiting:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_dropped_anywhere_can_be_made_again_with_its_id() {
    const METHOD: Method<String, Done, Step> =
        Method::<String, _, _>::new("/test.v1.Shelves/Import", "google.protobuf.StringValue", DONE, STEP)
            .with_request_id(|request| request, |request, id| *request = id);

    for count in 0.. {
        let server = ScriptedServer::new();
        server.on(METHOD, |_| script());
        server.fault(Fault::slow(seconds(1)).on(Rpc::Start));
        let client = client(&server);
        let starting = client.start(METHOD, Request::new(String::new()));
        let id = starting.request_id().unwrap().to_owned();
        let first = poll_times(count, starting).await;
        let operation = client.start(METHOD, Request::new(id)).await.unwrap();
        assert_eq!(operation.name(), "operations/1", "dropped after {count} polls");
        if first.is_some() {
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_metadata_that_is_dropped_anywhere_loses_nothing() {
    for waiting in [Waiting::as_asked(), Waiting::at_most(seconds(2)), Waiting::unimplemented()] {
        for count in 0.. {
            let server = ScriptedServer::new();
            server.waiting(waiting.clone());
            let operation = started(&server, script()).await;
            let seen = poll_times(count, operation.wait_until(|step| step.seconds == 1)).await;
            let snapshot = operation.wait_until(|step| step.seconds >= 1).await.unwrap();
            assert!(!snapshot.is_done(), "dropped after {count} polls: step 1 lasts for 3 s");
            assert_eq!(operation.wait().await.unwrap(), response(), "dropped after {count} polls");
            if seen.is_some() {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_that_is_dropped_anywhere_can_be_made_again() {
    for waiting in [Waiting::as_asked(), Waiting::unimplemented()] {
        for count in 0.. {
            let server = ScriptedServer::new();
            server.waiting(waiting.clone());
            server.fault(Fault::slow(seconds(1)).on(Rpc::Cancel));
            let operation = started(&server, script().cancelled_after(seconds(2))).await;
            let ended = poll_times(count, operation.cancel_and_wait()).await;
            let snapshot = operation.cancel_and_wait().await.unwrap();
            assert!(
                matches!(snapshot.state(), State::Cancelled(_)),
                "dropped after {count} polls: {snapshot:?}"
            );
            assert!(operation.wait().await.unwrap_err().is_cancelled(), "dropped after {count} polls");
            if ended.is_some() {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_any_more_is_not_asked_for() {
    for waiting in [Waiting::as_asked(), Waiting::at_most(seconds(4)), Waiting::unimplemented()] {
        for count in 0..20 {
            for kind in 0..3 {
                let server = ScriptedServer::new();
                server.waiting(waiting.clone());
                let operation = started(&server, Script::new()).await;
                match kind {
                    0 => drop(poll_times(count, operation.wait()).await),
                    1 => drop(poll_times(count, operation.updates().next()).await),
                    _ => drop(poll_times(count, operation.wait_until(|_| false)).await),
                }
                // What was sent by then arrives, and what was held by then is let go.
                sleep(millis(10)).await;
                assert_eq!(server.held(), 0, "{waiting:?}, {count} polls, {kind}");
                let calls = asked(&server).len();
                sleep(seconds(600)).await;
                assert_eq!(
                    (asked(&server).len(), server.held()),
                    (calls, 0),
                    "{waiting:?}, {count} polls, {kind}"
                );
            }
        }
    }
}

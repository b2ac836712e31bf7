//! Chapter "Life": work that is tried again because its handler, or the method's policy, says so.

use std::time::Duration;

use lro::store::{FailureCode, StateKind};
use lro::{Retry, Start};
use lro_store_conformance::{FailureMode, Fault, FaultyStore, StoreMethod};
use tokio::time::Instant;
use tonic::Code;

use crate::scripted_service::{Event, Percent};
use crate::support::{LEASE, Server, error, memory_store, metadata, response};

const SECOND: Duration = Duration::from_secs(1);

/// A policy without chance.
fn exactly(delay: Duration) -> Retry {
    Retry::default().initial_delay(delay).jitter(0.0)
}

fn retrying(retry: Retry) -> Start<Percent> {
    Start::new().retry(retry)
}

/// Waits until an attempt is over.
async fn gone(server: &mut Server) {
    while !matches!(server.event().await, Event::Gone(_)) {}
}

/// Starts work that fails at first, and waits until it waits to be tried again.
async fn start_waiting(server: &mut Server, script: &str, retry: Retry) -> String {
    let name = server.start_as(script, retrying(retry)).await;
    gone(server).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    name
}

#[tokio::test(start_paused = true)]
async fn delays_grow_up_to_the_longest_and_chance_shortens_them() {
    let retry =
        Retry::default().initial_delay(SECOND * 10).multiplier(3.0).max_delay(SECOND * 60).jitter(0.4);
    for (random, expected) in [(0, [10, 30, 60, 60]), (1 << 63, [8, 24, 48, 48])] {
        // No hint tells that the time has come.
        let store = FaultyStore::deaf(memory_store());
        let mut server = Server::over(store, |builder| {
            builder.random_source(move || random).poll_interval(SECOND * 3_600)
        });
        let name = server.start_as("ask for more 4", retrying(retry)).await;
        server.expect_began(&name, 1, None).await;
        let mut delays = Vec::new();
        for attempt in 2..=5 {
            gone(&mut server).await;
            let ended = Instant::now();
            server.expect_began(&name, attempt, None).await;
            delays.push(ended.elapsed().as_millis());
        }
        assert_eq!(delays, expected.map(|seconds| seconds * 1_000));
        assert_eq!(response(&server.end(&name).await).text, "done");
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_the_handler_or_the_policy_says_is_tried_again() {
    let mut server = Server::new();
    let unavailable = exactly(SECOND).on(FailureCode::UNAVAILABLE);
    for (script, retry, attempts) in [
        ("ask for more 1", Retry::default(), 2),
        ("be away 1", exactly(SECOND), 1),
        ("be away 1", unavailable, 2),
        ("fail", unavailable, 1),
        ("fail with ok", unavailable, 1),
    ] {
        let name = server.start_as(script, retrying(retry)).await;
        let done = server.end(&name).await;
        let mut began = 0;
        while let Some(event) = server.next_event() {
            began += u32::from(matches!(event, Event::Began { .. }));
        }
        assert_eq!(began, attempts, "{script}: {done:?}");
        assert_eq!(server.stored(&name).await.attempts(), attempts);
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_says_when_to_come_back_is_not_tried_earlier() {
    for (told, expected) in [(7, 10), (25, 25)] {
        let mut server = Server::new();
        let retry = exactly(SECOND * 10).on(FailureCode::UNAVAILABLE);
        let name = server.start_as(&format!("be told to wait {told}"), retrying(retry)).await;
        let began = Instant::now();
        server.expect_began(&name, 1, None).await;
        gone(&mut server).await;
        server.expect_began(&name, 2, None).await;
        assert_eq!(began.elapsed(), SECOND * expected);
    }
}

#[tokio::test(start_paused = true)]
async fn while_it_waits_it_is_queued_and_keeps_metadata_and_checkpoint() {
    let mut server = Server::new();
    let script = "report 30, checkpoint 3, report 40, ask for more 1, say checkpoint";
    let name = start_waiting(&mut server, script, exactly(SECOND * 10)).await;
    let waiting = server.get(&name).await.unwrap();
    assert!(!waiting.done && waiting.result.is_none());
    assert_eq!(metadata(&waiting), Some(40), "also what was not written yet");
    assert_eq!(server.stored(&name).await.kind(), StateKind::Queued);
    server.expect_began(&name, 2, Some(40)).await;
    assert_eq!(server.event().await, Event::Said("Some(3)".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn while_it_waits_it_holds_no_slot() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1).queue_limit(0));
    let name = start_waiting(&mut server, "ask for more 1", exactly(SECOND * 10)).await;
    assert_eq!(server.engine.stats().running, 0);
    let other = server.start("succeed").await;
    server.expect_began(&other, 1, None).await;
    assert!(server.end(&other).await.done);
    assert!(!server.get(&name).await.unwrap().done);
    assert!(server.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_ends_the_wait_at_once() {
    let mut server = Server::new();
    let name = start_waiting(&mut server, "report 30, ask for more 1", exactly(SECOND * 10)).await;
    server.cancel(&name).await.unwrap();
    let cancelled = server.get(&name).await.unwrap();
    assert_eq!(error(&cancelled).code, i32::from(Code::Cancelled));
    assert_eq!(metadata(&cancelled), Some(30));
    tokio::time::sleep(SECOND * 60).await;
    assert!(server.has_no_event(), "and there is no further attempt");
}

#[tokio::test(start_paused = true)]
async fn work_that_is_asked_to_stop_is_not_tried_again() {
    let mut server = Server::new();
    let name = server.start_as("await the stop, ask for more 9", retrying(exactly(SECOND))).await;
    server.expect_began(&name, 1, None).await;
    server.cancel(&name).await.unwrap();
    let cancelled = server.end(&name).await;
    assert_eq!(error(&cancelled).code, i32::from(Code::Cancelled));
    assert_eq!(error(&cancelled).details.len(), 2, "why it was ended, and what the handler said");
}

#[tokio::test(start_paused = true)]
async fn deleted_work_is_not_tried_again() {
    let mut server = Server::new();
    let name = start_waiting(&mut server, "ask for more 1", exactly(SECOND)).await;
    server.delete(&name).await.unwrap();
    tokio::time::sleep(SECOND * 60).await;
    assert!(server.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn the_last_error_is_the_outcome_when_no_attempt_is_left() {
    let mut server = Server::new();
    let start = retrying(exactly(SECOND)).max_attempts(3);
    let name = server.start_as("report 30, ask for more 9", start).await;
    let done = server.end(&name).await;
    assert_eq!(error(&done).code, i32::from(Code::Unavailable));
    assert_eq!((error(&done).message.as_str(), metadata(&done)), ("not yet", Some(30)));
    assert_eq!(server.stored(&name).await.attempts(), 3);
    gone(&mut server).await;
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_attempt_counts_like_one_that_asked_for_more() {
    let store = memory_store();
    let mut dying = Server::with(store.clone(), |builder| builder);
    let heir = Server::with(store, |builder| builder);
    let start = retrying(exactly(SECOND)).max_attempts(2);
    let name = dying.start_as("ask for more 1, wait", start).await;
    dying.expect_began(&name, 1, None).await;
    gone(&mut dying).await;
    // One of the two has the second attempt; both are gone before it ends.
    tokio::time::sleep(SECOND * 3).await;
    dying.store.cut();
    heir.engine.stop();
    let other = Server::with(dying.store.inner().clone(), |builder| builder);
    assert_eq!(error(&other.end(&name).await).code, i32::from(Code::Aborted));
}

#[tokio::test(start_paused = true)]
async fn any_process_makes_the_next_attempt() {
    let store = memory_store();
    let mut leaving = Server::with(store.clone(), |builder| builder);
    let name =
        start_waiting(&mut leaving, "checkpoint 3, ask for more 1, say checkpoint", exactly(LEASE)).await;
    leaving.engine.drain().await;
    let mut heir = Server::with(store, |builder| builder);
    heir.expect_began(&name, 2, None).await;
    assert_eq!(heir.event().await, Event::Said("Some(3)".to_owned()));
    assert!(heir.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_tried_again_only_where_the_policy_covers_internal() {
    let mut server = Server::new();
    let covered = exactly(SECOND).on(FailureCode::INTERNAL);
    let once = server.start_as("panic 1", retrying(exactly(SECOND))).await;
    assert_eq!(error(&server.end(&once).await).code, i32::from(Code::Internal));
    let again = server.start_as("panic 1", retrying(covered)).await;
    assert_eq!(response(&server.end(&again).await).text, "done");
    let always = server.start_as("panic 9", retrying(covered).max_attempts(2)).await;
    let done = server.end(&always).await;
    assert_eq!(error(&done).message, "the work failed because of a bug in the server");
    assert_eq!(server.stored(&always).await.attempts(), 2);
    gone(&mut server).await;
}

#[tokio::test(start_paused = true)]
async fn a_response_that_is_too_large_is_not_made_again() {
    let server = Server::new();
    let covered = exactly(SECOND).on(FailureCode::new(Code::ResourceExhausted.into()).unwrap());
    let name = server.start_as("answer at length", retrying(covered)).await;
    assert_eq!(error(&server.end(&name).await).code, i32::from(Code::ResourceExhausted));
    assert_eq!(server.stored(&name).await.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_delays_the_next_attempt_and_loses_none() {
    for fault in [FailureMode::Unavailable, FailureMode::Internal, FailureMode::Panic].map(Fault::before) {
        let mut server = Server::new();
        server.store.inject(StoreMethod::Release, fault);
        let name = start_waiting(&mut server, "report 30, ask for more 1", exactly(SECOND)).await;
        tokio::time::sleep(LEASE * 2).await;
        assert!(server.has_no_event());
        server.store.mend();
        server.expect_began(&name, 2, Some(30)).await;
        assert!(server.end(&name).await.done);
    }
}

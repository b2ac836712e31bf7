//! Chapter "Operation": not before a time, by priority, within a deadline, with a number of attempts, with labels.

use std::time::Duration;

use lro::store::StateKind;
use lro::{EngineBuilder, Retry, Start};
use lro_store_conformance::FaultyStore;
use tokio::time::Instant;
use tonic::Code;

use crate::scripted_service::{Event, Percent};
use crate::support::{LEASE, Server, error, memory_store, reason, response};

const SECOND: Duration = Duration::from_secs(1);

/// How late the task may be that ends what is past its deadline.
const LATE: Duration = Duration::from_secs(2);

fn code(operation: &lro::google::longrunning::Operation) -> Code {
    error(operation).code.into()
}

#[tokio::test(start_paused = true)]
async fn the_highest_priority_begins_first_and_of_one_priority_the_oldest() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1));
    server.begin("wait").await;
    let mut waiting = Vec::new();
    for priority in [0, 5, -5, 5, i16::MAX, 0, i16::MIN] {
        let name = server.start_as("wait", Start::new().priority(priority)).await;
        waiting.push((std::cmp::Reverse(priority), waiting.len(), name));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.service.gate.add_permits(8);
    let mut order = Vec::new();
    while order.len() < waiting.len() {
        if let Event::Began { name, .. } = server.event().await {
            order.push(name);
        }
    }
    waiting.sort();
    assert_eq!(order, waiting.into_iter().map(|(_, _, name)| name).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn delayed_work_begins_when_its_time_has_come_and_takes_no_slot_before() {
    let store = FaultyStore::deaf(memory_store());
    let mut server =
        Server::over(store, |builder| builder.concurrency(1).queue_limit(0).poll_interval(SECOND * 3_600));
    let started = Instant::now();
    for seconds in [30, 10, 20] {
        let name = server.start_as("succeed", Start::new().delay(SECOND * seconds)).await;
        assert!(!server.get(&name).await.unwrap().done);
    }
    let other = server.start("succeed").await;
    server.expect_began(&other, 1, None).await;
    assert!(server.end(&other).await.done);
    for seconds in [10, 20, 30] {
        let Event::Gone(_) = server.event().await else { panic!("one after the other") };
        let Event::Began { attempt: 1, .. } = server.event().await else { panic!("it did not begin") };
        assert_eq!(started.elapsed(), SECOND * seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn delayed_work_can_be_cancelled_and_outlives_the_process_that_accepted_it() {
    let store = memory_store();
    let leaving = Server::with(store.clone(), |builder| builder);
    let cancelled = leaving.start_as("succeed", Start::new().delay(LEASE)).await;
    let kept = leaving.start_as("succeed", Start::new().delay(LEASE)).await;
    leaving.cancel(&cancelled).await.unwrap();
    assert_eq!(code(&leaving.get(&cancelled).await.unwrap()), Code::Cancelled);
    leaving.engine.drain().await;
    let mut heir = Server::with(store, |builder| builder);
    heir.expect_began(&kept, 1, None).await;
    assert!(heir.end(&kept).await.done);
    assert_eq!(heir.event().await, Event::Gone(kept));
    assert!(heir.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_at_its_deadline_ends_without_ever_running() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1));
    server.begin("wait").await;
    let started = Instant::now();
    let queued = server.start_as("succeed", Start::new().deadline(SECOND * 10)).await;
    let delayed = server.start_as("succeed", Start::new().delay(SECOND * 60).deadline(SECOND * 10)).await;
    for name in [&queued, &delayed] {
        let done = server.end(name).await;
        assert_eq!(code(&done), Code::DeadlineExceeded);
        assert_eq!(error(&done).message, "the operation was not done by its deadline");
    }
    assert!(started.elapsed() >= SECOND * 10 && started.elapsed() <= SECOND * 10 + LATE);
    server.service.gate.add_permits(1);
    tokio::time::sleep(SECOND * 90).await;
    let Event::Gone(_) = server.event().await else { panic!("only the first one ran") };
    assert!(server.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn work_that_runs_at_its_deadline_is_asked_to_stop_first() {
    for (script, expected) in [
        // Why it was ended, and what the handler said.
        ("stop when asked", Some((Code::DeadlineExceeded, 2))),
        ("await the stop, report 3", Some((Code::DeadlineExceeded, 1))),
        ("wait", Some((Code::DeadlineExceeded, 1))),
        ("finish when asked to stop", None),
    ] {
        let mut server = Server::with(memory_store(), |builder| builder.cancel_grace(SECOND * 5));
        let started = Instant::now();
        let name = server.start_as(script, Start::new().deadline(SECOND * 10)).await;
        server.expect_began(&name, 1, None).await;
        let done = server.end(&name).await;
        match expected {
            Some((expected, details)) => {
                assert_eq!((code(&done), error(&done).details.len()), (expected, details), "{script}");
            }
            None => assert_eq!(response(&done).text, "done"),
        }
        let grace = if script == "wait" { SECOND * 5 } else { Duration::ZERO };
        assert!(started.elapsed() >= SECOND * 10 + grace, "{script}: {:?}", started.elapsed());
        assert!(started.elapsed() <= SECOND * 10 + grace + LATE, "{script}: {:?}", started.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_kept_whoever_runs_the_work_and_though_its_process_is_dead() {
    let store = memory_store();
    let mut dying = Server::with(store.clone(), |builder| builder);
    let other = Server::with(store, EngineBuilder::serve_only);
    let name = dying.start_as("wait", Start::new().deadline(SECOND * 10)).await;
    dying.expect_began(&name, 1, None).await;
    dying.store.cut();
    let died = Instant::now();
    assert_eq!(code(&other.end(&name).await), Code::DeadlineExceeded);
    assert!(died.elapsed() <= LEASE + LATE * 2, "{:?}", died.elapsed());
}

#[tokio::test(start_paused = true)]
async fn work_that_waits_to_be_tried_again_ends_at_its_deadline() {
    let mut server = Server::new();
    let retry = Retry::default().initial_delay(SECOND * 60);
    let name = server.start_as("ask for more 1", Start::new().retry(retry).deadline(SECOND * 10)).await;
    server.expect_began(&name, 1, None).await;
    assert_eq!(code(&server.end(&name).await), Code::DeadlineExceeded);
    assert_eq!(server.event().await, Event::Gone(name));
    tokio::time::sleep(SECOND * 90).await;
    assert!(server.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn work_that_is_done_in_time_does_not_mind_its_deadline() {
    let mut server = Server::new();
    let name = server.start_as("say deadline, wait", Start::new().deadline(SECOND * 10)).await;
    server.expect_began(&name, 1, None).await;
    assert_eq!(server.event().await, Event::Said("true".to_owned()));
    server.service.gate.add_permits(1);
    let done = server.end(&name).await;
    tokio::time::sleep(SECOND * 60).await;
    assert_eq!(server.get(&name).await.unwrap(), done);
}

#[tokio::test(start_paused = true)]
async fn the_handler_reads_the_labels_also_in_a_later_attempt() {
    let mut server = Server::new();
    let start = Start::new().label("tenant", "acme").label("trace", "5f1a").label("tenant", "apex");
    let start = start.retry(Retry::default());
    let name = server.start_as("say labels, ask for more 1", start).await;
    for attempt in [1, 2] {
        server.expect_began(&name, attempt, None).await;
        assert_eq!(
            server.event().await,
            Event::Said(r#"[("tenant", "apex"), ("trace", "5f1a")]"#.to_owned())
        );
        assert_eq!(server.event().await, Event::Gone(name.clone()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_label_that_cannot_be_is_refused_and_nothing_starts() {
    let server = Server::new();
    let many = (0..33).fold(Start::new(), |start, number| start.label(number.to_string(), ""));
    for start in [
        Start::new().label("", "acme"),
        Start::new().label("k".repeat(65), "acme"),
        Start::new().label("tenant", "a\nb"),
        Start::new().label("tenant", "v".repeat(1_025)),
        many,
    ] {
        let status = server.start_with("succeed", start).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_LABEL"));
        assert!(status.message().len() < 300, "{}", status.message());
    }
    assert_eq!(server.count().await, 0);
}

/// Has so many processes begin an operation and die, and returns it.
async fn kill(start: Start<Percent>, processes: u32) -> (Server, String) {
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let name = worker.start_as("wait", start).await;
    for attempt in 1..=processes {
        worker.expect_began(&name, attempt, None).await;
        let next = Server::with(store.clone(), |builder| builder);
        worker.store.cut();
        worker.engine.stop();
        worker = next;
    }
    (worker, name)
}

#[tokio::test(start_paused = true)]
async fn work_that_is_interrupted_each_time_ends_after_its_last_attempt() {
    for (start, attempts) in [(Start::new().max_attempts(3), 3), (Start::new(), 25)] {
        let (server, name) = kill(start, attempts).await;
        let done = server.end(&name).await;
        assert_eq!(code(&done), Code::Aborted);
        assert!(error(&done).message.contains(&format!("{attempts} times")), "{}", error(&done).message);
    }
    let (mut server, name) = kill(Start::new().max_attempts(3), 2).await;
    server.expect_began(&name, 3, None).await;
    server.service.gate.add_permits(1);
    assert_eq!(response(&server.end(&name).await).text, "done");
    let (server, name) = kill(Start::new().max_attempts(0), 1).await;
    assert_eq!(code(&server.end(&name).await), Code::Aborted, "0 is 1: the work begins once");
    assert_eq!(server.stored(&name).await.kind(), StateKind::Done);
}

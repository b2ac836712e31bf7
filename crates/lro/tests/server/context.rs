//! Progress: cheap, bounded, and true about what became of the operation.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lro::{Context, Method, ProgressError, Start};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tonic::{Code, Request, Status};

use crate::scripted_service::{Job, Percent, Report};
use crate::support::{LEASE, Server, memory_store, metadata, reason};

const SECOND: Duration = Duration::from_secs(1);

const COUNT: Method<Job, Report, Percent> =
    Method::new("/test.ScriptedService/Count", "test.Job", "test.Report", "test.Percent");

fn percent(value: u32) -> Percent {
    Percent { value, note: String::new() }
}

/// A checkpoint of its own type.
#[derive(Clone, PartialEq, prost::Message)]
struct Counted {
    #[prost(uint32, tag = "1")]
    value: u32,
}

impl prost::Name for Counted {
    const NAME: &'static str = "Counted";
    const PACKAGE: &'static str = "test";
}

async fn start(server: &Server, method: Method<Job, Report, Percent>) -> String {
    let started = server.engine.start(method, Request::new(Job::new("")), Start::new()).await;
    started.unwrap().into_inner().name
}

/// Does this in a tight loop in a handler; how often it was done when another task had its turn.
async fn done_before_others_have_their_turn<F, Fut>(act: F) -> usize
where
    F: Fn(Context<Percent>, u32) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), ProgressError>> + Send,
{
    const ROUNDS: u32 = 20_000;
    let server = Server::new();
    let count = Arc::new(AtomicUsize::new(0));
    let (act, counted) = (Arc::new(act), Arc::clone(&count));
    server.engine.register(COUNT, &server.service, move |_, _, operation| {
        let (act, counted) = (Arc::clone(&act), Arc::clone(&counted));
        async move {
            for round in 0..ROUNDS {
                act(operation.clone(), round).await?;
                counted.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Report::default())
        }
    });
    let name = start(&server, COUNT).await;
    while count.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!server.get(&name).await.unwrap().done);
    let seen = count.load(Ordering::Relaxed);
    assert!(server.end(&name).await.done);
    seen
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_reports_in_a_tight_loop_lets_others_have_their_turn() {
    let reports = done_before_others_have_their_turn(|operation, round| async move {
        operation.progress(percent(round)).await
    });
    // Tokio gives a task 128 steps at a time.
    assert!(reports.await <= 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_makes_checkpoints_in_a_tight_loop_lets_others_have_their_turn() {
    let checkpoints = done_before_others_have_their_turn(|operation, value| async move {
        operation.checkpoint(&Counted { value }).await
    });
    assert!(checkpoints.await <= 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_reports_are_at_most_two_writes_more_than_seconds() {
    for (pause, seconds) in [(Duration::ZERO, 0), (Duration::from_millis(1), 100)] {
        let server = Server::new();
        server.engine.register(COUNT, &server.service, move |_, _, operation| async move {
            for round in 1..=100_000 {
                operation.progress(percent(round)).await?;
                if !pause.is_zero() {
                    sleep(pause).await;
                }
            }
            Ok(Report::default())
        });
        let began = Instant::now();
        let done = server.end(&start(&server, COUNT).await).await;
        assert_eq!(metadata(&done), Some(100_000), "the last one is always written");
        // A timer is exact to a millisecond, and here each sleep is one.
        let took = began.elapsed().as_secs();
        assert!((seconds..=seconds * 2 + 1).contains(&took), "{took}");
        let writes = server.store.calls(StoreMethod::Report) + server.store.calls(StoreMethod::Finish);
        assert!(writes as u64 <= took + 2, "{writes} in {took} s");
    }
}

#[tokio::test(start_paused = true)]
async fn progress_that_cannot_be_stored_is_tried_again_and_not_all_the_time() {
    let mut server = Server::with(memory_store(), |builder| builder.progress_interval(Duration::ZERO));
    server.store.inject(StoreMethod::Report, Fault::before(FailureMode::Unavailable));
    let name = server.begin("report and wait").await;
    sleep(SECOND * 60).await;
    assert!(server.store.calls(StoreMethod::Report) < 100, "{}", server.store.calls(StoreMethod::Report));
    server.store.mend();
    sleep(SECOND * 10).await;
    assert_eq!(metadata(&server.get(&name).await.unwrap()), Some(50));
}

#[tokio::test(start_paused = true)]
async fn durations_without_end_are_ones() {
    let mut server = Server::with(memory_store(), |builder| {
        let builder = builder.progress_interval(Duration::MAX).poll_interval(Duration::MAX);
        builder.lease(Duration::MAX).cancel_grace(Duration::MAX).drain_time(Duration::MAX)
    });
    let name = server.begin("report and wait").await;
    sleep(LEASE).await;
    assert_eq!(metadata(&server.get(&name).await.unwrap()), Some(50));
    let ended = Instant::now();
    server.service.gate.add_permits(1);
    assert!(server.end(&name).await.done);
    assert_eq!(ended.elapsed(), Duration::ZERO);
    assert_eq!(server.event().await, crate::scripted_service::Event::Gone(name));
    assert!(server.has_no_event(), "it ran once");
    server.engine.drain().await;
}

/// Registers a method whose context is handed out, and whose work ends as the test says.
fn hand_out(
    server: &Server,
    work: impl Fn() -> Result<Report, Status> + Send + Sync + Copy + 'static,
    waits: bool,
) -> mpsc::UnboundedReceiver<Context<Percent>> {
    let (contexts, seen) = mpsc::unbounded_channel();
    server.engine.register(COUNT, &server.service, move |_, _, operation| {
        let contexts = contexts.clone();
        async move {
            let _ = contexts.send(operation);
            if waits {
                std::future::pending::<()>().await;
            }
            work()
        }
    });
    seen
}

#[tokio::test(start_paused = true)]
async fn progress_after_the_end_says_that_it_is_done() {
    let server = Server::new();
    let mut contexts = hand_out(&server, || Ok(Report::default()), false);
    let name = start(&server, COUNT).await;
    let done = server.end(&name).await;
    sleep(SECOND).await;
    let operation = contexts.recv().await.unwrap();
    for error in [
        operation.progress(percent(1)).await.unwrap_err(),
        operation.checkpoint(&Counted { value: 1 }).await.unwrap_err(),
    ] {
        assert!(error.is_done() && !error.is_lost() && !error.is_cancelled(), "{error}");
        assert_eq!(reason(&Status::from(error)), "OPERATION_DONE");
    }
    assert_eq!(server.get(&name).await.unwrap(), done);
}

#[tokio::test(start_paused = true)]
async fn progress_of_work_that_somebody_else_has_ended_says_that_it_is_done() {
    let store = memory_store();
    let dying = Server::with(store.clone(), |builder| builder);
    let mut contexts = hand_out(&dying, || Ok(Report::default()), true);
    let once = Start::new().at_most_once();
    let started = dying.engine.start(COUNT, Request::new(Job::new("")), once).await.unwrap();
    let operation = contexts.recv().await.unwrap();
    dying.store.cut();
    let heir = Server::with(store, |builder| builder);
    assert!(heir.end(&started.into_inner().name).await.done);
    dying.store.mend();
    let error = operation.checkpoint(&Counted { value: 1 }).await.unwrap_err();
    assert!(error.is_done(), "{error}");
    assert_eq!(reason(&Status::from(operation.progress(percent(1)).await.unwrap_err())), "OPERATION_DONE");
}

#[tokio::test(start_paused = true)]
async fn progress_of_work_that_another_attempt_has_says_that_it_is_lost() {
    let server = Server::new();
    let retry = || Err(Status::unavailable("not now"));
    let mut contexts = hand_out(&server, retry, false);
    let policy = lro::Retry::default().on(lro::store::FailureCode::new(Code::Unavailable.into()).unwrap());
    let start = Start::new().retry(policy.initial_delay(SECOND * 60));
    server.engine.start(COUNT, Request::new(Job::new("")), start).await.unwrap();
    let operation = contexts.recv().await.unwrap();
    sleep(SECOND).await;
    let error = operation.progress(percent(1)).await.unwrap_err();
    assert!(error.is_lost(), "{error}");
    assert_eq!(reason(&Status::from(error)), "ATTEMPT_LOST");
}

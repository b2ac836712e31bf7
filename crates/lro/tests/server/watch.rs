//! `Engine::watch`: seeing an operation change.

use std::time::Duration;

use futures_core::stream::FusedStream as _;
use lro::store::{StateKind, View};
use lro::{EngineBuilder, Retry, Start, Watch, payload};
use lro_store_conformance::{FaultyStore, StoreMethod};
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::scripted_service::{Percent, Report, WORK};
use crate::support::{Server, memory_store, reason};

const SECOND: Duration = Duration::from_secs(1);

/// How late a change of another process may be seen.
const SECONDS: Duration = Duration::from_secs(5);

fn rarely(builder: EngineBuilder) -> EngineBuilder {
    builder.poll_interval(SECOND * 3_600)
}

/// A server whose own knowledge is all it has.
fn deaf() -> Server {
    Server::over(FaultyStore::deaf(memory_store()), rarely)
}

fn percent(view: &View) -> Option<u32> {
    let metadata = view.metadata()?;
    let any = lro::Any { type_url: metadata.type_url.to_string(), value: metadata.value.to_vec() };
    Some(payload::unpack::<Percent>("test.Percent", any).unwrap().value)
}

async fn next(watch: &mut Watch) -> View {
    watch.next().await.expect("there is more to come").unwrap()
}

/// The next view of this kind, and how long it took to come.
async fn until(watch: &mut Watch, is_it: impl Fn(&View) -> bool) -> (View, Duration) {
    let began = Instant::now();
    loop {
        let view = next(watch).await;
        if is_it(&view) {
            return (view, began.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_view_is_the_present_one_and_the_last_one_is_done() {
    let mut server = deaf();
    let name = server.begin("report 10, wait, report 20, sleep 5000, report 30").await;
    tokio::time::sleep(SECOND).await;
    let mut watch = server.watch(&name).unwrap();
    assert!(!watch.is_terminated());
    let first = next(&mut watch).await;
    assert_eq!(
        (first.name().as_str(), first.kind(), percent(&first)),
        (&*name, StateKind::Running, Some(10))
    );
    server.service.gate.add_permits(1);
    let (_, after) = until(&mut watch, |view| percent(view) == Some(20)).await;
    assert_eq!(after, Duration::ZERO);
    let (last, after) = until(&mut watch, View::is_done).await;
    assert_eq!((after, percent(&last)), (SECOND * 5, Some(30)));
    assert!(watch.is_terminated(), "also before it was asked again");
    assert!(watch.next().await.is_none() && watch.next().await.is_none());
    let mut again = server.watch(&name).unwrap();
    assert_eq!(next(&mut again).await, last);
    assert!(again.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn everything_that_happens_in_this_process_is_seen_at_once() {
    let mut server =
        Server::over(FaultyStore::deaf(memory_store()), |builder| rarely(builder).concurrency(1));
    let running = server.begin("wait").await;
    let retry = Retry::default().initial_delay(SECOND * 10).jitter(0.0);
    let script = "report 10, checkpoint 1, sleep 10, report 20, ask for more 1";
    let name = server.start_as(script, Start::new().retry(retry)).await;
    let mut watch = server.watch(&name).unwrap();
    let queued = next(&mut watch).await;
    assert_eq!((queued.kind(), queued.attempts()), (StateKind::Queued, 0));
    server.service.gate.add_permits(1);
    let (_, after) = until(&mut watch, |view| view.kind() == StateKind::Running).await;
    assert_eq!(after, Duration::ZERO);
    let (waiting, after) = until(&mut watch, |view| view.kind() == StateKind::Queued).await;
    assert_eq!((percent(&waiting), after.as_millis()), (Some(20), 10));
    let (again, after) = until(&mut watch, |view| view.kind() == StateKind::Running).await;
    assert_eq!((again.attempts(), after), (2, SECOND * 10));
    until(&mut watch, View::is_done).await;
    assert!(server.get(&running).await.unwrap().done);
}

#[tokio::test(start_paused = true)]
async fn the_end_elsewhere_is_seen_at_once_and_progress_within_seconds() {
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let other = Server::with(store, |builder| builder);
    let name = worker.begin("wait, report 10, wait").await;
    let mut watch = other.watch(&name).unwrap();
    assert_eq!(percent(&next(&mut watch).await), None);
    worker.service.gate.add_permits(1);
    let (_, after) = until(&mut watch, |view| percent(view) == Some(10)).await;
    assert!(after <= SECONDS, "{after:?}");
    worker.service.gate.add_permits(1);
    let (_, after) = until(&mut watch, View::is_done).await;
    assert_eq!(after, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_is_reported_of_a_delegated_operation_is_seen_at_once() {
    let server = deaf();
    let start = Start::delegated();
    let token = start.token().unwrap().unwrap();
    let name = server.start_as("succeed", start).await;
    let mut watch = server.watch(&name).unwrap();
    assert_eq!(next(&mut watch).await.kind(), StateKind::Running);
    let began = Instant::now();
    server.engine.report(WORK, &token, Percent { value: 10, note: String::new() }).await.unwrap();
    assert_eq!(percent(&next(&mut watch).await), Some(10));
    server.engine.complete(WORK, &token, Report::default()).await.unwrap();
    assert!(next(&mut watch).await.is_done());
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_or_not_any_more_is_an_error_and_the_last_item() {
    let mut server = Server::with(memory_store(), rarely);
    let not_found = |item: Option<Result<View, Status>>| {
        let status = item.unwrap().unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "OPERATION_NOT_FOUND"));
    };
    let mut unknown = server.watch("operations/never").unwrap();
    not_found(unknown.next().await);
    assert!(unknown.next().await.is_none());
    let name = server.begin("wait").await;
    let mut watch = server.watch(&name).unwrap();
    next(&mut watch).await;
    server.delete(&name).await.unwrap();
    not_found(watch.next().await);
    assert!(watch.next().await.is_none());
    let status = server.watch("operations/a b").unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_NAME"));
}

#[tokio::test(start_paused = true)]
async fn where_nobody_watches_nothing_is_read() {
    let mut server = Server::new();
    let name = server.begin("report 1, sleep 1100, report 2, wait").await;
    let mut watch = server.watch(&name).unwrap();
    next(&mut watch).await;
    drop(watch);
    let reads = server.store.calls(StoreMethod::Get);
    assert_eq!(server.engine.stats().waiting, 0);
    tokio::time::sleep(SECOND * 60).await;
    server.service.gate.add_permits(1);
    tokio::time::sleep(SECOND * 60).await;
    assert_eq!(server.store.calls(StoreMethod::Get), reads);
    assert!(server.get(&name).await.unwrap().done);
}

#[tokio::test(start_paused = true)]
async fn those_who_watch_one_operation_share_what_is_read() {
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let server = Server::with(store, |builder| builder);
    let name = worker.begin("wait, report 1, wait").await;
    let mut watches: Vec<_> = (0..100).map(|_| server.watch(&name).unwrap()).collect();
    for watch in &mut watches {
        next(watch).await;
    }
    let reads = server.store.calls(StoreMethod::Get);
    worker.service.gate.add_permits(1);
    for watch in &mut watches {
        until(watch, |view| percent(view) == Some(1)).await;
    }
    assert_eq!(server.store.calls(StoreMethod::Get), reads + 1);
}

#[tokio::test(start_paused = true)]
async fn what_runs_in_this_process_is_seen_without_a_read() {
    let mut server = Server::new();
    let name = server.begin("wait, report 1, wait").await;
    let reads = server.store.calls(StoreMethod::Get);
    let mut watch = server.watch(&name).unwrap();
    assert_eq!(next(&mut watch).await, server.stored(&name).await);
    server.service.gate.add_permits(1);
    let (view, after) = until(&mut watch, |view| percent(view) == Some(1)).await;
    assert_eq!((view, after), (server.stored(&name).await, Duration::ZERO));
    tokio::time::sleep(SECOND).await;
    server.service.gate.add_permits(1);
    let (view, after) = until(&mut watch, View::is_done).await;
    assert_eq!((view, after), (server.stored(&name).await, Duration::ZERO));
    assert_eq!(server.store.calls(StoreMethod::Get), reads);
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_is_seen_at_once() {
    let mut server = Server::new();
    let name = server.begin("wait").await;
    let mut watch = server.watch(&name).unwrap();
    assert_eq!(next(&mut watch).await.stop(), None);
    server.cancel(&name).await.unwrap();
    let (view, after) = until(&mut watch, |view| view.stop().is_some()).await;
    assert_eq!((view, after), (server.stored(&name).await, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_waited_for_but_for_the_first_view() {
    let store = memory_store();
    let mut worker = Server::with(store.clone(), |builder| builder);
    let server = Server::with(store, |builder| builder);
    let name = worker.begin("wait").await;
    let mut watch = server.watch(&name).unwrap();
    next(&mut watch).await;
    server.store.cut();
    let status = server.watch(&name).unwrap().next().await.unwrap().unwrap_err();
    assert_eq!(reason(&status), "STORE_UNAVAILABLE");
    worker.service.gate.add_permits(1);
    tokio::time::sleep(SECOND * 10).await;
    server.store.mend();
    let (_, after) = until(&mut watch, View::is_done).await;
    assert!(after <= SECONDS * 2, "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_a_watch_with_the_end_of_the_work_or_an_error() {
    let mut server = Server::with(memory_store(), |builder| builder.drain_time(SECOND * 10));
    let ends = server.begin("sleep 5000").await;
    let goes_on = server.begin("wait").await;
    let mut watches = [&ends, &goes_on].map(|name| server.watch(name).unwrap());
    for watch in &mut watches {
        next(watch).await;
    }
    server.engine.drain().await;
    let [mut ended, mut going_on] = watches;
    until(&mut ended, View::is_done).await;
    let status = loop {
        if let Err(status) = going_on.next().await.unwrap() {
            break status;
        }
    };
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "SERVER_DRAINING"));
    assert!(going_on.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn work_that_ends_last_in_a_shutdown_is_seen_to_end() {
    let mut server = Server::with(memory_store(), |builder| builder.drain_time(SECOND * 10));
    let name = server.begin("sleep 5000").await;
    let mut watch = server.watch(&name).unwrap();
    next(&mut watch).await;
    let engine = server.engine.clone();
    let drained = tokio::spawn(async move { engine.drain().await });
    until(&mut watch, View::is_done).await;
    drained.await.unwrap();
}

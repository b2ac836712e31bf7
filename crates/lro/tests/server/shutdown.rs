//! Chapter "Life": shutdown.

use std::time::Duration;

use lro::Start;
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tonic::Code;

use crate::scripted_service::Event;
use crate::support::{Server, error, memory_store, reason, response};

const DRAIN: Duration = Duration::from_secs(15);

fn leaving_and_staying() -> (Server, Server) {
    let store = memory_store();
    let leaving = Server::with(store.clone(), |builder| builder.drain_time(DRAIN));
    // Only the hint of the store can tell it in time.
    let staying = Server::with(store, |builder| builder.poll_interval(Duration::from_secs(3_600)));
    (leaving, staying)
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_starts_and_claims_nothing_and_lets_work_finish() {
    let mut server = Server::with(memory_store(), |builder| builder.drain_time(DRAIN).concurrency(1));
    let running = server.begin("wait").await;
    let queued = server.start("wait").await;
    let engine = server.engine.clone();
    let began = Instant::now();
    let drained = tokio::spawn(async move { engine.drain().await });
    tokio::time::sleep(DRAIN / 3).await;
    let status = server.start_with("succeed", Start::new()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "SERVER_DRAINING"));
    assert!(!server.get(&running).await.unwrap().done, "others are still answered");

    server.service.gate.add_permits(2);
    drained.await.unwrap();
    assert!(began.elapsed() < DRAIN, "no longer than it takes: {:?}", began.elapsed());
    assert_eq!(response(&server.get(&running).await.unwrap()).text, "done");
    assert!(!server.get(&queued).await.unwrap().done);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_hands_the_rest_back_at_once() {
    let (mut leaving, mut staying) = leaving_and_staying();
    let name = leaving.begin("wait").await;
    let (signal, on_signal) = oneshot::channel::<()>();
    let drained = tokio::spawn(leaving.engine.drain_on(on_signal));
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(leaving.has_no_event(), "nothing ends before the signal");
    let began = Instant::now();
    signal.send(()).unwrap();
    drained.await.unwrap();
    assert_eq!(leaving.event().await, Event::Gone(name.clone()));
    staying.expect_began(&name, 2, None).await;
    assert_eq!(began.elapsed().as_secs(), DRAIN.as_secs());
    staying.service.gate.add_permits(1);
    assert!(staying.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_cancelled_and_unrepeatable_work() {
    let (mut leaving, mut staying) = leaving_and_staying();
    let cancelled = leaving.begin("wait").await;
    let once = leaving.start_with("wait", Start::new().at_most_once()).await.unwrap().name;
    leaving.expect_began(&once, 1, None).await;
    let engine = leaving.engine.clone();
    let drained = tokio::spawn(async move { engine.drain().await });
    tokio::time::sleep(DRAIN.mul_f32(0.9)).await;
    staying.cancel(&cancelled).await.unwrap();
    drained.await.unwrap();
    assert_eq!(error(&staying.get(&cancelled).await.unwrap()).code, i32::from(Code::Cancelled));
    assert_eq!(error(&staying.get(&once).await.unwrap()).code, i32::from(Code::Aborted));
    assert!(staying.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_answers_those_who_wait() {
    let mut server = Server::with(memory_store(), |builder| builder.drain_time(DRAIN));
    let name = server.begin("wait").await;
    let began = Instant::now();
    let (answer, ()) = tokio::join!(server.wait(&name, None), server.engine.drain());
    assert!(!answer.unwrap().done);
    assert_eq!(began.elapsed().as_secs(), DRAIN.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_though_the_store_is_away_and_can_be_asked_for_twice() {
    let mut server = Server::with(memory_store(), |builder| builder.drain_time(DRAIN));
    server.begin("wait").await;
    server.store.cut();
    let began = Instant::now();
    tokio::join!(server.engine.drain(), server.engine.drain());
    server.engine.drain().await;
    assert!(began.elapsed() < DRAIN * 2, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_is_dropped_hands_its_work_back() {
    let (mut leaving, mut staying) = leaving_and_staying();
    let name = leaving.begin("wait").await;
    drop(leaving);
    staying.expect_began(&name, 2, None).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_keeps_nothing_else_from_being_handed_back() {
    for method in [StoreMethod::Claim, StoreMethod::Finish] {
        let (mut leaving, mut staying) = leaving_and_staying();
        let ends = leaving.begin("wait").await;
        let name = leaving.begin("stop when asked").await;
        leaving.store.inject(method, Fault::before(FailureMode::Hang));
        leaving.service.gate.add_permits(1);
        assert_eq!(leaving.event().await, Event::Gone(ends));
        tokio::time::sleep(Duration::from_secs(3)).await;
        let stopped = Instant::now();
        leaving.engine.stop();
        staying.expect_began(&name, 2, None).await;
        // An outcome that is being stored is waited for.
        let most = if method == StoreMethod::Claim { 0 } else { 4 };
        assert!(stopped.elapsed().as_secs() <= most, "{method} {:?}", stopped.elapsed());
    }
}

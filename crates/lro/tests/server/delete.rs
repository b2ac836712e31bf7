//! Chapter `DeleteOperation`.

use std::time::Duration;

use lro::OnDelete;
use lro_store_conformance::FaultyStore;
use tokio::time::Instant;
use tonic::Code;

use crate::scripted_service::Event;
use crate::support::{LEASE, Server, memory_store};

#[tokio::test(start_paused = true)]
async fn a_deleted_operation_is_forgotten_and_not_cancelled() {
    let mut server = Server::new();
    let name = server.begin("wait and report").await;
    server.delete(&name).await.unwrap();
    assert_eq!(server.get(&name).await.unwrap_err().code(), Code::NotFound);
    // Long enough for heartbeats to learn it, and for any lease to be over.
    tokio::time::sleep(LEASE * 3).await;
    assert!(server.has_no_event(), "the work goes on");
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    tokio::time::sleep(LEASE).await;
    assert_eq!(server.get(&name).await.unwrap_err().code(), Code::NotFound, "its result is dropped");
}

#[tokio::test(start_paused = true)]
async fn deleting_what_is_not_there_says_so() {
    let server = Server::new();
    let name = server.start("succeed").await;
    server.end(&name).await;
    server.delete(&name).await.unwrap();
    assert_eq!(server.delete(&name).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(start_paused = true)]
async fn deleted_work_that_still_runs_shows_in_the_stats_and_holds_its_slot() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1));
    let name = server.begin("wait").await;
    assert_eq!((server.engine.stats().running, server.engine.stats().deleted), (1, 0));
    server.delete(&name).await.unwrap();
    let queued = server.start("succeed").await;
    tokio::time::sleep(LEASE).await;
    assert_eq!((server.engine.stats().running, server.engine.stats().deleted), (1, 1));
    assert!(server.has_no_event());
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, Event::Gone(name));
    server.expect_began(&queued, 1, None).await;
    server.end(&queued).await;
    assert_eq!((server.engine.stats().running, server.engine.stats().deleted), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_engine_may_ask_deleted_work_to_stop() {
    let grace = LEASE / 3;
    for (script, stops_after) in [("stop when asked", Duration::ZERO), ("wait", grace)] {
        let stops = |builder: lro::EngineBuilder| builder.on_delete(OnDelete::Stop).cancel_grace(grace);
        let mut server = Server::with(memory_store(), |builder| stops(builder).concurrency(1));
        let name = server.begin(script).await;
        let queued = server.start("succeed").await;
        let deleted = Instant::now();
        server.delete(&name).await.unwrap();
        assert_eq!(server.event().await, Event::Gone(name.clone()));
        let latest = stops_after + Duration::from_millis(1);
        assert!((stops_after..=latest).contains(&deleted.elapsed()), "{:?}", deleted.elapsed());
        server.expect_began(&queued, 1, None).await;
        assert_eq!(server.get(&name).await.unwrap_err().code(), Code::NotFound);
    }
}

#[tokio::test(start_paused = true)]
async fn deleted_work_learns_it_from_its_next_write_where_no_hint_comes() {
    let store = memory_store();
    let deaf = FaultyStore::deaf(store.clone());
    let mut server = Server::over(deaf, |builder| builder.on_delete(OnDelete::Stop));
    let other = Server::with(store, |builder| builder.concurrency(0));
    let name = server.begin("report until it fails").await;
    let deleted = Instant::now();
    other.delete(&name).await.unwrap();
    assert_eq!(server.event().await, Event::Gone(name));
    assert!(deleted.elapsed() <= Duration::from_millis(1_200), "{:?}", deleted.elapsed());
}

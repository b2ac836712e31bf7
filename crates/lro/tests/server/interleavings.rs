//! Chapter "Life": calls of one process that overtake each other. Each of these was found by the simulation.

use std::time::Duration;

use lro::{OnConflict, Start};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::time::sleep;
use tonic::Code;

use crate::scripted_service::Event;
use crate::support::{Server, error, memory_store};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn work_that_is_claimed_while_its_start_is_read_back_begins_once() {
    let mut server = Server::new();
    let exclusive = || Start::new().exclusive("a key", OnConflict::Queue);
    let first = server.start_with("wait", exclusive()).await.unwrap().name;
    server.expect_began(&first, 1, None).await;
    server.store.inject_next(StoreMethod::Create, 1, Fault::after(FailureMode::Unavailable));
    server.store.inject_next(StoreMethod::Get, 1, Fault::none().delay(SECOND));
    let meanwhile = async {
        sleep(SECOND / 2).await;
        server.service.gate.add_permits(1);
    };
    let (second, ()) = tokio::join!(server.start_with("wait", exclusive()), meanwhile);
    let second = second.unwrap().name;
    assert_eq!(server.event().await, Event::Gone(first));
    server.expect_began(&second, 1, None).await;
    sleep(SECOND).await;
    assert!(server.has_no_event(), "neither does it begin again, nor is it dropped");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_during_a_look_at_what_the_process_has_still_counts_the_attempt() {
    let mut server = Server::with(memory_store(), |builder| builder.drain_time(SECOND));
    let name = server.start_with("wait", Start::new().at_most_once()).await.unwrap().name;
    server.expect_began(&name, 1, None).await;
    // From now on the process doubts what it has, and asks.
    server.store.inject_next(StoreMethod::Claim, 1, Fault::after(FailureMode::Unavailable));
    sleep(SECOND * 3).await;
    server.store.inject_next(StoreMethod::Held, 1, Fault::none().delay(SECOND * 4));
    sleep(SECOND * 5 / 2).await;
    server.engine.drain().await;
    assert_eq!(error(&server.get(&name).await.unwrap()).code, i32::from(Code::Aborted));
}

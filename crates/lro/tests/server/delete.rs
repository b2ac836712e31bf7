//! Chapter `DeleteOperation`.

use tonic::Code;

use crate::scripted_service::Event;
use crate::support::{LEASE, Server};

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

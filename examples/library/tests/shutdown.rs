//! The server as a process that the system asks to end.
#![cfg(unix)]

use std::path::Path;
use std::time::Duration;

use library::child::Server;
use library::client::{self, Import};
use library::pb::library_service_lro::LibraryServiceLroClient;
use tonic::transport::Endpoint;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

async fn start(fetch_time: u64) -> (Server, LibraryServiceLroClient) {
    let fetch_time = format!("--fetch-time={fetch_time}");
    let arguments = ["--store=memory", &*fetch_time];
    let server = Server::start(Path::new(env!("CARGO_BIN_EXE_library")), &arguments).await.unwrap();
    let client = client::connect(server.address()).await.unwrap();
    (server, client)
}

async fn import(client: &LibraryServiceLroClient, shelf: &str) -> Result<Import, Status> {
    client::import(client, shelf, &["books://emma".to_owned()]).await
}

/// What load balancers are told.
async fn health(address: &str) -> ServingStatus {
    let channel = Endpoint::from_shared(address.to_owned()).unwrap().connect().await.unwrap();
    let mut client = HealthClient::new(channel);
    client.check(HealthCheckRequest::default()).await.unwrap().into_inner().status()
}

/// Waits for the process to end, and tells whether it ended well.
async fn ended_well(server: Server, client: LibraryServiceLroClient) -> bool {
    // Open connections would keep it waiting.
    drop(client);
    tokio::time::timeout(Duration::from_secs(60), server.ended_well())
        .await
        .expect("it does not end")
        .unwrap()
}

#[tokio::test]
async fn a_signal_lets_work_end_before_the_process_does() {
    let (server, client) = start(500).await;
    assert_eq!(health(server.address()).await, ServingStatus::Serving);
    let operation = import(&client, "shelves/1").await.unwrap();
    server.terminate().await.unwrap();
    assert_eq!(operation.wait().await.unwrap().books.len(), 1);
    drop(operation);
    assert!(ended_well(server, client).await);
}

#[tokio::test]
async fn a_second_signal_does_not_wait_for_work() {
    let (server, client) = start(3_600_000).await;
    let operation = import(&client, "shelves/1").await.unwrap();
    server.terminate().await.unwrap();
    // While it drains it still answers, and starts nothing.
    while import(&client, "shelves/2").await.err().is_none_or(|status| status.code() != Code::Unavailable) {
        tokio::task::yield_now().await;
    }
    assert_eq!(health(server.address()).await, ServingStatus::NotServing);
    server.terminate().await.unwrap();
    drop(operation);
    assert!(ended_well(server, client).await);
}

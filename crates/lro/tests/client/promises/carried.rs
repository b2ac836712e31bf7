//! Metadata of the start that goes with all later calls of its handle.

use lro::testing::script::{Call, ScriptedServer, Waiting};
use tonic::Request;
use tonic::metadata::MetadataMap;

use crate::promises::support::{asked, client, seconds, started, succeed_at};
use crate::scripted_service::METHOD;

fn tenants(server: &ScriptedServer) -> Vec<Option<String>> {
    server.calls().iter().map(|call: &Call| call.header("x-tenant").map(str::to_owned)).collect()
}

#[tokio::test(start_paused = true)]
async fn the_metadata_of_the_start_goes_with_every_call_of_the_handle_and_its_clones() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::at_most(seconds(4))).on(METHOD, |()| succeed_at(seconds(20)));
    let mut request = Request::new(());
    request.metadata_mut().insert("x-tenant", "acme".parse().unwrap());
    let operation = client(&server).start(METHOD, request).carry_metadata().await.unwrap();
    operation.poll().await.unwrap();
    operation.clone().wait().await.unwrap();
    operation.untyped().cancel().await.unwrap();
    operation.delete().await.unwrap();
    let tenants = tenants(&server);
    assert!(
        tenants.len() > 6 && tenants.iter().all(|tenant| tenant.as_deref() == Some("acme")),
        "{tenants:?}"
    );
    // Each call has its own timeout, and nothing twice.
    assert!(server.calls().iter().all(|call| call.metadata().get_all("x-tenant").iter().count() == 1));
    assert!(asked(&server).iter().all(|call| call.metadata().get_all("grpc-timeout").iter().count() <= 1));
}

#[tokio::test(start_paused = true)]
async fn without_being_asked_to_it_stays_with_the_start() {
    let server = ScriptedServer::new();
    server.on(METHOD, |()| succeed_at(seconds(20)));
    let mut request = Request::new(());
    request.metadata_mut().insert("x-tenant", "acme".parse().unwrap());
    client(&server).start(METHOD, request).await.unwrap().wait().await.unwrap();
    let tenants = tenants(&server);
    assert_eq!(tenants[0].as_deref(), Some("acme"));
    assert!(tenants[1..].iter().all(Option::is_none), "{tenants:?}");
}

#[tokio::test(start_paused = true)]
async fn a_handle_can_be_given_metadata_of_its_own() {
    let server = ScriptedServer::new();
    let mut metadata = MetadataMap::new();
    metadata.insert("x-tenant", "acme".parse().unwrap());
    let operation = started(&server, succeed_at(seconds(20))).await.with_metadata(metadata);
    operation.wait().await.unwrap();
    let tenants = tenants(&server);
    assert!(tenants.len() > 1 && tenants[1..].iter().all(Option::is_some), "{tenants:?}");
}

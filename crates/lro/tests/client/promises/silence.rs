//! Peers that vanish, over real connections.

use lro::google::longrunning::Operation;
use tonic::Status;

use crate::promises::network::{Network, called, hurry};
use crate::promises::support::seconds;
use crate::scripted_service::{
    Answer, METHOD, ScriptedService, after, at_once, response, running, succeeded,
};

/// The first call is not answered within a day, all further ones at once, with the end.
fn script() -> Vec<Answer> {
    let mut script = vec![after(24 * 60 * 60, Ok::<Operation, Status>(running(1)))];
    script.extend(vec![at_once(Ok(succeeded(1))); 100]);
    script
}

#[tokio::test]
async fn a_peer_that_vanishes_is_asked_again_over_a_fresh_connection() {
    let service = ScriptedService::new(script());
    let network = Network::to(&service).await;
    let operation = lro::Client::connect(network.url()).await.unwrap().attach(METHOD, running(0));
    let waiting = tokio::spawn(async move { operation.wait().await });
    called(&service, 1).await;
    network.fall_silent();
    let (waited, took) = hurry(seconds(900), waiting).await;
    assert_eq!(waited.unwrap().unwrap(), response());
    // The longest hold, the time for its answer, and one pause.
    assert!(took < seconds(120), "{took:?}");
    assert!(network.connections() > 1);
}

#[tokio::test]
async fn keep_alive_notices_it_also_while_the_server_is_asked_to_hold_for_an_hour() {
    let service = ScriptedService::new(script());
    let network = Network::to(&service).await;
    let patient = lro::Polling::new().with_max_delay(seconds(3600)).with_total_timeout(seconds(7200));
    let client = lro::Client::connect(network.url()).await.unwrap().polling(patient);
    let operation = client.attach(METHOD, running(0));
    let waiting = tokio::spawn(async move { operation.wait().await });
    called(&service, 1).await;
    network.fall_silent();
    let (waited, took) = hurry(seconds(900), waiting).await;
    assert_eq!(waited.unwrap().unwrap(), response());
    assert!(took < seconds(900), "{took:?}");
}

#[tokio::test]
async fn an_idle_connection_that_has_died_costs_one_call_and_not_the_operation() {
    let service = ScriptedService::new(vec![at_once(Ok(succeeded(1))); 100]);
    let network = Network::to(&service).await;
    let client = lro::Client::connect(network.url()).await.unwrap();
    network.fall_silent();
    let operation = client.attach(METHOD, running(0));
    let (waited, took) = hurry(seconds(900), operation.wait()).await;
    assert_eq!(waited.unwrap(), response());
    assert!(took < seconds(120), "{took:?}");
}

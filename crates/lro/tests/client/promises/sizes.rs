//! How large the futures are: whoever waits for many operations keeps one for each.

use lro::testing::script::ScriptedServer;
use tonic::Request;

use crate::promises::support::client;
use crate::scripted_service::{METHOD, NAME};

#[tokio::test]
async fn futures_are_at_most_a_kilobyte_large() {
    let client = client(&ScriptedServer::new());
    let operation = client.operation(METHOD, NAME);
    let sizes = [
        ("wait", size_of_val(&operation.wait())),
        ("poll", size_of_val(&operation.poll())),
        ("wait_until", size_of_val(&operation.wait_until(|_| true))),
        ("cancel", size_of_val(&operation.cancel())),
        ("cancel_and_wait", size_of_val(&operation.cancel_and_wait())),
        ("start", size_of_val(&client.start(METHOD, Request::new(())))),
    ];
    let large: Vec<_> = sizes.iter().filter(|(_, size)| *size > 1024).collect();
    assert!(large.is_empty(), "{large:?} bytes");
}

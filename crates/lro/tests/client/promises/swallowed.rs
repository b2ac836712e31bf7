//! Calls that are swallowed: the client has a clock of its own.

use lro::testing::script::{Fault, Rpc, ScriptedServer, Waiting};
use tokio::time::Instant;

use crate::promises::support::{asked, seconds, started, succeed_at};
use crate::scripted_service::response;

#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_answers_is_made_again() {
    for waiting in [Waiting::as_asked(), Waiting::unimplemented()] {
        let server = ScriptedServer::new();
        server.waiting(waiting).fault(Fault::hang().on(Rpc::Get).on(Rpc::Wait).times(2));
        let operation = started(&server, succeed_at(seconds(20))).await;
        let start = Instant::now();
        assert_eq!(operation.wait().await.unwrap(), response());
        // Twice the longest hold, the time for an answer, and pauses.
        assert!(start.elapsed() < seconds(20 + 2 * (45 + 10) + 30), "{:?}", start.elapsed());
        assert!(asked(&server).len() >= 3);
    }
}

#[tokio::test(start_paused = true)]
async fn every_call_about_an_operation_tells_the_server_its_deadline() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::at_most(seconds(4)));
    let operation = started(&server, succeed_at(seconds(20))).await;
    operation.wait().await.unwrap();
    for call in asked(&server) {
        let timeout = call.timeout().expect("the server must learn when nobody listens any more");
        assert!(timeout > call.hold().unwrap_or_default(), "{call:?}");
    }
}

//! What the tests of promises share: operations that a scripted server starts, and how long it takes to notice their ends.

use std::time::Duration;

use lro::testing::script::{Call, Rpc, ScriptedServer};
use lro::{Client, Operation};
use tokio::time::Instant;
use tonic::{Code, Request, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::scripted_service::{Done, METHOD, Step, response};

pub(crate) type Script = lro::testing::script::Script<Done, Step>;

/// A client of `server`, as users make it: with the default policies, and with jitter.
pub(crate) fn client(server: &ScriptedServer) -> Client {
    Client::new(server.transport())
}

/// A client without a limit to its waits, whatever the default is.
pub(crate) fn patient(server: &ScriptedServer) -> Client {
    client(server).polling(lro::Polling::new().with_total_timeout(Duration::MAX))
}

/// Starts an operation that goes on by `script`.
pub(crate) async fn start(server: &ScriptedServer, client: &Client, script: Script) -> Operation<Done, Step> {
    server.on(METHOD, move |()| script.clone());
    client.start(METHOD, Request::new(())).await.unwrap()
}

/// Starts an operation that goes on by `script`, through a client of its own.
pub(crate) async fn started(server: &ScriptedServer, script: Script) -> Operation<Done, Step> {
    start(server, &client(server), script).await
}

/// How long after the end of an operation, which lasts as long as this, its client notices.
pub(crate) async fn delay(server: &ScriptedServer, client: &Client, lasts: Duration) -> Duration {
    let operation = start(server, client, succeed_at(lasts)).await;
    let start = Instant::now();
    assert_eq!(operation.wait().await.unwrap(), response());
    start.elapsed().checked_sub(lasts).expect("nobody notices an end before it comes")
}

pub(crate) fn succeed_at(time: Duration) -> Script {
    Script::new().succeed_at(time, response())
}

/// The calls that ask about operations, in order.
pub(crate) fn asked(server: &ScriptedServer) -> Vec<Call> {
    server.calls().into_iter().filter(|call| matches!(call.rpc(), Rpc::Get | Rpc::Wait)).collect()
}

/// The times between calls that ask about operations.
pub(crate) fn gaps(server: &ScriptedServer) -> Vec<Duration> {
    let calls = asked(server);
    calls.windows(2).map(|pair| pair[1].at().saturating_sub(pair[0].at())).collect()
}

/// An error that says when to ask again.
pub(crate) fn retry_after(code: Code, delay: Duration) -> Status {
    Status::with_error_details(code, "not now", ErrorDetails::with_retry_info(Some(delay)))
}

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

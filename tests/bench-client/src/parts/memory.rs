//! What those who wait take in memory.

use std::time::Duration;

use lro::google::longrunning::operations_server::OperationsServer;
use lro::{Client, Operation};
use test_measure::Outcome;
use test_measure::figures::{Figures, Limit, count};
use test_measure::jobs::START;
use test_measure::process::resident_bytes;
use test_measure::rpc::{Done, Job};
use tokio::task::JoinHandle;
use tonic::Request;

use crate::server::Server;

const WAITERS: usize = 100_000;

/// For how long the server holds `WaitOperation`.
const HOLD: Duration = Duration::from_secs(45);

/// How long it takes all of them to begin, with time to spare.
const SETTLE: Duration = Duration::from_secs(10);

/// How many MiB all of them may take, with handles, names and the tasks that ask.
const MEMORY_LIMIT: f64 = 200.0;

/// How many bytes a future may have.
const FUTURE_LIMIT: f64 = 1_024.0;

pub(crate) fn run(figures: &mut Figures) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        sizes(figures);
        // The second finds room that the first has left, and is measured by what both together have.
        let before = resident_bytes()?;
        for (what, hold) in [("without WaitOperation", None), ("that holds WaitOperation", Some(HOLD))] {
            let waiting = wait_for_many(hold).await;
            let taken = resident_bytes()?.saturating_sub(before);
            let what = format!("100,000 spawned waits, at a server {what}");
            figures.print(&what, count(taken) / f64::from(1 << 20), "MiB", Limit::AtMost(MEMORY_LIMIT));
            figures.print("for each of them", count(taken / WAITERS), "bytes", Limit::None);
            for wait in waiting {
                wait.abort();
                // It ends with nothing but that it was aborted.
                drop(wait.await);
            }
        }
        Ok(())
    })
}

fn sizes(figures: &mut Figures) {
    let client = Client::new(OperationsServer::new(Server::new(None, Duration::ZERO)));
    let operation: Operation<Done, ()> = client.operation(START, "operations/0");
    let futures = [
        ("wait", size_of_val(&operation.wait())),
        ("poll", size_of_val(&operation.poll())),
        ("start", size_of_val(&client.start(START, Request::new(Job::default())))),
        ("wait_until", size_of_val(&operation.wait_until(|()| true))),
        ("cancel_and_wait", size_of_val(&operation.cancel_and_wait())),
    ];
    for (what, size) in futures {
        let what = format!("the future of `{what}`");
        figures.print(&what, count(size), "bytes", Limit::AtMost(FUTURE_LIMIT));
    }
}

/// Spawns them, and returns when they have begun to wait.
async fn wait_for_many(hold: Option<Duration>) -> Vec<JoinHandle<()>> {
    let server = Server::new(hold, Duration::ZERO);
    let client = Client::new(OperationsServer::new(server.clone()));
    let waiting = (0..WAITERS).map(|_| {
        let operation = client.attach(START, server.start(None));
        tokio::spawn(async move { drop(operation.wait().await) })
    });
    let waiting = waiting.collect();
    tokio::time::sleep(SETTLE).await;
    waiting
}

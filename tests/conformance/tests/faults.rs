//! Every fault of a server is found, by the check that is there for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use conformance::{FAULTS, Fault, Server, target};
use futures_util::StreamExt as _;
use lro::store::{MemoryStore, Store};
use lro_conformance::{Outcome, Report, Restart, Suite};
use tokio::sync::Mutex;

/// How many suites run at the same time. Most of what they do is waiting.
const AT_ONCE: usize = 8;

async fn run(fault: Option<Fault>, only: &str) -> Report {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    // Where two replicas differ, it is the second one that has the fault.
    let at_replica = fault.is_some_and(Fault::needs_replica);
    let server = Server::start(store.clone(), 0, fault.filter(|_| !at_replica)).await.unwrap();
    let replica = Server::start(store.clone(), 0, fault.filter(|_| at_replica)).await.unwrap();
    let mut target = target(&server.address()).replica(replica.address());
    let forgets = fault.is_some_and(Fault::needs_restart);
    let port = server.port();
    let server = Arc::new(Mutex::new(Some(server)));
    target = target.restart(Restart::call(move || {
        let (server, store) = (server.clone(), store.clone());
        async move {
            let mut server = server.lock().await;
            if let Some(old) = server.take() {
                old.stop().await;
            }
            let store = if forgets { Arc::new(MemoryStore::new()) } else { store };
            *server = Some(Server::start(store, port, None).await.map_err(|error| error.to_string())?);
            Ok(())
        }
    }));
    Suite::new(target).only([only]).run().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_is_found_by_its_check() {
    let runs = futures_util::stream::iter(FAULTS.iter().map(|(fault, check)| async move {
        let faulty = run(Some(*fault), check).await;
        (*fault, *check, faulty)
    }));
    let mut wrong = Vec::new();
    let mut runs = runs.buffer_unordered(AT_ONCE);
    while let Some((fault, check, report)) = runs.next().await {
        println!("{fault:36?} {check}");
        if !matches!(report.entries[0].outcome, Outcome::Failed(_)) {
            wrong.push(format!("{fault:?} is not found by {check}:\n{report}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn none_of_these_checks_fails_without_a_fault() {
    let checks: BTreeSet<_> = FAULTS.iter().map(|(_, check)| *check).collect();
    let runs = checks.into_iter().map(|check| run(None, check));
    let mut runs = futures_util::stream::iter(runs).buffer_unordered(AT_ONCE);
    while let Some(report) = runs.next().await {
        assert!(matches!(report.entries[0].outcome, Outcome::Passed), "{report}");
    }
}

#[test]
fn the_table_has_many_faults_and_only_checks_that_there_are() {
    let faults: BTreeSet<_> = FAULTS.iter().map(|(fault, _)| format!("{fault:?}")).collect();
    assert!(faults.len() >= 25, "{}", faults.len());
    assert!(FAULTS.iter().all(|(_, id)| Suite::checks().any(|check| check.id() == *id)));
}

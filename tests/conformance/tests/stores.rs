//! Our server passes on every store: two replicas, and restarts in the middle where the store outlives a process.

use std::sync::Arc;

use conformance::{Server, target};
use lro::store::{MemoryStore, Store};
use lro_conformance::{Level, Outcome, Report, Restart, Suite, Target};
use lro_postgres::PostgresStore;
use lro_sqlite::SqliteStore;
use tokio::sync::Mutex;

/// Runs all checks against two replicas, the first of which is restarted by opening its store again.
async fn run<S: Store, F>(open: impl Fn() -> F + Clone + Send + Sync + 'static, outlives: bool) -> Report
where
    F: Future<Output = S> + Send + 'static,
{
    let server = Server::start(open().await, 0, None).await.unwrap();
    let replica = Server::start(open().await, 0, None).await.unwrap();
    let mut target: Target = target(&server.address()).replica(replica.address());
    let port = server.port();
    let server = Arc::new(Mutex::new(Some(server)));
    if outlives {
        target = target.restart(Restart::call(move || {
            let (server, open) = (server.clone(), open.clone());
            async move {
                let mut server = server.lock().await;
                if let Some(old) = server.take() {
                    old.stop().await;
                }
                *server =
                    Some(Server::start(open().await, port, None).await.map_err(|error| error.to_string())?);
                Ok(())
            }
        }));
        return Suite::new(target).run().await.unwrap();
    }
    let report = Suite::new(target).run().await.unwrap();
    drop(server);
    report
}

fn assert_passed(report: &Report, may_skip: &[&str]) {
    println!("{report}");
    for entry in &report.entries {
        let id = entry.check.id();
        match &entry.outcome {
            Outcome::Failed(_) => panic!("{id} has failed:\n{report}"),
            // What is skipped shows nothing.
            Outcome::Skipped { .. } => {
                assert!(may_skip.contains(&entry.check.group()), "{id} was skipped:\n{report}");
            }
            _ => {}
        }
    }
    assert_eq!(report.failures(Level::Must).count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_memory() {
    // Two servers on one memory store are replicas too, but a process takes it along.
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let report = run(move || std::future::ready(store.clone()), false).await;
    assert_passed(&report, &["restart"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("operations.db");
    let open = move || {
        let path = path.clone();
        async move { SqliteStore::open(&path).await.unwrap() }
    };
    assert_passed(&run(open, true).await, &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres() {
    let Some(server) = test_postgres::shared() else { return };
    let database = server.database();
    let url = database.url();
    let open = move || {
        let url = url.clone();
        async move { PostgresStore::connect(&url).await.unwrap() }
    };
    assert_passed(&run(open, true).await, &[]);
}

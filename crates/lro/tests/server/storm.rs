//! Many operations on several threads and in real time, over connections that break and mend all the while.

use std::time::Duration;

use lro::Start;
use lro::store::MemoryStore;

use crate::support::Server;

const SCRIPTS: [&str; 4] = ["succeed", "fail", "report", "finish when asked to stop"];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_that_was_accepted_ends_once_whatever_breaks() {
    let store = MemoryStore::new();
    let quick = |builder: lro::EngineBuilder| {
        builder.lease(Duration::from_millis(300)).poll_interval(Duration::from_millis(50)).concurrency(16)
    };
    let workers = [Server::with(store.clone(), quick), Server::with(store.clone(), quick)];
    let watcher = Server::with(store, |builder| builder.concurrency(0));

    let wires = workers.each_ref().map(|worker| worker.store.clone());
    let weather = tokio::spawn(async move {
        for round in 0.. {
            let wire = &wires[round % 2];
            if round % 3 == 0 {
                wire.lose_answers();
            } else {
                wire.cut();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            wire.mend();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });

    let mut accepted = Vec::new();
    for number in 0..1_000 {
        let script = SCRIPTS[number % SCRIPTS.len()];
        let start = Start::new().parent(format!("scripts/{}", number % SCRIPTS.len()));
        if let Ok(operation) = workers[number % 2].start_with(script, start).await {
            if script.ends_with("stop") {
                watcher.cancel(&operation.name).await.unwrap();
            }
            accepted.push(operation.name);
        }
        tokio::task::yield_now().await;
    }
    assert!(accepted.len() > 100, "the storm leaves some calm");
    let mut ends = Vec::new();
    for name in &accepted {
        ends.push(watcher.end(name).await);
    }
    weather.abort();
    for end in ends {
        assert_eq!(watcher.get(&end.name).await.unwrap(), end, "done never changes");
    }
}

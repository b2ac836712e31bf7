//! Many operations on several threads and in real time, over connections that break and mend all the while.

use std::time::Duration;

use lro::Start;
use lro::google::longrunning::ListOperationsRequest;
use lro::store::MemoryStore;
use lro_store_conformance::FaultyStore;

use crate::scripted_service::Job;
use crate::support::Server;

const SCRIPTS: [&str; 4] = ["succeed", "fail", "report", "finish when asked to stop"];

fn quick(builder: lro::EngineBuilder) -> lro::EngineBuilder {
    builder.lease(Duration::from_millis(300)).poll_interval(Duration::from_millis(50)).concurrency(16)
}

/// Breaks connections and mends them, until it is aborted.
fn weather(wires: [FaultyStore<MemoryStore>; 2]) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
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
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_that_was_accepted_ends_once_whatever_breaks() {
    let store = MemoryStore::new();
    let workers = [Server::with(store.clone(), quick), Server::with(store.clone(), quick)];
    let watcher = Server::with(store, |builder| builder.concurrency(0));

    let weather = weather(workers.each_ref().map(|worker| worker.store.clone()));

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
    // Some were stored although their start failed. Unless they are asked to stop, they keep their slots for ever.
    let name = format!("scripts/{}", SCRIPTS.len() - 1);
    let stored = watcher
        .list(ListOperationsRequest { name, page_size: 1_000, ..ListOperationsRequest::default() })
        .await
        .unwrap();
    for operation in stored.operations {
        watcher.cancel(&operation.name).await.unwrap();
    }
    let mut ends = Vec::new();
    for name in &accepted {
        ends.push(watcher.end(name).await);
    }
    weather.abort();
    for end in ends {
        assert_eq!(watcher.get(&end.name).await.unwrap(), end, "done never changes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_that_is_repeated_until_it_is_answered_starts_one_operation() {
    let store = MemoryStore::new();
    let workers = [Server::with(store.clone(), quick), Server::with(store.clone(), quick)];
    let watcher = Server::with(store, |builder| builder.concurrency(0));
    let weather = weather(workers.each_ref().map(|worker| worker.store.clone()));
    let mut names = std::collections::BTreeSet::new();
    let mut refused = 0;
    for number in 0..300 {
        let job = Job::identified("succeed", &number.to_string());
        let mut tries = workers.iter().cycle().skip(number);
        let name = loop {
            let worker = tries.next().expect("a cycle has no end");
            match worker.call(job.clone(), || Ok(Start::new())).await {
                Ok(operation) => break operation.name,
                Err(_unavailable) => refused += 1,
            }
            tokio::task::yield_now().await;
        };
        names.insert(name);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(refused > 0, "there was a storm");
    // Aborted in bad weather, it would stay so: a worker whose every answer gets lost lives and does nothing.
    weather.abort();
    for worker in &workers {
        worker.store.mend();
    }
    assert_eq!((names.len(), watcher.count().await), (300, 300));
    for name in &names {
        watcher.end(name).await;
    }
}

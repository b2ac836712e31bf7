//! A long queue, and nobody who works on it.

use std::time::{Duration, Instant};

use chaos::event::Event;
use chaos::{Role, Scene, Script};
use test_postgres::Cluster;

use crate::support::{DATABASE, Pair, cluster, number, postgres, scene};

/// How many operations wait, unless `LRO_TEST_BACKLOG` says it: 100,000 take a minute or two where nothing is optimized.
const COUNT: usize = 20_000;

/// How many operations each worker runs at a time.
const CONCURRENCY: usize = 100;

const LEFT: &str = "SELECT count(*) FROM lro.unfinished";

/// A number from the environment.
pub(crate) fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Makes many operations like one that is done. With a queue they wait for work.
pub(crate) fn copy(cluster: &Cluster, name: &str, prefix: &str, count: usize, queue: bool) {
    let copies = format!(
        "INSERT INTO lro.operation (id, name, parent, method, owner, request_type, request, labels, priority, max_attempts,
            retry, retention, create_time)
        SELECT nextval('lro.operation_id'), '{prefix}' || i, parent, method, owner, request_type, request, labels, priority,
            max_attempts, retry, retention, create_time + i
        FROM lro.operation, generate_series(1, {count}) i WHERE name = '{name}';"
    );
    let rest = if queue {
        format!(
            "INSERT INTO lro.unfinished (name, id, state, method, priority, create_time, update_time, retention, ready,
                attempt, unbegun)
            SELECT name, id, 0, method, priority, create_time, create_time, retention, true, 0, 0
            FROM lro.operation WHERE starts_with(name, '{prefix}')"
        )
    } else {
        // What is done, and was kept for long enough.
        format!(
            "INSERT INTO lro.finished (id, name, attempt, unbegun, update_time, expire_time, response_type, response)
            SELECT o.id, o.name, f.attempt, f.unbegun, f.update_time, f.update_time, f.response_type, f.response
            FROM lro.operation o, lro.finished f WHERE starts_with(o.name, '{prefix}') AND f.name = '{name}'"
        )
    };
    cluster.execute(DATABASE, &format!("{copies}{rest}")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn new_workers_drain_what_dead_ones_have_left() {
    let Some(cluster) = cluster() else { return };
    let (scene, store) = (scene(), postgres(&cluster));
    let count = setting("LRO_TEST_BACKLOG", COUNT);
    let pair = Pair::begin(&scene, &store).await;
    let template = pair.caller.started(&Script::new("template")).await.unwrap();
    pair.caller.outcome(&template).await.unwrap();
    pair.worker.drain().await.unwrap();
    let mut workers = Vec::new();
    for _ in 0..2 {
        workers.push(scene.begin(Role::Worker(CONCURRENCY), &store).await.unwrap());
    }
    copy(&cluster, &template, "operations/copy-", count, true);
    drain(&cluster, count * 19 / 20).await;
    // All of them die, with their hands full.
    for worker in workers.drain(..) {
        worker.kill().await;
    }
    assert!(number(&cluster, LEFT) > count / 2);
    for _ in 0..2 {
        workers.push(scene.begin(Role::Worker(CONCURRENCY), &store).await.unwrap());
    }
    let began = Instant::now();
    let before = number(&cluster, LEFT);
    let mut quarters = Vec::new();
    for left in [3, 2, 1, 0] {
        let quarter = Instant::now();
        drain(&cluster, before * left / 4).await;
        quarters.push(quarter.elapsed());
    }
    println!("{before} of {count} operations drained in {:?}, by quarters {quarters:?}", began.elapsed());
    // The last quarter has the lease of the dead in it.
    let slowest = quarters.iter().max().unwrap().saturating_sub(Scene::LEASE * 2);
    assert!(slowest < quarters[0] * 5, "claims get slower: {quarters:?}");
    assert_eq!(number(&cluster, "SELECT count(*) FROM lro.finished WHERE response IS NOT NULL"), count + 1);
    // Only what the dead had in their hands begins for a second time.
    let entries = scene.entries().unwrap();
    let begins = entries.iter().filter(|entry| matches!(entry.event, Event::Begin { .. })).count();
    assert!(begins <= count + 1 + 2 * CONCURRENCY, "{begins} attempts of {count} operations");
}

async fn drain(cluster: &Cluster, left: usize) {
    let (mut least, mut changed) = (usize::MAX, Instant::now());
    loop {
        let now = number(cluster, LEFT);
        if now <= left {
            return;
        }
        if now < least {
            (least, changed) = (now, Instant::now());
        }
        assert!(
            changed.elapsed() < Duration::from_secs(60),
            "{now} operations are left, and nobody works on them"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

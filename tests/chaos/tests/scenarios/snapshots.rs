//! A transaction stays open for long, so that nothing that dies can be cleared away.

use std::time::{Duration, Instant};

use chaos::{Role, Script};
use test_postgres::Cluster;
use tokio_postgres::{Client, NoTls};

use crate::backlog::{copy, setting};
use crate::support::{DATABASE, Pair, cluster, number, postgres, scene, until};

/// For how many seconds, unless `LRO_TEST_PIN_SECONDS` says it.
const SECONDS: usize = 5;

/// How many operations go through in one go.
const BATCH: usize = 5_000;

const DEAD: &str =
    "SELECT n_dead_tup FROM pg_stat_user_tables WHERE schemaname = 'lro' AND relname = 'unfinished'";

#[tokio::test(flavor = "multi_thread")]
async fn work_goes_on_under_a_pinned_snapshot_and_vacuum_catches_up() {
    let Some(cluster) = cluster() else { return };
    let (scene, store) = (scene(), postgres(&cluster));
    let pair = Pair::begin(&scene, &store).await;
    let template = pair.caller.started(&Script::new("template")).await.unwrap();
    pair.caller.outcome(&template).await.unwrap();
    let _worker = scene.begin(Role::Worker(100), &store).await.unwrap();
    let seconds = u64::try_from(setting("LRO_TEST_PIN_SECONDS", SECONDS)).unwrap();
    let (began, pinned) = (Instant::now(), pin(&cluster).await);
    let (mut times, mut count) = (Vec::new(), 0);
    while times.len() < 2 || began.elapsed() < Duration::from_secs(seconds) {
        times.push(go_through(&cluster, &template, times.len()).await);
        count += BATCH;
    }
    // Vacuum has looked at all of it, and could remove nothing.
    let dead = vacuum(&cluster, |dead| dead >= count).await;
    println!("{count} operations under one snapshot, {dead} dead rows, by batches of {BATCH} {times:?}");
    // The client itself sees its work done meanwhile.
    let next = pair.caller.started(&Script::new("next")).await.unwrap();
    pair.caller.outcome(&next).await.unwrap();
    drop(pinned);
    let dead = vacuum(&cluster, |dead| dead == 0).await;
    let after = go_through(&cluster, &template, times.len()).await;
    println!("{dead} dead rows afterwards, and a batch takes {after:?}");
}

/// A session that sees everything as it is now, until it is dropped.
async fn pin(cluster: &Cluster) -> Client {
    let (client, connection) = tokio_postgres::connect(&cluster.url(DATABASE), NoTls).await.unwrap();
    tokio::spawn(connection);
    let pin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM lro.unfinished";
    client.batch_execute(pin).await.unwrap();
    client
}

/// How long it takes until many operations were done.
async fn go_through(cluster: &Cluster, template: &str, number_of_batch: usize) -> Duration {
    copy(cluster, template, &format!("operations/batch-{number_of_batch}-"), BATCH, true);
    let began = Instant::now();
    until("all is done", || number(cluster, "SELECT count(*) FROM lro.unfinished") == 0).await;
    began.elapsed()
}

/// Has vacuum do what it can until the number of dead rows is as it should be.
async fn vacuum(cluster: &Cluster, is_right: impl Fn(usize) -> bool) -> usize {
    let dead = || {
        cluster.execute(DATABASE, "VACUUM lro.unfinished").unwrap();
        number(cluster, DEAD)
    };
    until("vacuum has got as far as it can", || is_right(dead())).await;
    dead()
}

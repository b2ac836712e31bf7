//! A transaction stays open for long, so that nothing that dies can be cleared away.

use std::time::{Duration, Instant};

use chaos::{Role, Scene};
use lro_sqlite::rusqlite::Connection;
use test_postgres::Cluster;
use tokio_postgres::{Client, NoTls};

use crate::copies::{Kind, Place, Template, setting};
use crate::support::{DATABASE, Pair, number, scene, until};

/// For how many seconds, unless `LRO_TEST_PIN_SECONDS` says it.
const SECONDS: usize = 5;

/// How many operations go through in one go.
const BATCH: usize = 2_000;

const DEAD: &str =
    "SELECT n_dead_tup FROM pg_stat_user_tables WHERE schemaname = 'lro' AND relname = 'unfinished'";

#[tokio::test(flavor = "multi_thread")]
async fn work_goes_on_under_a_pinned_snapshot_and_vacuum_catches_up_on_postgres() {
    let Some(place) = Place::postgres() else { return };
    let Place::Postgres(cluster) = &place else { unreachable!() };
    let batches = Batches::new(&scene(), &place).await;
    let pinned = pin(cluster).await;
    let count = batches.go_through().await;
    // Vacuum has looked at all of it, and could remove nothing.
    let dead = vacuum(cluster, |dead| dead >= count).await;
    println!("{dead} dead rows after {count} operations");
    drop(pinned);
    vacuum(cluster, |dead| dead == 0).await;
    batches.one(usize::MAX).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_goes_on_under_a_pinned_snapshot_and_the_log_gets_short_again_on_sqlite() {
    let scene = scene();
    let place = Place::sqlite(&scene);
    let Place::Sqlite(file, _) = &place else { unreachable!() };
    let log = || std::fs::metadata(file.with_extension("db-wal")).unwrap().len();
    let batches = Batches::new(&scene, &place).await;
    let reader = Connection::open(file).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM lro_operation").unwrap();
    let before = log();
    let count = batches.go_through().await;
    let grown = log();
    println!("the write-ahead log has grown from {before} to {grown} bytes by {count} operations");
    assert!(grown > before + u64::try_from(count).unwrap() * 100, "{before}, {grown}");
    reader.execute_batch("ROLLBACK").unwrap();
    let shorten = || {
        // It is shortened if nobody is in the way, and the first column says whether somebody was.
        let busy = reader.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        busy.is_ok_and(|busy| busy == 0)
    };
    until("the log is short again", || shorten() || log() < grown / 2).await;
    batches.one(usize::MAX).await;
}

/// Many operations, a batch after the other.
struct Batches<'a> {
    place: &'a Place,
    template: Template,
    pair: Pair,
    _worker: chaos::Actor,
}

impl<'a> Batches<'a> {
    async fn new(scene: &Scene, place: &'a Place) -> Self {
        let store = place.target();
        let pair = Pair::begin(scene, &store).await;
        let template = Template::new(&pair, &store).await;
        let worker = scene.begin(Role::Worker(100), &store).await.unwrap();
        Self { place, template, pair, _worker: worker }
    }

    /// Lets batches go through for a while: how many operations that were.
    async fn go_through(&self) -> usize {
        let seconds = u64::try_from(setting("LRO_TEST_PIN_SECONDS", SECONDS)).unwrap();
        let (began, mut times) = (Instant::now(), Vec::new());
        while times.len() < 2 || began.elapsed() < Duration::from_secs(seconds) {
            times.push(self.one(times.len()).await);
        }
        println!("batches of {BATCH} operations took {times:?}");
        // Clients get their answers meanwhile.
        let name = self.pair.caller.started(&chaos::Script::new("meanwhile")).await.unwrap();
        self.pair.caller.outcome(&name).await.unwrap();
        times.len() * BATCH
    }

    async fn one(&self, number: usize) -> Duration {
        let began = Instant::now();
        self.template.copy(&format!("batch-{number}"), BATCH, Kind::Queued).await;
        until("all is done", || self.place.unfinished() == 0).await;
        began.elapsed()
    }
}

/// A session that sees everything as it is now, until it is dropped.
async fn pin(cluster: &Cluster) -> Client {
    let (client, connection) = tokio_postgres::connect(&cluster.url(DATABASE), NoTls).await.unwrap();
    tokio::spawn(connection);
    let pin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM lro.unfinished";
    client.batch_execute(pin).await.unwrap();
    client
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

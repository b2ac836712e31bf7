//! What a store costs that has nothing to do, and that it misses nothing for it.

use std::time::Duration;

use lro_postgres::{Mode, PostgresStore};
use lro_store::{
    Beginning, Claim, Creation, ExclusiveKey, Finish, Interruption, ListQuery, ManualClock, NewOperation,
    OnConflict, ParentPattern, Report, Store, StoreExt, WorkerId,
};
use test_postgres::{Cluster, cluster::Builder};
use tokio_postgres::Client;

use crate::support::{METHOD, begin, claimed, client, name, operation, response};

const MINUTE: Duration = Duration::from_secs(60);

fn worker() -> WorkerId {
    WorkerId::new("w")
}

/// Claims until the store knows that it has nothing to do.
async fn fall_idle(store: &PostgresStore) {
    for _ in 0..4 {
        assert!(store.claim(&Claim::new(worker(), 9).method(METHOD, 9)).await.unwrap().is_empty());
    }
}

/// Claims what an idle store must find at once, and ends it.
async fn find(store: &PostgresStore, what: &str) {
    let mut records = store.claim(&Claim::new(worker(), 9).method(METHOD, 9)).await.unwrap();
    assert_eq!(records.len(), 1, "{what}");
    let fence = records.remove(0).view.fence().unwrap();
    assert!(store.finish_one(fence, response()).await.unwrap().is_applied());
}

#[tokio::test]
async fn an_idle_store_finds_work_of_each_kind_at_once() {
    let Some(server) = test_postgres::shared() else { return };
    for mode in [Mode::Direct, Mode::Pooled, Mode::Portable] {
        let (schema, clock) = (server.schema(), ManualClock::default());
        let store =
            PostgresStore::builder(schema.url()).schema(schema.name()).mode(mode).clock(clock.clone());
        let store = store.connect().await.unwrap();
        let handed_back = begin(&store, "handed-back").await;
        let keyed = |new: NewOperation, key: &str| {
            new.with_exclusive(ExclusiveKey::new(key).unwrap(), OnConflict::Queue)
        };

        fall_idle(&store).await;
        store.create_one(operation("plain")).await.unwrap();
        find(&store, "plain").await;

        fall_idle(&store).await;
        store.create_one(keyed(operation("keyed"), "a")).await.unwrap();
        find(&store, "with a key").await;

        fall_idle(&store).await;
        store.release_one(handed_back, Interruption::not_begun()).await.unwrap();
        find(&store, "handed back").await;

        store.keep_alive(&worker(), MINUTE * 9).await.unwrap();
        for new in [operation("later"), keyed(operation("keyed-later"), "b")] {
            store.create_one(new.with_delay(MINUTE)).await.unwrap();
            fall_idle(&store).await;
            clock.advance(MINUTE);
            find(&store, "whose time has come").await;
        }
    }
}

#[tokio::test]
async fn an_idle_store_runs_one_statement_for_each_look() {
    let Some(counted) = Counted::start().await else { return };
    for (mode, beat) in [(Mode::Direct, 1), (Mode::Pooled, 1), (Mode::Portable, 4)] {
        let database = format!("{mode:?}");
        let store = one_connection(&counted.cluster, &database, mode, ManualClock::default()).await;
        let count = async || counted.sum("calls", &database).await;
        fall_idle(&store).await;

        let before = count().await;
        fall_idle(&store).await;
        assert_eq!(count().await - before, 4, "{mode:?}: four claims");
        store.expire(9).await.unwrap();
        store.reclaim(&worker(), 9).await.unwrap();
        store.purge(9).await.unwrap();
        assert_eq!(
            count().await - before,
            7,
            "{mode:?}: a look for deadlines, lost workers and what is too old"
        );
        store.keep_alive(&worker(), MINUTE).await.unwrap();
        assert_eq!(count().await - before, 7 + beat, "{mode:?}: a sign of life");

        let claim = Claim::new(worker(), 1).method(METHOD, 1);
        let mut counts = Vec::new();
        for id in ["a", "b", "c"] {
            store.create_one(operation(id)).await.unwrap();
            let before = count().await;
            assert_eq!(store.claim(&claim).await.unwrap().len(), 1);
            counts.push(count().await - before);
            assert!(store.claim(&claim).await.unwrap().is_empty());
        }
        let [first, second, third] = counts[..] else { unreachable!("there were three") };
        assert_eq!(
            (second, third),
            (first - 1, first - 1),
            "{mode:?}: a store with work to do does not look first"
        );
    }
}

#[tokio::test]
async fn no_look_walks_over_what_waits_for_its_time() {
    const COUNT: usize = 6_000;
    let Some(counted) = Counted::start().await else { return };
    for mode in [Mode::Direct, Mode::Pooled] {
        let (database, clock) = (format!("{mode:?}"), ManualClock::default());
        let store = one_connection(&counted.cluster, &database, mode, clock.clone()).await;
        let later = |id: &str| operation(id).with_delay(MINUTE * 9).with_deadline(MINUTE * 99);
        let done = |id: &str| operation(id).with_beginning(Beginning::Done(response()));
        for batch in 0..COUNT / 500 {
            let both =
                |number| [later(&format!("later-{batch}-{number}")), done(&format!("{batch}-{number}"))];
            store.create((0..500).flat_map(both).collect()).await.unwrap();
        }
        store.create_one(operation("now")).await.unwrap();
        store.create_one(operation("late").with_deadline(MINUTE)).await.unwrap();
        store.create_one(done("old").with_retention(MINUTE)).await.unwrap();
        let count = async || {
            counted.sum("shared_blks_hit", &database).await + counted.sum("shared_blks_read", &database).await
        };

        let before = count().await;
        assert_eq!(store.claim(&Claim::new(worker(), 9).method(METHOD, 9)).await.unwrap().len(), 2);
        let claim = count().await - before;
        clock.advance(MINUTE);
        assert_eq!(store.expire(9).await.unwrap().count, 1);
        let expire = count().await - before - claim;
        assert_eq!(store.purge(9).await.unwrap(), 1);
        let purge = count().await - before - claim - expire;
        let pages = [claim, expire, purge];
        assert!(pages.iter().all(|pages| *pages < 100), "{mode:?}: {pages:?} pages were looked at");
    }
}

#[tokio::test]
async fn no_sign_of_life_walks_over_what_its_worker_has() {
    const COUNT: usize = 6_000;
    let Some(counted) = Counted::start().await else { return };
    for mode in [Mode::Direct, Mode::Pooled] {
        let database = format!("{mode:?}");
        let store = one_connection(&counted.cluster, &database, mode, ManualClock::default()).await;
        for batch in 0..COUNT / 500 {
            let running = |number| claimed(&format!("{batch}-{number}"));
            store.create((0..500).map(running).collect()).await.unwrap();
        }
        assert!(store.request_cancel_one(&name("0-0")).await.unwrap());
        let count = async || {
            counted.sum("shared_blks_hit", &database).await + counted.sum("shared_blks_read", &database).await
        };
        let before = count().await;
        assert_eq!(store.keep_alive(&worker(), MINUTE).await.unwrap().stops.len(), 1);
        let pages = count().await - before;
        assert!(pages < 100, "{mode:?}: {pages} pages were looked at");
    }
}

#[tokio::test]
async fn nothing_walks_over_dead_rows_to_read_a_few() {
    const COUNT: usize = 6_000;
    let Some(counted) = Counted::start().await else { return };
    for mode in [Mode::Direct, Mode::Pooled] {
        let (database, clock) = (format!("{mode:?}"), ManualClock::default());
        let store = one_connection(&counted.cluster, &database, mode, clock.clone()).await;
        let other = client(&counted.cluster.url(&database)).await;
        let pin = client(&counted.cluster.url(&database)).await;
        pin.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM lro.worker").await.unwrap();
        for batch in 0..COUNT / 500 {
            // In the order of names they are scattered over the table.
            let running = |number| claimed(&format!("{number}-{batch}"));
            let created = store.create((0..500).map(running).collect()).await.unwrap();
            let finish =
                |creation: Creation| Finish::new(creation.created().unwrap().fence().unwrap(), response());
            store.finish(created.into_iter().map(finish).collect()).await.unwrap();
        }
        store.create_one(operation("queued")).await.unwrap();
        other.batch_execute("ANALYZE").await.unwrap();
        // As if there were many: a page, of whose size the planner knows nothing, is then taken for many too.
        let many = "UPDATE pg_class SET reltuples = 10000000 WHERE relname = 'operation'";
        other.batch_execute(many).await.unwrap();
        let count = async || {
            counted.sum("shared_blks_hit", &database).await + counted.sum("shared_blks_read", &database).await
        };
        let names: Vec<_> = (0..9).map(|number| name(&format!("{number}-0"))).collect();
        let before = count().await;
        assert_eq!(store.list(&ListQuery::new(ParentPattern::all(), 50)).await.unwrap().views.len(), 50);
        let list = count().await - before;
        assert!(store.get(names.clone()).await.unwrap().iter().all(Option::is_some));
        let get = count().await - before - list;
        assert!(store.keep_alive(&worker(), MINUTE).await.unwrap().alive);
        let alive = count().await - before - list - get;
        store.delete(names.clone()).await.unwrap();
        let delete = count().await - before - list - get - alive;
        let pages = [list, get, alive, delete];
        assert!(pages.iter().all(|pages| *pages < 1_000), "{mode:?}: {pages:?} pages were looked at");
    }
}

#[tokio::test]
async fn progress_waits_for_no_disk_and_all_else_does() {
    let Some(cluster) = quiet_log() else { return };
    let other = client(&cluster.url("postgres")).await;
    for mode in [Mode::Direct, Mode::Pooled, Mode::Portable] {
        let store = one_connection(&cluster, &format!("{mode:?}"), mode, ManualClock::default()).await;
        let fence = begin(&store, "works").await;
        let mut lazy = 0;
        let mut report = async || {
            assert!(store.report_one(Report::new(fence.clone())).await.unwrap().is_applied());
            lazy += usize::from(!is_written_through(&other).await);
        };
        for number in 0..10 {
            report().await;
            store.keep_alive(&worker(), MINUTE).await.unwrap();
            assert!(is_written_through(&other).await, "{mode:?}: a lease survives a crash");
            report().await;
            store.create_one(operation(&number.to_string())).await.unwrap();
            assert!(is_written_through(&other).await, "{mode:?}: a start is durable");
        }
        assert!(lazy >= 10, "{mode:?}: the log was written through after {} of 20 reports", 20 - lazy);
    }
}

/// A server that counts what statements do.
struct Counted {
    cluster: Cluster,
    other: Client,
}

impl Counted {
    /// Nothing where PostgreSQL has no module for that, which some packages have apart.
    async fn start() -> Option<Self> {
        let builder = test_postgres::private()?;
        let Ok(cluster) = builder.setting("shared_preload_libraries", "pg_stat_statements").start() else {
            test_tools::skip("PostgreSQL does not count statements here");
            return None;
        };
        let other = client(&cluster.url("postgres")).await;
        other.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
        Some(Self { cluster, other })
    }

    /// What is in this column for all statements in a database so far.
    async fn sum(&self, column: &str, database: &str) -> i64 {
        let sql = format!(
            "SELECT coalesce(sum(s.{column}), 0)::bigint FROM pg_stat_statements s
            JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1"
        );
        self.other.query_one(&sql, &[&database]).await.unwrap().get(0)
    }
}

#[tokio::test]
async fn a_worker_is_not_forgotten_before_its_work_is_taken_back() {
    let Some(server) = test_postgres::shared() else { return };
    let (schema, clock) = (server.schema(), ManualClock::default());
    let builder = PostgresStore::builder(schema.url()).schema(schema.name()).clock(clock.clone());
    let store = builder.connect().await.unwrap();
    let elder = WorkerId::new("elder");
    let be_whole = async || {
        for _ in 0..3 {
            assert!(store.keep_alive(&elder, MINUTE).await.unwrap().alive);
            clock.advance(MINUTE / 2);
        }
        assert!(store.keep_alive(&elder, MINUTE).await.unwrap().alive);
    };
    begin(&store, "a").await;
    clock.advance(MINUTE);
    be_whole().await;
    assert_eq!(store.reclaim(&elder, 0).await.unwrap().count, 0, "it is declared gone, and nothing more");
    assert!(!store.keep_alive(&worker(), MINUTE).await.unwrap().alive);
    clock.advance(MINUTE * 60 * 25);
    assert_eq!(store.purge(9).await.unwrap(), 0);
    be_whole().await;
    assert_eq!(store.reclaim(&elder, 9).await.unwrap().count, 1);
    assert_eq!(store.purge(9).await.unwrap(), 0);
    assert!(store.keep_alive(&worker(), MINUTE).await.unwrap().alive, "now it is forgotten");
}

/// A server that writes its log through for hardly anything but commits that wait for that.
fn quiet_log() -> Option<Cluster> {
    let builder: Builder = test_postgres::private()?;
    let quiet = [("wal_writer_delay", "10s"), ("bgwriter_lru_maxpages", "0"), ("autovacuum", "off")];
    let builder = quiet.iter().fold(builder, |builder, (name, value)| builder.setting(name, value));
    Some(builder.start().unwrap())
}

/// A store in a database of its own, alone with one connection that it has opened already.
async fn one_connection(cluster: &Cluster, database: &str, mode: Mode, clock: ManualClock) -> PostgresStore {
    cluster.create_database(database).unwrap();
    let builder = PostgresStore::builder(cluster.url(database)).mode(mode).clock(clock);
    let store = builder.hints(false).connections(1, 1).connect().await.unwrap();
    store.keep_alive(&worker(), MINUTE).await.unwrap();
    store
}

/// Whether all that was written to the log of the server so far would survive a crash of the machine.
async fn is_written_through(other: &Client) -> bool {
    let sql = "SELECT pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()";
    other.query_one(sql, &[]).await.unwrap().get(0)
}

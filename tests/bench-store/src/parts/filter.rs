//! Filtered lists among many operations, on each store: one that the store can look for itself, and the worst that is let in.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use lro::google::longrunning::ListOperationsRequest;
use lro::google::longrunning::operations_server::Operations;
use lro::store::{
    Beginning, MemoryStore, NewOperation, OperationName, Outcome as Ended, Parent, Payload, Store,
};
use lro::{Engine, Method};
use lro_postgres::PostgresStore;
use lro_sqlite::SqliteStore;
use lro_sqlite::rusqlite::Connection;
use test_measure::figures::{Figures, Limit, count, median, millis, p99};
use test_measure::{Outcome, rpc};
use tonic::Request;

use crate::Plan;
use crate::server::{Server, connect};

const OPERATIONS: usize = 1_000_000;
const BATCH: usize = 1_000;
const METHODS: usize = 10;
/// Of how many operations one is not done.
const UNDONE: usize = 20;
const CALLS: usize = 300;
/// In milliseconds.
const SLOWEST: f64 = 5.0;
/// How long a call may take that looks at all that one call may look at.
const WORST: f64 = 1_000.0;

/// `message Meta { uint32 percent = 1; string stage = 2; }` of the package `bench`.
const DESCRIPTORS: &[u8] =
    b"\x0a3\x12\x05bench\x22\x22\x0a\x04Meta\x12\x0d\x0a\x07percent\x18\x01(\x0d\x12\x0b\x0a\x05stage\x18\x02(\x09b\x06proto3";

/// The database of the PostgreSQL server.
const DATABASE: &str = "filter";

pub(crate) async fn run(server: &Server, plan: &Plan, figures: &mut Figures) -> Outcome {
    let operations = plan.operations.unwrap_or(OPERATIONS);
    let memory = MemoryStore::builder().capacity(8 << 30).build();
    measure("memory", memory, 0, operations, figures).await?;

    let folder = tempfile::tempdir()?;
    let file = folder.path().join("operations.db");
    measure("SQLite", SqliteStore::open(&file).await?, 0, operations, figures).await?;
    let connection = Connection::open(&file)?;
    let mut plan = connection.prepare(
        "EXPLAIN QUERY PLAN SELECT name FROM lro_operation WHERE create_time <= 1 AND (create_time < 1 OR name < '')
         ORDER BY create_time DESC, name DESC",
    )?;
    for step in plan.query_map([], |row| row.get::<_, String>(3))? {
        println!("SQLite's plan: {}", step?);
    }

    let url = server.database(DATABASE)?;
    let store = PostgresStore::connect(&url).await?;
    fill(&store, operations / 2).await?;
    server.execute(DATABASE, "VACUUM ANALYZE")?;
    let client = connect(&url).await?;
    client.batch_execute("SELECT pg_stat_reset()").await?;
    measure("PostgreSQL", store, operations / 2, operations / 2, figures).await?;
    let used = "SELECT indexrelname::text, idx_scan, idx_tup_read FROM pg_stat_user_indexes WHERE idx_scan > 0 ORDER BY 1";
    for row in client.query(used, &[]).await? {
        let (name, scans, read): (String, i64, i64) = (row.get(0), row.get(1), row.get(2));
        println!("PostgreSQL used {name}: {scans} scans, {read} entries read");
    }
    Ok(())
}

/// Adds operations to those that are there, and lists.
async fn measure(
    name: &str,
    store: impl Store + Clone,
    before: usize,
    operations: usize,
    figures: &mut Figures,
) -> Outcome {
    let began = Instant::now();
    fill(&store, operations / 2).await?;
    let middle = prost_types::Timestamp::from(SystemTime::now()).to_string();
    fill(&store, operations / 2).await?;
    println!("{name}: {operations} operations, {:.0} s", began.elapsed().as_secs_f64());

    let engine = Engine::builder(store).concurrency(0).build();
    let service = Arc::new(());
    for method in 0..METHODS {
        let path: &'static str = path(method).leak();
        let method: Method<rpc::Job, rpc::Done, ()> =
            Method::new(path, "bench.Job", "bench.Done", "bench.Meta");
        let method = method.with_descriptors(DESCRIPTORS);
        engine.register(method, &service, |_, _, _| async { Ok(rpc::Done::default()) });
    }
    let operations_service = engine.operations_service();
    let list = async |filter: &str, page_token: String| -> Outcome<(usize, String)> {
        let request = ListOperationsRequest {
            filter: filter.to_owned(),
            page_size: 50,
            page_token,
            ..Default::default()
        };
        let page = operations_service.list_operations(Request::new(request)).await?.into_inner();
        Ok((page.operations.len(), page.next_page_token))
    };

    let open = format!("done = false AND method = \"{}\" AND create_time > \"{middle}\"", path(3));
    let worst = "metadata.percent > 100".to_owned();
    for filter in [&open, &worst] {
        let (mut times, mut found, mut pages, mut token) = (Vec::new(), 0, 0, String::new());
        let calls = if *filter == worst { CALLS / 10 } else { CALLS };
        for _ in 0..calls {
            let began = Instant::now();
            let (page, next) = list(filter, token).await?;
            times.push(began.elapsed());
            (found, pages, token) = (found + page, pages + 1, next);
        }
        println!("{name}: {filter}: {:.1} operations a page", count(found) / count(pages));
        let middle = median(times.iter().copied().map(millis).collect());
        figures.print(&format!("{name}, median of the next"), middle, "ms", Limit::None);
        let (what, limit) =
            if *filter == worst { ("the worst filter", WORST) } else { ("a page of 50", SLOWEST) };
        figures.print(&format!("{name}, p99 of {what}"), p99(times), "ms", Limit::AtMost(limit));
    }
    // How far one call gets is not told to a client, so the calls to the end are counted.
    let (mut token, mut calls) = (String::new(), 0);
    loop {
        let (_, next) = list(&worst, token).await?;
        calls += 1;
        if next.is_empty() {
            break;
        }
        token = next;
    }
    figures.print(
        &format!("{name}, operations that a call of the worst filter looks at"),
        count(before + operations) / f64::from(calls),
        "",
        Limit::AtMost(10_999.0),
    );
    engine.drain().await;
    Ok(())
}

fn path(method: usize) -> String {
    format!("/bench.Filter/Method{method}")
}

async fn fill(store: &impl Store, operations: usize) -> Outcome {
    let methods: Vec<Arc<str>> = (0..METHODS).map(|method| path(method).into()).collect();
    let parent = Parent::default();
    let response = Payload::new("type.googleapis.com/bench.Done", vec![b'x'; 64]);
    let metadata = Payload::new("type.googleapis.com/bench.Meta", b"\x08\x2a\x12\x04copy".to_vec());
    for from in (0..operations).step_by(BATCH) {
        let new = |index: usize| {
            let request = Payload::new("type.googleapis.com/bench.Job", "");
            let method = Arc::clone(&methods[(index / UNDONE) % METHODS]);
            let new = NewOperation::new(OperationName::random(&parent), method, request)
                .with_metadata(metadata.clone());
            if index.is_multiple_of(UNDONE) {
                new
            } else {
                new.with_beginning(Beginning::Done(Ended::Response(response.clone())))
            }
        };
        store.create((from..operations.min(from + BATCH)).map(new).collect()).await?;
    }
    Ok(())
}

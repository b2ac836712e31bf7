//! Chapter "Life": how much runs at a time, in all and of one method.

use std::time::Duration;

use lro::codegen::register_method;
use lro::{EngineBuilder, Method, OnConflict, Start};
use lro_store_conformance::{FaultyStore, StoreMethod};
use tokio::time::Instant;
use tonic::Request;

use crate::scripted_service::{Event, Job, Percent, Report, ScriptedService, WORK};
use crate::support::{Server, memory_store};

const HOUR: Duration = Duration::from_secs(3_600);

/// A second method, which does the same.
const EXPORT: Method<Job, Report, Percent> =
    Method::new("/test.ScriptedService/Export", "test.Job", "test.Report", "test.Percent");

/// A server that does both methods, hears no hints, and hardly ever looks for work without a reason.
fn server(settings: impl FnOnce(EngineBuilder) -> EngineBuilder) -> Server {
    let store = FaultyStore::deaf(memory_store());
    let server = Server::over(store, |builder| settings(builder.poll_interval(HOUR)));
    register_method(&server.serving(), EXPORT, EXPORT.descriptors(), ScriptedService::work);
    server
}

async fn export(server: &Server, script: &str) -> String {
    let request = Request::new(Job::new(script));
    server.engine.start(EXPORT, request, Start::new()).await.unwrap().into_inner().name
}

/// Waits for the next begin of anything.
async fn began(server: &mut Server) -> String {
    loop {
        if let Event::Began { name, .. } = server.event().await {
            return name;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_slow_exports_keep_no_import_from_running() {
    let mut server = server(|builder| builder.concurrency(12).method_concurrency(EXPORT, 10));
    for _ in 0..100 {
        export(&server, "wait").await;
    }
    for _ in 0..10 {
        began(&mut server).await;
    }
    let started = Instant::now();
    for _ in 0..50 {
        let import = server.start("succeed").await;
        assert_eq!(began(&mut server).await, import);
        assert!(server.end(&import).await.done);
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(server.engine.stats().running, 10);
}

#[tokio::test(start_paused = true)]
async fn the_freed_slot_of_one_method_is_used_at_once() {
    let mut server = server(|builder| builder.method_concurrency(EXPORT, 1));
    let mut exports = Vec::new();
    for _ in 0..4 {
        exports.push(export(&server, "wait").await);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(began(&mut server).await, exports[0]);
    let started = Instant::now();
    for next in &exports[1..] {
        // What other methods do meanwhile takes nothing away.
        let import = server.start("succeed").await;
        assert_eq!(began(&mut server).await, import);
        server.service.gate.add_permits(1);
        assert_eq!(began(&mut server).await, *next);
    }
    assert_eq!(started.elapsed(), Duration::ZERO, "nobody waited for a look at intervals");
}

#[tokio::test(start_paused = true)]
async fn a_method_at_its_limit_makes_nobody_look_for_work_all_the_time() {
    let mut server = server(|builder| builder.method_concurrency(EXPORT, 1));
    export(&server, "wait").await;
    began(&mut server).await;
    export(&server, "wait").await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let looks = server.store.calls(StoreMethod::Claim);
    assert!(looks <= 5, "{looks} looks for work that cannot begin");
}

#[tokio::test(start_paused = true)]
async fn limits_hold_in_all_and_for_each_method_whatever_comes_first() {
    let mut server = server(|builder| builder.concurrency(3).method_concurrency(EXPORT, 2));
    for _ in 0..6 {
        export(&server, "wait").await;
        server.start("wait").await;
    }
    for _ in 0..3 {
        began(&mut server).await;
    }
    for ended in 0..12 {
        let stats = server.engine.stats();
        let exports = stats.methods.iter().find(|method| &*method.method == EXPORT.path()).unwrap().running;
        assert!(stats.running <= 3 && exports <= 2, "{stats:?}");
        assert!(stats.running >= 3.min(12 - ended).min(2), "{stats:?}");
        server.service.gate.add_permits(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(server.engine.stats().running, 0);
}

#[tokio::test(start_paused = true)]
async fn a_method_without_slots_is_left_to_other_processes() {
    let store = memory_store();
    let imports_only = |builder: EngineBuilder| builder.method_concurrency(EXPORT, 0);
    let imports = Server::with(store.clone(), imports_only);
    register_method(&imports.serving(), EXPORT, EXPORT.descriptors(), ScriptedService::work);
    let name = export(&imports, "succeed").await;
    let import = imports.start("succeed").await;
    assert!(imports.end(&import).await.done);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(!imports.get(&name).await.unwrap().done);
    let both = Server::with(store, |builder| builder);
    register_method(&both.serving(), EXPORT, EXPORT.descriptors(), ScriptedService::work);
    assert!(imports.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn stats_say_what_runs_waits_and_may_run() {
    let mut server = server(|builder| builder.concurrency(4).method_concurrency(EXPORT, 1));
    let empty = server.engine.stats();
    assert_eq!((empty.running, empty.deleted, empty.queued, empty.waiting), (0, 0, 0, 0));
    assert_eq!(empty.concurrency, 4);
    let methods: Vec<_> = empty.methods.iter().map(|method| (&*method.method, method.concurrency)).collect();
    assert_eq!(methods, [(EXPORT.path(), Some(1)), (WORK.path(), None)]);

    for _ in 0..3 {
        export(&server, "wait").await;
    }
    server.start("wait").await;
    // These wait for a key, for their time, and for nothing at all.
    let exclusive = || Start::new().exclusive("shelves/1", OnConflict::Queue);
    server.start_as("wait", exclusive()).await;
    server.start_as("wait", exclusive()).await;
    server.start_as("wait", Start::new().delay(HOUR)).await;
    server.start_as("wait", Start::done(Report::default())).await;
    for _ in 0..3 {
        began(&mut server).await;
    }
    let watch = server.watch("operations/a").unwrap();
    let stats = server.engine.stats();
    assert_eq!((stats.running, stats.queued, stats.waiting), (3, 3, 1), "{stats:?}");
    let running: Vec<_> = stats.methods.iter().map(|method| method.running).collect();
    assert_eq!(running, [1, 2]);
    drop(watch);

    server.service.gate.add_permits(6);
    for _ in 0..3 {
        began(&mut server).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let stats = server.engine.stats();
    assert_eq!((stats.running, stats.deleted, stats.queued, stats.waiting), (0, 0, 0, 0), "{stats:?}");
}

#[tokio::test(start_paused = true)]
async fn deleted_work_that_goes_on_shows_in_the_stats() {
    let mut server = Server::new();
    let name = server.begin("wait").await;
    server.delete(&name).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1)).await;
    let stats = server.engine.stats();
    assert_eq!((stats.running, stats.deleted), (1, 1));
    server.service.gate.add_permits(1);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(server.engine.stats().deleted, 0);
}

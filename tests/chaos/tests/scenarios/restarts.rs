//! The database is restarted in the middle of starts, work and waits.

use std::sync::Arc;

use chaos::event::{Answer, Event, Reached};
use chaos::{Scene, Script, Target};
use test_postgres::{Cluster, Mode, Proxy};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::support::{DATABASE, Pair, cluster, is_unavailable, reached, scene, until};
use crate::traffic::Traffic;

#[tokio::test(flavor = "multi_thread")]
async fn a_fast_restart_loses_nothing() {
    restart(Mode::Fast).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_immediate_restart_loses_nothing() {
    restart(Mode::Immediate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smart_restart_waits_for_processes_and_loses_nothing() {
    restart(Mode::Smart).await;
}

async fn restart(mode: Mode) {
    let Some(cluster) = cluster().map(Arc::new) else { return };
    let scene = scene();
    let network = Proxy::start(cluster.address()).unwrap();
    let pair = Pair::begin(&scene, &Target::Postgres(network.url(DATABASE))).await;
    let held = pair.held(&scene, "held", "open").await;
    let traffic = Traffic::begin(&pair.caller, 4);
    traffic.go_on(20).await;
    scene.note(Event::StoreDown { how: format!("{mode:?}"), of: "all".into() });
    if mode == Mode::Smart {
        stop_smart(&cluster, &network, &pair).await;
    } else {
        cluster.stop(mode).unwrap();
    }
    let answer = pair.caller.start(&Script::new("refused")).await;
    assert!(is_unavailable(&answer), "{answer:?}");
    // The work goes on and comes to its end.
    scene.open("open").unwrap();
    let outcome = reached(&scene, &held, pair.worker.number()).await;
    assert!(matches!(outcome, Some(Reached::Response(_))), "{outcome:?}");
    // So long that all leases are over.
    sleep(Scene::LEASE + Scene::LEASE / 3).await;
    cluster.start().unwrap();
    scene.note(Event::StoreUp);
    traffic.end_with(&scene, &pair, &held).await;
}

/// Stops the server so that it waits for its clients. Those that are connected stay, and are served; what ends that is
/// somebody who disconnects them.
async fn stop_smart(cluster: &Arc<Cluster>, network: &Proxy, pair: &Pair) {
    let stopping = spawn_blocking({
        let cluster = Arc::clone(cluster);
        move || cluster.stop(Mode::Smart)
    });
    let is_refused = || {
        cluster.execute(DATABASE, "SELECT 1").is_err_and(|error| error.to_string().contains("shutting down"))
    };
    until("the server takes no new clients", is_refused).await;
    let name = pair.caller.started(&Script::new("while it stops")).await.unwrap();
    assert!(matches!(pair.caller.get(&name).await, Answer::Operation(_)));
    assert!(!stopping.is_finished());
    network.cut();
    stopping.await.unwrap().unwrap();
}

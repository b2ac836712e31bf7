//! A standby takes the place of the database.

use chaos::event::{Answer, Event, Outcome};
use chaos::{Script, Target};
use test_postgres::{Cluster, Proxy};

use crate::support::{DATABASE, Pair, assert_outcome, begun_times, cluster, number, scene, until};
use crate::traffic::Traffic;

/// The number of `NOT_FOUND`.
const NOT_FOUND: i32 = 5;

/// Has a standby take over, and leads everybody there.
fn fail_over(primary: &Cluster, standby: &Cluster, network: &Proxy) {
    primary.kill();
    standby.promote().unwrap();
    network.redirect(standby.address());
    network.cut();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_standby_has_all_that_was_acknowledged() {
    let Some(primary) = cluster() else { return };
    let scene = scene();
    let network = Proxy::start(primary.address()).unwrap();
    let pair = Pair::begin(&scene, &Target::Postgres(network.url(DATABASE))).await;
    let standby = primary.standby(true).unwrap();
    let held = pair.held(&scene, "held", "open").await;
    let traffic = Traffic::begin(&pair.caller, 4);
    traffic.go_on(20).await;
    scene.note(Event::StoreDown { how: "fail-over".into(), of: "all".into() });
    fail_over(&primary, &standby, &network);
    scene.note(Event::StoreUp);
    scene.open("open").unwrap();
    traffic.end_with(&scene, &pair, &held).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asynchronous_standby_may_lack_the_last_moments_and_goes_on() {
    asynchronous(Target::Postgres).await;
}

/// Nobody is told that connections were lost, and no call fails.
#[tokio::test(flavor = "multi_thread")]
async fn an_asynchronous_standby_goes_on_also_without_hints() {
    asynchronous(Target::PostgresWithoutHints).await;
}

async fn asynchronous(store: impl Fn(String) -> Target) {
    let Some(primary) = cluster() else { return };
    let scene = scene();
    let network = Proxy::start(primary.address()).unwrap();
    let pair = Pair::begin(&scene, &store(network.url(DATABASE))).await;
    let caller = &pair.caller;
    let standby = primary.standby(false).unwrap();
    let before = caller.started(&Script::new("before")).await.unwrap();
    let before_outcome = caller.outcome(&before).await.unwrap();
    let running = pair.held(&scene, "running", "open").await;
    let running_there = "SELECT count(*) FROM lro.unfinished WHERE checkpoint IS NOT NULL";
    until("the standby has it too", || number(&standby, running_there) == 1).await;

    // From here on the standby gets nothing, and what is acknowledged is on the primary alone.
    standby.set("primary_conninfo", "").unwrap();
    until("the standby is cut off", || number(&primary, "SELECT count(*) FROM pg_stat_replication") == 0)
        .await;
    let lost = caller.started(&Script::new("lost")).await.unwrap();
    caller.outcome(&lost).await.unwrap();
    scene.open("open").unwrap();
    assert_outcome(&caller.outcome(&running).await.unwrap(), 1, &running, &pair.worker);

    scene.note(Event::StoreDown { how: "fail-over".into(), of: "all".into() });
    fail_over(&primary, &standby, &network);
    scene.note(Event::StoreUp);
    // What the standby had is there.
    assert_eq!(caller.outcome(&before).await.unwrap(), before_outcome);
    // What it had not got is gone, and its request starts it anew.
    let answer = caller.get(&lost).await;
    assert!(matches!(answer, Answer::Error { code: NOT_FOUND, .. }), "{answer:?}");
    let again = caller.started(&Script::new("lost")).await.unwrap();
    assert_ne!(again, lost);
    assert_outcome(&caller.outcome(&again).await.unwrap(), 1, &again, &pair.worker);
    // What had ended has not, and its work is done once more, from the checkpoint that the standby had.
    let begun = begun_times(&scene, &running, 2).await;
    assert_eq!((begun.process, begun.checkpoint), (pair.worker.number(), Some(1_001)));
    let outcome = caller.outcome(&running).await.unwrap();
    assert!(matches!(outcome, Outcome::Response(_)), "{outcome:?}");
}

//! Processes are killed in the middle of something.

use chaos::event::{Answer, Event};
use chaos::{Role, Scene, Script, Target};
use test_postgres::{Direction, Proxy};

use crate::cuts::commit_of;
use crate::support::{
    Pair, assert_outcome, assert_sound, begins, begun_again, begun_for, cluster, number, postgres, scene,
    until,
};

#[tokio::test(flavor = "multi_thread")]
async fn work_of_a_killed_worker_goes_on_elsewhere_on_sqlite() {
    let scene = scene();
    worker_is_killed(&scene, &scene.sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_of_a_killed_worker_goes_on_elsewhere_on_postgres() {
    let Some(cluster) = cluster() else { return };
    worker_is_killed(&scene(), &postgres(&cluster)).await;
}

async fn worker_is_killed(scene: &Scene, store: &Target) {
    let pair = Pair::begin(scene, store).await;
    let name = pair.held(scene, "request", "open").await;
    let second = scene.begin(Role::Worker(10), store).await.unwrap();
    let death = async {
        pair.worker.kill().await;
        let begun = begun_again(scene, &name).await;
        scene.open("open").unwrap();
        begun
    };
    // The client waits all the time.
    let (outcome, begun) = tokio::join!(pair.caller.outcome(&name), death);
    assert_eq!((begun.process, begun.checkpoint), (second.number(), Some(1_001)));
    assert_outcome(&outcome.unwrap(), 2, &name, &second);
    let killed =
        scene.until("the kill", |entry| matches!(entry.event, Event::Kill { .. }).then_some(entry.at));
    let millis = (begun.at - killed.await.unwrap()) / 1_000;
    println!("the work of a killed worker went on after {millis} ms, with leases of {:?}", Scene::LEASE);
    assert_sound(scene);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_whose_replica_died_before_it_answered_is_not_repeated_on_sqlite() {
    let scene = scene();
    replica_is_killed_before_it_answers(&scene, &scene.sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_whose_replica_died_before_it_answered_is_not_repeated_on_postgres() {
    let Some(cluster) = cluster() else { return };
    replica_is_killed_before_it_answers(&scene(), &postgres(&cluster)).await;
}

async fn replica_is_killed_before_it_answers(scene: &Scene, store: &Target) {
    let pair = Pair::begin(scene, store).await;
    let second = scene.begin(Role::Api, store).await.unwrap();
    let network = Proxy::start(pair.api.address().unwrap()).unwrap();
    let caller = scene.caller_at(&pair.api, network.address()).unwrap();
    let script = Script::new("request").gate("open");
    caller.list().await;
    network.hold(Direction::ToClient);
    let death = async {
        // What has begun elsewhere is committed; and the answer does not get through.
        let name = begun_for(scene, "request").await;
        pair.api.kill().await;
        network.cut();
        name
    };
    let (answer, name) = tokio::join!(caller.start(&script), death);
    assert!(matches!(answer, Answer::Lost { .. }), "{answer:?}");
    let caller = scene.caller(&second).unwrap();
    assert_eq!(caller.started(&script).await.unwrap(), name);
    scene.open("open").unwrap();
    assert_outcome(&caller.outcome(&name).await.unwrap(), 1, &name, &pair.worker);
    assert_eq!(begins(scene, &name), 1);
    assert_eq!(caller.list().await, Answer::List { names: vec![name] });
    assert_sound(scene);
}

/// The replica dies when the server has got its commit, and has not yet answered it.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_whose_replica_died_while_it_committed_is_not_repeated() {
    let Some(cluster) = cluster() else { return };
    let (scene, store) = (scene(), postgres(&cluster));
    let network = Proxy::start(cluster.address()).unwrap();
    let pair = Pair::on(&scene, &Target::Postgres(network.url("chaos")), &store).await;
    let second = scene.begin(Role::Api, &store).await.unwrap();
    let (mut commit, mut kill) = (commit_of(b"the-request"), pair.api.killer().await);
    network.cut_when(Direction::ToServer, move |sent| {
        let is_commit = commit(sent);
        if let Some(kill) = is_commit.then(|| kill.take()).flatten() {
            kill();
        }
        is_commit
    });
    let script = Script::new("the-request");
    let answer = pair.caller.start(&script).await;
    assert!(matches!(answer, Answer::Lost { .. }), "{answer:?}");
    let count = || number(&cluster, "SELECT count(*) FROM lro.operation WHERE request_id = 'the-request'");
    until("what was sent is committed", || count() == 1).await;
    let caller = scene.caller(&second).unwrap();
    let name = caller.started(&script).await.unwrap();
    assert_outcome(&caller.outcome(&name).await.unwrap(), 1, &name, &pair.worker);
    assert_eq!((count(), begins(&scene, &name)), (1, 1));
    assert_sound(&scene);
}

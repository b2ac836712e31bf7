//! What the scenes have in common.

use std::time::{Duration, Instant};

use chaos::event::{Answer, Entry, Event, Outcome, Reached};
use chaos::{Actor, Caller, Role, Scene, Script, Target};
use test_postgres::{Cluster, private};

pub(crate) const DATABASE: &str = "chaos";

/// The number of `UNAVAILABLE`.
pub(crate) const UNAVAILABLE: i32 = 14;

pub(crate) fn scene() -> Scene {
    Scene::new(env!("CARGO_BIN_EXE_chaos")).unwrap()
}

/// A server for this test alone, with the database of the scene; or the test is skipped.
pub(crate) fn cluster() -> Option<Cluster> {
    let cluster = private()?.start().unwrap();
    cluster.create_database(DATABASE).unwrap();
    Some(cluster)
}

pub(crate) fn postgres(cluster: &Cluster) -> Target {
    Target::Postgres(cluster.url(DATABASE))
}

pub(crate) fn number(cluster: &Cluster, sql: &str) -> usize {
    cluster.execute(DATABASE, sql).unwrap().parse().unwrap()
}

/// A process that clients reach, with a client of it, and one that works.
pub(crate) struct Pair {
    pub(crate) caller: Caller,
    pub(crate) worker: Actor,
    pub(crate) api: Actor,
}

impl Pair {
    pub(crate) async fn begin(scene: &Scene, store: &Target) -> Self {
        Self::on(scene, store, store).await
    }

    /// Each on its own way to the store.
    pub(crate) async fn on(scene: &Scene, api: &Target, worker: &Target) -> Self {
        let api = scene.begin(Role::Api, api).await.unwrap();
        let worker = scene.begin(Role::Worker(10), worker).await.unwrap();
        Self { caller: scene.caller(&api).unwrap(), worker, api }
    }

    /// Starts work that has stored a checkpoint and waits at a gate.
    pub(crate) async fn held(&self, scene: &Scene, request_id: &str, gate: &str) -> String {
        let script = Script::new(request_id).checkpoint().gate(gate);
        let name = self.caller.started(&script).await.unwrap();
        checkpointed(scene, &name, 1_001).await;
        name
    }
}

/// How an attempt began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    pub(crate) at: u64,
    pub(crate) process: u32,
    pub(crate) checkpoint: Option<u64>,
}

fn begin_of(entry: &Entry, name: &str) -> Option<(u32, Begun)> {
    match &entry.event {
        Event::Begin { attempt, checkpoint, .. } if attempt.operation == name => {
            Some((attempt.number, Begun { at: entry.at, process: attempt.process, checkpoint: *checkpoint }))
        }
        _ => None,
    }
}

/// Waits until work begins that is not its first.
pub(crate) async fn begun_again(scene: &Scene, name: &str) -> Begun {
    let again = |entry: &Entry| begin_of(entry, name).filter(|(number, _)| *number > 1);
    scene.until("the work begins again", again).await.unwrap().1
}

/// Waits until work has begun so often: the last time.
pub(crate) async fn begun_times(scene: &Scene, name: &str, times: usize) -> Begun {
    until("the work begins so often", || begins(scene, name) >= times).await;
    let entries = scene.entries().unwrap();
    entries.iter().filter_map(|entry| begin_of(entry, name)).next_back().unwrap().1
}

/// Waits until the work of a request begins: the name of its operation.
pub(crate) async fn begun_for(scene: &Scene, request: &str) -> String {
    let begun = |entry: &Entry| match &entry.event {
        Event::Begin { attempt, request_id, .. } if request_id == request => Some(attempt.operation.clone()),
        _ => None,
    };
    scene.until("the work begins", begun).await.unwrap()
}

/// How often the work of an operation has begun.
pub(crate) fn begins(scene: &Scene, name: &str) -> usize {
    scene.entries().unwrap().iter().filter_map(|entry| begin_of(entry, name)).count()
}

/// Waits until a checkpoint is stored.
pub(crate) async fn checkpointed(scene: &Scene, name: &str, checkpoint: u64) {
    let stored = |entry: &Entry| match &entry.event {
        Event::Checkpointed { attempt, number } if attempt.operation == name && *number == checkpoint => {
            Some(())
        }
        _ => None,
    };
    scene.until("a checkpoint is stored", stored).await.unwrap();
}

/// Waits until an attempt is over, in that process: what it has come to, if it was not dropped.
pub(crate) async fn reached(scene: &Scene, name: &str, process: u32) -> Option<Reached> {
    let over = |entry: &Entry| match &entry.event {
        Event::Reach { attempt, reached } if attempt.operation == name && attempt.process == process => {
            Some(Some(reached.clone()))
        }
        Event::Drop { attempt } if attempt.operation == name && attempt.process == process => Some(None),
        _ => None,
    };
    scene.until("the attempt is over", over).await.unwrap()
}

/// The outcome of the first attempt, or of the last one.
#[track_caller]
pub(crate) fn assert_outcome(outcome: &Outcome, attempt: u32, name: &str, worker: &Actor) {
    let text = format!("attempt {attempt} of {name} on process {}", worker.number());
    assert_eq!(*outcome, Outcome::Response(text));
}

pub(crate) fn is_unavailable(answer: &Answer) -> bool {
    matches!(answer, Answer::Error { code: UNAVAILABLE, .. })
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "this has not happened within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Shows that the checker finds nothing wrong with the scene.
#[track_caller]
pub(crate) fn assert_sound(scene: &Scene) {
    let violations = scene.violations().unwrap();
    assert!(violations.is_empty(), "{violations:#?}");
}

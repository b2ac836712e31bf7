//! Clients that start operations and wait for them all the time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use chaos::event::Outcome;
use chaos::{Caller, Scene, Script};
use tokio::task::JoinSet;

use crate::support::{Pair, assert_outcome, assert_sound, begins, until};

/// Clients that go on until they are told to stop. Each request is repeated until it is acknowledged.
pub(crate) struct Traffic {
    shared: Arc<Shared>,
    clients: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    next: AtomicUsize,
    /// The operations that were acknowledged, and their outcomes.
    done: Mutex<Vec<(String, Outcome)>>,
}

impl Traffic {
    pub(crate) fn begin(caller: &Caller, clients: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let client = |_| client(caller.clone(), Arc::clone(&shared));
        let clients = (0..clients).map(client).collect();
        Self { shared, clients }
    }

    pub(crate) fn count(&self) -> usize {
        self.shared.done.lock().unwrap().len()
    }

    /// Waits until so many more operations have gone through.
    pub(crate) async fn go_on(&self, more: usize) {
        let goal = self.count() + more;
        until("operations go through", || self.count() >= goal).await;
    }

    /// Has more operations go through and all clients come to their end after a store was away, and shows that nothing was
    /// lost: neither of theirs nor of the operation that the worker of the pair was at.
    pub(crate) async fn end_with(self, scene: &Scene, pair: &Pair, held: &str) {
        assert_outcome(&pair.caller.outcome(held).await.unwrap(), 1, held, &pair.worker);
        assert_eq!(begins(scene, held), 1);
        self.go_on(20).await;
        let count = self.end(scene, &pair.caller).await;
        println!("{count} operations, none of them lost or begun twice");
        assert_sound(scene);
    }

    /// Lets the clients come to their end, and shows that nothing of what they were told was lost: all is there, has one
    /// outcome, and began just once.
    pub(crate) async fn end(mut self, scene: &Scene, caller: &Caller) -> usize {
        self.shared.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.clients.join_next().await {
            ended.unwrap();
        }
        let done = std::mem::take(&mut *self.shared.done.lock().unwrap());
        for (name, outcome) in &done {
            assert!(matches!(outcome, Outcome::Response(_)), "{name} has ended with {outcome:?}");
            assert_eq!(caller.outcome(name).await.unwrap(), *outcome, "{name} has another outcome");
            assert_eq!(begins(scene, name), 1, "{name} began more than once");
        }
        done.len()
    }
}

async fn client(caller: Caller, shared: Arc<Shared>) {
    while !shared.stop.load(Ordering::Relaxed) {
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        let script = Script::new(format!("traffic-{number}")).checkpoint().pause(20);
        let name = caller.started(&script).await.unwrap();
        let outcome = caller.outcome(&name).await.unwrap();
        shared.done.lock().unwrap().push((name, outcome));
    }
}

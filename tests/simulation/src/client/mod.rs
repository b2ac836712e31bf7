//! The callers: what they start, and what they ask about it.

mod ask;
mod start;
mod wait;

use std::future::Future;
use std::sync::Arc;

use lro::store::OperationName;
use tonic::{Code, Status};

use crate::process::{Process, World};
use crate::site::Site;
use test_tools::Dice;

/// One caller.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) world: World,
    pub(crate) site: Site,
    pub(crate) dice: Dice,
    pub(crate) number: usize,
}

impl Client {
    /// Lets it run.
    pub(crate) fn spawn(world: &World, site: &Site, number: usize) {
        let client = Self { world: world.clone(), site: site.clone(), dice: world.dice.fork(), number };
        site.state().clients += 1;
        tokio::spawn(async move {
            for start in 0..client.world.knobs.starts {
                tokio::time::sleep(client.dice.millis(0..8_000)).await;
                client.start(start).await;
                for _ in 0..client.dice.below(3) {
                    client.clone().ask();
                }
            }
            client.site.state().clients -= 1;
        });
    }

    /// Makes a call of a process; `None` if there is no answer because it dies.
    async fn call<T>(&self, process: &Process, call: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = process.died.cancelled() => None,
            answer = call => Some(answer),
        }
    }

    /// Checks an error that may come whenever a store is at fault.
    fn check_error(&self, process: &Process, what: &str, status: &Status, is_calm: bool) {
        let draining = self.world.history.facts().processes[process.number].draining_since.is_some();
        let fine = match status.code() {
            Code::Unavailable => draining || !is_calm,
            Code::Internal => !is_calm,
            _ => false,
        };
        if !fine {
            self.world
                .history
                .fault(format_args!("{what} on p{} was answered with {status:?}", process.number));
        }
    }

    /// Checks that an operation is gone which is said to be.
    fn check_gone(&self, what: &str, name: &OperationName) {
        let mut facts = self.world.history.facts();
        if facts.is_there(name) {
            let label = facts.label(name);
            facts.fault(format_args!("{what} does not find {label}"));
        }
    }

    /// One of the operations that somebody was told of.
    fn any_operation(&self) -> Option<OperationName> {
        let facts = self.world.history.facts();
        let known: Vec<_> = facts
            .operations
            .iter()
            .filter(|(_, known)| known.is_acknowledged)
            .map(|(name, _)| name)
            .collect();
        (!known.is_empty()).then(|| known[self.dice.index(known.len())].clone())
    }

    fn process(&self) -> Option<Arc<Process>> {
        self.site.pick(&self.dice)
    }
}

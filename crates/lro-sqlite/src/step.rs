//! One transaction that writes, as the calls in it see it.

use std::cell::RefCell;
use std::fmt;

use lro_store::{Change, Clock, Payload, StateKind, Timestamp, View, WorkerId};
use rusqlite::{CachedStatement, Params, Transaction};

use crate::error::Failed;
use crate::row::{self, Stored, WaitsFor};
use crate::{keys, workers};

/// A transaction and what its calls share.
pub(crate) struct Step<'t> {
    transaction: &'t Transaction<'t>,
    clock: &'t dyn Clock,
    /// What is published once the transaction is committed.
    hints: Vec<Change>,
    /// The statements that were run, by the place of their text, so that each is looked up once in a transaction.
    statements: RefCell<Vec<(&'static str, CachedStatement<'t>)>>,
    /// The worker that was last looked for, and whether it is alive.
    alive: Option<(WorkerId, bool)>,
}

impl<'t> Step<'t> {
    pub(crate) fn new(transaction: &'t Transaction<'t>, clock: &'t dyn Clock) -> Self {
        Self { transaction, clock, hints: Vec::new(), statements: RefCell::default(), alive: None }
    }

    /// The transaction.
    pub(crate) fn transaction(&self) -> &'t Transaction<'t> {
        self.transaction
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Runs a statement; how many rows it has changed.
    pub(crate) fn execute(&self, sql: &'static str, parameters: impl Params) -> Result<usize, Failed> {
        let mut statements = self.statements.borrow_mut();
        let known = statements.iter().position(|(known, _)| std::ptr::eq(*known, sql));
        let index = if let Some(index) = known {
            index
        } else {
            statements.push((sql, self.transaction.prepare_cached(sql)?));
            statements.len() - 1
        };
        Ok(statements[index].1.execute(parameters)?)
    }

    /// All numbers that a statement finds.
    pub(crate) fn find_ids(&self, sql: &str, parameters: impl Params) -> Result<Vec<i64>, Failed> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        let ids = statement.query_map(parameters, |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(ids)
    }

    /// Whether a worker is alive.
    pub(crate) fn is_alive(&mut self, id: &WorkerId) -> Result<bool, Failed> {
        if let Some((known, alive)) = &self.alive
            && known == id
        {
            return Ok(*alive);
        }
        let alive = workers::find(self.transaction, id)?.is_some_and(|worker| worker.is_alive());
        self.alive = Some((id.clone(), alive));
        Ok(alive)
    }

    /// Forgets which workers are alive, because that is about to change.
    pub(crate) fn forget_workers(&mut self) {
        self.alive = None;
    }

    /// Publishes a hint once the transaction is committed.
    pub(crate) fn hint(&mut self, change: Change) {
        self.hints.push(change);
    }

    /// The hints so far.
    pub(crate) fn into_hints(self) -> Vec<Change> {
        self.hints
    }

    /// Runs what may be refused; then all that it did is undone.
    pub(crate) fn try_to<T, R>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<Result<T, R>, Failed>,
    ) -> Result<Result<T, R>, Failed> {
        self.transaction.execute_batch("SAVEPOINT lro_item")?;
        let hints = self.hints.len();
        // After a failure, the whole transaction is rolled back.
        let ended = act(self)?;
        if ended.is_err() {
            self.transaction.execute_batch("ROLLBACK TO lro_item")?;
            self.hints.truncate(hints);
        }
        self.transaction.execute_batch("RELEASE lro_item")?;
        Ok(ended)
    }

    /// Makes an operation what a transition has made of it.
    pub(crate) fn replace(
        &mut self,
        before: &Stored,
        after: &View,
        checkpoint: Option<&Payload>,
    ) -> Result<(), Failed> {
        if let Some(checkpoint) = checkpoint {
            row::put_checkpoint(self, before.id, checkpoint)?;
        }
        if *after == before.view {
            return Ok(());
        }
        let waits_for = waits_for(after, self.now());
        row::update(self, before, after, waits_for)?;
        if after.is_done() && !before.view.is_done() {
            self.hint(Change::Done(after.name().clone()));
        } else if let Some(stop) = after.stop().filter(|_| before.view.stop().is_none()) {
            self.hint(Change::StopRequested(after.name().clone(), stop.clone()));
        }
        self.hint_if_ready(after, waits_for);
        keys::settle(self, after.exclusive())
    }

    /// Hints at work that a worker can claim.
    pub(crate) fn hint_if_ready(&mut self, view: &View, waits_for: WaitsFor) {
        if view.kind() == StateKind::Queued && waits_for == WaitsFor::Nothing {
            self.hint(Change::Claimable(view.method().clone()));
        }
    }
}

/// What keeps an operation from being claimed, before its key is settled.
pub(crate) fn waits_for(view: &View, now: Timestamp) -> WaitsFor {
    let lro_store::State::Queued { not_before, .. } = view.state() else { return WaitsFor::Nothing };
    if view.exclusive().is_some() {
        WaitsFor::Key
    } else if not_before.is_some_and(|time| now < time) {
        WaitsFor::Time
    } else {
        WaitsFor::Nothing
    }
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").finish_non_exhaustive()
    }
}

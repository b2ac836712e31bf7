//! One transaction that writes, as the calls in it see it.

use std::cell::RefCell;
use std::fmt;

use lro_store::{Change, Clock, Timestamp, WorkerId};
use rusqlite::{CachedStatement, Params, Transaction};

use crate::error::Failed;

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

    /// What [`know_alive`](Self::know_alive) was told of a worker.
    pub(crate) fn known_alive(&self, id: &WorkerId) -> Option<bool> {
        self.alive.as_ref().filter(|(known, _)| known == id).map(|(_, alive)| *alive)
    }

    /// Remembers whether a worker is alive.
    pub(crate) fn know_alive(&mut self, id: &WorkerId, alive: bool) {
        self.alive = Some((id.clone(), alive));
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
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").finish_non_exhaustive()
    }
}

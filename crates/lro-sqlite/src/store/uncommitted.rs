//! Operations in transactions of the caller.

use std::fmt;

use lro_store::{Change, ChangeHub, Creation, Error, Finish, NewOperation, WriteResult};
use rusqlite::Transaction;

use crate::SqliteStore;
use crate::calls::{create, write};
use crate::error::Failed;
use crate::transaction::Step;

impl SqliteStore {
    /// Creates an operation in a transaction of yours, on a connection of yours to the same file; otherwise as
    /// [`Store::create`](lro_store::Store::create). It exists once you commit, and then [`Uncommitted::committed`] tells
    /// those who wait for such changes.
    ///
    /// This blocks, so call it where that is allowed, such as in `spawn_blocking`. Begin the transaction as
    /// `IMMEDIATE`; a deferred one fails when somebody else has written since it began. Keep it short: all others who write
    /// wait for its end.
    ///
    /// # Errors
    /// Those of [`Store::create`](lro_store::Store::create). Roll back then: a part of the operation may be in the
    /// transaction.
    pub fn create_in(
        &self,
        transaction: &Transaction<'_>,
        operation: &NewOperation,
    ) -> Result<Uncommitted<Creation>, Error> {
        self.step_in(transaction, |step| create::create_one(step, operation))
    }

    /// Ends running work in a transaction of yours; otherwise as [`Store::finish`](lro_store::Store::finish). All that
    /// [`create_in`](Self::create_in) says holds here too. Look at the [answer](Uncommitted::answer) before you commit: if it
    /// did not apply, another attempt has the operation, and what you have written with it should not count.
    ///
    /// # Errors
    /// Those of [`Store::finish`](lro_store::Store::finish). Roll back then.
    pub fn finish_in(
        &self,
        transaction: &Transaction<'_>,
        finish: &Finish,
    ) -> Result<Uncommitted<WriteResult>, Error> {
        self.step_in(transaction, |step| write::finish_one(step, finish))
    }

    fn step_in<T>(
        &self,
        transaction: &Transaction<'_>,
        act: impl FnOnce(&mut Step<'_>) -> Result<T, Failed>,
    ) -> Result<Uncommitted<T>, Error> {
        let mut step = Step::new(transaction, self.clock());
        let answer = act(&mut step)?;
        Ok(Uncommitted { answer, hints: step.into_hints(), hub: self.hub().clone() })
    }
}

/// What was written in a transaction of the caller, whose end the store does not see.
///
/// Call [`committed`](Self::committed) after the commit. If that is forgotten, or the process dies before, whoever waits
/// for these changes learns of them later, when the store notices that somebody else has committed something
/// ([`SqliteStoreBuilder::watch_interval`](crate::SqliteStoreBuilder::watch_interval)). If the transaction is rolled
/// back, just drop this.
#[must_use = "those who wait are told by `committed`, after the commit"]
pub struct Uncommitted<T> {
    answer: T,
    hints: Vec<Change>,
    hub: ChangeHub,
}

impl<T> Uncommitted<T> {
    /// The answer of the store, which comes true with the commit.
    pub fn answer(&self) -> &T {
        &self.answer
    }

    /// The transaction is committed: tells those who wait, and gives the answer.
    pub fn committed(self) -> T {
        for hint in &self.hints {
            self.hub.publish(hint);
        }
        self.answer
    }
}

impl<T: fmt::Debug> fmt::Debug for Uncommitted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uncommitted").field("answer", &self.answer).finish_non_exhaustive()
    }
}

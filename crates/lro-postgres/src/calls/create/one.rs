//! Creating operations that may meet others, one after the other.

use lro_store::{Created, Creation, InTransaction, NewOperation, OnConflict, StopReason, Timestamp, View};

use super::batch::parameters;
use crate::Mode;
use crate::call::{Call, Shared};
use crate::calls::transaction;
use crate::connections::connection::{Connection, Executor, Step};
use crate::error::Failure;
use crate::row;
use crate::row::change::{Changed, Effects, write_back};
use crate::row::columns::New;

/// How often one is tried that others get in the way of.
const ROUNDS: usize = 8;

/// Creates operations in their order, in one transaction.
#[derive(Debug)]
pub(crate) struct CreateOnes(pub(crate) Vec<NewOperation>);

/// The locks that creating these takes.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    pub(crate) shared: Vec<i64>,
    pub(crate) alone: Vec<i64>,
}

/// In one order, so that no two transactions wait for each other: first all workers, then all keys.
pub(crate) fn locks_of<'a>(shared: &Shared, operations: impl IntoIterator<Item = &'a NewOperation>) -> Locks {
    let mut locks = Locks::default();
    if shared.mode == Mode::Portable {
        return locks;
    }
    for new in operations {
        locks.shared.extend(new.claimed_by().map(|worker| shared.locks.worker(worker)));
        locks.alone.extend(new.exclusive().map(|key| shared.locks.key(key)));
    }
    for locks in [&mut locks.shared, &mut locks.alone] {
        locks.sort_unstable();
        locks.dedup();
    }
    locks
}

impl Call for CreateOnes {
    type Answer = Vec<Creation>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let locks = locks_of(shared, &self.0);
        let steps: [Step<'_>; 2] =
            [(&shared.queries.lock_shared, &[&locks.shared]), (&shared.queries.lock, &[&locks.alone])];
        connection.begin(if shared.mode == Mode::Portable { &[] } else { &steps }).await?;
        let (mut effects, mut answers) = (Effects::default(), Vec::with_capacity(self.0.len()));
        for new in &self.0 {
            answers.push(create_one(shared, Executor::Own(connection), new, &mut effects).await?);
        }
        connection.commit(&[]).await?;
        effects.publish(shared, connection).await;
        Ok(answers)
    }
}

/// Creates one operation in a transaction that has its locks.
pub(crate) async fn create_one(
    shared: &Shared,
    executor: Executor<'_>,
    new: &NewOperation,
    effects: &mut Effects,
) -> Result<Creation, Failure> {
    if let Some(fault) = new.fault() {
        return Ok(Creation::Invalid(fault.to_owned()));
    }
    for _ in 0..ROUNDS {
        let Look { now, refused, is_held } = look(shared, executor, new).await?;
        if let Some(refused) = refused {
            return Ok(refused);
        }
        if new.in_transaction().is_some_and(|writes| !transaction::is_known(writes)) {
            return Ok(Creation::Refused(InTransaction::unknown()));
        }
        if let Some(created) = insert(shared, executor, new, now, is_held, effects).await? {
            return Ok(created);
        }
        // Another transaction has committed what stands in the way, since it was looked for.
    }
    Err(Failure::Overtaken)
}

/// What there is before an operation is created.
struct Look {
    now: i64,
    /// Why it is not created.
    refused: Option<Creation>,
    /// Whether another one has its key.
    is_held: bool,
}

/// Looks for what stands in the way, and removes it where its retention is over.
async fn look(shared: &Shared, executor: Executor<'_>, new: &NewOperation) -> Result<Look, Failure> {
    let view = New::at_zero(new);
    let parts = view.parts();
    let (now, name, owner, method) =
        (shared.now(), new.name().as_str(), parts.owner.as_str(), &*parts.method);
    let id = parts.request_id.as_ref().map(lro_store::RequestId::as_str);
    let key = new.exclusive().map(lro_store::ExclusiveKey::as_str);
    let rows = executor
        .all(&[
            (&shared.queries.in_the_way, &[&now, &owner, &method, &id, &name]),
            (&shared.queries.holder, &[&key]),
        ])
        .await?;
    let [in_the_way, holder] = &rows[..] else { return Err(Failure::Overtaken) };
    let first = in_the_way.first().ok_or(Failure::Overtaken)?;
    let now: i64 = row::get(first, row::RECORD)?;
    for found in in_the_way {
        let Some(name) = row::get::<Option<&str>>(found, 0)? else { continue };
        if row::get(found, row::RECORD + 2)? {
            executor.one(&shared.queries.remove_expired, &[&now, &name]).await?;
            continue;
        }
        let is_by_request = row::get::<i32>(found, row::RECORD + 1)? == 0;
        let refused = if is_by_request {
            Creation::Repeated(Box::new(row::record(found)?))
        } else {
            Creation::NameTaken
        };
        return Ok(Look { now, refused: Some(refused), is_held: false });
    }
    let holder = holder.first().map(|row| row::name(row, 0)).transpose()?;
    let is_held = holder.is_some();
    let refused = holder.filter(|_| new.on_conflict() == Some(OnConflict::Abort)).map(Creation::KeyHeld);
    Ok(Look { now, refused, is_held })
}

/// Inserts it, unless something has come in the way.
async fn insert(
    shared: &Shared,
    executor: Executor<'_>,
    new: &NewOperation,
    now: i64,
    is_held: bool,
    effects: &mut Effects,
) -> Result<Option<Creation>, Failure> {
    let preempts = new.on_conflict() == Some(OnConflict::Preempt);
    let others = if preempts { preempted(shared, executor, new, now).await? } else { Vec::new() };
    // These end first: a key has room for one that runs.
    write_back(shared, executor, now, &others, &[], false, effects).await?;
    let key_is_free = if preempts { others.iter().all(|other| other.after.is_done()) } else { !is_held };
    let (view, mut columns, time) = (New::at_zero(new), New::default(), Some(now));
    columns.push(new, &view, key_is_free);
    let rows = executor.one(&shared.queries.create, &parameters(&time, &columns)).await?;
    let Some(row) = rows.first() else {
        // What is refused stops nobody, so those that were stopped must be brought back with the transaction.
        return if others.is_empty() { Ok(None) } else { Err(Failure::Overtaken) };
    };
    let may_run: bool = row::get(row, 2)?;
    let created = new.clone().into_record(Timestamp::from_micros(now), may_run).view;
    effects.created(&created);
    let preempted = others.into_iter().map(|other| other.after);
    Ok(Some(Creation::Created(Created::new(created, preempted))))
}

/// Those that have its key and are not done, locked, and what becomes of them.
async fn preempted(
    shared: &Shared,
    executor: Executor<'_>,
    new: &NewOperation,
    now: i64,
) -> Result<Vec<Changed>, Failure> {
    let key = new.exclusive().map(lro_store::ExclusiveKey::as_str);
    let rows = executor.one(&shared.queries.lock_key, &[&key]).await?;
    let stop = |before: View| {
        let reason = StopReason::Preempted(new.name().clone());
        let after = before.request_stop(reason, Timestamp::from_micros(now));
        Changed { before, after }
    };
    rows.iter().map(|row| row::view(row).map(stop)).collect()
}

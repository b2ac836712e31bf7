//! Workers, their leases and what they have.

use std::time::Duration;

use lro_store::{Attempt, Fence, KeepAlive, NewOperation, OperationName, Stop, Sweep, Timestamp, WorkerId};

use crate::Mode;
use crate::call::{Call, Shared, attempt};
use crate::calls::write::stop;
use crate::connections::connection::{Begin, Connection, Executor, Step};
use crate::error::Failure;
use crate::row;
use crate::row::change::{Changed, Effects, views, write_back};
use crate::row::columns::micros;

/// How many operations are taken back in one transaction.
const BATCH: usize = 500;

/// A sign of life.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) worker: WorkerId,
    pub(crate) lease: Duration,
}

impl Call for Live {
    type Answer = KeepAlive;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let (now, worker) = (shared.now(), self.worker.as_str());
        let lease = micros(self.lease.min(NewOperation::MAX_DURATION));
        let beat: Step<'_> = (&shared.queries.keep_alive, &[&now, &worker, &lease]);
        // A lost one would end the lease of a worker that believes in it. A standby that is away must end no leases either.
        let rows = if shared.mode == Mode::Portable {
            connection.transact(Begin::Local, &[beat]).await?.pop().unwrap_or_default()
        } else {
            connection.rows(beat.0, beat.1).await?
        };
        let first = rows.first().ok_or(Failure::Overtaken)?;
        let is_alive = row::get::<Option<bool>>(first, 0)?.is_some();
        let mut asked_to_stop = Vec::new();
        for row in &rows {
            if let Some(reason) = stop(row, 3)? {
                asked_to_stop.push(Stop::new(row::name(row, 1)?, attempt_of(row::get(row, 2)?)?, reason));
            }
        }
        Ok(if is_alive { KeepAlive::alive(asked_to_stop) } else { KeepAlive::gone(asked_to_stop) })
    }
}

fn attempt_of(number: i64) -> Result<Attempt, Failure> {
    u32::try_from(number).ok().and_then(Attempt::new).ok_or_else(|| row::damaged("a stored attempt is none"))
}

/// Declares that a worker has left.
#[derive(Debug)]
pub(crate) struct Leave(pub(crate) WorkerId);

impl Call for Leave {
    type Answer = ();

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let (now, worker, locks) = (shared.now(), self.0.as_str(), [shared.locks.worker(&self.0)]);
        let locks: &[i64] = &locks;
        let leave: Step<'_> = (&shared.queries.leave, &[&now, &worker]);
        // After this, nothing is on its way that gives it work: see `lock_shared` where work is given.
        let lock: Step<'_> = (&shared.queries.lock, &[&locks]);
        let steps: &[_] = if shared.mode == Mode::Portable { &[leave] } else { &[lock, leave] };
        connection.transact(Begin::Durable, steps).await?;
        Ok(())
    }
}

/// Takes back some of what a worker has that is gone.
#[derive(Debug)]
pub(crate) struct TakeBack {
    pub(crate) worker: WorkerId,
    pub(crate) limit: usize,
}

impl Call for TakeBack {
    type Answer = Sweep;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let (now, worker) = (shared.now(), self.worker.as_str());
        let limit = i64::try_from(self.limit.min(BATCH)).unwrap_or(i64::MAX);
        let rows = connection.begin(&[(&shared.queries.lock_held, &[&now, &worker, &limit])]).await?;
        let (views, now) = views(rows.first().map(Vec::as_slice).unwrap_or_default())?;
        let now = now.unwrap_or_default();
        let mut changed = Vec::with_capacity(views.len());
        for before in views {
            if let Ok(after) = before.reclaim(&self.worker, Timestamp::from_micros(now)) {
                changed.push(Changed { before, after });
            }
        }
        let mut effects = Effects::default();
        write_back(shared, Executor::Own(connection), now, &changed, &[], true, &mut effects).await?;
        effects.publish(shared, connection).await;
        Ok(changed.into_iter().map(|changed| changed.after).collect())
    }
}

/// Takes everything back from a worker that has left.
pub(crate) async fn leave(shared: &Shared, worker: &WorkerId) -> Result<Sweep, lro_store::Error> {
    attempt(shared, &Leave(worker.clone())).await?;
    let mut sweep = Sweep::new();
    loop {
        let taken = attempt(shared, &TakeBack { worker: worker.clone(), limit: BATCH }).await?;
        let is_all = taken.count < BATCH;
        sweep.append(taken);
        if is_all {
            return Ok(sweep);
        }
    }
}

/// Takes back what others have whose lease is over or who are gone.
///
/// What was taken back before something fails is told all the same; the rest is for the next call.
pub(crate) async fn reclaim(
    shared: &Shared,
    worker: &WorkerId,
    limit: usize,
) -> Result<Sweep, lro_store::Error> {
    let mut gone = Vec::new();
    for (lost, is_over) in attempt(shared, &FindLost(worker.clone())).await? {
        if !is_over || attempt(shared, &DeclareGone(lost.clone())).await? {
            gone.push(lost);
        }
    }
    let mut sweep = Sweep::new();
    for lost in gone {
        while sweep.count < limit {
            let rest = TakeBack { worker: lost.clone(), limit: limit - sweep.count };
            match attempt(shared, &rest).await {
                Ok(taken) if taken.count == 0 => break,
                Ok(taken) => sweep.append(taken),
                Err(_) if sweep.count > 0 => return Ok(sweep),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(sweep)
}

/// The workers from whom this one may take back, and of each whether it has to be declared gone first.
#[derive(Debug)]
struct FindLost(WorkerId);

impl Call for FindLost {
    type Answer = Vec<(WorkerId, bool)>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let (now, worker) = (shared.now(), self.0.as_str());
        let rows = connection.rows(&shared.queries.lost, &[&now, &worker]).await?;
        rows.iter().map(|row| Ok((WorkerId::new(row::get::<&str>(row, 0)?), row::get(row, 1)?))).collect()
    }
}

/// Declares a worker gone if its lease is still over; whether it was.
#[derive(Debug)]
struct DeclareGone(WorkerId);

impl Call for DeclareGone {
    type Answer = bool;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let (now, worker, locks) = (shared.now(), self.0.as_str(), [shared.locks.worker(&self.0)]);
        let locks: &[i64] = &locks;
        let declare: Step<'_> = (&shared.queries.declare_gone, &[&now, &worker]);
        let lock: Step<'_> = (&shared.queries.lock, &[&locks]);
        let steps: &[_] = if shared.mode == Mode::Portable { &[declare] } else { &[lock, declare] };
        let rows = connection.transact(Begin::Durable, steps).await?;
        Ok(rows.last().is_some_and(|rows| !rows.is_empty()))
    }
}

/// What a worker has.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) worker: WorkerId,
    pub(crate) after: Option<OperationName>,
    pub(crate) limit: usize,
}

impl Call for Held {
    type Answer = Vec<Fence>;
    const WRITES: bool = false;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let after = self.after.as_ref().map_or("", OperationName::as_str);
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        let rows = connection.rows(&shared.queries.held, &[&self.worker.as_str(), &after, &limit]).await?;
        let fence = |row| {
            Ok(Fence::of_worker(row::name(row, 0)?, self.worker.clone(), attempt_of(row::get(row, 1)?)?))
        };
        rows.iter().map(fence).collect()
    }
}

//! Writing back what the pure transitions made of operations that are locked.

use lro_store::{Change, Columns, StateKind, View};
use tokio_postgres::Row;

use crate::call::Shared;
use crate::connections::connection::{Connection, Executor, Step};
use crate::error::Failure;
use crate::row;
use crate::row::columns::{Outcomes, Payloads, new_metadata};

/// An operation as it was and as it now is.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) before: View,
    pub(crate) after: View,
}

/// What others are told of once it is committed.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    changes: Vec<Change>,
    /// Keys under which another one may be the next.
    keys: Vec<String>,
}

impl Effects {
    pub(crate) fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Notes that the next of a key may be another one now.
    pub(crate) fn key(&mut self, key: Option<&str>) {
        self.keys.extend(key.map(str::to_owned));
    }

    /// Notes an operation that was just created.
    pub(crate) fn created(&mut self, view: &View) {
        match (view.kind(), view.exclusive()) {
            (StateKind::Queued, Some(key)) => self.key(Some(key.as_str())),
            (StateKind::Queued, None) if !is_delayed(view) => {
                self.push(Change::Claimable(view.method().clone()));
            }
            _ => {}
        }
    }

    fn changed(&mut self, changed: &Changed) {
        let Changed { before, after } = changed;
        if after.is_done() {
            self.push(Change::Done(after.name().clone()));
        } else if let Some(stop) = after.stop().filter(|_| before.stop().is_none()) {
            self.push(Change::StopRequested(after.name().clone(), stop.clone()));
        } else if after.kind() == StateKind::Queued && after.exclusive().is_none() && !is_delayed(after) {
            self.push(Change::Claimable(after.method().clone()));
        }
        if after.kind() != StateKind::Running {
            self.key(after.exclusive().map(lro_store::ExclusiveKey::as_str));
        }
    }

    /// Tells of it. The transaction must be committed.
    pub(crate) async fn publish(mut self, shared: &Shared, connection: &Connection) {
        if !self.keys.is_empty() {
            self.keys.sort_unstable();
            self.keys.dedup();
            let now = shared.now();
            let rows = connection.rows(&shared.queries.next_holders, &[&now, &self.keys]).await;
            // The change itself is committed. Without the hint, whoever looks at intervals finds the work.
            for row in rows.unwrap_or_default() {
                let method: Result<&str, _> = row.try_get(0);
                self.changes.extend(method.map(|method| Change::Claimable(method.into())));
            }
        }
        self.publish_known(shared);
    }

    /// As [`publish`](Self::publish), without a connection to look for the next of a key.
    pub(crate) fn publish_known(self, shared: &Shared) {
        shared.publish(self.changes);
    }

    /// Whether the next of a key has to be looked for.
    pub(crate) fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Takes over what another part of the same transaction has done.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.changes.append(&mut other.changes);
        self.keys.append(&mut other.keys);
    }
}

/// Whether it waits for a time that had not come when it was changed.
fn is_delayed(view: &View) -> bool {
    Columns::from(view).not_before.is_some_and(|time| view.update_time().as_micros() < time)
}

/// The views of rows that have the time behind them, and that time; `None` without rows.
pub(crate) fn views(rows: &[Row]) -> Result<(Vec<View>, Option<i64>), Failure> {
    let now = rows.first().map(|row| row::get(row, row::VIEW)).transpose()?;
    Ok((rows.iter().map(row::view).collect::<Result<_, _>>()?, now))
}

/// Writes operations back that this transaction has locked, and more statements after them; the rows of these.
pub(crate) async fn write_back(
    shared: &Shared,
    executor: Executor<'_>,
    now: i64,
    changed: &[Changed],
    then: &[Step<'_>],
    commits: bool,
    effects: &mut Effects,
) -> Result<Vec<Vec<Row>>, Failure> {
    let changed: Vec<&Changed> = changed.iter().filter(|changed| changed.before != changed.after).collect();
    let (ended, going): (Vec<&Changed>, Vec<&Changed>) =
        changed.iter().partition(|changed| changed.after.is_done());
    let (ended_columns, going_columns) = (Ended::new(&ended), Going::new(&going, now));
    let (end, change) = (ended_columns.parameters(), going_columns.parameters());
    let mut steps: Vec<Step<'_>> = Vec::new();
    // What ends goes first, because a key has room for one that runs.
    if !ended.is_empty() {
        steps.push((&shared.queries.end, &end));
    }
    if !going.is_empty() {
        steps.push((&shared.queries.change, &change));
    }
    let own = steps.len();
    steps.extend_from_slice(then);
    let mut rows = match executor {
        Executor::Own(connection) if commits => connection.commit(&steps).await?,
        _ => executor.all(&steps).await?,
    };
    for changed in changed {
        effects.changed(changed);
    }
    Ok(rows.split_off(own))
}

/// Columns of operations that have ended.
#[derive(Debug, Default)]
struct Ended<'a> {
    names: Vec<&'a str>,
    attempts: Vec<i64>,
    unbegun: Vec<i64>,
    update_times: Vec<i64>,
    expire_times: Vec<i64>,
    metadata: Payloads<'a>,
    outcomes: Outcomes<'a>,
}

impl<'a> Ended<'a> {
    fn new(changed: &[&'a Changed]) -> Self {
        let mut columns = Self::default();
        for Changed { after, .. } in changed {
            let row = Columns::from(after);
            columns.names.push(row.name);
            columns.attempts.push(row.attempt);
            columns.unbegun.push(row.unbegun);
            columns.update_times.push(row.update_time);
            columns.expire_times.push(row.update_time.saturating_add(row.retention));
            columns.metadata.push(after.metadata());
            columns.outcomes.push(after.outcome());
        }
        columns
    }

    fn parameters(&self) -> [&(dyn tokio_postgres::types::ToSql + Sync); 12] {
        let Outcomes { responses, codes, messages, details } = &self.outcomes;
        [
            &self.names,
            &self.attempts,
            &self.unbegun,
            &self.update_times,
            &self.expire_times,
            &self.metadata.types,
            &self.metadata.values,
            &responses.types,
            &responses.values,
            codes,
            messages,
            details,
        ]
    }
}

/// Columns of operations that go on.
#[derive(Debug, Default)]
struct Going<'a> {
    now: i64,
    names: Vec<&'a str>,
    states: Vec<i16>,
    not_before: Vec<Option<i64>>,
    attempts: Vec<i64>,
    unbegun: Vec<i64>,
    workers: Vec<Option<&'a str>>,
    delegates: Vec<Option<&'a str>>,
    stops: Vec<Option<String>>,
    update_times: Vec<i64>,
    metadata: Payloads<'a>,
}

impl<'a> Going<'a> {
    fn new(changed: &[&'a Changed], now: i64) -> Self {
        let mut columns = Self { now, ..Self::default() };
        for Changed { before, after } in changed {
            let row = Columns::from(after);
            columns.names.push(row.name);
            columns.states.push(row.state);
            columns.not_before.push(row.not_before);
            columns.attempts.push(row.attempt);
            columns.unbegun.push(row.unbegun);
            columns.workers.push(row.worker);
            columns.delegates.push(row.delegate);
            columns.stops.push(row.stop.map(Into::into));
            columns.update_times.push(row.update_time);
            columns.metadata.push(new_metadata(before, after));
        }
        columns
    }

    fn parameters(&self) -> [&(dyn tokio_postgres::types::ToSql + Sync); 12] {
        [
            &self.now,
            &self.names,
            &self.states,
            &self.not_before,
            &self.attempts,
            &self.unbegun,
            &self.workers,
            &self.delegates,
            &self.stops,
            &self.update_times,
            &self.metadata.types,
            &self.metadata.values,
        ]
    }
}

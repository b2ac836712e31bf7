//! What running work writes: reports, outcomes, and what it hands back.

use std::collections::{HashMap, HashSet};

use lro_store::{Change, Fence, Finish, OperationName, Release, Report, StopReason, Timestamp, WriteResult};
use tokio_postgres::Row;

use crate::call::{Call, Shared};
use crate::connections::connection::{Begin, Connection, Executor, Step};
use crate::error::Failure;
use crate::row::change::{Changed, Effects, views, write_back};
use crate::row::columns::{Fences, Outcomes, Payloads};
use crate::{Mode, row};

/// Ends running work.
#[derive(Debug)]
pub(crate) struct FinishAll(pub(crate) Vec<Finish>);

impl Call for FinishAll {
    type Answer = Vec<WriteResult>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let items = in_order(&self.0, |item| &item.fence);
        let mut rows = finish_all(shared, connection, &items, false).await?;
        let missing = passed_over(&items, |item| &item.fence, &rows)?;
        if !missing.is_empty() {
            rows.extend(finish_all(shared, connection, &missing, true).await?);
        }
        let effects = finished(&rows)?;
        let written: HashMap<&str, WriteResult> = rows
            .iter()
            .map(|row| Ok((row::get(row, 0)?, applied(None, row::get(row, 2)?))))
            .collect::<Result<_, Failure>>()?;
        let names = self.0.iter().map(|item| &item.fence.name);
        let answers = answers(shared, Executor::Own(connection), names, written).await;
        effects.publish(shared, connection).await;
        answers
    }
}

/// Ends running work; what was ended.
///
/// A statement passes over a row that another transaction has changed since it began, although the writer may still have
/// the right to write: what is locked is then not what the statement sees. It does see what a statement before it has
/// `locks`.
async fn finish_all(
    shared: &Shared,
    connection: &Connection,
    items: &[&Finish],
    locks: bool,
) -> Result<Vec<Row>, Failure> {
    let (now, finishes) = (shared.now(), Finishes::of(items));
    let parameters = finishes.parameters(&now);
    let write: Step<'_> = (&shared.queries.finish, &parameters);
    if !locks && shared.mode != Mode::Portable {
        return Ok(connection.rows(write.0, write.1).await?);
    }
    write_locked(shared, connection, Begin::Durable, &finishes.fences, write, locks).await
}

/// Runs a statement in a transaction of its own, in which it may lock the rows before.
async fn write_locked(
    shared: &Shared,
    connection: &Connection,
    begin: Begin,
    fences: &Fences<'_>,
    write: Step<'_>,
    locks: bool,
) -> Result<Vec<Row>, Failure> {
    let lock: Step<'_> = (&shared.queries.lock_rows, &[&fences.names]);
    // What is serializable needs no locks.
    let steps = [lock, write];
    let steps = if locks && shared.mode != Mode::Portable { &steps[..] } else { &steps[1..] };
    Ok(connection.transact(begin, steps).await?.pop().unwrap_or_default())
}

/// The items that are not among what was written.
fn passed_over<'a, T>(
    items: &[&'a T],
    fence: impl Fn(&T) -> &Fence,
    written: &[Row],
) -> Result<Vec<&'a T>, Failure> {
    let written: HashSet<&str> = written.iter().map(|row| row::get(row, 0)).collect::<Result<_, _>>()?;
    let is_missing = |item: &&&T| !written.contains(fence(item).name.as_str());
    Ok(items.iter().filter(is_missing).copied().collect())
}

/// Ends one operation in a transaction that goes on.
pub(crate) async fn finish_one(
    shared: &Shared,
    executor: Executor<'_>,
    finish: &Finish,
    effects: &mut Effects,
) -> Result<WriteResult, Failure> {
    let (now, finishes) = (shared.now(), Finishes::of(&[finish]));
    let parameters = finishes.parameters(&now);
    let rows = write_one(shared, executor, &finishes.fences, (&shared.queries.finish, &parameters)).await?;
    let Some(row) = rows.first() else { return not_written(shared, executor, &finish.fence).await };
    effects.append(finished(&rows)?);
    Ok(applied(None, row::get(row, 2)?))
}

/// Reports of one operation in a transaction that goes on.
pub(crate) async fn report_one(
    shared: &Shared,
    executor: Executor<'_>,
    report: &Report,
) -> Result<WriteResult, Failure> {
    let (now, reports) = (shared.now(), Reports::of(&[report]));
    let parameters = reports.parameters(&now);
    let rows = write_one(shared, executor, &reports.fences, (&shared.queries.report, &parameters)).await?;
    match rows.first() {
        Some(row) => Ok(applied(stop(row, 1)?, row::get(row, 2)?)),
        None => not_written(shared, executor, &report.fence).await,
    }
}

/// Runs a statement after one that locks the row, in a transaction that goes on.
async fn write_one(
    shared: &Shared,
    executor: Executor<'_>,
    fences: &Fences<'_>,
    write: Step<'_>,
) -> Result<Vec<Row>, Failure> {
    let lock: Step<'_> = (&shared.queries.lock_rows, &[&fences.names]);
    Ok(executor.all(&[lock, write]).await?.pop().unwrap_or_default())
}

async fn not_written(shared: &Shared, executor: Executor<'_>, fence: &Fence) -> Result<WriteResult, Failure> {
    let answers = answers(shared, executor, [&fence.name], HashMap::new()).await?;
    answers.into_iter().next().ok_or(Failure::Overtaken)
}

fn finished(rows: &[Row]) -> Result<Effects, Failure> {
    let mut effects = Effects::default();
    for row in rows {
        effects.push(Change::Done(row::name(row, 0)?));
        effects.key(row::get(row, 1)?);
    }
    Ok(effects)
}

/// Reports of running work.
#[derive(Debug)]
pub(crate) struct ReportAll(pub(crate) Vec<Report>);

impl Call for ReportAll {
    type Answer = Vec<WriteResult>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let items = in_order(&self.0, |item| &item.fence);
        let mut rows = report_all(shared, connection, &items, false).await?;
        let missing = passed_over(&items, |item| &item.fence, &rows)?;
        if !missing.is_empty() {
            rows.extend(report_all(shared, connection, &missing, true).await?);
        }
        let written = rows
            .iter()
            .map(|row| Ok((row::get(row, 0)?, applied(stop(row, 1)?, row::get(row, 2)?))))
            .collect::<Result<_, Failure>>()?;
        let names = self.0.iter().map(|item| &item.fence.name);
        answers(shared, Executor::Own(connection), names, written).await
    }
}

/// Reports of running work; what was written. As with [`finish_all`], not all may be found without locks.
async fn report_all(
    shared: &Shared,
    connection: &Connection,
    items: &[&Report],
    locks: bool,
) -> Result<Vec<Row>, Failure> {
    let (now, reports) = (shared.now(), Reports::of(items));
    let parameters = reports.parameters(&now);
    // The next progress replaces this one, so nobody needs to wait until it is on the disk.
    let is_durable = items.iter().any(|report| report.checkpoint.is_some());
    let begin = if is_durable { Begin::Durable } else { Begin::Fleeting };
    write_locked(shared, connection, begin, &reports.fences, (&shared.queries.report, &parameters), locks)
        .await
}

/// Hands unfinished work back.
#[derive(Debug)]
pub(crate) struct ReleaseAll(pub(crate) Vec<Release>);

impl Call for ReleaseAll {
    type Answer = Vec<WriteResult>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let names: Vec<&str> = self.0.iter().map(|item| item.fence.name.as_str()).collect();
        let now = shared.now();
        let rows = connection.begin(&[(&shared.queries.lock_named, &[&now, &names])]).await?;
        let (views, now) = views(rows.first().map(Vec::as_slice).unwrap_or_default())?;
        let mut views: HashMap<OperationName, _> =
            views.into_iter().map(|view| (view.name().clone(), view)).collect();
        let (mut changed, mut written) = (Vec::new(), HashMap::new());
        for Release { fence, interruption, metadata, .. } in &self.0 {
            let (Some(before), Some(now)) = (views.remove(&fence.name), now) else { continue };
            let now = Timestamp::from_micros(now);
            let answer = match before.release(fence, interruption.clone(), metadata.clone(), now) {
                Ok(after) => {
                    let update_time = after.update_time();
                    changed.push(Changed { before, after });
                    WriteResult::Applied { stop: None, update_time }
                }
                Err(_) => WriteResult::Lost,
            };
            written.insert(fence.name.as_str(), answer);
        }
        let mut effects = Effects::default();
        let executor = Executor::Own(connection);
        write_back(shared, executor, now.unwrap_or_default(), &changed, &[], true, &mut effects).await?;
        let answers = answers(shared, executor, self.0.iter().map(|item| &item.fence.name), written).await;
        effects.publish(shared, connection).await;
        answers
    }
}

/// The items by name. All batches lock rows in this order, so that no two of them wait for each other.
fn in_order<T>(items: &[T], fence: impl Fn(&T) -> &Fence) -> Vec<&T> {
    let mut items: Vec<&T> = items.iter().collect();
    items.sort_by(|one, two| fence(one).name.cmp(&fence(two).name));
    items
}

fn applied(stop: Option<StopReason>, update_time: i64) -> WriteResult {
    WriteResult::Applied { stop, update_time: Timestamp::from_micros(update_time) }
}

/// The answers in their order: those that are known, and for the others how the operation stands.
async fn answers<'a>(
    shared: &Shared,
    executor: Executor<'_>,
    names: impl IntoIterator<Item = &'a OperationName>,
    mut known: HashMap<&str, WriteResult>,
) -> Result<Vec<WriteResult>, Failure> {
    let names: Vec<&OperationName> = names.into_iter().collect();
    let unknown: Vec<&str> =
        names.iter().map(|name| name.as_str()).filter(|name| !known.contains_key(name)).collect();
    let rows = if unknown.is_empty() {
        Vec::new()
    } else {
        executor.one(&shared.queries.standing, &[&shared.now(), &unknown]).await?
    };
    for row in &rows {
        let Some(is_done) = row::get::<Option<bool>>(row, 1)? else { continue };
        known.insert(row::get(row, 0)?, if is_done { WriteResult::Done } else { WriteResult::Lost });
    }
    Ok(names.iter().map(|name| known.remove(name.as_str()).unwrap_or(WriteResult::Deleted)).collect())
}

/// The reason in a column, if there is one.
pub(crate) fn stop(row: &Row, at: usize) -> Result<Option<StopReason>, Failure> {
    let Some(text) = row::get::<Option<&str>>(row, at)? else { return Ok(None) };
    let reason = StopReason::from_column(text).ok_or_else(|| row::damaged("a stored stop is no reason"))?;
    Ok(Some(reason))
}

/// Ends of work as arrays of columns.
struct Finishes<'a> {
    fences: Fences<'a>,
    metadata: Payloads<'a>,
    outcomes: Outcomes<'a>,
}

impl<'a> Finishes<'a> {
    fn of(items: &[&'a Finish]) -> Self {
        let (mut fences, mut metadata, mut outcomes) =
            (Fences::default(), Payloads::default(), Outcomes::default());
        for item in items {
            fences.push(&item.fence);
            metadata.push(item.metadata.as_ref());
            outcomes.push(Some(&item.outcome));
        }
        Self { fences, metadata, outcomes }
    }

    fn parameters<'b>(&'b self, now: &'b Parameter<'b>) -> [&'b Parameter<'b>; 12] {
        let Outcomes { responses, codes, messages, details } = &self.outcomes;
        let Fences { names, workers, delegates, attempts } = &self.fences;
        let Payloads { types, values } = &self.metadata;
        [
            now,
            names,
            workers,
            delegates,
            attempts,
            types,
            values,
            &responses.types,
            &responses.values,
            codes,
            messages,
            details,
        ]
    }
}

/// Reports as arrays of columns.
struct Reports<'a> {
    fences: Fences<'a>,
    metadata: Payloads<'a>,
    checkpoints: Payloads<'a>,
}

impl<'a> Reports<'a> {
    fn of(items: &[&'a Report]) -> Self {
        let (mut fences, mut metadata, mut checkpoints) =
            (Fences::default(), Payloads::default(), Payloads::default());
        for item in items {
            fences.push(&item.fence);
            metadata.push(item.metadata.as_ref());
            checkpoints.push(item.checkpoint.as_ref());
        }
        Self { fences, metadata, checkpoints }
    }

    fn parameters<'b>(&'b self, now: &'b Parameter<'b>) -> [&'b Parameter<'b>; 9] {
        let Fences { names, workers, delegates, attempts } = &self.fences;
        let Payloads { types, values } = &self.metadata;
        let checkpoints = &self.checkpoints;
        [now, names, workers, delegates, attempts, types, values, &checkpoints.types, &checkpoints.values]
    }
}

/// What a statement is given.
type Parameter<'a> = dyn tokio_postgres::types::ToSql + Sync + 'a;

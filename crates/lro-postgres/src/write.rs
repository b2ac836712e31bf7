//! What running work writes: reports, outcomes, and what it hands back.

use std::collections::HashMap;

use lro_store::{Change, Fence, Finish, OperationName, Release, Report, StopReason, Timestamp, WriteResult};
use tokio_postgres::Row;

use crate::call::{Call, Shared};
use crate::change::{Changed, Effects, views, write_back};
use crate::columns::{Fences, Outcomes, Payloads};
use crate::connection::{Begin, Connection, Executor};
use crate::error::Failure;
use crate::{Mode, row};

/// Ends running work.
#[derive(Debug)]
pub(crate) struct FinishAll(pub(crate) Vec<Finish>);

impl Call for FinishAll {
    type Answer = Vec<WriteResult>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let (mut fences, mut metadata, mut outcomes) =
            (Fences::default(), Payloads::default(), Outcomes::default());
        for item in in_order(&self.0, |item| &item.fence) {
            fences.push(&item.fence);
            metadata.push(item.metadata.as_ref());
            outcomes.push(Some(&item.outcome));
        }
        let (now, query) = (shared.now(), &shared.queries.finish);
        let parameters = finish_parameters(&now, &fences, &metadata, &outcomes);
        let rows = if shared.mode == Mode::Portable {
            connection.transact(Begin::Durable, &[(query, &parameters)]).await?.pop().unwrap_or_default()
        } else {
            connection.rows(query, &parameters).await?
        };
        let effects = finished(&rows)?;
        let written: HashMap<&str, WriteResult> =
            rows.iter().map(|row| Ok((row::get(row, 0)?, applied(None)))).collect::<Result<_, Failure>>()?;
        let names = self.0.iter().map(|item| &item.fence.name);
        let answers = answers(shared, Executor::Own(connection), names, written).await;
        effects.publish(shared, connection).await;
        answers
    }
}

/// Ends one operation in a transaction that goes on.
pub(crate) async fn finish_one(
    shared: &Shared,
    executor: Executor<'_>,
    finish: &Finish,
    effects: &mut Effects,
) -> Result<WriteResult, Failure> {
    let (mut fences, mut metadata, mut outcomes) =
        (Fences::default(), Payloads::default(), Outcomes::default());
    fences.push(&finish.fence);
    metadata.push(finish.metadata.as_ref());
    outcomes.push(Some(&finish.outcome));
    let now = shared.now();
    let rows =
        executor.one(&shared.queries.finish, &finish_parameters(&now, &fences, &metadata, &outcomes)).await?;
    if rows.is_empty() {
        return not_written(shared, executor, &finish.fence).await;
    }
    effects.append(finished(&rows)?);
    Ok(applied(None))
}

/// Reports of one operation in a transaction that goes on.
pub(crate) async fn report_one(
    shared: &Shared,
    executor: Executor<'_>,
    report: &Report,
) -> Result<WriteResult, Failure> {
    let (mut fences, mut metadata, mut checkpoints) =
        (Fences::default(), Payloads::default(), Payloads::default());
    fences.push(&report.fence);
    metadata.push(report.metadata.as_ref());
    checkpoints.push(report.checkpoint.as_ref());
    let now = shared.now();
    let parameters = report_parameters(&now, &fences, &metadata, &checkpoints);
    let rows = executor.one(&shared.queries.report, &parameters).await?;
    match rows.first() {
        Some(row) => Ok(applied(stop(row, 1)?)),
        None => not_written(shared, executor, &report.fence).await,
    }
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
        let (mut fences, mut metadata, mut checkpoints) =
            (Fences::default(), Payloads::default(), Payloads::default());
        for item in in_order(&self.0, |item| &item.fence) {
            fences.push(&item.fence);
            metadata.push(item.metadata.as_ref());
            checkpoints.push(item.checkpoint.as_ref());
        }
        let now = shared.now();
        let parameters = report_parameters(&now, &fences, &metadata, &checkpoints);
        // The next progress replaces this one, so nobody needs to wait until it is on the disk.
        let is_durable = self.0.iter().any(|report| report.checkpoint.is_some());
        let begin = if is_durable { Begin::Durable } else { Begin::Fleeting };
        let rows = connection
            .transact(begin, &[(&shared.queries.report, &parameters)])
            .await?
            .pop()
            .unwrap_or_default();
        let written = rows
            .iter()
            .map(|row| Ok((row::get(row, 0)?, applied(stop(row, 1)?))))
            .collect::<Result<_, Failure>>()?;
        let names = self.0.iter().map(|item| &item.fence.name);
        answers(shared, Executor::Own(connection), names, written).await
    }
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
                    changed.push(Changed { before, after });
                    applied(None)
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

fn applied(stop: Option<StopReason>) -> WriteResult {
    WriteResult::Applied { stop }
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

fn finish_parameters<'a>(
    now: &'a (dyn tokio_postgres::types::ToSql + Sync),
    fences: &'a Fences<'_>,
    metadata: &'a Payloads<'_>,
    outcomes: &'a Outcomes<'_>,
) -> [&'a (dyn tokio_postgres::types::ToSql + Sync); 12] {
    let Outcomes { responses, codes, messages, details } = outcomes;
    let Fences { names, workers, delegates, attempts } = fences;
    [
        now,
        names,
        workers,
        delegates,
        attempts,
        &metadata.types,
        &metadata.values,
        &responses.types,
        &responses.values,
        codes,
        messages,
        details,
    ]
}

fn report_parameters<'a>(
    now: &'a (dyn tokio_postgres::types::ToSql + Sync),
    fences: &'a Fences<'_>,
    metadata: &'a Payloads<'_>,
    checkpoints: &'a Payloads<'_>,
) -> [&'a (dyn tokio_postgres::types::ToSql + Sync); 9] {
    let Fences { names, workers, delegates, attempts } = fences;
    [
        now,
        names,
        workers,
        delegates,
        attempts,
        &metadata.types,
        &metadata.values,
        &checkpoints.types,
        &checkpoints.values,
    ]
}

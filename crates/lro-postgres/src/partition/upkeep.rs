//! Making partitions, turning from one to the next, and dropping those that are over.

use lro_store::Error;
use tokio_postgres::error::SqlState;

use super::plan::Look;
use super::{first_id, look};
use crate::call::Shared;
use crate::connections::connection::{Begin, Connection, Step};
use crate::error::Failure;
use crate::row;

/// Does what is to be done, and looks again where something was. What locks are in the way of is left for the next time.
pub(super) async fn run(
    shared: &Shared,
    connection: &Connection,
    span: i64,
    seen: &mut Look,
) -> Result<(), Failure> {
    if seen.began.is_none() {
        let begin: Step<'_> = (&shared.queries.begin_partition, &[&seen.now]);
        connection.transact(Begin::Durable, &[begin]).await?;
        seen.began = Some(seen.now);
    }
    let next = seen.current + 1;
    if seen.is_over(span) || !seen.has(next) {
        let turned = turn(shared, connection, span, seen).await;
        if unhindered(shared, connection, turned).await? {
            // What was created until then counts for whether a partition can go.
            *seen = look(shared, connection).await?;
        }
    }
    for number in seen.droppable() {
        let dropped = drop_partition(shared, connection, seen.current, number).await;
        if !unhindered(shared, connection, dropped).await? {
            break;
        }
    }
    Ok(())
}

/// Sends new operations to the next partition if the span of the current one is over, and makes what is missing of the next
/// and of the one after it; false if another process does so.
async fn turn(shared: &Shared, connection: &Connection, span: i64, seen: &Look) -> Result<bool, Failure> {
    let next = seen.current + 1;
    if !lock(shared, connection, seen.current).await? {
        return Ok(false);
    }
    // Another process may have done a part of it since.
    let now = shared.now();
    let rows =
        connection.go_on(&[(&shared.queries.partitions, &[&now]), (&shared.queries.is_used, &[])]).await?;
    let [partitions, used] = &rows[..] else { return Err(Failure::Overtaken) };
    let seen = &Look::new(partitions)?;
    let is_used: bool = used.first().map_or(Ok(false), |row| row::get(row, 0))?;
    let turns = seen.is_over(span) && is_used;
    let missing =
        [Some(next), turns.then_some(next + 1)].into_iter().flatten().filter(|number| !seen.has(*number));
    let mut sql: String = missing.map(|number| make(&shared.schema, seen.current, number)).collect();
    if turns {
        sql.push_str(&set_sequence(&shared.schema, first_id(next)));
    }
    connection.client().batch_execute(&sql).await?;
    let current = if turns { next } else { seen.current };
    // The time of one that nothing is in yet begins anew.
    let began = if seen.is_over(span) { Some(seen.now) } else { seen.began };
    connection.commit(&[(&shared.queries.turn, &[&current, &began])]).await?;
    Ok(true)
}

/// Drops a partition; false if another process is at it.
async fn drop_partition(
    shared: &Shared,
    connection: &Connection,
    current: i64,
    number: i64,
) -> Result<bool, Failure> {
    if !lock(shared, connection, current).await? {
        return Ok(false);
    }
    let schema = &shared.schema;
    let sql = format!("DROP TABLE IF EXISTS {schema}.operation_{number}, {schema}.finished_{number}");
    connection.client().batch_execute(&sql).await?;
    connection.commit(&[]).await?;
    Ok(true)
}

/// Begins a transaction in which nobody else changes partitions.
async fn lock(shared: &Shared, connection: &Connection, current: i64) -> Result<bool, Failure> {
    let rows = connection.begin(&[(&shared.queries.lock_partitions, &[&current])]).await?;
    let is_locked = rows.iter().flatten().next().is_some();
    if !is_locked {
        connection.roll_back().await?;
    }
    Ok(is_locked)
}

/// The SQL that has ids go on from the first of a partition. Nobody is creating meanwhile, and it never goes back.
fn set_sequence(schema: &str, first: i64) -> String {
    format!(
        "LOCK TABLE ONLY {schema}.operation IN SHARE ROW EXCLUSIVE MODE;
        SELECT setval('{schema}.operation_id', {first}, false) FROM {schema}.operation_id WHERE last_value < {first};"
    )
}

/// The SQL that makes a partition like another one. To attach it keeps nobody from reading or writing.
fn make(schema: &str, like: i64, number: i64) -> String {
    let (first, end) = (first_id(number), first_id(number + 1));
    ["operation", "finished"]
        .map(|table| {
            format!(
                "CREATE TABLE {schema}.{table}_{number} (LIKE {schema}.{table}_{like} INCLUDING ALL)
                    WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
                ALTER TABLE {schema}.{table} ATTACH PARTITION {schema}.{table}_{number}
                    FOR VALUES FROM ({first}) TO ({end});"
            )
        })
        .concat()
}

/// Whether a change was made: not where locks were in the way. Who may not make it gets a text that says what to do.
async fn unhindered(
    shared: &Shared,
    connection: &Connection,
    result: Result<bool, Failure>,
) -> Result<bool, Failure> {
    let failure = match result {
        Err(Failure::Database(error)) => error,
        other => return other,
    };
    let Some(error) = failure.as_db_error() else { return Err(failure.into()) };
    let (code, message) = (error.code(), error.message());
    if [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED].contains(code) {
        tracing::debug!(message, "a lock is in the way of changing partitions; trying again later");
        connection.roll_back().await?;
        return Ok(false);
    }
    if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        let text = format!(
            "partitions of the schema {} are due to be made or dropped, and the user may not ({message}); run a process \
             whose user owns the tables, or is a member of the owner, and let the owner create in the schema",
            shared.schema
        );
        connection.roll_back().await?;
        return Err(Failure::Store(Error::internal(text)));
    }
    Err(failure.into())
}

//! Partitions of operations by the time of their creation, which are dropped as a whole.
//!
//! Partition `n` of the tables `operation` and `finished` has the ids from `n << 40`. All new operations go to the current
//! one, because the sequence stands in it; when its span is over, the sequence is set to the beginning of the next, which
//! is there already. So no id is ever without a partition, however long nobody looks after them.
//!
//! Names and requests are unique in each partition by an index, and over all because who creates looks into all of
//! them. Between two that create the same at once the index decides, as both do so in one partition: what turns to the next
//! partition waits until nobody is creating.

mod plan;
mod upkeep;

use std::time::Duration;

use self::plan::Look;
use crate::call::Shared;
use crate::connections::connection::{Begin, Connection};
use crate::error::Failure;
use crate::row;

/// The shortest span. More often nobody looks.
pub(crate) const SHORTEST: Duration = Duration::from_secs(60);

/// How many ids a partition has room for, in bits.
const BITS: u32 = 40;

/// The first id of a partition.
const fn first_id(number: i64) -> i64 {
    number << BITS
}

/// Removes operations whose retention is over: partitions as a whole, and at most `limit` out of those that stay for
/// long; how many of the latter. Begins a new partition where the span of the current one is over.
pub(crate) async fn purge(
    shared: &Shared,
    connection: &Connection,
    span: i64,
    limit: usize,
) -> Result<usize, Failure> {
    let mut look = look(shared, connection).await?;
    let upkeep = upkeep::run(shared, connection, span, &mut look).await;
    if connection.is_open() {
        // A transaction that has failed in the middle takes no more statements.
        return upkeep.map(|()| 0);
    }
    // Who may not change partitions can still remove what is in them.
    let removed = remove(shared, connection, &look.lasting(span), limit).await?;
    if removed == 0 {
        upkeep?;
    }
    Ok(removed)
}

async fn look(shared: &Shared, connection: &Connection) -> Result<Look, Failure> {
    Look::new(&connection.rows(&shared.queries.partitions, &[&shared.now()]).await?)
}

/// Removes what has expired in these partitions.
async fn remove(
    shared: &Shared,
    connection: &Connection,
    numbers: &[i64],
    limit: usize,
) -> Result<usize, Failure> {
    let mut removed = 0;
    for number in numbers {
        let left = i64::try_from(limit - removed).unwrap_or(i64::MAX);
        if left == 0 {
            break;
        }
        let now = shared.now();
        let purge = shared.queries.purge.with_last(&[first_id(*number), first_id(number + 1) - 1]);
        let rows = connection.transact(Begin::Durable, &[(&purge, &[&now, &left])]).await?;
        let count: i64 = rows.iter().flatten().next().map_or(Ok(0), |row| row::get(row, 0))?;
        removed += usize::try_from(count).unwrap_or_default();
    }
    Ok(removed)
}

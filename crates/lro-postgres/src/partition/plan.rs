//! What is to be done about partitions, decided from how they stand.

use tokio_postgres::Row;

use crate::error::Failure;
use crate::row;

/// How all partitions stand at one moment. Times are microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) now: i64,
    /// The number of the partition that new operations go to.
    pub(super) current: i64,
    /// Since when they do, if that is known.
    pub(super) began: Option<i64>,
    pub(super) partitions: Vec<Partition>,
}

/// How one partition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) number: i64,
    /// When the first and the last of what is done in it expires.
    pub(super) expiry: Option<(i64, i64)>,
    /// Whether something in it is not done; known where something has expired or nothing is done.
    pub(super) is_busy: bool,
}

impl Look {
    pub(super) fn new(rows: &[Row]) -> Result<Self, Failure> {
        let first =
            rows.first().ok_or_else(|| row::damaged("the partitions of the operations are missing"))?;
        let partition = |row: &Row| {
            let (first, last): (Option<i64>, Option<i64>) = (row::get(row, 4)?, row::get(row, 5)?);
            Ok(Partition { number: row::get(row, 3)?, expiry: first.zip(last), is_busy: row::get(row, 6)? })
        };
        Ok(Self {
            current: row::get(first, 0)?,
            began: row::get(first, 1)?,
            now: row::get(first, 2)?,
            partitions: rows.iter().map(partition).collect::<Result<_, Failure>>()?,
        })
    }

    /// Whether the current partition has been so for a span.
    pub(super) fn is_over(&self, span: i64) -> bool {
        self.began.is_some_and(|began| self.now.saturating_sub(began) >= span)
    }

    pub(super) fn has(&self, number: i64) -> bool {
        self.partitions.iter().any(|partition| partition.number == number)
    }

    /// The partitions in which nothing is left that anybody can read. That stays so: none of them gets new operations.
    pub(super) fn droppable(&self) -> Vec<i64> {
        self.numbers(|partition| self.ends_by(partition, self.now))
    }

    /// The partitions out of which what has expired is removed by itself, because they do not go as a whole within two
    /// spans.
    pub(super) fn lasting(&self, span: i64) -> Vec<i64> {
        let soon = self.now.saturating_add(span.saturating_mul(2));
        let has_expired =
            |partition: &Partition| partition.expiry.is_some_and(|(first, _)| first <= self.now);
        self.numbers(|partition| has_expired(partition) && !self.ends_by(partition, soon))
    }

    /// Whether all of a partition has expired by a time.
    fn ends_by(&self, partition: &Partition, time: i64) -> bool {
        partition.number < self.current
            && !partition.is_busy
            && partition.expiry.is_none_or(|(_, last)| last <= time)
    }

    fn numbers(&self, filter: impl Fn(&Partition) -> bool) -> Vec<i64> {
        self.partitions
            .iter()
            .filter(|partition| filter(partition))
            .map(|partition| partition.number)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Standing = (Option<(i64, i64)>, bool);

    /// Partitions from 0 on, at the time 100.
    fn look(partitions: &[Standing], current: i64) -> Look {
        let partition =
            |(number, &(expiry, is_busy)): (i64, &Standing)| Partition { number, expiry, is_busy };
        let partitions = (0..).zip(partitions).map(partition).collect();
        Look { now: 100, current, began: Some(90), partitions }
    }

    #[test]
    fn a_partition_is_over_after_its_span() {
        let mut look = look(&[], 0);
        assert!(look.is_over(10) && !look.is_over(11));
        look.began = Some(200);
        assert!(!look.is_over(10), "the clock has gone back");
        look.began = None;
        assert!(!look.is_over(10));
    }

    #[test]
    fn what_is_dropped_has_nothing_that_anybody_can_read() {
        let partitions = [
            (Some((1, 100)), false),
            (Some((1, 101)), false),
            (Some((1, 100)), true),
            (None, false),
            (Some((1, 2)), false),
            (None, false),
        ];
        assert_eq!(look(&partitions, 4).droppable(), [0, 3], "neither the current one nor what is to come");
    }

    #[test]
    fn what_goes_soon_as_a_whole_is_left_alone() {
        let partitions = [
            (Some((1, 120)), false),
            (Some((1, 121)), false),
            (Some((101, 200)), false),
            (Some((1, 50)), true),
            (None, false),
            (Some((100, 100)), false),
        ];
        assert_eq!(look(&partitions, 5).lasting(10), [1, 3, 5]);
    }
}

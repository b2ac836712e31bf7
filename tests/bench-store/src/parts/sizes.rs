//! How large the tables of a store are.

use std::time::Duration;

use test_measure::Outcome;
use test_measure::figures::count;
use tokio_postgres::Client;

/// The sizes of the tables and their indexes, in bytes, and the dead tuples of what is not done.
#[derive(Debug)]
pub(crate) struct Sizes {
    operation: [f64; 2],
    unfinished: [f64; 2],
    finished: [f64; 2],
    dead: f64,
    /// How many operations there are, roughly.
    operations: f64,
}

impl Sizes {
    /// What [`print`](Self::print) has in its columns.
    pub(crate) const HEAD: &str = "   time  pinned     rate/s   get p99   page p99  operation+indexes MB  \
        finished+indexes MB  unfinished+indexes MB   dead tuples of unfinished";

    pub(crate) async fn read(client: &Client) -> Outcome<Self> {
        let sql = "SELECT pg_table_size(s.relid), pg_indexes_size(s.relid), s.n_dead_tup, s.n_tup_ins - s.n_tup_del
            FROM pg_stat_user_tables s
            WHERE s.schemaname = 'lro' AND s.relname IN ('operation', 'finished', 'unfinished') ORDER BY s.relname";
        let rows = client.query(sql, &[]).await?;
        let mut numbers = Vec::new();
        for row in &rows {
            for column in 0..4 {
                numbers.push(count(usize::try_from(row.try_get::<_, i64>(column)?).unwrap_or(0)));
            }
        }
        let [f, fi, _, _, o, oi, _, operations, u, ui, dead, _] = numbers[..] else {
            return Err("the store has other tables".into());
        };
        Ok(Self { operation: [o, oi], unfinished: [u, ui], finished: [f, fi], dead, operations })
    }

    pub(crate) fn print(&self, time: Duration, is_pinned: bool, rate: f64, get: f64, page: f64) {
        let size = |[table, indexes]: [f64; 2]| format!("{:.1}+{:.1}", table / 1e6, indexes / 1e6);
        println!(
            "{:5.0} s  {:6}  {rate:9.1}  {get:5.2} ms   {page:5.2} ms  {:>20}  {:>19}  {:>21}  {:>26.0}",
            time.as_secs_f64(),
            if is_pinned { "yes" } else { "no" },
            size(self.operation),
            size(self.finished),
            size(self.unfinished),
            self.dead,
        );
    }

    /// How many bytes each operation takes that came since then.
    pub(crate) fn kept_since(&self, before: &Self) -> f64 {
        let kept = |sizes: &Self| sizes.operation.iter().chain(&sizes.finished).sum::<f64>();
        (kept(self) - kept(before)) / (self.operations - before.operations).max(1.0)
    }

    /// How many bytes the table has, with its indexes, of what is not done.
    pub(crate) fn unfinished(&self) -> f64 {
        self.unfinished.iter().sum()
    }
}

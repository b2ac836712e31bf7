//! What a contender has cost the server.

use std::time::Duration;

use test_measure::Outcome;
use test_measure::figures::{Figures, Limit, count};
use test_measure::load::Run;
use tokio_postgres::Client;

use crate::server::{Server, connect};

/// How much has been written to the write-ahead log of the server so far, in bytes.
pub(crate) async fn wal(client: &Client) -> Outcome<i64> {
    let sql = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint";
    Ok(client.query_one(sql, &[]).await?.try_get(0)?)
}

/// Adds up what the runs of one contender cost. It has a database to itself.
#[derive(Debug)]
pub(crate) struct Usage {
    client: Client,
    /// Of the runs so far.
    wal: i64,
    operations: usize,
}

impl Usage {
    pub(crate) async fn of(url: &str) -> Outcome<Self> {
        Ok(Self { client: connect(url).await?, wal: 0, operations: 0 })
    }

    /// Runs it once more. Each of its calls is so many operations. The processor time of the server counts too.
    pub(crate) async fn measure(
        &mut self,
        server: &Server,
        operations_of_call: usize,
        run: impl Future<Output = Outcome<Run>>,
    ) -> Outcome<Run> {
        let (before, cpu) = (wal(&self.client).await?, server.cpu_time()?);
        let mut run = run.await?;
        run.add_cpu(server.cpu_time()?.saturating_sub(cpu));
        self.wal += wal(&self.client).await? - before;
        self.operations += run.calls() * operations_of_call;
        Ok(run)
    }

    /// Prints what an operation has cost, once all connections of the contender are closed.
    pub(crate) async fn print(self, what: &str, figures: &mut Figures) -> Outcome {
        let wal = self.wal;
        print_for(&self.client, what, wal, self.operations, figures).await
    }
}

/// Prints what each of so many operations has cost, all that has happened in the database of the client.
pub(crate) async fn print_for(
    client: &Client,
    what: &str,
    wal: i64,
    operations: usize,
    figures: &mut Figures,
) -> Outcome {
    let others = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    // A connection counts what it has done at the latest when it ends.
    for _ in 0..100 {
        if client.query_one(others, &[]).await?.try_get::<_, i64>(0)? == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let sql =
        "SELECT coalesce(sum(n_tup_upd + n_tup_del), 0)::bigint, coalesce(sum(n_tup_hot_upd), 0)::bigint,
        coalesce(sum(n_dead_tup), 0)::bigint FROM pg_stat_user_tables";
    let row = client.query_one(sql, &[]).await?;
    let each = |total: i64| count(usize::try_from(total).unwrap_or(0)) / count(operations.max(1));
    figures.print(&format!("{what}: write-ahead log"), each(wal), "bytes an operation", Limit::None);
    figures.print(&format!("{what}: tuples made dead"), each(row.try_get(0)?), "an operation", Limit::None);
    figures.print(
        &format!("{what}: of them by updates in their page"),
        each(row.try_get(1)?),
        "an operation",
        Limit::None,
    );
    figures.print(&format!("{what}: dead tuples left"), each(row.try_get(2)?), "an operation", Limit::None);
    Ok(())
}

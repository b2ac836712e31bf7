//! Partitions that turn while the suite runs.

use std::time::Duration;

use lro_postgres::PostgresStore;
use lro_store::Store as _;
use lro_store_conformance::HarnessError;
use tokio::task::JoinHandle;

/// How often they turn at most, so that no test has hundreds of them.
const TURNS: usize = 24;

/// A process that has new operations go to another partition all the time, and drops those that are over.
#[derive(Debug)]
pub(crate) struct Turner(JoinHandle<Result<(), HarnessError>>);

impl Turner {
    /// Turns the partitions of a schema through a store of its own.
    pub(crate) async fn start(url: &str, schema: &str, store: PostgresStore) -> Result<Self, HarnessError> {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let is_over = format!("UPDATE {schema}.partitioning SET began = {}", i64::MIN / 2);
        Ok(Self(tokio::spawn(async move {
            for _ in 0..TURNS {
                client.batch_execute(&is_over).await?;
                // No operation by itself, as tests count these.
                store.purge(0).await?;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Ok(())
        })))
    }

    /// Ends it; fails if it has failed.
    pub(crate) async fn stop(self) -> Result<(), HarnessError> {
        self.0.abort();
        match self.0.await {
            Ok(result) => result,
            Err(error) if error.is_cancelled() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

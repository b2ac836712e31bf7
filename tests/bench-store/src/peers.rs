//! Who empties a queue, and how to start each.

use std::fmt;
use std::path::Path;

use test_measure::Outcome;
use tokio::process::Command;

use crate::server::{Server, connect};
use crate::usage::wal;

/// Who empties a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Contender {
    Ours,
    Apalis,
    Awa,
    GraphileWorker,
}

/// What it took to empty a queue.
#[derive(Debug)]
pub(crate) struct Round {
    /// Operations a second.
    pub(crate) rate: f64,
    /// What was written to the write-ahead log, in bytes.
    pub(crate) wal: i64,
}

impl Contender {
    /// Fills a queue in a database and empties it.
    pub(crate) async fn round(
        self,
        server: &Server,
        database: &str,
        peers: &Path,
        operations: usize,
        concurrency: usize,
    ) -> Outcome<Round> {
        let url = server.database(database)?;
        let count = operations.to_string();
        self.call(peers, &["load", &url, &count]).await?;
        server.execute(database, "VACUUM ANALYZE")?;
        server.execute(database, "CHECKPOINT")?;
        let client = connect(&url).await?;
        let before = wal(&client).await?;
        let output = self.call(peers, &["run", &url, &count, &concurrency.to_string()]).await?;
        let seconds: f64 = output.lines().last().unwrap_or_default().trim().parse()?;
        let rate = test_measure::figures::count(operations) / seconds;
        Ok(Round { rate, wal: wal(&client).await? - before })
    }

    /// Runs its program; what that prints.
    async fn call(self, peers: &Path, arguments: &[&str]) -> Outcome<String> {
        let binaries = peers.join("build").join("release");
        let mut command = match self {
            Self::Ours => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("drain");
                command
            }
            Self::Apalis => Command::new(binaries.join("drain-apalis")),
            Self::Awa => Command::new(binaries.join("drain-awa")),
            Self::GraphileWorker => {
                let mut command = Command::new("node");
                command.arg(peers.join("graphile-worker").join("drain.js"));
                command
            }
        };
        let output = command.args(arguments).kill_on_drop(true).output().await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said.trim().lines().last().unwrap_or_default();
            return Err(format!("{self} ends with {}: {last}", output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ours => "ours",
            Self::Apalis => "apalis-postgres",
            Self::Awa => "awa",
            Self::GraphileWorker => "graphile-worker, batched",
        })
    }
}

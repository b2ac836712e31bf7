//! The PostgreSQL server of a part.

use std::time::Duration;

use test_measure::Outcome;
use test_measure::process::cpu_time_of;
use test_postgres::Cluster;
use tokio_postgres::{Client, NoTls};

/// What all contenders have. The rest is as PostgreSQL comes.
const SETTINGS: [(&str, &str); 5] = [
    ("shared_buffers", "1GB"),
    ("max_wal_size", "8GB"),
    ("checkpoint_timeout", "15min"),
    ("max_connections", "200"),
    ("track_wal_io_timing", "on"),
];

/// A server of this process alone, which writes through to the disk.
#[derive(Debug)]
pub(crate) struct Server {
    cluster: Cluster,
    /// Whether it counts statements.
    pub(crate) counts: bool,
}

impl Server {
    /// Starts it, or prints that there is no PostgreSQL here.
    pub(crate) fn start() -> Outcome<Option<Self>> {
        let Some(builder) = test_postgres::private() else { return Ok(None) };
        let builder =
            SETTINGS.iter().fold(builder.durable(), |builder, (name, value)| builder.setting(name, value));
        // Some packages have the module that counts statements in a package of its own.
        let counting = builder.clone().setting("shared_preload_libraries", "pg_stat_statements").start();
        let counts = counting.is_ok();
        let cluster = counting.or_else(|_| builder.start())?;
        let settings: Vec<_> = SETTINGS.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let version = cluster.execute("postgres", "SHOW server_version")?;
        println!("PostgreSQL {version}, every commit synced, {}", settings.join(" "));
        Ok(Some(Self { cluster, counts }))
    }

    /// The processor time of all its processes so far.
    pub(crate) fn cpu_time(&self) -> Outcome<Duration> {
        let file = self.cluster.data_dir().join("postmaster.pid");
        let first = std::fs::read_to_string(file)?.lines().next().unwrap_or_default().trim().parse()?;
        cpu_time_of(first)
    }

    /// Makes an empty database; its URL.
    pub(crate) fn database(&self, name: &str) -> Outcome<String> {
        self.cluster.create_database(name)?;
        if self.counts {
            self.cluster.execute(name, "CREATE EXTENSION pg_stat_statements")?;
        }
        Ok(self.cluster.url(name))
    }

    /// The URL of a database.
    pub(crate) fn url(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// Runs statements, in one transaction if there are several.
    pub(crate) fn execute(&self, database: &str, sql: &str) -> Outcome<String> {
        Ok(self.cluster.execute(database, sql)?)
    }

    /// Removes a database that was measured, so that nobody vacuums it beside the next one.
    pub(crate) fn drop_database(&self, name: &str) -> Outcome {
        self.execute("postgres", &format!("DROP DATABASE {name} WITH (FORCE)")).map(drop)
    }
}

/// A connection for statements of the measurement itself.
pub(crate) async fn connect(url: &str) -> Outcome<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        // What goes wrong is the error of the statement that waits for it.
        let _ = connection.await;
    });
    Ok(client)
}

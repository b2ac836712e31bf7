//! The store of a run, as the one that runs it sees it: what is started for it, and how processes get there.

use std::error::Error;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use test_postgres::{Cluster, Proxy, cluster};

use crate::store::Target;

/// The database of the run.
const DATABASE: &str = "chaos";

/// Which store, as a user says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spec {
    /// `memory`: one process, that is never killed.
    Memory,
    /// `sqlite`: a file that is made for the run.
    Sqlite,
    /// `sqlite:PATH`.
    SqliteAt(String),
    /// `postgres`: a cluster that is made for the run.
    Postgres,
    /// `postgres:URL`: one of somebody else, which is not restarted.
    PostgresAt(String),
}

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            None if text == "sqlite" => Ok(Self::Sqlite),
            None if text == "postgres" => Ok(Self::Postgres),
            Some(("sqlite", path)) => Ok(Self::SqliteAt(path.into())),
            // The name before the colon may be part of the URL.
            Some(("postgres", url)) if url.starts_with("//") => Ok(Self::PostgresAt(text.into())),
            Some(("postgresql", _)) => Ok(Self::PostgresAt(text.into())),
            Some(("postgres", url)) => Ok(Self::PostgresAt(url.into())),
            _ => Err("say memory, sqlite, sqlite:PATH, postgres or postgres:URL".into()),
        }
    }
}

/// What the run has started, and where it is reached.
#[derive(Debug)]
pub(crate) struct Backend {
    target: Target,
    pub(crate) cluster: Option<Cluster>,
    /// The network of each process.
    pub(crate) networks: Vec<Proxy>,
}

impl Backend {
    /// Starts what there is to start, for so many processes. A commit of a server takes at least so long, up to 100 ms.
    pub(crate) fn start(
        spec: &Spec,
        folder: &Path,
        processes: usize,
        commit_delay: Duration,
    ) -> Result<Self, Box<dyn Error>> {
        let of = |target| Self { target, cluster: None, networks: Vec::new() };
        Ok(match spec {
            Spec::Memory => of(Target::Memory),
            Spec::Sqlite => of(Target::Sqlite { file: folder.join("operations.db"), clock: folder.into() }),
            Spec::SqliteAt(path) => of(Target::Sqlite { file: path.into(), clock: folder.into() }),
            Spec::PostgresAt(url) => of(Target::Postgres(url.clone())),
            Spec::Postgres => {
                // Commits that take their time are what others can overtake.
                let delay = commit_delay.as_micros().to_string();
                let builder = cluster::Builder::new()?.durable();
                let cluster =
                    builder.setting("commit_siblings", "0").setting("commit_delay", &delay).start()?;
                cluster.create_database(DATABASE)?;
                let network = |_| Proxy::start(cluster.address());
                let networks = (0..processes).map(network).collect::<Result<_, _>>()?;
                Self { target: Target::Postgres(cluster.url(DATABASE)), cluster: Some(cluster), networks }
            }
        })
    }

    /// How the process at a place finds the store.
    pub(crate) fn target(&self, place: usize) -> Target {
        match self.networks.get(place) {
            Some(network) => Target::Postgres(network.url(DATABASE)),
            None => self.target.clone(),
        }
    }

    /// Whether a process may be killed without the store being lost with it.
    pub(crate) fn outlives_processes(&self) -> bool {
        !matches!(self.target, Target::Memory)
    }

    /// Whether it is a file, which one process writes at a time: one that is stopped may keep all others from it.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.target, Target::Sqlite { .. })
    }
}

//! The store of a run, as the one that runs it sees it: what is started for it, and how processes get there.

mod servers;

use std::error::Error;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use test_postgres::Proxy;

pub(crate) use self::servers::Servers;
use crate::server_clock;
use crate::store::Target;

/// The database of the run.
pub(crate) const DATABASE: &str = "chaos";

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
    /// The servers that belong to the run.
    pub(crate) servers: Option<Servers>,
}

impl Backend {
    /// Starts what there is to start, for so many processes. A commit of a server takes at least so long, up to 100 ms.
    pub(crate) fn start(
        spec: &Spec,
        folder: &Path,
        processes: usize,
        commit_delay: Duration,
        with_standby: bool,
    ) -> Result<Self, Box<dyn Error>> {
        let of = |target| Self { target, servers: None };
        Ok(match spec {
            Spec::Memory => of(Target::Memory),
            Spec::Sqlite => of(Target::Sqlite { file: folder.join("operations.db"), clock: folder.into() }),
            Spec::SqliteAt(path) => of(Target::Sqlite { file: path.into(), clock: folder.into() }),
            Spec::PostgresAt(url) => of(Target::Postgres(url.clone())),
            Spec::Postgres => {
                let servers = Servers::start(processes, commit_delay, with_standby)?;
                let url = server_clock::url(&servers.primary().url(DATABASE));
                Self { target: Target::Postgres(url), servers: Some(servers) }
            }
        })
    }

    /// The network of each process, if they are in front of one.
    pub(crate) fn networks(&self) -> &[Proxy] {
        self.servers.as_ref().map(|servers| servers.networks.as_slice()).unwrap_or_default()
    }

    /// How the process at a place finds the store.
    pub(crate) fn target(&self, place: usize) -> Target {
        match self.networks().get(place) {
            Some(network) => Target::Postgres(server_clock::url(&network.url(DATABASE))),
            None => self.target.clone(),
        }
    }

    /// Whether it is a file, which one process writes at a time: one that is stopped may keep all others from it.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.target, Target::Sqlite { .. })
    }
}

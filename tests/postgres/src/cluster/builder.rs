//! How a cluster is to be.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use super::Cluster;
use crate::account::Account;
use crate::programs::Programs;
use crate::{Error, psql};

/// Shared memory with names of its own in the system would outlive a server that is killed.
const CLEAN: [(&str, &str); 1] = [("dynamic_shared_memory_type", "mmap")];
/// What a test that kills processes can do without: only the machine itself could lose what was not written through.
const FAST: [(&str, &str); 2] = [("fsync", "off"), ("full_page_writes", "off")];

/// How a [`Cluster`] is to be.
#[derive(Debug, Clone)]
pub struct Builder {
    programs: Programs,
    account: Account,
    parent: PathBuf,
    durable: bool,
    settings: Vec<(String, String)>,
}

impl Builder {
    /// A cluster from the programs of this machine. Tests say [`private`](crate::private), which knows when to skip.
    ///
    /// # Errors
    ///
    /// There is no PostgreSQL 14 or newer, or none that this process could run.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            programs: Programs::find()?,
            account: Account::find()?,
            parent: std::env::temp_dir(),
            durable: false,
            settings: Vec::new(),
        })
    }

    /// Sets what stands in `postgresql.conf`. The last one of a name holds.
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes through to the disk, as in production. Otherwise a commit survives a killed server, but not a crash of the
    /// machine, and costs less.
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// Puts the cluster's own folder into that one and not among the temporary files. The user who runs the server must be
    /// allowed to get there.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.parent = folder.into();
        self
    }

    /// Makes the cluster and starts it, which takes a second or two.
    ///
    /// # Errors
    ///
    /// What `initdb` or the server says.
    pub fn start(self) -> Result<Cluster, Error> {
        let mut cluster = Cluster::prepare(self.programs.clone(), self.account, &self.parent)?;
        let data = cluster.data_dir();
        let options = ["--auth=trust", "--username=postgres", "--locale=C", "--encoding=UTF8", "--no-sync"];
        let mut arguments: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
        arguments.extend([OsStr::new("--pgdata"), data.as_os_str()]);
        cluster.run("initdb", &arguments)?;
        let path = data.join("postgresql.conf");
        File::options()
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(self.configuration().as_bytes()))
            .map_err(|error| Error::io(path.display(), &error))?;
        cluster.start_anywhere()?;
        Ok(cluster)
    }

    fn configuration(&self) -> String {
        let fast = FAST.iter().filter(|_| !self.durable).copied();
        let own = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        CLEAN.into_iter().chain(fast).chain(own).fold(String::from("\n"), |mut text, (name, value)| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{name} = {}", psql::literal(value));
            text
        })
    }
}

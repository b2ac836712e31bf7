//! Replication, and who takes over.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use super::Cluster;
use crate::process::LOOK;
use crate::{Error, psql};

/// How long a standby may take to catch up with a primary that does little.
const CATCH_UP: Duration = Duration::from_secs(60);
/// What a primary keeps for a standby that is away, so that a forgotten one does not fill the disk.
const KEPT: &str = "1GB";

impl Cluster {
    /// Makes a standby of this server by streaming replication and waits until it follows.
    ///
    /// A commit waits until every synchronous standby has written it, so a commit that was answered is on each of them. Without
    /// one it does not wait, and what a promoted standby had not got is lost. A commit also waits while a synchronous standby
    /// is away: see [`forget_standbys`](Self::forget_standbys).
    ///
    /// # Errors
    ///
    /// What `pg_basebackup` or one of the servers says.
    pub fn standby(&self, synchronous: bool) -> Result<Self, Error> {
        let mut standby = Self::prepare(self.programs.clone(), self.account, &self.parent)?;
        let name = format!("standby_{}", standby.port);
        self.set("max_slot_wal_keep_size", KEPT)?;
        let connection = format!(
            "host='{}' port={} user=postgres application_name={name}",
            self.folder.display().to_string().replace('\\', "\\\\").replace('\'', "\\'"),
            self.port
        );
        let data = standby.data_dir();
        let options = ["--checkpoint=fast", "--no-sync", "--wal-method=stream", "--write-recovery-conf"];
        let mut arguments: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
        arguments.extend(["--create-slot", "--slot", &name, "--dbname", &connection].map(OsStr::new));
        arguments.extend([OsStr::new("--pgdata"), data.as_os_str()]);
        standby.run("pg_basebackup", &arguments)?;
        // The copy has this from its primary, and as a primary it would wait for standbys that are not its own.
        let path = data.join("postgresql.auto.conf");
        File::options()
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(b"synchronous_standby_names = ''\n"))
            .map_err(|error| Error::io(path.display(), &error))?;
        standby.start_anywhere()?;
        if synchronous {
            let mut names = self.synchronous.lock().unwrap_or_else(PoisonError::into_inner);
            names.push(name.clone());
            self.set("synchronous_standby_names", &format!("{} ({})", names.len(), names.join(", ")))?;
        }
        self.wait_for(&name, if synchronous { "sync" } else { "async" })?;
        Ok(standby)
    }

    /// Lets commits wait for no standby any more, as an operator does when one is lost.
    ///
    /// # Errors
    ///
    /// The server does not answer.
    pub fn forget_standbys(&self) -> Result<(), Error> {
        self.synchronous.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.set("synchronous_standby_names", "")
    }

    /// Makes a standby a primary, whether or not the one before is still there, and waits until it takes writes.
    ///
    /// # Errors
    ///
    /// It is no standby, or does not get there within a minute.
    pub fn promote(&self) -> Result<(), Error> {
        match self.execute("postgres", "SELECT pg_promote(true, 60)")?.as_str() {
            "t" => Ok(()),
            answer => Err(self.failed(format!("pg_promote has answered {answer}"))),
        }
    }

    /// Sets what the server reads while it runs. It waits for no standby, so that it also works when one is away. Some settings
    /// hold from the next start only.
    ///
    /// # Errors
    ///
    /// There is no such setting or value, or the server does not answer.
    pub fn set(&self, name: &str, value: &str) -> Result<(), Error> {
        self.execute("postgres", &format!("ALTER SYSTEM SET {name} = {}", psql::literal(value)))?;
        self.execute("postgres", "SELECT pg_reload_conf()").map(drop)
    }

    fn wait_for(&self, standby: &str, state: &str) -> Result<(), Error> {
        let deadline = Instant::now() + CATCH_UP;
        let sql = format!(
            "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name = {} AND sync_state = {}",
            psql::literal(standby),
            psql::literal(state)
        );
        while self.execute("postgres", &sql)? != "1" {
            if Instant::now() >= deadline {
                return Err(self.failed("the standby does not follow"));
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }
}

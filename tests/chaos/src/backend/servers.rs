//! The PostgreSQL servers of a run: the one that everybody is on, and the standby that is to take over from it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use test_postgres::{Cluster, Error, Proxy, cluster};

use super::DATABASE;
use crate::server_clock;

/// How often it is tried to make a standby.
const TRIES: usize = 3;

/// How long a standby may take to have what its primary has.
const CATCH_UP: Duration = Duration::from_secs(30);

/// Between two looks at how far a standby is.
const LOOK: Duration = Duration::from_millis(20);

/// The servers, and the networks that lead to the one that takes writes.
#[derive(Debug)]
pub(crate) struct Servers {
    primary: Mutex<Arc<Cluster>>,
    /// A commit waits for it, so that it has all that was acknowledged.
    standby: Mutex<Option<Arc<Cluster>>>,
    /// The network of each process.
    pub(crate) networks: Vec<Proxy>,
}

impl Servers {
    /// Starts a server for so many processes, and a standby if there is to be one. A commit takes at least so long.
    pub(super) fn start(processes: usize, commit_delay: Duration, with_standby: bool) -> Result<Self, Error> {
        // Commits that take their time are what others can overtake.
        let delay = commit_delay.as_micros().to_string();
        let primary = cluster::Builder::new()?
            .durable()
            .setting("commit_siblings", "0")
            .setting("commit_delay", &delay)
            // A standby that waits for five seconds before it connects again would keep all commits waiting after each restart.
            .setting("wal_retrieve_retry_interval", "200ms")
            .start()?;
        primary.create_database(DATABASE)?;
        server_clock::prepare(&primary, DATABASE)?;
        let networks =
            (0..processes).map(|_| Proxy::start(primary.address())).collect::<Result<_, Error>>()?;
        let servers = Self { primary: Mutex::new(Arc::new(primary)), standby: Mutex::default(), networks };
        if with_standby {
            servers.make_standby()?;
        }
        Ok(servers)
    }

    /// The server that takes writes.
    pub(crate) fn primary(&self) -> Arc<Cluster> {
        Arc::clone(&lock(&self.primary))
    }

    /// The one that is to take over, if there is one.
    pub(crate) fn standby(&self) -> Option<Arc<Cluster>> {
        lock(&self.standby).clone()
    }

    /// Gives the primary a standby that each commit waits for. Takes seconds.
    pub(crate) fn make_standby(&self) -> Result<(), Error> {
        let primary = self.primary();
        let mut made = primary.standby(true);
        for _ in 1..TRIES {
            if made.is_err() {
                // A commit waits for all that was ever asked to follow.
                primary.forget_standbys()?;
                made = primary.standby(true);
            }
        }
        if made.is_err() {
            primary.forget_standbys()?;
        }
        *lock(&self.standby) = Some(Arc::new(made?));
        Ok(())
    }

    /// Waits until the standby has what the primary shows to others now; whether there is one that has.
    ///
    /// A server that comes back after a crash shows also what had not reached the standby, for which nobody had got an answer,
    /// and others see it as if it were done. So whoever lets a standby take over must know that it has caught up since.
    pub(crate) fn has_caught_up(&self) -> Result<bool, Error> {
        if self.standby().is_none() {
            return Ok(false);
        }
        let (primary, began) = (self.primary(), Instant::now());
        let written = primary.execute("postgres", "SELECT pg_current_wal_flush_lsn()")?;
        let sql = format!(
            "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND flush_lsn >= '{written}'"
        );
        loop {
            if primary.execute("postgres", &sql)? == "1" {
                return Ok(true);
            }
            if began.elapsed() > CATCH_UP {
                return Ok(false);
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Keeps everything that comes from now on from the standby.
    pub(crate) fn cut_off(&self) -> Result<(), Error> {
        let Some(standby) = self.standby() else { return Ok(()) };
        standby.set("primary_conninfo", "")?;
        let (primary, began) = (self.primary(), Instant::now());
        while primary.execute("postgres", "SELECT count(*) FROM pg_stat_replication")? != "0"
            && began.elapsed() < CATCH_UP
        {
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Has the standby take over from a primary that is gone, and leads everybody there.
    pub(crate) fn promote(&self) -> Result<(), Error> {
        let Some(standby) = lock(&self.standby).take() else { return self.primary().start() };
        if let Err(error) = standby.promote() {
            // Then the server that it was to take over from goes on: nobody has written anything to the standby.
            let primary = self.primary();
            primary.start()?;
            primary.forget_standbys()?;
            return Err(error);
        }
        for network in &self.networks {
            network.redirect(standby.address());
        }
        *lock(&self.primary) = standby;
        for network in &self.networks {
            network.cut();
        }
        Ok(())
    }
}

/// Nothing panics while one of these locks is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! pgbouncer in front of a server.

use std::fmt;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::process::{LOOK, Process};
use crate::programs::{clean, on_path};
use crate::watchdog::{self, Watchdog};
use crate::{Error, cluster, port};

/// Where Debian has it, which is not on every user's `PATH`.
const INSTALLED: &str = "/usr/sbin/pgbouncer";
const START: Duration = Duration::from_secs(30);

/// How long a client keeps its connection to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// Until it disconnects.
    Session,
    /// Until its transaction ends, so that nothing of a session survives: no LISTEN, no SET, no lock of a session, and in
    /// pgbouncer older than 1.21 no prepared statement.
    Transaction,
}

/// How a [`PgBouncer`] is to be.
#[derive(Debug, Clone)]
pub struct Builder {
    program: PathBuf,
    account: Account,
    mode: PoolMode,
    settings: Vec<(String, String)>,
}

/// A pooler on a port of 127.0.0.1, in front of all databases of a server whose user `postgres` needs no password.
///
/// All methods can be called from several threads. What is dropped is stopped at once and leaves no files.
#[derive(Debug)]
pub struct PgBouncer {
    program: PathBuf,
    account: Account,
    folder: PathBuf,
    port: u16,
    process: Mutex<Option<Process>>,
    // After the process: it removes what the process has in use.
    watchdog: Watchdog,
}

impl Builder {
    /// A pooler by transactions, from the program of this machine. Tests say [`pooler`](crate::pooler), which knows when to
    /// skip.
    ///
    /// # Errors
    ///
    /// There is none, or none that this process could run.
    pub fn new() -> Result<Self, Error> {
        let installed = || Some(PathBuf::from(INSTALLED)).filter(|path| path.is_file());
        let program = on_path("pgbouncer").or_else(installed);
        let missing = || Error::missing(format!("there is no pgbouncer on the PATH, nor {INSTALLED}"));
        Ok(Self {
            program: program.ok_or_else(missing)?,
            account: Account::find()?,
            mode: PoolMode::Transaction,
            settings: Vec::new(),
        })
    }

    /// Sets how long a client keeps its connection to the server.
    pub fn pool_mode(mut self, mode: PoolMode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets what stands in the section `pgbouncer` of its file. The last one of a name holds.
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts it in front of the server at that address, which need not be up.
    ///
    /// # Errors
    ///
    /// It does not start; with the end of its log.
    pub fn start(self, server: SocketAddr) -> Result<PgBouncer, Error> {
        let folder = tempfile::Builder::new()
            .prefix("lro-pgbouncer-")
            .tempdir()
            .map_err(|error| Error::io("no temporary folder", &error))?;
        let watchdog = Watchdog::new(watchdog::REMOVE, &[folder.path().as_os_str()])?;
        self.account.own(folder.path()).map_err(|error| Error::io("chown", &error))?;
        let mut bouncer = PgBouncer {
            program: self.program.clone(),
            account: self.account,
            folder: folder.keep(),
            port: 0,
            process: Mutex::default(),
            watchdog,
        };
        // At another port if someone was faster than we.
        for _ in 0..5 {
            bouncer.port = port::free()?;
            let path = bouncer.configuration();
            fs::write(&path, self.configuration(server, bouncer.port))
                .map_err(|error| Error::io(path.display(), &error))?;
            match bouncer.start() {
                Err(error) if error.says("Address already in use") => {}
                result => return result.map(|()| bouncer),
            }
        }
        Err(Error::failed("pgbouncer finds no free port"))
    }

    fn configuration(&self, server: SocketAddr, port: u16) -> String {
        let mode = self.mode;
        let settings: Vec<_> =
            self.settings.iter().map(|(name, value)| format!("{name} = {value}\n")).collect();
        format!(
            "[databases]\n* = host={} port={} user=postgres\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = {mode}\nmax_client_conn = 1000\n{}",
            server.ip(),
            server.port(),
            settings.concat()
        )
    }
}

impl PgBouncer {
    /// Where to connect.
    pub fn url(&self, database: &str) -> String {
        cluster::url(self.address(), database)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Starts it again at the same port. One that runs is left as it is.
    ///
    /// # Errors
    ///
    /// It ended at once, or does not accept connections within half a minute; with the end of its log.
    pub fn start(&self) -> Result<(), Error> {
        let log = self.folder.join("log");
        let mut process = self.lock();
        let deadline = Instant::now() + START;
        process.take_if(|server| server.ended().is_some());
        let server = match process.as_mut() {
            Some(server) => server,
            None => process.insert(self.spawn()?),
        };
        loop {
            if let Some(status) = server.ended() {
                return Err(Error::failed(format!("pgbouncer has ended with {status}")).with_log(&log));
            }
            if TcpStream::connect(self.address()).is_ok() {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let text = format!("pgbouncer is not ready after {} s", START.as_secs());
                return Err(Error::failed(text).with_log(&log));
            }
            thread::sleep(LOOK);
        }
    }

    /// Kills it: all connections through it end. It has no state that could be lost.
    pub fn kill(&self) {
        if let Some(mut server) = self.lock().take() {
            server.kill();
            self.watchdog.release();
        }
    }

    /// Stops it in the middle of what it does. Connections stay open, and new ones are answered by nobody.
    pub fn pause(&self) {
        if let Some(server) = self.lock().as_ref() {
            server.pause();
        }
    }

    /// Lets it go on.
    pub fn resume(&self) {
        if let Some(server) = self.lock().as_ref() {
            server.resume();
        }
    }

    fn spawn(&self) -> Result<Process, Error> {
        let mut command = clean(&self.program);
        command.arg(self.configuration()).current_dir(&self.folder);
        let process = Process::spawn(&mut command, self.account, &self.folder.join("log"))?;
        self.watchdog.guard(process.id());
        Ok(process)
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("pgbouncer.ini")
    }

    fn lock(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PgBouncer {
    /// Stops at once; the watchdog removes the files.
    fn drop(&mut self) {
        self.kill();
    }
}

impl fmt::Display for PoolMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "session",
            Self::Transaction => "transaction",
        })
    }
}

//! A PostgreSQL cluster of one's own.

mod builder;
mod faults;
mod standby;

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::process::{LOOK, Process};
use crate::programs::Programs;
use crate::watchdog::{self, Watchdog};
use crate::{Error, port, psql};

pub use builder::Builder;
pub use faults::Mode;

/// Gives back the small piece of shared memory that a killed server has left. Its number is the last word of the seventh line
/// of a file that only a killed server leaves.
const FORGET: &str = r#"
memory=$(sed -n '7s/^.* //p' "$1/data/postmaster.pid" 2>/dev/null)
[ -z "$memory" ] || ipcrm -m "$memory"
"#;

/// How long a server may take to be ready, which after a crash includes its recovery.
const START: Duration = Duration::from_secs(60);

/// A server with data of its own, on a port of 127.0.0.1 and on a unix socket. The only user is `postgres`, who needs no
/// password.
///
/// All methods can be called from several threads. What is dropped is stopped at once and leaves no files.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    account: Account,
    /// Where the folders of this cluster and of its standbys are.
    parent: PathBuf,
    folder: PathBuf,
    port: u16,
    /// The names of the standbys whose answer a commit waits for.
    synchronous: Mutex<Vec<String>>,
    process: Mutex<Option<Process>>,
    // After the process: it removes what the process has in use.
    watchdog: Watchdog,
}

impl Cluster {
    /// Where to connect, over TCP.
    pub fn url(&self, database: &str) -> String {
        url(self.address(), database)
    }

    /// Where to connect, over the unix socket.
    pub fn socket_url(&self, database: &str) -> String {
        let folder = self.folder.to_string_lossy().replace('%', "%25").replace('/', "%2F");
        format!("postgresql://postgres@{folder}:{}/{database}", self.port)
    }

    /// Where it listens, for what stands in front of it.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The folder with the data.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The file with what the server says.
    pub fn log_file(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Makes a database.
    ///
    /// # Errors
    ///
    /// There is one of that name, or the server does not answer.
    pub fn create_database(&self, name: &str) -> Result<(), Error> {
        self.execute("postgres", &format!("CREATE DATABASE {}", psql::identifier(name))).map(drop)
    }

    /// Runs statements with psql, in one transaction if there are several, and returns rows as lines with `|` between
    /// columns.
    ///
    /// # Errors
    ///
    /// What psql says.
    pub fn execute(&self, database: &str, sql: &str) -> Result<String, Error> {
        psql::run(self.programs.command("psql"), &self.url(database), sql)
    }

    /// Starts the server again, with the same data and at the same port, and waits until it is ready. One that runs is left
    /// as it is.
    ///
    /// # Errors
    ///
    /// It ended at once or does not get ready within a minute; with the end of its log.
    pub fn start(&self) -> Result<(), Error> {
        {
            let mut process = self.lock();
            if process.as_mut().is_none_or(|process| process.ended().is_some()) {
                *process = Some(self.spawn()?);
            }
        }
        self.wait_until_ready()
    }

    /// Waits until the server takes connections: for a standby, until it takes those that read.
    ///
    /// # Errors
    ///
    /// The server is down, or not ready within a minute; with the end of its log.
    pub fn wait_until_ready(&self) -> Result<(), Error> {
        let deadline = Instant::now() + START;
        loop {
            match self.lock().as_mut() {
                Some(process) => match process.ended() {
                    Some(status) => return Err(self.failed(format!("PostgreSQL has ended with {status}"))),
                    None if is_ready(&self.data_dir(), process.id()) => return Ok(()),
                    None => {}
                },
                None => return Err(self.failed("PostgreSQL is stopped")),
            }
            if Instant::now() >= deadline {
                return Err(self.failed(format!("PostgreSQL is not ready after {} s", START.as_secs())));
            }
            thread::sleep(LOOK);
        }
    }

    /// A folder, a port and a watchdog; no data, and no server.
    fn prepare(programs: Programs, account: Account, parent: &Path) -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix("lro-postgres-")
            .tempdir_in(parent)
            .map_err(|error| Error::io(format_args!("no folder in {}", parent.display()), &error))?;
        let watchdog = Watchdog::new(&[FORGET, watchdog::REMOVE].concat(), &[folder.path().as_os_str()])?;
        account.own(folder.path()).map_err(|error| Error::io("chown", &error))?;
        Ok(Self {
            programs,
            account,
            parent: parent.to_owned(),
            folder: folder.keep(),
            port: port::free()?,
            synchronous: Mutex::default(),
            process: Mutex::default(),
            watchdog,
        })
    }

    /// Starts for the first time, at another port if someone was faster than we.
    fn start_anywhere(&mut self) -> Result<(), Error> {
        for _ in 0..5 {
            match self.start() {
                Err(error) if error.says("Address already in use") => self.port = port::free()?,
                result => return result,
            }
        }
        self.start()
    }

    fn spawn(&self) -> Result<Process, Error> {
        let mut command = self.programs.command("postgres");
        command.arg("-D").arg(self.data_dir()).arg("-k").arg(&self.folder);
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]).current_dir(&self.folder);
        let process = Process::spawn(&mut command, self.account, &self.log_file())?;
        self.watchdog.guard(process.id());
        Ok(process)
    }

    /// Runs one of the other programs to its end.
    fn run(&self, name: &str, arguments: &[&OsStr]) -> Result<(), Error> {
        let log = self.folder.join(format!("{name}.log"));
        let mut command = self.programs.command(name);
        command.args(arguments).current_dir(&self.folder);
        let mut process = Process::spawn(&mut command, self.account, &log)?;
        self.watchdog.guard(process.id());
        let status = process.wait(Duration::from_secs(600))?;
        self.watchdog.release();
        if status.success() {
            Ok(())
        } else {
            Err(Error::failed(format!("{name} has ended with {status}")).with_log(&log))
        }
    }

    fn failed(&self, text: impl Into<String>) -> Error {
        Error::failed(text).with_log(&self.log_file())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a client connects to whatever listens at that address and leads to a [`Cluster`].
pub fn url(address: SocketAddr, database: &str) -> String {
    format!("postgresql://postgres@{address}/{database}")
}

/// As `pg_ctl` finds out: by the last line of the server's own file, if that is not from a server of before.
fn is_ready(data: &Path, process: u32) -> bool {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let mut lines = text.lines();
    lines.next().is_some_and(|line| line.trim() == process.to_string())
        && lines.nth(6).is_some_and(|line| matches!(line.trim(), "ready" | "standby"))
}

//! The processes of a scene.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use crate::child::Config;
use crate::event::Event;
use crate::log::Log;
use crate::settings::Settings;
use crate::site::Process;
use crate::store::Target;

/// How long a process may take to end that was asked to.
const END: Duration = Duration::from_secs(30);

/// What a process is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Clients reach it, and others work.
    Api,
    /// It works on so many operations at a time, and no client reaches it.
    Worker(usize),
    /// Clients reach it, and it works on so many operations at a time.
    Both(usize),
}

impl Role {
    pub(super) fn config(
        self,
        process: u32,
        store: Target,
        settings: Settings,
        folder: &Path,
        origin: u64,
    ) -> Config {
        let (serves, concurrency) = match self {
            Self::Api => (true, 0),
            Self::Worker(concurrency) => (false, concurrency),
            Self::Both(concurrency) => (true, concurrency),
        };
        Config { process, serves, concurrency, store, settings, folder: folder.into(), origin }
    }
}

/// A process. It is killed when this is dropped.
#[derive(Debug)]
pub struct Actor {
    process: Process,
    log: Log,
}

impl Actor {
    pub(super) async fn begin(program: &Path, config: &Config, log: Log) -> io::Result<Self> {
        Ok(Self { process: Process::begin(program, config).await?, log })
    }

    /// Its number in the log.
    pub fn number(&self) -> u32 {
        self.process.number()
    }

    /// Where clients reach it, if they do.
    pub fn address(&self) -> Option<SocketAddr> {
        self.process.address()
    }

    /// Kills it, and waits until it is gone.
    pub async fn kill(&self) {
        self.log.write(Event::Kill { process: self.number() });
        self.process.kill().await;
    }

    /// What kills it at once when it is called, in the middle of something; nothing if it has ended.
    pub async fn killer(&self) -> Option<impl FnOnce() + Send + 'static> {
        let (pid, log, process) = (self.process.pid().await?, self.log.clone(), self.number());
        Some(move || {
            log.write(Event::Kill { process });
            // It may have ended in the meantime, and nobody but its parent, which is this process, gives its id away.
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        })
    }

    /// Stops it in the middle of what it does.
    pub async fn pause(&self) {
        self.log.write(Event::Pause { process: self.number() });
        self.process.signal(Signal::STOP).await;
    }

    /// Lets it go on.
    pub async fn resume(&self) {
        self.process.signal(Signal::CONT).await;
        self.log.write(Event::Resume { process: self.number() });
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn drain(&self) -> io::Result<()> {
        self.log.write(Event::Drain { process: self.number() });
        self.process.signal(Signal::TERM).await;
        let status = self.process.wait(END).await;
        let status = status.ok_or_else(|| io::Error::other("the process does not end"))?;
        self.log.write(Event::Exit { process: self.number(), status: status.to_string() });
        Ok(())
    }

    /// Whether it still runs.
    pub async fn runs(&self) -> bool {
        self.process.ended().await.is_none()
    }
}

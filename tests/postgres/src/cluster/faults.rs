//! Ways to take a server away.

use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::Cluster;
use crate::Error;
use crate::process::{LOOK, Process};

/// How long a stop may take. A smart one waits for clients.
const STOP: Duration = Duration::from_secs(60);

/// How a server stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Takes no new connections and waits until the clients have gone.
    Smart,
    /// Rolls back what is open and disconnects the clients.
    Fast,
    /// Ends without a checkpoint, so that the next start is a recovery.
    Immediate,
}

impl Cluster {
    /// Stops the server and waits until it has ended. One that is down stays so. A paused one is woken up first.
    ///
    /// # Errors
    ///
    /// It still runs after a minute, such as with [`Mode::Smart`] and clients that stay. It goes on stopping, and another
    /// mode makes it faster.
    pub fn stop(&self, mode: Mode) -> Result<(), Error> {
        let Some(stopping) = self.lock().as_ref().map(|server| {
            server.signal(match mode {
                Mode::Smart => Signal::TERM,
                Mode::Fast => Signal::INT,
                Mode::Immediate => Signal::QUIT,
            });
            server.resume();
            server.id()
        }) else {
            return Ok(());
        };
        let deadline = Instant::now() + STOP;
        loop {
            // Not longer, so that another thread can stop it in another way.
            let mut process = self.lock();
            match process.as_mut().filter(|server| server.id() == stopping).map(Process::ended) {
                None => return Ok(()),
                Some(Some(_)) => {
                    self.watchdog.release();
                    *process = None;
                    return Ok(());
                }
                Some(None) => drop(process),
            }
            if Instant::now() >= deadline {
                return Err(self.failed(format!("PostgreSQL still runs after {} s", STOP.as_secs())));
            }
            thread::sleep(LOOK);
        }
    }

    /// Kills all processes of the server at once, so that none of them does anything more; the next start is a recovery. What
    /// they had written is still there, even where it was not synced, as the machine goes on.
    pub fn kill(&self) {
        let mut process = self.lock();
        if let Some(server) = process.as_mut() {
            server.kill();
            self.watchdog.release();
            *process = None;
        }
    }

    /// Stops all processes of the server in the middle of what they do. Connections stay open, and new ones are accepted by
    /// the system and answered by nobody.
    pub fn pause(&self) {
        if let Some(server) = self.lock().as_ref() {
            server.pause();
        }
    }

    /// Lets a paused server go on.
    pub fn resume(&self) {
        if let Some(server) = self.lock().as_ref() {
            server.resume();
        }
    }
}

impl Drop for Cluster {
    /// Stops at once; the watchdog removes the files. The server itself gives back the shared memory, which would outlive it
    /// if it were killed.
    fn drop(&mut self) {
        if self.stop(Mode::Immediate).is_err() {
            self.kill();
        }
    }
}

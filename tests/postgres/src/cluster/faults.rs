//! Ways to take a server away.

use std::time::Duration;

use rustix::process::Signal;

use super::Cluster;
use crate::Error;

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
        let mut process = self.lock();
        if let Some(server) = process.as_mut() {
            server.signal(match mode {
                Mode::Smart => Signal::TERM,
                Mode::Fast => Signal::INT,
                Mode::Immediate => Signal::QUIT,
            });
            server.resume();
            server.wait(STOP)?;
            self.watchdog.release();
            *process = None;
        }
        Ok(())
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
    /// Stops at once; the watchdog removes the files.
    fn drop(&mut self) {
        self.kill();
    }
}

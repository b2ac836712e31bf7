//! What the proxy is told, and who has to hear of it.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Direction;

/// How long a change may take to be everywhere. Nothing in it waits for others.
const CHANGE: Duration = Duration::from_secs(30);

/// What happens to bytes of a direction.
#[derive(Debug, Clone, Copy)]
pub(super) enum Flow {
    Pass,
    Delay(Duration),
    Hold,
    Swallow,
}

type Condition = Box<dyn FnMut(&[u8]) -> bool + Send>;

/// What cuts one connection, once.
pub(super) struct Trap {
    pub(super) direction: Direction,
    pub(super) condition: Condition,
}

/// What holds now. Whoever moves bytes has the lock, so that a change holds from the next byte on.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) server: SocketAddr,
    /// By [`Direction`].
    pub(super) flows: [Flow; 2],
    pub(super) refuse: bool,
    pub(super) trap: Option<Trap>,
    /// How many traps there were: what was seen before the last of them does not count.
    pub(super) traps: u64,
    /// How often everything was cut: older connections are to end.
    pub(super) cuts: u64,
    /// How often everything was mended: connections with a hole from before are to end.
    pub(super) mends: u64,
    /// The proxy is about to go.
    pub(super) closed: bool,
    /// Whether the port is open.
    pub(super) listening: bool,
    /// The number of the next connection.
    pub(super) next: u64,
    /// The open connections by number, each with the cuts before it.
    pub(super) connections: HashMap<u64, (u64, Bell)>,
    accept: Bell,
}

/// Wakes up a thread that waits for sockets.
#[derive(Debug)]
pub(super) struct Bell(UnixStream);

/// The rules, the same for all threads.
#[derive(Debug)]
pub(super) struct Shared {
    rules: Mutex<Rules>,
    changed: Condvar,
}

impl Shared {
    /// And what the thread that accepts waits for.
    pub(super) fn new(server: SocketAddr) -> io::Result<(Self, UnixStream)> {
        let (accept, signal) = Bell::new()?;
        let rules = Rules {
            server,
            flows: [Flow::Pass; 2],
            refuse: false,
            trap: None,
            traps: 0,
            cuts: 0,
            mends: 0,
            closed: false,
            listening: true,
            next: 0,
            connections: HashMap::new(),
            accept,
        };
        Ok((Self { rules: Mutex::new(rules), changed: Condvar::new() }, signal))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the rules and tells every thread.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Rules) -> T) -> T {
        let mut rules = self.lock();
        let result = change(&mut rules);
        rules.accept.ring();
        rules.connections.values().for_each(|(_, bell)| bell.ring());
        self.changed.notify_all();
        result
    }

    pub(super) fn wait_until(&self, condition: impl Fn(&Rules) -> bool) {
        let waited = self.changed.wait_timeout_while(self.lock(), CHANGE, |rules| !condition(rules));
        let (_rules, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "the proxy has not followed after {} s", CHANGE.as_secs());
    }

    /// Resets what is open, and waits until it is done.
    pub(super) fn cut(&self) {
        let cuts = self.change(|rules| {
            rules.cuts += 1;
            rules.cuts
        });
        self.wait_until(|rules| rules.connections.values().all(|(before, _)| *before >= cuts));
    }
}

impl Rules {
    pub(super) fn arm(&mut self, direction: Direction, condition: Condition) {
        self.trap = Some(Trap { direction, condition });
        self.traps += 1;
    }

    pub(super) fn mend(&mut self) {
        self.flows = [Flow::Pass; 2];
        self.refuse = false;
        self.trap = None;
        self.mends += 1;
    }
}

impl Bell {
    /// And what becomes readable when it rings.
    pub(super) fn new() -> io::Result<(Self, UnixStream)> {
        let (bell, signal) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        signal.set_nonblocking(true)?;
        Ok((Self(bell), signal))
    }

    fn ring(&self) {
        // Full means that it has rung, and closed that nobody is there any more.
        let _ = (&self.0).write(&[1]);
    }
}

/// Forgets that the bell has rung.
pub(super) fn hear(mut signal: &UnixStream) {
    while matches!(signal.read(&mut [0; 64]), Ok(64)) {}
}

impl fmt::Debug for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trap").field("direction", &self.direction).finish_non_exhaustive()
    }
}

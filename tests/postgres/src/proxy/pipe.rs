//! One direction of a connection.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

use super::Direction;
use super::rules::{Flow, Rules};

/// What may be on the way before the sender has to wait.
const LIMIT: usize = 1 << 20;
/// What a condition is given at most.
const WINDOW: usize = 1 << 16;

/// What one look at a pipe leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Stay,
    /// The condition has come true.
    Trapped,
}

/// Bytes on their way from one socket to the other.
#[derive(Debug)]
pub(super) struct Pipe {
    direction: Direction,
    queue: VecDeque<Chunk>,
    queued: usize,
    /// The end has come.
    ended: bool,
    /// The end is forwarded.
    closed: bool,
    /// The next bytes are due and the receiver takes none.
    full: bool,
    /// The mends before something was swallowed.
    hole: Option<u64>,
    seen: Vec<u8>,
    seen_for: u64,
}

#[derive(Debug)]
struct Chunk {
    came: Instant,
    /// None are the end of the stream.
    bytes: Vec<u8>,
    /// The number of the trap that has seen it.
    looked_at: u64,
}

impl Pipe {
    pub(super) fn new(direction: Direction) -> Self {
        Self {
            direction,
            queue: VecDeque::new(),
            queued: 0,
            ended: false,
            closed: false,
            full: false,
            hole: None,
            seen: Vec::new(),
            seen_for: 0,
        }
    }

    /// Whether more is wanted from the sender.
    pub(super) fn wants(&self) -> bool {
        !self.ended && self.queued < LIMIT
    }

    /// Whether the receiver has to make room.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether something is missing that was swallowed before the last mend.
    pub(super) fn has_hole(&self, rules: &Rules) -> bool {
        self.hole.is_some_and(|mends| mends != rules.mends)
    }

    /// When the next bytes are due, if that is only a question of time.
    pub(super) fn due(&self, rules: &Rules) -> Option<Instant> {
        let Chunk { came, .. } = self.queue.front().filter(|_| !self.full)?;
        match rules.flows[self.direction as usize] {
            Flow::Pass => Some(*came),
            Flow::Delay(time) => Some(*came + time),
            Flow::Hold | Flow::Swallow => None,
        }
    }

    /// What has not been forwarded.
    pub(super) fn into_rest(self) -> Vec<u8> {
        self.queue.into_iter().flat_map(|chunk| chunk.bytes).collect()
    }

    /// Moves what there is and what is due. Nothing in it blocks.
    pub(super) fn step(
        &mut self,
        rules: &mut Rules,
        mut from: &TcpStream,
        to: &TcpStream,
    ) -> io::Result<Next> {
        let mut buffer = vec![0; WINDOW];
        while self.wants() {
            match from.read(&mut buffer) {
                Ok(count) => self.take(rules, &buffer[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.full = false;
        let now = Instant::now();
        while self.due(rules).is_some_and(|due| due <= now) {
            if self.forward(rules, to)? == Next::Trapped {
                return Ok(Next::Trapped);
            }
        }
        Ok(Next::Stay)
    }

    fn take(&mut self, rules: &Rules, bytes: &[u8]) {
        self.ended = bytes.is_empty();
        if matches!(rules.flows[self.direction as usize], Flow::Swallow) {
            self.hole.get_or_insert(rules.mends);
        } else {
            self.queued += bytes.len();
            self.queue.push_back(Chunk { came: Instant::now(), bytes: bytes.to_owned(), looked_at: 0 });
        }
    }

    /// What goes to the server springs the trap when it is sent, an answer before that.
    fn forward(&mut self, rules: &mut Rules, mut to: &TcpStream) -> io::Result<Next> {
        let Some(mut chunk) = self.queue.pop_front() else { return Ok(Next::Stay) };
        if chunk.bytes.is_empty() {
            self.closed = true;
            to.shutdown(Shutdown::Write)?;
            return Ok(Next::Stay);
        }
        if self.direction == Direction::ToClient && chunk.looked_at != rules.traps {
            chunk.looked_at = rules.traps;
            if self.springs(rules, &chunk.bytes) {
                return Ok(Next::Trapped);
            }
        }
        let count = match to.write(&chunk.bytes) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.full = true;
                0
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => 0,
            Err(error) => return Err(error),
        };
        self.queued -= count;
        let rest = chunk.bytes.split_off(count);
        let sent = std::mem::replace(&mut chunk.bytes, rest);
        if !chunk.bytes.is_empty() {
            self.queue.push_front(chunk);
        }
        let springs = self.direction == Direction::ToServer && self.springs(rules, &sent);
        Ok(if springs { Next::Trapped } else { Next::Stay })
    }

    fn springs(&mut self, rules: &mut Rules, bytes: &[u8]) -> bool {
        let Some(trap) = rules.trap.as_mut().filter(|trap| trap.direction == self.direction) else {
            return false;
        };
        if self.seen_for != rules.traps {
            self.seen_for = rules.traps;
            self.seen.clear();
        }
        self.seen.extend_from_slice(bytes);
        self.seen.drain(..self.seen.len().saturating_sub(WINDOW));
        let springs = (trap.condition)(&self.seen);
        if springs {
            rules.trap = None;
        }
        springs
    }
}

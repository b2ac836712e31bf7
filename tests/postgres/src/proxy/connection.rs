//! The thread of one connection.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::set_socket_linger;

use super::Direction;
use super::pipe::{Next, Pipe};
use super::rules::{Bell, Rules, Shared, hear};

/// How long a server may take to end a connection whose client is gone.
const DRAIN: Duration = Duration::from_secs(10);

/// The two sides, and what is between them.
struct Connection {
    client: TcpStream,
    server: TcpStream,
    to_server: Pipe,
    to_client: Pipe,
}

/// How it goes on.
enum Then {
    /// At that time, or when a socket says so.
    Wait(Option<Instant>),
    Close,
    Reset,
    /// The client is cut off, and the server gets the rest.
    Orphan,
}

/// Moves bytes until the end. The connection was accepted after that many cuts.
pub(super) fn run(shared: &Shared, client: TcpStream, server: TcpStream, cuts: u64) {
    let mut connection = Connection {
        client,
        server,
        to_server: Pipe::new(Direction::ToServer),
        to_client: Pipe::new(Direction::ToClient),
    };
    let prepared = connection.prepare().and_then(|()| Bell::new());
    let Ok((bell, signal)) = prepared else { return connection.reset() };
    let Some(number) = shared.change(|rules| register(rules, bell, cuts)) else { return connection.reset() };
    let orphan = loop {
        // The sockets are closed before the connection is off the list, so that who waits for that finds them closed.
        let then = connection.step(&mut shared.lock(), cuts);
        match then {
            Then::Wait(until) => connection.wait(&signal, until),
            Then::Close => {
                drop(connection);
                break None;
            }
            Then::Reset => {
                connection.reset();
                break None;
            }
            Then::Orphan => {
                reset(connection.client);
                break Some((connection.server, connection.to_server.into_rest()));
            }
        }
    };
    shared.change(|rules| rules.connections.remove(&number));
    if let Some((server, rest)) = orphan {
        finish(&server, &rest);
    }
}

/// Closes a connection so that the other side is told that it failed.
pub(super) fn reset(stream: TcpStream) {
    // What lingers for no time at all is thrown away, with a reset.
    let _ = set_socket_linger(&stream, Some(Duration::ZERO));
    drop(stream);
}

/// Its number, unless it was cut before it was there.
fn register(rules: &mut Rules, bell: Bell, cuts: u64) -> Option<u64> {
    if rules.cuts != cuts || rules.closed {
        return None;
    }
    let number = rules.next;
    rules.next += 1;
    rules.connections.insert(number, (cuts, bell));
    Some(number)
}

/// Sends the rest and the end of the stream, and takes the answers so that the server is not reset for them.
fn finish(mut server: &TcpStream, rest: &[u8]) {
    let sent = server
        .set_nonblocking(false)
        .and_then(|()| server.set_write_timeout(Some(DRAIN)))
        .and_then(|()| server.set_read_timeout(Some(DRAIN)))
        .and_then(|()| server.write_all(rest))
        .and_then(|()| server.shutdown(Shutdown::Write));
    let mut buffer = [0; 4096];
    while sent.is_ok() && matches!(server.read(&mut buffer), Ok(1..)) {}
}

impl Connection {
    fn prepare(&self) -> std::io::Result<()> {
        for stream in [&self.client, &self.server] {
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
        }
        Ok(())
    }

    fn reset(self) {
        reset(self.client);
        reset(self.server);
    }

    fn step(&mut self, rules: &mut Rules, cuts: u64) -> Then {
        if rules.cuts != cuts || self.to_server.has_hole(rules) || self.to_client.has_hole(rules) {
            return Then::Reset;
        }
        match self.to_server.step(rules, &self.client, &self.server) {
            Ok(Next::Stay) => {}
            Ok(Next::Trapped) => return Then::Orphan,
            Err(_) => return Then::Reset,
        }
        match self.to_client.step(rules, &self.server, &self.client) {
            Ok(Next::Stay) => {}
            Ok(Next::Trapped) | Err(_) => return Then::Reset,
        }
        if self.to_server.is_closed() && self.to_client.is_closed() {
            return Then::Close;
        }
        Then::Wait([&self.to_server, &self.to_client].iter().filter_map(|pipe| pipe.due(rules)).min())
    }

    fn wait(&self, signal: &UnixStream, until: Option<Instant>) {
        let mut sources = vec![PollFd::new(signal, PollFlags::IN)];
        let both = [
            (&self.client, &self.to_server, &self.to_client),
            (&self.server, &self.to_client, &self.to_server),
        ];
        for (stream, from, to) in both {
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, from.wants());
            flags.set(PollFlags::OUT, to.is_full());
            // What nothing is wanted of would wake us up again and again once its other side has gone.
            if !flags.is_empty() {
                sources.push(PollFd::new(stream, flags));
            }
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        // Interrupted or not, the loop looks at everything again.
        let _ = poll(&mut sources, timeout.as_ref());
        hear(signal);
    }
}

//! A network that fails on demand, in front of a server.

mod accept;
mod connection;
mod pipe;
mod rules;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::{Error, cluster, port};
use rules::{Flow, Shared};

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// What clients send.
    ToServer,
    /// What the server answers.
    ToClient,
}

/// A TCP proxy on a port of 127.0.0.1, which passes on what it gets until it is told otherwise.
///
/// What is set holds for the connections that are open and for new ones, at once: when a method has returned, no byte goes
/// the old way. All methods can be called from several threads. Dropped, it cuts its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Listens, in front of a server that need not be up.
    ///
    /// # Errors
    ///
    /// No port is free.
    pub fn start(server: SocketAddr) -> Result<Self, Error> {
        let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, port::free().ok()?)).ok();
        let listener =
            (0..5).find_map(|_| bind()).ok_or_else(|| Error::failed("no port is free for a proxy"))?;
        let failed = |error| Error::io("the proxy does not start", &error);
        let address = listener.local_addr().map_err(failed)?;
        let (shared, signal) = Shared::new(server).map_err(failed)?;
        let shared = Arc::new(shared);
        let thread = thread::Builder::new()
            .name("proxy".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || accept::run(&shared, listener, &signal)
            })
            .map_err(failed)?;
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where clients of a [`Cluster`](crate::Cluster) behind it connect.
    pub fn url(&self, database: &str) -> String {
        cluster::url(self.address, database)
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.shared.lock().connections.len()
    }

    /// Resets all connections on both sides; bytes on the way are lost. New ones are taken.
    pub fn cut(&self) {
        self.shared.cut();
    }

    /// Refuses new connections, as a machine without the server does. The open ones stay.
    pub fn refuse(&self) {
        self.shared.change(|rules| rules.refuse = true);
        self.shared.wait_until(|rules| !rules.listening);
    }

    /// Lets every byte arrive that much later, both ways. The order stays. Up to 1 MiB can be on its way in a
    /// direction; then the sender waits.
    pub fn delay(&self, time: Duration) {
        self.shared.change(|rules| rules.flows = [Flow::Delay(time); 2]);
    }

    /// Keeps the bytes of a direction until [`mend`](Self::mend), as a network that is away for a while. Past 1 MiB the sender
    /// waits.
    pub fn hold(&self, direction: Direction) {
        self.shared.change(|rules| rules.flows[direction as usize] = Flow::Hold);
    }

    /// Takes the bytes of a direction and forwards none. Also the end of a stream goes unnoticed.
    pub fn swallow(&self, direction: Direction) {
        self.shared.change(|rules| rules.flows[direction as usize] = Flow::Swallow);
    }

    /// Cuts the connection on which the condition comes true first, and only that one, once. The condition is given what went
    /// that way on a connection since this call, as much as 64 KiB of it; it must not call the proxy.
    ///
    /// - [`ToServer`](Direction::ToServer): the bytes are forwarded, and the client's connection is reset before an answer. The
    ///   server gets all of it, and then the end of the stream.
    /// - [`ToClient`](Direction::ToClient): the bytes are not forwarded, and both sides are reset. With an answer as the
    ///   condition, the server is known to have done what was asked.
    ///
    /// ```no_run
    /// # let server = "127.0.0.1:5432".parse().unwrap();
    /// use test_postgres::{Direction, Proxy, contains};
    /// let proxy = Proxy::start(server).unwrap();
    /// // The transaction is committed, and the client does not learn it.
    /// proxy.cut_when(Direction::ToClient, contains(b"COMMIT\0"));
    /// ```
    pub fn cut_when(&self, direction: Direction, condition: impl FnMut(&[u8]) -> bool + Send + 'static) {
        self.shared.change(|rules| rules.arm(direction, Box::new(condition)));
    }

    /// Whether the condition of [`cut_when`](Self::cut_when) has yet to come true.
    pub fn is_armed(&self) -> bool {
        self.shared.lock().trap.is_some()
    }

    /// Takes new connections to another server. The open ones stay where they are.
    pub fn redirect(&self, server: SocketAddr) {
        self.shared.change(|rules| rules.server = server);
    }

    /// Passes on everything again. Connections from which something was swallowed are cut, as their streams have a hole.
    ///
    /// # Panics
    ///
    /// Another process has taken the port while connections were refused.
    pub fn mend(&self) {
        self.shared.change(rules::Rules::mend);
        self.shared.wait_until(|rules| rules.listening);
    }
}

/// A condition for [`Proxy::cut_when`]: these bytes are among them.
///
/// # Panics
///
/// There are no bytes.
pub fn contains(bytes: &[u8]) -> impl FnMut(&[u8]) -> bool + Send + 'static {
    assert!(!bytes.is_empty(), "every stream contains nothing");
    let bytes = bytes.to_owned();
    move |seen| seen.windows(bytes.len()).any(|window| window == bytes)
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.change(|rules| rules.closed = true);
        drop(self.thread.take().map(JoinHandle::join));
        self.shared.cut();
    }
}

//! The thread that takes connections, or refuses them.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::connection;
use super::rules::{Shared, hear};

/// Between two attempts to get the port back.
const AGAIN: Timespec = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };
/// How long the server may take to accept. One that is paused has a queue for this.
const CONNECT: Duration = Duration::from_secs(10);

/// Runs until the proxy is closed. To refuse is to have no listener: the system answers then.
pub(super) fn run(shared: &Arc<Shared>, listener: TcpListener, signal: &UnixStream) {
    let Ok(address) = listener.local_addr() else { return };
    let mut listener = Some(listener);
    loop {
        let (refuse, closed) = {
            let rules = shared.lock();
            (rules.refuse, rules.closed)
        };
        if closed {
            return;
        }
        if refuse == listener.is_some() {
            listener = if refuse { None } else { TcpListener::bind(address).ok() };
            let listening = listener.is_some();
            shared.change(|rules| rules.listening = listening);
        }
        wait(listener.as_ref(), signal, !refuse && listener.is_none());
        hear(signal);
        let Some(listener) = &listener else { continue };
        // It does not block, as the flag is looked at with each call.
        let accepted = listener.set_nonblocking(true).and_then(|()| listener.accept());
        if let Ok((client, _)) = accepted {
            take(shared, client);
        }
    }
}

fn wait(listener: Option<&TcpListener>, signal: &UnixStream, soon: bool) {
    let mut sources = vec![PollFd::new(signal, PollFlags::IN)];
    sources.extend(listener.map(|listener| PollFd::new(listener, PollFlags::IN)));
    // Interrupted or not, the loop looks at everything again.
    let _ = poll(&mut sources, soon.then_some(&AGAIN));
}

/// In a thread for each, as the server may be slow to accept.
fn take(shared: &Arc<Shared>, client: TcpStream) {
    let (server, cuts): (SocketAddr, u64) = {
        let rules = shared.lock();
        (rules.server, rules.cuts)
    };
    let shared = Arc::clone(shared);
    let serve = move || match TcpStream::connect_timeout(&server, CONNECT) {
        Ok(server) => connection::run(&shared, client, server, cuts),
        Err(_) => connection::reset(client),
    };
    // Without a thread the client sees the end of its connection.
    drop(thread::Builder::new().name("connection".into()).spawn(serve));
}

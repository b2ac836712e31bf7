//! A network that breaks when it is told to.

use std::io;
use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A proxy in front of a server. Dropped, it takes no more connections and cuts those that there are.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    /// Its changes cut all connections.
    cuts: watch::Sender<()>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port of this machine; `server` is where the connections go, such as `http://127.0.0.1:8980`.
    ///
    /// # Errors
    ///
    /// No port is free.
    pub async fn start(server: &str) -> io::Result<Self> {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (cuts, seen) = watch::channel(());
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mut cut = seen.clone();
                cut.mark_unchanged();
                let server = server.clone();
                tokio::spawn(async move {
                    tokio::select! {
                        // Either side may end it, and then both are closed.
                        _ = pass(client, &server) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Ok(Self { address, cuts, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts all connections; new ones are taken.
    pub fn cut(&self) {
        self.cuts.send_replace(());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(mut client: TcpStream, server: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

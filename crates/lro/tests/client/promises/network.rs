//! A network on this machine that can fall silent, and a clock that does not make tests wait for it.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lro::google::longrunning::operations_server::OperationsServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

use crate::promises::support::{millis, seconds};
use crate::scripted_service::ScriptedService;

/// A way to a server. When it falls silent, the connections that there are stay open and carry nothing any more, as when a peer has lost its power: no
/// FIN and no RST comes. New ones work.
#[derive(Clone)]
pub(crate) struct Network {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    /// How many of the connections, in the order of their numbers, are silent.
    silent: Arc<AtomicUsize>,
}

impl Network {
    pub(crate) async fn to(service: &ScriptedService) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        let service = Server::builder().add_service(OperationsServer::new(service.clone()));
        tokio::spawn(service.serve_with_incoming(TcpListenerStream::new(listener)));

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let network = Self { address, connections: Arc::default(), silent: Arc::default() };
        let this = network.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = this.connections.fetch_add(1, Ordering::Relaxed);
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = TcpStream::connect(server).await.unwrap().into_split();
                tokio::spawn(this.clone().carry(number, from_client, to_server));
                tokio::spawn(this.clone().carry(number, from_server, to_client));
            }
        });
        network
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn fall_silent(&self) {
        self.silent.store(self.connections(), Ordering::Relaxed);
    }

    /// How many connections there have been.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    async fn carry(self, number: usize, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            if self.silent.load(Ordering::Relaxed) <= number && to.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
        // Its end is not told either.
        if self.silent.load(Ordering::Relaxed) > number {
            std::future::pending::<()>().await;
        }
    }
}

/// Moves the clock on by a second again and again until `future` is ready, with time for the sockets in between. Returns how far the clock has
/// moved until then.
pub(crate) async fn hurry<F: Future>(limit: Duration, future: F) -> (F::Output, Duration) {
    let mut future = pin!(future);
    let start = Instant::now();
    loop {
        if let Ok(output) = tokio::time::timeout(millis(10), &mut future).await {
            return (output, start.elapsed());
        }
        assert!(start.elapsed() < limit, "it is not ready after {:?}", start.elapsed());
        tokio::time::pause();
        tokio::time::advance(seconds(1)).await;
        tokio::time::resume();
    }
}

/// Waits until the service has been called `count` times.
pub(crate) async fn called(service: &ScriptedService, count: usize) {
    while service.log().len() < count {
        tokio::time::sleep(millis(1)).await;
    }
}

//! The connection of a client that connects on its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use tokio::time::Instant;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::transport::{Channel, Endpoint, Error, channel};

/// How often the client pings a server that says nothing while calls go on. A server of gRPC's own libraries ends a connection that is pinged more often
/// than every 5 minutes.
const PING: Duration = Duration::from_secs(5 * 60 + 10);

/// How long a ping may take.
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// After this time without a word, the kernel asks the peer's whether it is there. No server minds that.
const TCP_KEEPALIVE: Duration = Duration::from_secs(30);

/// How long it waits for an answer, and how often it asks.
const TCP_KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const TCP_KEEPALIVE_RETRIES: u32 = 3;

/// How long it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that is younger is not suspected of being dead.
const YOUNG: Duration = Duration::from_secs(10);

/// A connection of a [`Client`](crate::Client) that connects on its own: a tower service, as tonic's `Channel` is.
///
/// It is kept alive, and a fresh one takes its place when calls get no answer. [`Client::connect_with`](crate::Client::connect_with) puts
/// layers over it.
#[derive(Debug, Clone)]
pub struct Connection {
    channel: Channel,
    number: u64,
    current: Renewal,
}

/// Replaces the connection of all clones of a [`Connection`].
#[derive(Debug, Clone)]
pub(in crate::client) struct Renewal {
    current: Arc<Mutex<Current>>,
}

#[derive(Debug)]
struct Current {
    endpoint: Endpoint,
    channel: Channel,
    number: u64,
    since: Instant,
}

impl Connection {
    /// Connects. What the caller has not set for keeping a connection alive is set here.
    pub(in crate::client) async fn open(endpoint: Endpoint) -> Result<Self, Error> {
        let endpoint = kept_alive(endpoint);
        let channel = endpoint.connect().await?;
        let current = Current { endpoint, channel: channel.clone(), number: 0, since: Instant::now() };
        Ok(Self { channel, number: 0, current: Renewal { current: Arc::new(Mutex::new(current)) } })
    }

    pub(in crate::client) fn renewal(&self) -> Renewal {
        self.current.clone()
    }
}

impl Renewal {
    /// Has the next calls use a fresh connection, unless this one is fresh. Calls that go on are left alone.
    pub(in crate::client) fn renew(&self) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.since.elapsed() >= YOUNG {
            current.channel = current.endpoint.connect_lazy();
            current.number += 1;
            current.since = Instant::now();
            tracing::debug!(uri = %current.endpoint.uri(), "no answer: the next calls use a fresh connection");
        }
    }
}

impl Service<Request<Body>> for Connection {
    type Response = Response<Body>;
    type Error = Error;
    type Future = channel::ResponseFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let current = self.current.current.lock().unwrap_or_else(PoisonError::into_inner);
        if self.number != current.number {
            self.channel = current.channel.clone();
            self.number = current.number;
        }
        drop(current);
        self.channel.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.channel.call(request)
    }
}

fn kept_alive(mut endpoint: Endpoint) -> Endpoint {
    if endpoint.get_connect_timeout().is_none() {
        endpoint = endpoint.connect_timeout(CONNECT_TIMEOUT);
    }
    if endpoint.get_tcp_keepalive().is_none() {
        endpoint = endpoint
            .tcp_keepalive(Some(TCP_KEEPALIVE))
            .tcp_keepalive_interval(Some(TCP_KEEPALIVE_INTERVAL))
            .tcp_keepalive_retries(Some(TCP_KEEPALIVE_RETRIES))
            .http2_keep_alive_interval(PING)
            .keep_alive_timeout(PING_TIMEOUT);
    }
    endpoint
}

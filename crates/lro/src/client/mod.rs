//! The client: it calls a service, and follows the operations that the methods of the service start.
//!
//! [`Client`] makes the calls, by the settings of `configure`: `call` sends them through any `transport`, as bytes (`codec`), and `header` adds what clients
//! add to requests. `adapter` has the calls as generated clients make them.
//!
//! [`Starting`] is the call that starts an operation, [`Operation`] the handle of one, and [`Updates`] an operation as a stream.
//! [`OperationsClient`] knows the operations of a server by their names, and lists them as a stream of handles ([`OperationList`]). `reference` is the handle as
//! text, and `registry` reads operations of which only the run tells what they hold.
//!
//! `shared` is what the handles of an operation share: its calls, what is known of it, and who waits. `poller` is the task that asks while somebody
//! does, with the `pause`s of the policy, and by the `settings` of the handles. `channel` is what the handles of a client share, and `failure` is what can go wrong.

pub(crate) mod adapter;
mod call;
mod channel;
mod codec;
mod configure;
mod failure;
mod header;
mod operation;
mod operations;
mod pause;
mod poller;
mod reference;
mod registry;
mod settings;
mod shared;
mod start;
mod transport;

use std::fmt;
use std::sync::Arc;

use tonic::codec::CompressionEncoding;
use tonic::codegen::StdError;
use tonic::transport::Endpoint;

pub use self::header::{random_id, routed};
pub use self::operation::{Operation, OperationError, RawOperation, Snapshot, State, Update, Updates};
pub use self::operations::{OperationList, OperationsClient};
pub use self::reference::{OperationRef, OtherMethod, ParseOperationRefError};
pub use self::registry::{BoxedMessage, DecodedOperation, MethodRegistry};
pub use self::start::Starting;
pub use self::transport::{Connection, Transport};

use self::channel::{Channel, MAX_HELD_WAITS, MAX_POLLS_PER_SECOND};
use self::pause::Jitter;
use self::settings::Settings;
use self::transport::{Erased, Renewal};
use crate::{Polling, RetryPolicy};

/// A connection to a service whose methods start long-running operations.
///
/// A generated client wraps a `Client`. Without a generated client, call [`start`](Self::start) with a
/// [`Method`](crate::Method) constant. Cloning is cheap, and clones share the transport. All settings are
/// made here, before the `Client` is wrapped:
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// let client = lro::Client::connect("http://[::1]:50051")
///     .await?
///     .max_decoding_message_size(16 * 1024 * 1024)
///     .polling(lro::Polling::new().with_total_timeout(Duration::from_secs(3600)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    transport: Erased,
    operations_transport: Option<Erased>,
    origin: http::Uri,
    send_compressed: Option<CompressionEncoding>,
    accept_compressed: Vec<CompressionEncoding>,
    max_decoding_message_size: Option<usize>,
    max_encoding_message_size: Option<usize>,
    /// What handles are told how to ask, where their methods do not say something else.
    settings: Arc<Settings>,
    /// Whether all methods wait by the policy of these settings.
    sets_polling: bool,
    jitter: Jitter,
    /// What replaces the connection, if the client has made it.
    renewal: Option<Renewal>,
    max_held_waits: usize,
    max_polls_per_second: f64,
    channel: Arc<Channel>,
}

impl Client {
    /// Makes a client that sends its requests through `transport`.
    pub fn new(transport: impl Transport) -> Self {
        Self {
            inner: Arc::new(Inner {
                transport: transport.erase(),
                operations_transport: None,
                origin: http::Uri::default(),
                send_compressed: None,
                accept_compressed: Vec::new(),
                max_decoding_message_size: None,
                max_encoding_message_size: None,
                settings: Arc::default(),
                sets_polling: false,
                jitter: Jitter::default(),
                renewal: None,
                max_held_waits: MAX_HELD_WAITS,
                max_polls_per_second: MAX_POLLS_PER_SECOND,
                channel: Arc::new(Channel::new(MAX_HELD_WAITS, MAX_POLLS_PER_SECOND)),
            }),
        }
    }

    /// Connects to `destination`, a URI such as `http://[::1]:50051` or an
    /// [`Endpoint`] with settings of its own.
    ///
    /// A peer that vanishes without a word is noticed: unless the endpoint has a setting for TCP keep-alive, the connection is
    /// probed by TCP after 30 s of silence, and by a ping of HTTP/2 after 310 s while calls go on, which servers of gRPC's own libraries allow. If a
    /// call about an operation is not answered in time, the next ones use a fresh connection. Connecting may take 10 s, unless the endpoint
    /// says otherwise. A transport that is given to [`new`](Self::new) has the settings that it has.
    ///
    /// # Errors
    ///
    /// The destination is not a URI, or nothing answers there.
    pub async fn connect<D>(destination: D) -> Result<Self, tonic::transport::Error>
    where
        D: TryInto<Endpoint>,
        D::Error: Into<StdError>,
    {
        Self::connect_with(destination, std::convert::identity).await
    }

    /// Connects to `destination` as [`connect`](Self::connect) does, with layers or an interceptor over the connection.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), tonic::transport::Error> {
    /// use tonic::service::interceptor::InterceptedService;
    ///
    /// let caller = |mut request: tonic::Request<()>| {
    ///     request.metadata_mut().insert("x-caller", "librarian".parse().expect("it is ASCII"));
    ///     Ok(request)
    /// };
    /// let client = lro::Client::connect_with("http://[::1]:50051", |connection| {
    ///     InterceptedService::new(connection, caller)
    /// })
    /// .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn connect_with<D, T>(
        destination: D,
        layers: impl FnOnce(Connection) -> T,
    ) -> Result<Self, tonic::transport::Error>
    where
        D: TryInto<Endpoint>,
        D::Error: Into<StdError>,
        T: Transport,
    {
        let connection = Connection::open(Endpoint::new(destination)?).await?;
        let renewal = connection.renewal();
        let client = Self::new(layers(connection)).with(|inner| inner.renewal = Some(renewal));
        client.channel().learned.reached();
        Ok(client)
    }

    fn random(&self) -> &Jitter {
        &self.inner.jitter
    }

    fn retry_policy(&self) -> RetryPolicy {
        self.inner.settings.retry
    }

    fn channel(&self) -> &Channel {
        &self.inner.channel
    }

    /// The settings of a new handle, if its method has this policy. Handles share them as long as they do not differ.
    fn settings(&self, polling: Polling) -> Arc<Settings> {
        let Inner { settings, sets_polling, .. } = &*self.inner;
        if *sets_polling || settings.polling == polling {
            return Arc::clone(settings);
        }
        Arc::new(Settings { polling, ..**settings })
    }

    /// Has the next calls use a fresh connection, where the client has made the connection.
    fn renew_connection(&self) {
        if let Some(renewal) = &self.inner.renewal {
            renewal.renew();
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.inner));
        self
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            origin,
            settings,
            sets_polling,
            max_decoding_message_size,
            max_encoding_message_size,
            ..
        } = &*self.inner;
        f.debug_struct("Client")
            .field("origin", origin)
            .field("polling", &sets_polling.then_some(settings.polling))
            .field("max_decoding_message_size", max_decoding_message_size)
            .field("max_encoding_message_size", max_encoding_message_size)
            .finish_non_exhaustive()
    }
}

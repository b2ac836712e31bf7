//! The client: it calls a service, and follows the operations that the methods of the service start.
//!
//! [`Client`] makes the calls: `call` sends them through any `transport`, and `header` adds what clients add to requests. `adapter` has
//! the calls as generated clients make them.
//!
//! [`Operation`] is the handle of one operation: `operation` has its name, types and settings, `wait` and
//! `cancel` have its calls. [`Updates`] is an operation as a stream, and [`OperationList`] a stream of handles, which
//! [`OperationsClient`] makes. `origin` is how an operation was started, and `reference` the handle as text. `registry` reads operations of which only
//! the run tells what they hold.
//!
//! `watch` is the loop beneath both: it decides what to ask the server and when, and `backoff` says how long
//! to pause in between. `shared` is what the handles of an operation share: its calls, a stream of answers if there is one, and the
//! last answer, which `snapshot` reads with its types. `kind` lists what can go wrong; `error` adds the handle, and is what callers see.

pub(crate) mod adapter;
mod backoff;
mod call;
mod cancel;
mod codec;
mod error;
mod header;
mod kind;
mod list;
mod operation;
mod operations;
mod origin;
mod reference;
mod registry;
mod shared;
mod snapshot;
mod starting;
mod transport;
mod updates;
mod wait;
mod watch;

use std::fmt;
use std::sync::Arc;

use tonic::codec::CompressionEncoding;
use tonic::codegen::StdError;
use tonic::transport::Endpoint;

pub use self::error::OperationError;
pub use self::header::{random_id, routed};
pub use self::list::OperationList;
pub use self::operation::{Operation, RawOperation};
pub use self::operations::OperationsClient;
pub use self::reference::{OperationRef, OtherMethod, ParseOperationRefError};
pub use self::registry::{BoxedMessage, DecodedOperation, MethodRegistry};
pub use self::snapshot::{Snapshot, State};
pub use self::starting::Starting;
pub use self::transport::Transport;
pub use self::updates::{Update, Updates};

use self::backoff::Jitter;
use self::transport::Erased;
use crate::Polling;

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
    polling: Option<Polling>,
    jitter: Jitter,
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
                polling: None,
                jitter: Jitter::default(),
            }),
        }
    }

    /// Connects to `destination`, a URI such as `http://[::1]:50051` or an
    /// [`Endpoint`] with settings of its own.
    ///
    /// # Errors
    ///
    /// The destination is not a URI, or nothing answers there.
    pub async fn connect<D>(destination: D) -> Result<Self, tonic::transport::Error>
    where
        D: TryInto<Endpoint>,
        D::Error: Into<StdError>,
    {
        Ok(Self::new(Endpoint::new(destination)?.connect().await?))
    }

    /// Sends the calls of `google.longrunning.Operations` through another transport, for an API that serves
    /// its operations in another place than its methods.
    #[must_use]
    pub fn operations_transport(self, transport: impl Transport) -> Self {
        self.with(|inner| inner.operations_transport = Some(transport.erase()))
    }

    /// Sets the scheme and authority of requests, for transports that do not know them.
    ///
    /// If the URI lacks one of the two, every call fails.
    #[must_use]
    pub fn with_origin(self, origin: http::Uri) -> Self {
        self.with(|inner| inner.origin = origin)
    }

    /// Compresses requests. Each encoding needs the feature of tonic that is named after it.
    #[must_use]
    pub fn send_compressed(self, encoding: CompressionEncoding) -> Self {
        self.with(|inner| inner.send_compressed = Some(encoding))
    }

    /// Accepts compressed responses. Call it once for each encoding.
    #[must_use]
    pub fn accept_compressed(self, encoding: CompressionEncoding) -> Self {
        self.with(|inner| inner.accept_compressed.push(encoding))
    }

    /// Limits the size of a received message, in bytes. The default is 4 MiB.
    #[must_use]
    pub fn max_decoding_message_size(self, limit: usize) -> Self {
        self.with(|inner| inner.max_decoding_message_size = Some(limit))
    }

    /// Limits the size of a sent message, in bytes. The default is no limit.
    #[must_use]
    pub fn max_encoding_message_size(self, limit: usize) -> Self {
        self.with(|inner| inner.max_encoding_message_size = Some(limit))
    }

    /// Waits for all operations by this policy, which replaces the policy of each method.
    #[must_use]
    pub fn polling(self, polling: Polling) -> Self {
        self.with(|inner| inner.polling = Some(polling))
    }

    /// Sets the source of the random part of pauses. `source` returns numbers from 0 (the whole pause) to 1 (a
    /// quarter less). The default is the random number generator of the thread.
    #[must_use]
    pub fn jitter(self, source: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.with(|inner| inner.jitter = Jitter::new(source))
    }

    fn jitter_source(&self) -> Jitter {
        self.inner.jitter.clone()
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.inner));
        self
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { origin, polling, max_decoding_message_size, max_encoding_message_size, .. } =
            &*self.inner;
        f.debug_struct("Client")
            .field("origin", origin)
            .field("polling", polling)
            .field("max_decoding_message_size", max_decoding_message_size)
            .field("max_encoding_message_size", max_encoding_message_size)
            .finish_non_exhaustive()
    }
}

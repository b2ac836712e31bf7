//! The settings of a client.

use std::sync::Arc;

use tonic::codec::CompressionEncoding;

use super::pause::Jitter;
use super::{Client, Transport};
use crate::{Polling, RetryPolicy};

impl Client {
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
        self.with(|inner| {
            Arc::make_mut(&mut inner.settings).polling = polling;
            inner.sets_polling = true;
        })
    }

    /// Asks again after failures by this policy.
    #[must_use]
    pub fn retry(self, retry: RetryPolicy) -> Self {
        self.with(|inner| Arc::make_mut(&mut inner.settings).retry = retry)
    }

    /// Limits how many calls of `WaitOperation` the server holds at one time for this client and its clones. Handles beyond that poll
    /// until one of them comes back. The default is 50, because many servers allow 100 streams on a connection, and calls beyond
    /// these have to wait.
    #[must_use]
    pub fn max_held_waits(self, limit: usize) -> Self {
        self.with(|inner| {
            inner.max_held_waits = limit;
            inner.channel = Arc::new(inner.channel.limited(limit, inner.max_polls_per_second));
        })
    }

    /// Limits how many calls a second the handles of this client and its clones make while they wait, all of them together. They take turns.
    /// Calls that the caller makes (start, poll, cancel, delete) are not limited and do not count. The default is 50; what is not
    /// positive means no limit.
    #[must_use]
    pub fn max_polls_per_second(self, limit: f64) -> Self {
        self.with(|inner| {
            inner.max_polls_per_second = limit;
            inner.channel = Arc::new(inner.channel.limited(inner.max_held_waits, limit));
        })
    }

    /// Takes operations that have ended with neither a response nor an error for ones that succeeded with a response that has no field
    /// set, as some services leave it out. Where the response is `google.protobuf.Empty`, that is so anyway.
    #[must_use]
    pub fn accept_missing_result(self) -> Self {
        self.with(|inner| Arc::make_mut(&mut inner.settings).accepts_missing_result = true)
    }

    /// Sets the source of the random part of pauses. `source` returns numbers from 0 (the whole pause) to 1 (three
    /// tenths less). The default is the random number generator of the thread.
    #[must_use]
    pub fn jitter(self, source: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.with(|inner| inner.jitter = Jitter::new(source))
    }
}

//! The server to test.

use crate::request::Request;
use crate::restart::Restart;
use crate::timeouts::Timeouts;

/// The server to test, and how operations are started there.
///
/// Only the address and one request are needed. What else is given lets more checks run; those that miss something are
/// skipped, and the report says what they miss.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Target {
    pub(crate) address: String,
    pub(crate) replica: Option<String>,
    pub(crate) certificate: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) other_headers: Vec<(String, String)>,
    pub(crate) descriptors: Option<Vec<u8>>,
    pub(crate) request: Request,
    pub(crate) failing: Option<Request>,
    pub(crate) slow: Option<Request>,
    pub(crate) long: Option<Request>,
    pub(crate) refused: Option<Request>,
    pub(crate) list_name: Option<String>,
    pub(crate) restart: Option<Restart>,
    pub(crate) timeouts: Timeouts,
}

impl Target {
    /// The server at an address such as `http://127.0.0.1:50051`, and the request of an operation that soon ends well. The
    /// suite starts some dozens of them, several at a time.
    pub fn new(address: impl Into<String>, request: Request) -> Self {
        Self {
            address: address.into(),
            replica: None,
            certificate: None,
            headers: Vec::new(),
            other_headers: Vec::new(),
            descriptors: None,
            request,
            failing: None,
            slow: None,
            long: None,
            refused: None,
            list_name: None,
            restart: None,
            timeouts: Timeouts::default(),
        }
    }

    /// The address of another replica of the same server, which knows the same operations.
    pub fn replica(mut self, address: impl Into<String>) -> Self {
        self.replica = Some(address.into());
        self
    }

    /// The certificate, in PEM, of the authority that signed those of the servers. Without it, the authorities of the web.
    pub fn certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificate = Some(pem.into());
        self
    }

    /// Metadata of every call, such as `authorization`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Metadata of a second identity, which must not see the operations of the first. It replaces that of the first.
    pub fn other_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.other_headers.push((name.into(), value.into()));
        self
    }

    /// A serialized `google.protobuf.FileDescriptorSet` that has the methods and all that they import. Without it, the
    /// server is asked by gRPC server reflection.
    pub fn descriptors(mut self, set: impl Into<Vec<u8>>) -> Self {
        self.descriptors = Some(set.into());
        self
    }

    /// A request whose operation fails.
    pub fn failing_request(mut self, request: Request) -> Self {
        self.failing = Some(request);
        self
    }

    /// A request whose operation ends well after a few seconds.
    pub fn slow_request(mut self, request: Request) -> Self {
        self.slow = Some(request);
        self
    }

    /// A request whose operation runs for minutes. The suite cancels what it starts by it.
    pub fn long_request(mut self, request: Request) -> Self {
        self.long = Some(request);
        self
    }

    /// A request that is refused, so that no operation comes of it.
    pub fn refused_request(mut self, request: Request) -> Self {
        self.refused = Some(request);
        self
    }

    /// The `name` of `ListOperations` by which the operations of the requests are listed together. Without it, the parent
    /// in their names.
    pub fn list_name(mut self, name: impl Into<String>) -> Self {
        self.list_name = Some(name.into());
        self
    }

    /// How to restart the server. Operations are expected to survive it.
    pub fn restart(mut self, restart: Restart) -> Self {
        self.restart = Some(restart);
        self
    }

    /// How long to wait for what.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }
}
